import { rounded, type Position } from './geo';

/** X to the east and y to the north in metres, Rijksdriehoekstelsel (EPSG:28992). */
export type RdPosition = [number, number];

/*
 * Oblique stereographic on the ellipsoid of Bessel, and seven parameters from there to ETRS89, which differs less
 * than a metre from WGS 84. Without the correction grid of RDNAPTRANS, as the server converts too: 4 to 12 cm off it.
 */
const RAD = Math.PI / 180;
const BESSEL = { a: 6_377_397.155, f: 1 / 299.1528128 };
const GRS80 = { a: 6_378_137, f: 1 / 298.257222101 };
/** Metres, radians and a ratio from Bessel to ETRS89, rotations by the position-vector convention. */
const SECOND = RAD / 3600;
const SHIFT = { x: 565.4171, y: 50.3319, z: 465.5524 };
const TURN = {
  x: -0.398957388243134 * SECOND,
  y: 0.343987817378283 * SECOND,
  z: -1.87740163998045 * SECOND,
};
const STRETCH = 1 + 4.0725e-6;

const FALSE: RdPosition = [155_000, 463_000];
const K0 = 0.9999079;
const LAT0 = (52 + 9 / 60 + 22.178 / 3600) * RAD;
const LON0 = (5 + 23 / 60 + 15.5 / 3600) * RAD;

const E2 = BESSEL.f * (2 - BESSEL.f);
const E = Math.sqrt(E2);
const sin0 = Math.sin(LAT0);
const RADIUS = (BESSEL.a * Math.sqrt(1 - E2)) / (1 - E2 * sin0 * sin0);
const N = Math.sqrt(1 + (E2 * Math.cos(LAT0) ** 4) / (1 - E2));
const grow = (sin: number): number => (((1 + sin) / (1 - sin)) * ((1 - E * sin) / (1 + E * sin)) ** E) ** N;
const w1 = grow(sin0);
const sinChi00 = (w1 - 1) / (w1 + 1);
const C = ((N + sin0) * (1 - sinChi00)) / ((N - sin0) * (1 + sinChi00));
const CHI0 = Math.asin((C * w1 - 1) / (C * w1 + 1));
const DIAMETER = 2 * RADIUS * K0;

type Vector = { x: number; y: number; z: number };

function toSpace(lat: number, lon: number, { a, f }: typeof BESSEL): Vector {
  const e2 = f * (2 - f);
  const n = a / Math.sqrt(1 - e2 * Math.sin(lat) ** 2);
  return {
    x: n * Math.cos(lat) * Math.cos(lon),
    y: n * Math.cos(lat) * Math.sin(lon),
    z: n * (1 - e2) * Math.sin(lat),
  };
}

function toGlobe({ x, y, z }: Vector, { a, f }: typeof BESSEL): { lat: number; lon: number } {
  const e2 = f * (2 - f);
  const p = Math.hypot(x, y);
  let lat = Math.atan2(z, p * (1 - e2));
  // Each round brings it a factor of three hundred nearer; four are past what a double holds.
  for (let i = 0; i < 4; i += 1) {
    const sin = Math.sin(lat);
    lat = Math.atan2(z + (e2 * a * sin) / Math.sqrt(1 - e2 * sin * sin), p);
  }
  return { lat, lon: Math.atan2(y, x) };
}

function toEtrs({ x, y, z }: Vector): Vector {
  return {
    x: SHIFT.x + STRETCH * (x - TURN.z * y + TURN.y * z),
    y: SHIFT.y + STRETCH * (TURN.z * x + y - TURN.x * z),
    z: SHIFT.z + STRETCH * (-TURN.y * x + TURN.x * y + z),
  };
}

function toBessel(at: Vector): Vector {
  const [x, y, z] = [at.x - SHIFT.x, at.y - SHIFT.y, at.z - SHIFT.z].map((value) => value / STRETCH) as [
    number,
    number,
    number,
  ];
  return {
    x: x + TURN.z * y - TURN.y * z,
    y: -TURN.z * x + y + TURN.x * z,
    z: TURN.y * x - TURN.x * y + z,
  };
}

/** From degrees to metres of the Rijksdriehoekstelsel. Meant for the Netherlands; elsewhere it means nothing. */
export function rdOf([lonDeg, latDeg]: Position): RdPosition {
  const { lat, lon } = toGlobe(toBessel(toSpace(latDeg * RAD, lonDeg * RAD, GRS80)), BESSEL);
  const w = C * grow(Math.sin(lat));
  const chi = Math.asin((w - 1) / (w + 1));
  const turn = N * (lon - LON0);
  const b = 1 + Math.sin(chi) * Math.sin(CHI0) + Math.cos(chi) * Math.cos(CHI0) * Math.cos(turn);
  return [
    FALSE[0] + (DIAMETER * Math.cos(chi) * Math.sin(turn)) / b,
    FALSE[1] +
      (DIAMETER * (Math.sin(chi) * Math.cos(CHI0) - Math.cos(chi) * Math.sin(CHI0) * Math.cos(turn))) / b,
  ];
}

