import { m } from '../../i18n';
import { session } from '../../session.svelte';
import { toast } from '../../ui/toasts.svelte';

/** Keeps photos that come from a camera or from files, and says in words what could not be kept. */
export function takePhotos(): {
  readonly busy: number;
  readonly problem: string | null;
  /** The ids of those that were kept. They wait until their pin, or the person, says that they go. */
  keep(files: File[], of: { terrainId: string; issueId: string }): Promise<string[]>;
} {
  let busy = $state(0);
  let problem = $state<string | null>(null);
  return {
    get busy() {
      return busy;
    },
    get problem() {
      return problem;
    },
    async keep(files, of) {
      problem = null;
      const made: string[] = [];
      busy += files.length;
      const { keepPhoto } = await import('./keep-photo');
      for (const file of files) {
        try {
          const kept = await keepPhoto(session.db, file, { ...of, draft: true });
          if (kept.kind === 'full') problem = m.photo_full();
          else if (kept.kind === 'unreadable') problem = m.photo_unreadable();
          else {
            made.push(kept.row.id);
            if (kept.smaller) toast(m.photo_smaller(), null, 'camera');
          }
        } catch (error) {
          console.error(error);
          problem = m.save_failed();
        } finally {
          busy -= 1;
        }
      }
      return made;
    },
  };
}
