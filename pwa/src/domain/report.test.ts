import { describe, expect, it } from 'vitest';
import { dayOf } from './day';
import { dayReport } from './report';

describe('the report of a day', () => {
  const holds = (id: string): boolean => id !== 'issue:gone';
  it('counts what arrived, what waits and what was refused, by kind', () => {
    const done = [
      { type: 'report-issue', subject: 'issue:a' },
      { type: 'report-issue', subject: 'issue:b' },
      { type: 'edit-issue', subject: 'issue:a' },
    ];
    const queued = [
      { type: 'report-issue', subject: 'issue:c', parked: false },
      { type: 'report-issue', subject: 'issue:d', parked: true },
    ];
    expect(dayReport(done, queued, holds)).toEqual([
      { kind: 'pins', arrived: 2, gone: 0, waiting: 1, refused: 1 },
      { kind: 'other', arrived: 1, gone: 0, waiting: 0, refused: 0 },
    ]);
  });
  it('does not count as arrived what the server does not hold', () => {
    const done = [
      { type: 'report-issue', subject: 'issue:gone' },
      { type: 'withdraw-issue', subject: 'issue:gone' },
    ];
    expect(dayReport(done, [], holds)).toEqual([
      { kind: 'pins', arrived: 0, gone: 1, waiting: 0, refused: 0 },
    ]);
  });
  it('is of the day where the person is', () => {
    expect(dayOf(new Date(2026, 10, 5, 0, 1))).toBe('2026-11-05');
    expect(dayOf(new Date(2026, 10, 5, 23, 59))).toBe('2026-11-05');
  });
});
