/** Subjects whose ids the device may mint itself. */
export type MintedSubject = 'issue' | 'support' | 'comment' | 'conversation' | 'promise' | 'observation';

/**
 * A fresh UUID version 7 (RFC 9562): sortable by time of making within one device.
 * Only a name: never read as a clock, an order across devices or a secret.
 */
export function uuidv7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(now / 2 ** 32));
  view.setUint32(2, now >>> 0);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A graph id for a thing made on this device, such as `issue:0190...`. */
export function mintId(subject: MintedSubject): string {
  return `${subject}:${uuidv7()}`;
}

/** The part of a graph id that stands in addresses: `issue:0190..` becomes `0190..`. */
export function bareId(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}
