import type { Infrastructure, InfrastructureKind } from '../domain/place';
import { m } from '.';

/** Lamps, cables, paths: words that come with the pin flow and an opened issue. */
const kinds: Record<InfrastructureKind, () => string> = {
  STATION: m.thing_station,
  CABLE: m.thing_cable,
  PIPE: m.thing_pipe,
  ROAD: m.thing_road,
  CYCLE_PATH: m.thing_cycle_path,
  CAMERA: m.thing_camera,
  LAMP: m.thing_lamp,
  CHARGER: m.thing_charger,
  TREE: m.thing_tree,
  OTHER: m.thing_other,
};
/** What a thing is called: by its name, else by what it is. */
export const thingName = ({ name, kind }: Pick<Infrastructure, 'name' | 'kind'>): string =>
  name ?? kinds[kind]();
