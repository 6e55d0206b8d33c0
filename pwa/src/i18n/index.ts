import { m } from './generated/messages.js';
import { getLocale as locale, setLocale as speak } from './locale';

export { m, locale };
export type { Locale } from './locale';

/** Changes the language; the page loads again so that everything, titles too, speaks it. */
export { speak };

const tag = (): string => (locale() === 'nl' ? 'nl-NL' : 'en-GB');

export const number = (value: number, digits = 0): string =>
  value.toLocaleString(tag(), { maximumFractionDigits: digits });

/** "74 ha", "9.860 m²". */
export function area(m2: number): string {
  return m2 >= 100_000 ? `${number(m2 / 10_000)} ha` : `${number(m2)} m²`;
}

/** "35 m", "1,2 km": rounded as people say it. */
export function distance(metres: number): string {
  if (metres < 1000) return `${number(metres < 20 ? Math.round(metres) : Math.round(metres / 5) * 5)} m`;
  return `${number(metres / 1000, 1)} km`;
}

/** "12,4 m", "240 m", "1,24 km": as it was measured. */
export const length = (metres: number): string =>
  metres < 1000 ? `${number(metres, metres < 100 ? 1 : 0)} m` : `${number(metres / 1000, 2)} km`;

/** "wo 9 sep", with the year when it is another one. */
export function day(iso: string): string {
  const date = new Date(iso);
  const other = date.getFullYear() !== new Date().getFullYear();
  return date
    .toLocaleDateString(tag(), {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      ...(other ? { year: 'numeric' } : {}),
    })
    .replaceAll('.', '');
}

export const clock = (iso: string | number): string =>
  new Date(iso).toLocaleTimeString(tag(), { hour: '2-digit', minute: '2-digit' });

/** "wo 9 sep, 08:12". */
export const moment = (iso: string): string => `${day(iso)}, ${clock(iso)}`;
