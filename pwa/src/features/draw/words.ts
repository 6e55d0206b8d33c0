import { sizeOf } from '../../domain/measure';
import { LEAST, MOST, type Shape } from '../../domain/sketch';
import { m } from '../../i18n';
import { sizeWord } from '../../i18n/words';
import type { Refusal, Sketch } from './sketch.svelte';

/** How far a sketch is: the corner that is chosen, its size once it has one, else its corners. */
export function progressWord(sketch: Sketch): string {
  const { geometry, points, selected } = sketch;
  if (selected !== null) return m.corner_of({ number: selected + 1, count: points.length });
  const size = geometry && sizeOf(geometry) ? sizeWord(geometry) : null;
  if (points.length === 0) return sketch.shape === 'AREA' ? m.shape_area() : m.shape_line();
  const corners = points.length === 1 ? m.draw_corner_one() : m.draw_corners({ count: points.length });
  return size ? `${size.charAt(0).toUpperCase()}${size.slice(1)}` : corners;
}

export function refusalWord(shape: Shape, refused: Refusal): string {
  const area = shape === 'AREA';
  switch (refused) {
    case 'CROSSES':
      return area ? m.draw_area_crosses() : m.draw_line_crosses();
    case 'LEAST':
      return LEAST[shape] === 3 ? m.draw_area_least() : m.draw_line_least();
    case 'MOST':
      return m.draw_most({ count: MOST });
  }
}
