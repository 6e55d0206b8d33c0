import type { Fix } from '../terrain/model.svelte';

/** What older phones of Apple say besides. */
interface Orientation extends DeviceOrientationEvent {
  webkitCompassHeading?: number;
}

/** How long a reading says something about where the phone points. */
const FRESH_MS = 5000;
let reading: { degrees: number; at: number } | null = null;

/**
 * Degrees clockwise from north that a phone points to, or null when the event does not say: without `absolute` the
 * angles count from wherever the phone happened to lie.
 */
export function headingOf({ absolute, alpha, webkitCompassHeading }: Orientation): number | null {
  if (Number.isFinite(webkitCompassHeading)) return webkitCompassHeading as number;
  return absolute && alpha !== null ? (360 - alpha) % 360 : null;
}

/** Listens to the compass where the phone has one and gives it unasked; the function that is returned stops it. */
export function watchCompass(): () => void {
  const read = (event: Event): void => {
    const degrees = headingOf(event as Orientation);
    if (degrees !== null) reading = { degrees, at: Date.now() };
  };
  const name = 'ondeviceorientationabsolute' in window ? 'deviceorientationabsolute' : 'deviceorientation';
  addEventListener(name, read);
  return () => {
    removeEventListener(name, read);
    reading = null;
  };
}

/** A place of the phone with the way it points: by its compass, for somebody who stands still has no course. */
export function facing(fix: Fix | null): Fix | null {
  const fresh = reading && Date.now() - reading.at < FRESH_MS ? reading.degrees : null;
  return fix && { ...fix, headingDeg: fresh ?? fix.headingDeg };
}
