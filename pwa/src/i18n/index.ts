import { m } from './generated/messages.js';
import { getLocale as locale, setLocale as speak } from './locale';

export { m, locale };
export type { Locale } from './locale';

/** Changes the language; the page loads again so that everything, titles too, speaks it. */
export { speak };

const tag = (): string => (locale() === 'nl' ? 'nl-NL' : 'en-GB');

/** Making a format costs a phone a millisecond, and a list asks for hundreds: each is made once. */
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
function once<Format extends Intl.NumberFormat | Intl.DateTimeFormat>(
  name: string,
  make: () => Format,
): Format {
  const there = formats.get(name) as Format | undefined;
  if (there) return there;
  const made = make();
  formats.set(name, made);
  return made;
}
const dated = (name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  once(name, () => new Intl.DateTimeFormat(tag(), options));

export const number = (value: number, digits = 0): string =>
  once(`number ${digits}`, () => new Intl.NumberFormat(tag(), { maximumFractionDigits: digits })).format(
    value,
  );

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

const DAY = { weekday: 'short', day: 'numeric', month: 'short' } as const;

/** "wo 9 sep", with the year when it is another one. */
export function day(iso: string): string {
  const date = new Date(iso);
  const other = date.getFullYear() !== new Date().getFullYear();
  const format = other ? dated('day of a year', { ...DAY, year: 'numeric' }) : dated('day', DAY);
  return format.format(date).replaceAll('.', '');
}

export const clock = (iso: string | number): string =>
  dated('clock', { hour: '2-digit', minute: '2-digit' }).format(new Date(iso));

/** "wo 9 sep, 08:12". */
export const moment = (iso: string): string => `${day(iso)}, ${clock(iso)}`;
