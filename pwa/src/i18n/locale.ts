export type Locale = 'nl' | 'en';

/** The place where a choice was always kept. */
const KEY = 'PARAGLIDE_LOCALE';

const known = (language: string | null): Locale | undefined =>
  (['nl', 'en'] as const).find((locale) => locale === language?.slice(0, 2).toLowerCase());

/** What somebody chose here, else the first language of their device that we speak. */
const chosen = (): Locale =>
  known(globalThis.localStorage?.getItem(KEY) ?? null) ??
  globalThis.navigator?.languages.map(known).find(Boolean) ??
  'nl';

/** It stays for as long as the page does: another language loads it again. */
let now: Locale | undefined;
export const getLocale = (): Locale => (now ??= chosen());

export function setLocale(locale: Locale): void {
  localStorage.setItem(KEY, locale);
  location.reload();
}
