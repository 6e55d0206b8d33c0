import { mintId } from '../../domain/id';
import type { Theme, Willingness } from '../../domain/issue';
import { dayOf, daysLater } from '../../domain/day';
import { type PromiseOwner, type Sharing, type Willing } from '../../domain/talk';
import type { Edit } from '../../edits';
import type { TerreinDb } from '../../store/db';

export const TABLES = ['ENTREPRENEUR', 'OWNER', 'MUNICIPALITY'] as const;
export type Table = (typeof TABLES)[number];

/** The questions of a talk, in their order. */
export const ASKED = ['situation', 'needs', 'vision'] as const;
export type Asked = (typeof ASKED)[number];

export interface DraftPromise {
  id: string;
  text: string;
  ownedBy: PromiseOwner;
  dueOn: string;
}

/** A talk that is being written down. */
export interface TalkDraft {
  terrainId: string;
  companyId: string | null;
  otherParty: string;
  table: Table;
  heldOn: string;
  situation: string;
  needs: string;
  vision: string;
  themes: Theme[];
  willingness: Willing;
  forms: Willingness[];
  sharing: Sharing;
  privateNote: string;
  promises: DraftPromise[];
  /** The promise that is being typed. */
  typed: Omit<DraftPromise, 'id'>;
  issueIds: string[];
}

const PROMISE_DAYS = 14;
const keyOf = (terrainId: string, companyId: string | null): string =>
  `talk.${terrainId}.${companyId ?? 'other'}`;

export const freshPromise = (today = dayOf()): TalkDraft['typed'] => ({
  text: '',
  ownedBy: 'US',
  dueOn: daysLater(today, PROMISE_DAYS),
});

export const freshTalk = (terrainId: string, companyId: string | null): TalkDraft => ({
  terrainId,
  companyId,
  otherParty: '',
  table: companyId ? 'ENTREPRENEUR' : 'MUNICIPALITY',
  heldOn: dayOf(),
  situation: '',
  needs: '',
  vision: '',
  themes: [],
  willingness: 'NOT_ASKED',
  forms: [],
  sharing: 'WITHOUT_NAME',
  privateNote: '',
  promises: [],
  typed: freshPromise(),
  issueIds: [],
});

export async function readTalk(
  db: TerreinDb,
  terrainId: string,
  companyId: string | null,
): Promise<TalkDraft> {
  const kept = (await db.setting.get(keyOf(terrainId, companyId)))?.value as TalkDraft | undefined;
  return kept ?? freshTalk(terrainId, companyId);
}

/** At every key: in the copy of this person, which nobody else on this device opens. */
export async function keepTalk(db: TerreinDb, draft: TalkDraft): Promise<void> {
  const value = JSON.parse(JSON.stringify(draft)) as TalkDraft;
  await db.setting.put({ key: keyOf(draft.terrainId, draft.companyId), value });
}

export const dropTalk = (db: TerreinDb, { terrainId, companyId }: TalkDraft): Promise<void> =>
  db.setting.delete(keyOf(terrainId, companyId));

/** Whether there is anything to keep. */
export function isEmpty(draft: TalkDraft): boolean {
  const texts = [draft.situation, draft.needs, draft.vision, draft.privateNote, draft.typed.text];
  return (
    texts.every((text) => !text.trim()) &&
    draft.promises.length === 0 &&
    draft.issueIds.length === 0 &&
    draft.willingness === 'NOT_ASKED'
  );
}

const said = (text: string): string | null => text.trim() || null;

/** The commands that a talk comes to: the conversation first, then what was promised in it. */
export function editsOf(draft: TalkDraft, tableWord: string): Edit[] {
  const conversationId = mintId('conversation');
  const { terrainId, companyId } = draft;
  const typed = draft.typed.text.trim() ? [{ ...draft.typed, id: mintId('promise') }] : [];
  return [
    {
      type: 'record-conversation',
      input: {
        conversationId,
        terrainId,
        companyId,
        otherParty: companyId ? null : said(draft.otherParty),
        heldOn: draft.heldOn,
        situation: said(draft.situation),
        needs: said(draft.needs),
        vision: said(draft.vision),
        themes: [...draft.themes],
        willingness: draft.willingness,
        willingnessForms: ['YES', 'MAYBE'].includes(draft.willingness) ? [...draft.forms] : [],
        sharing: draft.sharing,
        attendees: [tableWord],
        issueIds: [...draft.issueIds],
        privateNote: said(draft.privateNote),
      },
    },
    // What still stood in the field was promised too.
    ...[...draft.promises, ...typed].map(({ id, text, ownedBy, dueOn }): Edit => ({
      type: 'make-promise',
      input: {
        promiseId: id,
        terrainId,
        conversationId,
        companyId,
        issueId: null,
        text: text.trim(),
        ownedBy,
        // Emptied in the field: no day was named.
        dueOn: dueOn || null,
        geometry: null,
      },
    })),
  ];
}
