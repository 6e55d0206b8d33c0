import type { Permission } from './issue';

/** What a device makes besides text: photos and dictated notes. */
export type MediaKind = 'photo' | 'voice-note';

export type FileState = 'RECEIVED' | 'READY' | 'REFUSED';

export interface Photo {
  id: string;
  issueId: string;
  terrainId: string;
  /** `RECEIVED` until the server has made its own copies; `REFUSED`: it was no photo, or a harmful one. */
  state: FileState;
  refusal: string | null;
  alt: string | null;
  /** As the phone said it. */
  takenAt: string | null;
  createdAt: string;
  authorRole: string;
  mine: boolean;
  /** Somebody looked at it before others than the team see it. */
  checked: boolean;
  /** Raised by each change; others see another copy after a check. */
  version: number;
  address: string;
  viewerCan: { describe: Permission; check: Permission; remove: Permission };
}

export interface VoiceNote {
  id: string;
  issueId: string;
  terrainId: string;
  state: FileState;
  refusal: string | null;
  durationMs: number | null;
  /** Null before it is ready, and when the sound is gone: it is kept for 90 days. */
  address: string | null;
  transcript: string | null;
  transcriptState: 'NONE' | 'DRAFT' | 'CONFIRMED';
  takenAt: string | null;
  createdAt: string;
  authorRole: string;
  mine: boolean;
  soundUntil: string;
  version: number;
  viewerCan: { confirmTranscript: Permission; remove: Permission };
}

/** An issue carries at most so many photos. */
export const MOST_PHOTOS = 6;
/** The longest side of a photo as it leaves the phone, in pixels; the second where little room is left on the device. */
export const LONGEST_PX = 2560;
export const LONGEST_SHORT_PX = 1600;
/** A dictated note lasts at most this long. */
export const LONGEST_NOTE_MS = 10 * 60_000;
/** With less room than this left, photos are kept smaller. */
const LITTLE_ROOM_BYTES = 200_000_000;

/** A part of a photo, as fractions of its width and height. */
export interface PhotoArea {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

/** The size at which a photo is kept: never larger than it was, its proportions as they were, at least one pixel. */
export function fitted({ width, height }: Size, longest: number): Size {
  const scale = Math.min(1, longest / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The longest side a photo is kept at, by what the device says of its room in bytes; a device that says nothing has enough. */
export function longestFor({ quota, usage }: { quota?: number; usage?: number }): number {
  if (quota === undefined || usage === undefined) return LONGEST_PX;
  return quota - usage < LITTLE_ROOM_BYTES ? LONGEST_SHORT_PX : LONGEST_PX;
}

const within = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), Math.max(least, most));

/** An area that lies within the photo, and is large enough to be taken hold of. */
export function held({ x, y, width, height }: PhotoArea, least = 0.03): PhotoArea {
  const wide = within(width, least, 1);
  const high = within(height, least, 1);
  return { x: within(x, 0, 1 - wide), y: within(y, 0, 1 - high), width: wide, height: high };
}

/** The area between two points, whichever was first. */
export function between(a: { x: number; y: number }, b: { x: number; y: number }): PhotoArea {
  return held({
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  });
}

/** Blocks across the longest side of what is made unrecognisable: a face of six blocks is nobody. */
const BLOCKS = 6;

/** What of a photo is painted over, in whole pixels, and with how many blocks: the edges are taken outward. */
export function blocksOf(area: PhotoArea, photo: Size): PhotoArea & { across: number; down: number } {
  const left = Math.floor(area.x * photo.width);
  const top = Math.floor(area.y * photo.height);
  const width = Math.min(photo.width - left, Math.ceil(area.width * photo.width));
  const height = Math.min(photo.height - top, Math.ceil(area.height * photo.height));
  const block = Math.max(1, Math.max(width, height) / BLOCKS);
  return {
    x: left,
    y: top,
    width,
    height,
    across: Math.max(1, Math.round(width / block)),
    down: Math.max(1, Math.round(height / block)),
  };
}

/** "0:07", "9:59". */
export function playingTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** What was done here to photos and dictated notes, and the server does not know yet. */
export type MediaEdit =
  | { type: 'describe-photo'; input: { photoId: string; alt: string | null } }
  | { type: 'check-photo'; input: { photoId: string } }
  | { type: 'remove-photo'; input: { photoId: string } }
  | { type: 'confirm-transcript'; input: { voiceNoteId: string; text: string } }
  | { type: 'remove-voice-note'; input: { voiceNoteId: string } };

/** As the server has them, with what was done here on top; oldest first. */
export function withEdits(
  photos: readonly Photo[],
  notes: readonly VoiceNote[],
  edits: readonly { type: string; input: unknown }[],
): { photos: Photo[]; notes: VoiceNote[] } {
  const seen = new Map(photos.map((photo) => [photo.id, photo]));
  const heard = new Map(notes.map((note) => [note.id, note]));
  const photo = (id: string, change: Partial<Photo>): void => {
    const known = seen.get(id);
    if (known) seen.set(id, { ...known, ...change });
  };
  for (const edit of edits as readonly MediaEdit[]) {
    switch (edit.type) {
      case 'describe-photo':
        photo(edit.input.photoId, { alt: edit.input.alt });
        break;
      case 'check-photo':
        photo(edit.input.photoId, { checked: true });
        break;
      case 'remove-photo':
        seen.delete(edit.input.photoId);
        break;
      case 'confirm-transcript': {
        const note = heard.get(edit.input.voiceNoteId);
        if (note) heard.set(note.id, { ...note, transcript: edit.input.text, transcriptState: 'CONFIRMED' });
        break;
      }
      case 'remove-voice-note':
        heard.delete(edit.input.voiceNoteId);
        break;
    }
  }
  const byTime = (a: { createdAt: string }, b: { createdAt: string }): number =>
    a.createdAt < b.createdAt ? -1 : 1;
  return { photos: [...seen.values()].sort(byTime), notes: [...heard.values()].sort(byTime) };
}
