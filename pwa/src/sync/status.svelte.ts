/** Where the work is: on this device or shared. One object that every screen reads. */
export const status = $state({
  /** Our server answered the last time we asked. */
  reachable: typeof navigator === 'undefined' || navigator.onLine,
  waiting: 0,
  parked: 0,
  /** Of the waiting ones: pins that are not at the server yet. */
  waitingPins: 0,
  /** Of the waiting ones: photos and dictated notes. */
  waitingMedia: 0,
  /** The session ended while work waits. */
  signInFirst: false,
  /** The feed could not be read, although the server answers: a code. */
  failed: null as string | null,
  /** Epoch milliseconds of the last answer. */
  lastContact: null as number | null,
  /** Pins sent since reception came back; shown for a few seconds. */
  justSent: 0,
});
