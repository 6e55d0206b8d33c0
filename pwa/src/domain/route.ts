import { distanceM, type Position } from './geo';
import { lengthM } from './measure';

/** One place on the way, as the phone said it. */
export interface RoutePoint {
  at: Position;
  accuracyM: number;
  /** Epoch milliseconds. */
  time: number;
}

/** A worse fix than this says in which street somebody is, not where they went. */
const WORST_ACCURACY_M = 35;
/** Somebody who stands still wanders a little on the screen; that is no way gone. */
const LEAST_STEP_M = 6;
/** Faster than this nobody walks or cycles: the phone was wrong. */
const MOST_SPEED_MS = 12;

/** Whether a new fix belongs on the route after the last point that was kept. */
export function belongs(last: RoutePoint | null, next: RoutePoint): boolean {
  if (!(next.accuracyM <= WORST_ACCURACY_M)) return false;
  if (!last) return true;
  const seconds = (next.time - last.time) / 1000;
  if (seconds <= 0) return false;
  const metres = distanceM(last.at, next.at);
  return metres >= Math.max(LEAST_STEP_M, next.accuracyM / 2) && metres / seconds <= MOST_SPEED_MS;
}

/** Metres along the points, in their order. */
export const routeM = (points: readonly Pick<RoutePoint, 'at'>[]): number =>
  lengthM(points.map(({ at }) => at));

const inXml = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The ways as GPX 1.1, a track with a stretch for each: what any map takes. EPSG:4326, times in UTC. */
export function gpxOf(ways: readonly (readonly Pick<RoutePoint, 'at' | 'time'>[])[], name: string): string {
  const stretches = ways
    .filter((points) => points.length > 0)
    .map((points) =>
      points
        .map(
          ({ at: [lon, lat], time }) =>
            `<trkpt lat="${lat}" lon="${lon}"><time>${new Date(time).toISOString()}</time></trkpt>`,
        )
        .join(''),
    );
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<gpx version="1.1" creator="Terrein" xmlns="http://www.topografix.com/GPX/1/1"><trk>' +
    `<name>${inXml(name)}</name>${stretches.map((points) => `<trkseg>${points}</trkseg>`).join('')}</trk></gpx>\n`
  );
}
