import { expect, it } from 'vitest';
import { bytesOf, textOf } from './passkey';

it('bytes go to base64url and back, with the two signs that differ and without padding', () => {
  const bytes = Uint8Array.from([251, 255, 190, 0, 1]);
  const text = textOf(bytes.buffer);
  expect(text).toBe('-_--AAE');
  expect([...bytesOf(text)]).toEqual([...bytes]);
});
