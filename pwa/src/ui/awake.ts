/** Keeps the screen on, also after the app was away: the lock ends each time it is hidden. */
export function stayAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let ended = false;
  const ask = (): void => {
    if (document.visibilityState !== 'visible') return;
    // Not given on low battery: everything works just the same.
    navigator.wakeLock?.request('screen').then(
      (given) => {
        if (ended) void given.release();
        else lock = given;
      },
      () => undefined,
    );
  };
  ask();
  document.addEventListener('visibilitychange', ask);
  return () => {
    ended = true;
    document.removeEventListener('visibilitychange', ask);
    void lock?.release();
  };
}
