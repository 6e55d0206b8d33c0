/** A pin as it stands on the screen: the tip in pixels, and the kind that a pill counts it under. */
export interface Standing {
  x: number;
  y: number;
  kind: string;
}

/** Pins nearer to each other than this share a pill. */
const NEAR_PX = 36;
/** Two things may touch by this much before one is said to cover the other. */
const TOUCH_PX = 4;

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Held<Pin extends Standing> {
  pins: Pin[];
  box: Box;
}

/**
 * Gathers pins that stand in each other's way: first those that are near, then those that the pill itself would
 * cover, until no pill lies over anything. Within a group the pins keep the order in which they were given.
 */
export function grouped<Pin extends Standing>(pins: readonly Pin[]): Pin[][] {
  const near: Pin[][] = [];
  for (const pin of pins) {
    const group = near.find(([first]) => first && Math.hypot(first.x - pin.x, first.y - pin.y) < NEAR_PX);
    if (group) group.push(pin);
    else near.push([pin]);
  }
  const groups = new Set<Held<Pin>>(near.map((together) => ({ pins: together, box: boxOf(together) })));
  const pills = [...groups].filter((group) => group.pins.length > 1);
  for (let pill = pills.pop(); pill; pill = pills.pop()) {
    if (!groups.has(pill)) continue;
    const covered = coveredBy(pill, groups);
    if (!covered) continue;
    groups.delete(covered);
    pill.pins.push(...covered.pins);
    pill.box = boxOf(pill.pins);
    // Larger now, and elsewhere: it may lie over another.
    pills.push(pill);
  }
  const order = new Map(pins.map((pin, index) => [pin, index]));
  const place = (pin: Pin): number => order.get(pin) ?? 0;
  return [...groups].map((group) => group.pins.sort((a, b) => place(a) - place(b)));
}

function coveredBy<Pin extends Standing>(pill: Held<Pin>, groups: ReadonlySet<Held<Pin>>): Held<Pin> | null {
  for (const other of groups) if (other !== pill && overlap(pill.box, other.box)) return other;
  return null;
}

const overlap = (a: Box, b: Box): boolean =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > TOUCH_PX &&
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > TOUCH_PX;

/** The head of a single pin, or the pill in the middle of several; the measures are those of pins.css. */
function boxOf(pins: readonly Standing[]): Box {
  const [first] = pins as [Standing];
  if (pins.length === 1)
    return { left: first.x - 18, top: first.y - 44, right: first.x + 18, bottom: first.y - 6 };
  const xs = pins.map(({ x }) => x);
  const ys = pins.map(({ y }) => y);
  const x = (Math.min(...xs) + Math.max(...xs)) / 2;
  const y = (Math.min(...ys) + Math.max(...ys)) / 2;
  const half = pillPx(pins) / 2;
  return { left: x - half, top: y - 18, right: x + half, bottom: y + 18 };
}

/** Rim and padding, and per kind a shape and its number. */
function pillPx(pins: readonly Standing[]): number {
  const counts = new Map<string, number>();
  for (const { kind } of pins) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const parts = [...counts.values()].map((count) => 18 + 8 * String(count).length);
  return 28 + parts.reduce((sum, part) => sum + part, 0) + 9 * (parts.length - 1);
}
