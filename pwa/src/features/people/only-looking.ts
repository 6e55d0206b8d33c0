import { m } from '../../i18n';
import { session } from '../../session.svelte';
import { toast } from '../../ui/toasts.svelte';

/** Says why nothing can be made now, and the way out of it. */
export const sayOnlyLooking = (): void =>
  toast(m.reason_seeing_as(), { label: m.seeing_stop(), run: () => void session.stopSeeing() }, 'eye');
