import { describe, expect, it } from 'vitest';
import {
  between,
  blocksOf,
  fitted,
  held,
  longestFor,
  LONGEST_PX,
  LONGEST_SHORT_PX,
  playingTime,
  withEdits,
  type Photo,
  type VoiceNote,
} from './media';

const may = { allowed: true, reason: null };
const photo = (id: string, change: Partial<Photo> = {}): Photo => ({
  id,
  issueId: 'issue:a',
  terrainId: 'terrain:t',
  state: 'READY',
  refusal: null,
  alt: null,
  takenAt: null,
  createdAt: '2026-09-09T06:12:00Z',
  authorRole: 'AANJAGER',
  mine: true,
  checked: false,
  version: 1,
  address: `/photos/${id}`,
  viewerCan: { describe: may, check: may, remove: may },
  ...change,
});
const note = (id: string): VoiceNote => ({
  id,
  issueId: 'issue:a',
  terrainId: 'terrain:t',
  state: 'READY',
  refusal: null,
  durationMs: 2000,
  address: `/voice-notes/${id}`,
  transcript: 'de slagboom',
  transcriptState: 'DRAFT',
  takenAt: null,
  createdAt: '2026-09-09T06:12:00Z',
  authorRole: 'AANJAGER',
  mine: true,
  soundUntil: '2026-12-09T06:12:00Z',
  version: 1,
  viewerCan: { confirmTranscript: may, remove: may },
});

describe('a photo as it is kept', () => {
  it('is never larger than it was and keeps its proportions', () => {
    expect(fitted({ width: 4000, height: 3000 }, 2560)).toEqual({ width: 2560, height: 1920 });
    expect(fitted({ width: 800, height: 600 }, 2560)).toEqual({ width: 800, height: 600 });
    expect(fitted({ width: 20_000, height: 1 }, 2560)).toEqual({ width: 2560, height: 1 });
  });
  it('is smaller where little room is left', () => {
    expect(longestFor({})).toBe(LONGEST_PX);
    expect(longestFor({ quota: 1e9, usage: 1e8 })).toBe(LONGEST_PX);
    expect(longestFor({ quota: 1e9, usage: 9e8 })).toBe(LONGEST_SHORT_PX);
  });
});

describe('what is made unrecognisable', () => {
  it('lies within the photo and is large enough to be taken hold of', () => {
    expect(held({ x: 0.95, y: -0.2, width: 0.2, height: 0.001 })).toEqual({
      x: 0.8,
      y: 0,
      width: 0.2,
      height: 0.03,
    });
  });
  it('is what lies between two points, whichever was first', () => {
    const area = between({ x: 0.6, y: 0.2 }, { x: 0.1, y: 0.5 });
    expect(area.x).toBeCloseTo(0.1);
    expect(area.y).toBeCloseTo(0.2);
    expect(area.width).toBeCloseTo(0.5);
    expect(area.height).toBeCloseTo(0.3);
  });
  it('is painted in a few blocks, edges outward, and never past the photo', () => {
    const blocks = blocksOf({ x: 0.5, y: 0.5, width: 0.5, height: 0.25 }, { width: 101, height: 101 });
    expect(blocks).toMatchObject({ x: 50, y: 50, width: 51, height: 26, across: 6, down: 3 });
  });
});

it('tells how long a sound lasts as on a clock', () => {
  expect([0, 7400, 599_999].map(playingTime)).toEqual(['0:00', '0:07', '9:59']);
});

describe('what was done here and the server does not know yet', () => {
  it('is laid over what the server said', () => {
    const { photos, notes } = withEdits(
      [photo('photo:a'), photo('photo:b', { createdAt: '2026-09-09T06:11:00Z' }), photo('photo:c')],
      [note('voice-note:a'), note('voice-note:b')],
      [
        { type: 'describe-photo', input: { photoId: 'photo:a', alt: 'Een kuil' } },
        { type: 'check-photo', input: { photoId: 'photo:b' } },
        { type: 'remove-photo', input: { photoId: 'photo:c' } },
        { type: 'confirm-transcript', input: { voiceNoteId: 'voice-note:a', text: 'De slagboom.' } },
        { type: 'remove-voice-note', input: { voiceNoteId: 'voice-note:b' } },
        { type: 'edit-issue', input: { issueId: 'issue:a' } },
      ],
    );
    expect(photos.map(({ id, alt, checked }) => [id, alt, checked])).toEqual([
      ['photo:b', null, true],
      ['photo:a', 'Een kuil', false],
    ]);
    expect(notes.map(({ id, transcript, transcriptState }) => [id, transcript, transcriptState])).toEqual([
      ['voice-note:a', 'De slagboom.', 'CONFIRMED'],
    ]);
  });
});
