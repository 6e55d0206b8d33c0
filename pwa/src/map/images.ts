import { icons, type IconName } from '../ui/icons';
import { more } from '../ui/icons-more';
import type { Palette } from './style/colors';

const ICONS: Record<IconName, string> = { ...icons, ...more };
const RATIO = 2;
const SIDE = 24;

/** Infrastructure that is drawn as a plate with a sign. */
const SIGNS: Record<string, IconName> = {
  'work-station': 'zap',
  'work-charger': 'plug',
  'work-camera': 'camera',
  'work-lamp': 'lamp',
};

/** A small plate as on a cadastral map: surface, ink edge, sign. Null for a name we do not draw. */
export async function drawImage(id: string, color: Palette): Promise<ImageData | null> {
  const sign = SIGNS[id];
  if (!sign) return null;
  const fill = sign === 'zap' ? color.ink : 'none';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE * RATIO}" height="${SIDE * RATIO}" viewBox="0 0 24 24">
    <rect x="2" y="2" width="20" height="20" rx="4" fill="${color.surface}" stroke="${color.ink}" stroke-width="1.7"/>
    <g transform="translate(5.4 5.4) scale(.55)" fill="${fill}" stroke="${color.ink}" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round">${ICONS[sign]}</g></svg>`;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = new OffscreenCanvas(SIDE * RATIO, SIDE * RATIO);
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

export const IMAGE_RATIO = RATIO;
