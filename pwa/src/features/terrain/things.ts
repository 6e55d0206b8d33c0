import type { InfrastructureKind } from '../../domain/place';
import type { IconName } from '../../ui/icons';

/** The signs that the layers have on the map. */
export const THING_ICONS: Record<InfrastructureKind, IconName> = {
  STATION: 'zap',
  CABLE: 'plug',
  PIPE: 'dot',
  ROAD: 'truck',
  CYCLE_PATH: 'bike',
  CAMERA: 'camera',
  LAMP: 'lamp',
  CHARGER: 'plug',
  TREE: 'trees',
  OTHER: 'dot',
};
