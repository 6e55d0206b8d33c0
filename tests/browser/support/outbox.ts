import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { AT_THE_DIKE } from './devices';
import { add, database } from './store';

/** As the device mints them: the time first, then chance. */
export function uuidv7(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

export interface Row {
  commandId: string;
  subject: string;
  edit: { type: string; input: Record<string, unknown> };
  [field: string]: unknown;
}

/** A row of the outbox as the app writes it for a bare pin, `step` places on from the dike. */
export function pinRow(terrainId: string, title: string, step = 0): Row {
  const issueId = `issue:${uuidv7()}`;
  const at = [
    AT_THE_DIKE.longitude + (step % 40) * 5e-5,
    AT_THE_DIKE.latitude + Math.floor(step / 40) * 3e-5,
  ].map((degrees) => Math.round(degrees * 1e7) / 1e7);
  const input = {
    issueId,
    terrainId,
    kind: 'PROBLEM',
    theme: 'SAFETY',
    audience: 'TEAM',
    geometry: { type: 'Point', coordinates: at },
    title,
    description: null,
    placeLabel: null,
    plotId: null,
    outsideTerrain: false,
    device: null,
    companyId: null,
    partyIds: [],
  };
  return {
    schema: 2,
    commandId: uuidv7(),
    subject: issueId,
    terrainId,
    edit: { type: 'report-issue', input },
    by: { role: 'AANJAGER', organisation: null, at: new Date().toISOString() },
    version: 0,
    attempts: 0,
    parked: null,
  };
}

/** Lays pins in the queue of whoever is signed in here: by hand they would take the evening. */
export async function queue(page: Page, terrainId: string, count: number, title = 'Rij'): Promise<Row[]> {
  const rows = Array.from({ length: count }, (_, index) => pinRow(terrainId, `${title} ${index}`, index));
  await add(page, await database(page), 'outbox', rows);
  return rows;
}
