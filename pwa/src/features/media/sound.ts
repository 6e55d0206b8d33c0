import { LONGEST_NOTE_MS } from '../../domain/media';
import type { TerreinDb } from '../../store/db';
import { dropMedia, keepMedia, nowWork, replaceBytes } from '../../store/media';
import { uuidv7 } from '../../domain/id';

/** Why no sound can be taken: refused, no microphone, or a browser that cannot. */
export type NoSound = 'refused' | 'no-microphone' | 'not-here';

/** Written to the device this often: a phone that stops has what was said until then. */
const EACH_MS = 4000;
/** Speech needs no more, in bits a second. */
const RATE = 32_000;

const typeHere = (): string | null =>
  typeof MediaRecorder === 'undefined'
    ? null
    : (['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'].find((type) =>
        MediaRecorder.isTypeSupported(type),
      ) ?? null);

/** A dictated note while it is spoken. */
export class Dictation {
  readonly id = uuidv7();
  readonly begunAt = performance.now();
  #parts: Blob[] = [];
  #kept: Promise<void> = Promise.resolve();
  #ended: Promise<void>;
  #full = false;
  #made = false;

  private constructor(
    readonly db: TerreinDb,
    readonly of: { terrainId: string; issueId: string; draft: boolean },
    readonly stream: MediaStream,
    readonly recorder: MediaRecorder,
    readonly analyser: AnalyserNode | null,
    readonly context: AudioContext | null,
  ) {
    recorder.ondataavailable = ({ data }) => {
      if (data.size === 0) return;
      this.#parts.push(data);
      this.#kept = this.#kept.then(() => this.#keep());
    };
    this.#ended = new Promise((resolve) =>
      recorder.addEventListener('stop', () => resolve(), { once: true }),
    );
    recorder.start(EACH_MS);
  }

  static async begin(db: TerreinDb, of: Dictation['of']): Promise<Dictation | NoSound> {
    const type = typeHere();
    if (!type || !navigator.mediaDevices) return 'not-here';
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, noiseSuppression: true },
      });
    } catch (error) {
      return (error as Error).name === 'NotAllowedError' ? 'refused' : 'no-microphone';
    }
    const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: RATE });
    let context: AudioContext | null = null;
    let analyser: AnalyserNode | null = null;
    try {
      context = new AudioContext();
      analyser = context.createAnalyser();
      context.createMediaStreamSource(stream).connect(analyser);
    } catch {
      // No level to show; the recording goes on.
    }
    return new Dictation(db, of, stream, recorder, analyser, context);
  }

  get durationMs(): number {
    return Math.min(LONGEST_NOTE_MS, performance.now() - this.begunAt);
  }
  get full(): boolean {
    return this.#full;
  }

  /** How loud it is now, 0 to 1. */
  level(): number {
    if (!this.analyser) return 0;
    const wave = new Uint8Array(this.analyser.fftSize);
    this.analyser.getByteTimeDomainData(wave);
    let sum = 0;
    for (const value of wave) sum += ((value - 128) / 128) ** 2;
    return Math.min(1, Math.sqrt(sum / wave.length) * 4);
  }

  async #keep(): Promise<void> {
    const type = this.recorder.mimeType.split(';')[0] ?? 'audio/webm';
    const bytes = new Blob(this.#parts, { type });
    const { durationMs } = this;
    try {
      if (this.#made) await replaceBytes(this.db, this.id, bytes, { durationMs });
      else
        await keepMedia(
          this.db,
          {
            kind: 'voice-note',
            type,
            widthPx: null,
            heightPx: null,
            durationMs,
            thumb: null,
            ...this.of,
            // Nobody's work before it is whole: half of it would be sent.
            draft: true,
          },
          bytes,
          this.id,
        );
      this.#made = true;
    } catch (error) {
      console.error(error);
      this.#full = true;
    }
  }

  /** Ends it and keeps it; false when the device could not. */
  async stop(): Promise<boolean> {
    await this.#end();
    if (this.#made && !this.of.draft) await nowWork(this.db, this.id);
    return this.#made && !this.#full;
  }
  async cancel(): Promise<void> {
    await this.#end();
    await dropMedia(this.db, [this.id]);
  }
  async #end(): Promise<void> {
    if (this.recorder.state !== 'inactive') this.recorder.stop();
    await this.#ended;
    this.#release();
    await this.#kept;
  }
  #release(): void {
    for (const track of this.stream.getTracks()) track.stop();
    void this.context?.close();
  }
}
