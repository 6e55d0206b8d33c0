import { router } from './router.svelte';

const KEY = 'terrein.after-sign-in';

/** Signing in, however it is done in this tab, will end where one is now. */
export const comeBackHere = (): void => sessionStorage.setItem(KEY, location.pathname);

/** To the sign-in screen, and back here after. */
export function signInFirst(replace = false): void {
  comeBackHere();
  router.go({ screen: 'sign-in' }, replace);
}

/** Where signing in is to end; null when nobody asked for a place. */
export const placeToComeBackTo = (): string | null => sessionStorage.getItem(KEY);

/** The same, and it is forgotten. */
export function takePlace(): string | null {
  const place = placeToComeBackTo();
  sessionStorage.removeItem(KEY);
  return place;
}