/** From metres of the Rijksdriehoekstelsel to degrees, rounded as the graph speaks them. */
export function wgsOf([x, y]: RdPosition): Position {
  const [east, north] = [x - FALSE[0], y - FALSE[1]];
  const g = DIAMETER * Math.tan(Math.PI / 4 - CHI0 / 2);
  const h = 2 * DIAMETER * Math.tan(CHI0) + g;
  const i = Math.atan2(east, h + north);
  const j = Math.atan2(east, g - north) - i;
  const chi = CHI0 + 2 * Math.atan((north - east * Math.tan(j / 2)) / DIAMETER);
  const lon = (j + 2 * i) / N + LON0;
  const psi = (0.5 * Math.log((1 + Math.sin(chi)) / (C * (1 - Math.sin(chi))))) / N;
  let lat = 2 * Math.atan(Math.exp(psi)) - Math.PI / 2;
  for (let round = 0; round < 5; round += 1) {
    const sin = Math.sin(lat);
    const reached = Math.log(Math.tan(lat / 2 + Math.PI / 4) * ((1 - E * sin) / (1 + E * sin)) ** (E / 2));
    lat -= ((reached - psi) * Math.cos(lat) * (1 - E2 * sin * sin)) / (1 - E2);
  }
  const there = toGlobe(toEtrs(toSpace(lat, lon, BESSEL)), GRS80);
  return rounded([there.lon / RAD, there.lat / RAD]);
}

export type Typed =
  | { system: 'RD' | 'WGS84'; at: Position }
  /** No two numbers; two that are a place nowhere in the Netherlands. */
  | { error: 'UNREADABLE' | 'ELSEWHERE' };

const inNetherlands = ([lon, lat]: Position): boolean => lon > 3.2 && lon < 7.3 && lat > 50.7 && lat < 53.7;
const inRd = ([x, y]: RdPosition): boolean => x > 0 && x < 290_000 && y > 300_000 && y < 630_000;

/**
 * Two numbers as people copy them: "155000, 463000", "x: 155.000,5 y: 463.000", "52,155 5,387", "5.387;52.155".
 * Which system they are in, and in which order, follows from how large they are.
 */
export function readCoordinates(text: string): Typed {
  const numbers = numbersIn(text);
  if (!numbers) return { error: 'UNREADABLE' };
  const [a, b] = numbers;
  if (Math.abs(a) > 1000 || Math.abs(b) > 1000) {
    const rd: RdPosition = b < a ? [b, a] : [a, b];
    return inRd(rd) ? { system: 'RD', at: wgsOf(rd) } : { error: 'ELSEWHERE' };
  }
  const at: Position = a > b ? [b, a] : [a, b];
  return inNetherlands(at) ? { system: 'WGS84', at: rounded(at) } : { error: 'ELSEWHERE' };
}

function numbersIn(text: string): [number, number] | null {
  const plain = text.replace(/[xy]\s*[:=]|lat(?:itude)?|lon(?:gitude)?|lng|°|[()[\]NOE:=]|m\b/gi, ' ').trim();
  // Between two numbers stand a blank, a semicolon, or a comma that is no decimal comma.
  const ways = [/[;\s]+/, /,\s+|;|\s+/, /,/];
  for (const way of ways) {
    const parts = plain
      .split(way)
      .map((part) => part.replace(/,$/, ''))
      .filter(Boolean);
    if (parts.length !== 2) continue;
    const values = parts.map(numberIn);
    if (values.every((value) => value !== null)) return values as [number, number];
  }
  return null;
}

/** "155.000,5", "155,000.5", "155000.5", "52,155": what stands last is the decimal sign, groups of three are thousands. */
function numberIn(part: string): number | null {
  if (!/^-?\d[\d.,]*$/.test(part)) return null;
  const thousands = /^-?\d{1,3}(?:\.\d{3})+(?:,\d+)?$/.test(part) && /^-?\d{2,3}\.\d{3}(?:,\d+)?$/.test(part);
  const english = /^-?\d{2,3}(?:,\d{3})+(?:\.\d+)$/.test(part);
  const value = Number(
    thousands
      ? part.replaceAll('.', '').replace(',', '.')
      : english
        ? part.replaceAll(',', '')
        : part.replace(',', '.'),
  );
  return Number.isFinite(value) ? value : null;
}
