import { m } from '../../i18n';
import { toast } from '../../ui/toasts.svelte';
import type { Fix, TerrainModel } from './model.svelte';

/** A place as the device tells it. */
export const fixOf = ({ coords, timestamp }: GeolocationPosition): Fix => ({
  at: [coords.longitude, coords.latitude],
  accuracyM: coords.accuracy,
  headingDeg: Number.isFinite(coords.heading) ? coords.heading : null,
  time: new Date(timestamp).toISOString(),
});

/** Asks the device where it is. Says in words why when it does not tell. */
export function locate(model: TerrainModel, quiet = false): Promise<Fix | null> {
  return new Promise((resolve) => {
    if (!('geolocation' in navigator)) {
      if (!quiet) toast(m.place_unknown(), null, 'locate-fixed');
      resolve(null);
      return;
    }
    navigator.geolocation.getCurrentPosition(
      (position) => {
        model.fix = fixOf(position);
        resolve(model.fix);
      },
      (error) => {
        if (!quiet)
          toast(
            error.code === error.PERMISSION_DENIED ? m.place_refused() : m.place_unknown(),
            null,
            'locate-fixed',
          );
        resolve(null);
      },
      // Where somebody stood ten seconds ago is the lamp before.
      { enableHighAccuracy: true, timeout: 8000, maximumAge: 1000 },
    );
  });
}
