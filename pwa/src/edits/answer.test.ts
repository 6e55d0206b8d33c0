import { describe, expect, it } from 'vitest';
import { outcomeOf, type Payload } from './answer';

const issue = {
  id: 'issue:1',
  kind: 'PROBLEM',
  theme: 'OTHER',
  organisation: null,
  plot: null,
  company: null,
  infrastructure: null,
  viewerSupport: null,
  version: 3,
} as unknown as NonNullable<Payload['issue']>;

describe('what a payload comes to', () => {
  it('is done, with the issue as it is now', () => {
    expect(outcomeOf({ __typename: 'IssueEdited', issue }, 'terrain:1')).toMatchObject({
      kind: 'done',
      issue: { id: 'issue:1', terrainId: 'terrain:1', version: 3 },
    });
  });
  it('is a conflict when somebody was first', () => {
    expect(
      outcomeOf({ __typename: 'ChangedMeanwhile', issue, fields: ['title'] }, 'terrain:1'),
    ).toMatchObject({
      kind: 'changed-meanwhile',
      issue: { version: 3 },
      fields: ['title'],
    });
  });
  it('names what is gone', () => {
    expect(outcomeOf({ __typename: 'IssueWithdrawn', id: 'issue:1' }, 'terrain:1')).toEqual({
      kind: 'done',
      gone: 'issue:1',
    });
  });
  it('is refused with a reason, also where the issue comes along', () => {
    expect(outcomeOf({ __typename: 'StateNotReachable', issue }, 'terrain:1')).toEqual({
      kind: 'refused',
      reason: 'STATE_NOT_REACHABLE',
    });
    expect(outcomeOf({ __typename: 'IdTaken' }, 'terrain:1')).toEqual({
      kind: 'refused',
      reason: 'ID_TAKEN',
    });
  });
});
