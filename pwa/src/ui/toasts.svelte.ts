import type { IconName } from './icons';

export interface Toast {
  id: number;
  text: string;
  icon: IconName;
  acts: Act[];
}

export interface Act {
  label: string;
  run: () => void;
}

const SHOWN_MS = 8000;
let last = 0;

export const toasts = $state<Toast[]>([]);

/** Says what just happened, for eight seconds, with a way to take it back, and at most one to go on. */
export function toast(text: string, act: Act | [Act, Act] | null = null, icon: IconName = 'check'): void {
  const id = ++last;
  // One at a time: an older message that can still be undone would be about something else.
  toasts.splice(0, toasts.length, { id, text, icon, acts: act ? [act].flat() : [] });
  setTimeout(() => dismiss(id), SHOWN_MS);
}

export function dismiss(id: number): void {
  const index = toasts.findIndex((entry) => entry.id === id);
  if (index >= 0) toasts.splice(index, 1);
}

/** Takes back what is being said. */
export function hush(): void {
  toasts.splice(0);
}
