import type { PhotoArea } from '../domain/media';
import { tell } from './answer';
import type { EditKind } from './edit';

export interface OfPhoto {
  issueId: string;
  photoId: string;
}
export interface DescribePhoto extends OfPhoto {
  alt: string | null;
}
export interface CheckPhoto extends OfPhoto {
  /** What others must not be able to make out. */
  blur: PhotoArea[];
}
export interface OfVoiceNote {
  issueId: string;
  voiceNoteId: string;
}
export interface ConfirmTranscript extends OfVoiceNote {
  text: string;
}

type Operations = typeof import('../api/operations/media');

/**
 * What is done to a photo or a dictated note changes nothing that lists show: see `withEdits` in domain/media.ts. The
 * texts of these commands come when one is first sent.
 */
const edit = <Input extends { issueId: string }>(name: keyof Operations): EditKind<Input> => ({
  subject: (input) => input.issueId,
  apply: () => undefined,
  inverse: () => null,
  async send({ issueId: _, ...input }, { commandId, terrainId }) {
    const mutation = (await import('../api/operations/media'))[name] as Parameters<typeof tell<object>>[0];
    return tell(mutation, { ...input, commandId }, terrainId);
  },
});

export const mediaKinds = {
  'describe-photo': edit<DescribePhoto>('describePhoto'),
  'check-photo': edit<CheckPhoto>('checkPhoto'),
  'remove-photo': edit<OfPhoto>('removePhoto'),
  'confirm-transcript': edit<ConfirmTranscript>('confirmTranscript'),
  'remove-voice-note': edit<OfVoiceNote>('removeVoiceNote'),
} as const;
