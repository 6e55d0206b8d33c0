import { anchorOf, type Geometry } from '../../domain/geo';
import type { Issue } from '../../domain/issue';
import { spotAt, type Spot } from '../../domain/place';
import { isOutside, pointsOf } from '../../domain/sketch';
import type { EditIssue } from '../../edits/edit-issue';
import { toldLabel } from '../pin/place-label';
import type { Reshape } from '../pin/draft.svelte';
import type { TerrainModel } from '../terrain/model.svelte';

/** Of several parts or with holes: such a shape comes from a file, and by hand it can only be drawn anew. */
const inParts = (geometry: Geometry): Reshape['shape'] =>
  geometry.type.endsWith('Polygon') ? 'AREA' : 'LINE';

/** An issue's shape as it is laid under somebody's hands. */
export function reshapeOf({ id, geometry }: Issue): Reshape {
  const drawn = pointsOf(geometry) ?? { shape: inParts(geometry), points: [] };
  return {
    issueId: id,
    shape: drawn.shape,
    points: drawn.shape === 'POINT' ? [] : drawn.points,
    done: drawn.points.length > 0,
    startedAt: new Date().toISOString(),
  };
}

export const sameShape = (one: Geometry, other: Geometry): boolean =>
  one.type === other.type && JSON.stringify(one.coordinates) === JSON.stringify(other.coordinates);

/**
 * What is told of an issue that gets another place or shape. The words for its place go along when they were this
 * device's own for the old one; what somebody wrote about it stays.
 */
export function moved(model: TerrainModel, issue: Issue, geometry: Geometry): EditIssue {
  const spotOf = (shape: Geometry): Spot =>
    spotAt(anchorOf(shape), model.terrain, model.plots, model.addresses);
  const spot = spotOf(geometry);
  const own = issue.placeLabel === null || issue.placeLabel === toldLabel(spotOf(issue.geometry));
  const label = toldLabel(spot);
  return {
    issueId: issue.id,
    change: { geometry, ...(own && label !== issue.placeLabel ? { placeLabel: label } : {}) },
    outsideTerrain: isOutside(spot, geometry, model.terrain),
  };
}
