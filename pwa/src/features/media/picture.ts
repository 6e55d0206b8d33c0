import {
  blocksOf,
  fitted,
  LONGEST_PX,
  LONGEST_SHORT_PX,
  longestFor,
  type PhotoArea,
} from '../../domain/media';

/** A photo as it is kept: upright, without anything the camera wrote beside it, and a small one for lists. */
export interface Picture {
  bytes: Blob;
  thumb: Blob;
  widthPx: number;
  heightPx: number;
}

const THUMB_PX = 320;
const QUALITY = 0.82;
const THUMB_QUALITY = 0.7;
const TYPE = 'image/jpeg';

type Canvas = OffscreenCanvas | HTMLCanvasElement;

function canvasOf(width: number, height: number): Canvas {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}

function paper(canvas: Canvas): OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D {
  const context = canvas.getContext('2d') as
    OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D | null;
  if (!context) throw new TypeError('no canvas to draw a photo on');
  context.imageSmoothingQuality = 'high';
  return context;
}

async function jpegOf(canvas: Canvas, quality: number): Promise<Blob> {
  if ('convertToBlob' in canvas) return canvas.convertToBlob({ type: TYPE, quality });
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new TypeError('no photo came of it'))),
      TYPE,
      quality,
    ),
  );
}

/** Paints coarse blocks over an area: what was there cannot be worked out from them. */
function cover(canvas: Canvas, area: PhotoArea): void {
  const { x, y, width, height, across, down } = blocksOf(area, canvas);
  if (width < 1 || height < 1) return;
  const small = canvasOf(across, down);
  // Smoothed on the way down, so that each block is the mean of what it covers; sharp on the way up.
  paper(small).drawImage(canvas, x, y, width, height, 0, 0, across, down);
  const context = paper(canvas);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, across, down, x, y, width, height);
  context.imageSmoothingEnabled = true;
}

/**
 * Draws a photo anew: turned upright, at most `longest` pixels, with `areas` made unrecognisable.
 *
 * @throws when it is no photo that this browser can read.
 */
export async function draw(photo: Blob, longest: number, areas: readonly PhotoArea[] = []): Promise<Picture> {
  const image = await createImageBitmap(photo, { imageOrientation: 'from-image' });
  try {
    const { width, height } = fitted(image, longest);
    const canvas = canvasOf(width, height);
    paper(canvas).drawImage(image, 0, 0, width, height);
    for (const area of areas) cover(canvas, area);
    const small = fitted({ width, height }, THUMB_PX);
    const thumb = canvasOf(small.width, small.height);
    paper(thumb).drawImage(canvas, 0, 0, small.width, small.height);
    const [bytes, little] = await Promise.all([jpegOf(canvas, QUALITY), jpegOf(thumb, THUMB_QUALITY)]);
    return { bytes, thumb: little, widthPx: width, heightPx: height };
  } finally {
    image.close();
  }
}

/** The size for photos on this device now. */
export async function longestNow(): Promise<{ longest: number; short: boolean }> {
  const room = await navigator.storage?.estimate?.().catch(() => ({}));
  const longest = longestFor(room ?? {});
  return { longest, short: longest < LONGEST_PX };
}

export { LONGEST_SHORT_PX };
