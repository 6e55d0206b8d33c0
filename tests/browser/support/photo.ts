import type { Page } from '@playwright/test';

/** Where a phone says it was, in the words that cameras write beside a photo. */
export const WRITTEN = 'CAMERA-OF-SOMEBODY';

/**
 * A photo as a camera makes it, drawn in the browser: noise, so that it is as large as a real one; stripes in the
 * upper left quarter, which nobody can make out once they are covered; and an Exif block with a maker and a place.
 */
export async function photo(page: Page, { width = 2400, height = 1800 } = {}): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ([width, height]) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas');
      const image = context.createImageData(width, height);
      for (let y = 0; y < height; y += 1)
        for (let x = 0; x < width; x += 1) {
          const at = (y * width + x) * 4;
          const striped = x < width / 2 && y < height / 2;
          const grey = striped ? (Math.floor(x / 12) % 2 ? 235 : 20) : 96 + Math.random() * 64;
          image.data.set([grey, striped ? grey : grey + 20, grey, 255], at);
        }
      context.putImageData(image, 0, 0);
      const bytes = new Uint8Array(
        await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 })).arrayBuffer(),
      );
      let text = '';
      for (let from = 0; from < bytes.length; from += 8192)
        text += String.fromCharCode(...bytes.subarray(from, from + 8192));
      return btoa(text);
    },
    [width, height] as const,
  );
  const jpeg = Buffer.from(base64, 'base64');
  // After the two bytes with which a JPEG begins.
  return Buffer.concat([jpeg.subarray(0, 2), exif(), jpeg.subarray(2)]);
}

/** APP1: the maker, and the place in degrees, minutes and seconds. */
function exif(): Buffer {
  const maker = Buffer.from(`${WRITTEN}\0`);
  const head = Buffer.alloc(8);
  head.write('II');
  head.writeUInt16LE(42, 2);
  head.writeUInt32LE(8, 4);
  const entry = (tag: number, type: number, count: number, value: number): Buffer => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(count, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const directory = (...entries: Buffer[]): Buffer => {
    const count = Buffer.alloc(2);
    count.writeUInt16LE(entries.length);
    return Buffer.concat([count, ...entries, Buffer.alloc(4)]);
  };
  const gpsAt = 8 + 2 + 2 * 12 + 4;
  const makerAt = gpsAt + 2 + 4 * 12 + 4;
  const placeAt = makerAt + maker.length;
  const place = Buffer.alloc(48);
  [51, 1, 48, 1, 16, 1, 5, 1, 4, 1, 57, 1].forEach((part, index) => place.writeUInt32LE(part, index * 4));
  const first = directory(entry(0x010f, 2, maker.length, makerAt), entry(0x8825, 4, 1, gpsAt));
  const letter = (text: string): number => text.charCodeAt(0);
  const gps = directory(
    entry(1, 2, 2, letter('N')),
    entry(2, 5, 3, placeAt),
    entry(3, 2, 2, letter('E')),
    entry(4, 5, 3, placeAt + 24),
  );
  const body = Buffer.concat([Buffer.from('Exif\0\0'), head, first, gps, maker, place]);
  const marker = Buffer.alloc(4);
  marker.writeUInt16BE(0xffe1, 0);
  marker.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([marker, body]);
}

/** How much greys differ in the upper left quarter, and in the one below it: of a photo as a page gets it. */
export const contrast = (
  page: Page,
  address: string,
): Promise<{ above: number; below: number; status: number }> =>
  page.evaluate(async (from) => {
    const response = await fetch(from);
    if (!response.ok) return { above: 0, below: 0, status: response.status };
    const image = await createImageBitmap(await response.blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(image, 0, 0);
    const spread = (left: number, top: number, width: number, height: number): number => {
      const { data } = context.getImageData(left, top, width, height);
      let [sum, squares] = [0, 0];
      for (let at = 0; at < data.length; at += 4) {
        const grey = data[at] ?? 0;
        sum += grey;
        squares += grey * grey;
      }
      const count = width * height;
      return Math.sqrt(squares / count - (sum / count) ** 2);
    };
    const [wide, high] = [Math.floor(image.width / 6), Math.floor(image.height / 6)];
    return {
      above: spread(Math.floor(image.width / 8), Math.floor(image.height / 8), wide, high),
      below: spread(Math.floor(image.width / 8), Math.floor((image.height * 5) / 8), wide, high),
      status: response.status,
    };
  }, address);
