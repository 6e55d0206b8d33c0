import type { Page } from '@playwright/test';
import { ask } from './graph';

/** In degrees. */
export type Place = [lon: number, lat: number];
export interface Shape {
  type: string;
  coordinates: unknown;
}

interface FoundIssue {
  node: { issues: { edges: { node: { id: string; title: string | null; geometry: Shape } }[] } };
}
/** The shape the server has for an issue of this title. */
export async function shapeInGraph(page: Page, terrainId: string, title: string): Promise<Shape | undefined> {
  const { node } = await ask<FoundIssue>(
    page,
    `query ($id: ID!) { node(id: $id) { ... on Terrain {
      issues(first: 100) { edges { node { id title geometry } } } } } }`,
    { id: terrainId },
  );
  return node.issues.edges.find((edge) => edge.node.title === title)?.node.geometry;
}

/** The shape the server has for one issue. */
export async function shapeOfIssue(page: Page, id: string): Promise<Shape> {
  const { node } = await ask<{ node: { geometry: Shape } }>(
    page,
    'query ($id: ID!) { node(id: $id) { ... on Issue { geometry } } }',
    { id },
  );
  return node.geometry;
}

/** Metres between two places near each other, on a sphere. */
export function metres([lon, lat]: Place, [toLon, toLat]: Place): number {
  const k = 111_195;
  return Math.hypot((toLon - lon) * k * Math.cos((lat * Math.PI) / 180), (toLat - lat) * k);
}
