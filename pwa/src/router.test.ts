import { expect, it } from 'vitest';
import { pathOf, routeOf, type Panel, type Route } from './router.svelte';

const ID = '01900000-0000-7000-8000-000000000001';
const panels: Panel[] = [
  { name: 'map' },
  { name: 'list' },
  { name: 'layers' },
  { name: 'search' },
  { name: 'issue', issueId: `issue:${ID}` },
  { name: 'shape', issueId: `issue:${ID}` },
  { name: 'pin', step: 'where' },
  { name: 'pin', step: 'what' },
  { name: 'pin', step: 'who' },
];

it('gives every screen an address that leads back to it', () => {
  const routes: Exclude<Route, { screen: 'unknown' }>[] = [
    { screen: 'home' },
    { screen: 'terrains' },
    { screen: 'queue' },
    { screen: 'day-report' },
    { screen: 'more' },
    { screen: 'sign-in' },
    { screen: 'account' },
    { screen: 'people', of: { terrainId: `terrain:${ID}` } },
    { screen: 'people', of: { organisationId: `organisation:${ID}` } },
    { screen: 'audit', organisationId: `organisation:${ID}` },
    { screen: 'audit', organisationId: null },
    { screen: 'invitation', token: 'Zm9vYmFy-_Zm9vYmFyZm9vYmFy' },
    ...panels.map((panel) => ({ screen: 'terrain', terrainId: `terrain:${ID}`, panel }) as const),
  ];
  for (const route of routes) expect(routeOf(pathOf(route))).toEqual(route);
});

it('does not take another address for one of its own', () => {
  expect(routeOf('/terrein/geen-id').screen).toBe('unknown');
  expect(routeOf(`/terrein/${ID}/melding/x`).screen).toBe('unknown');
  expect(routeOf('/graphql').screen).toBe('unknown');
  // Answered by the server: a file, and where the invitation is sent to.
  expect(routeOf('/account/export').screen).toBe('unknown');
  expect(routeOf('/invitation/accept').screen).toBe('unknown');
  expect(routeOf(`/organisatie/${ID}/iets`).screen).toBe('unknown');
  expect(routeOf(`/terrein/${ID}/`)).toEqual(routeOf(`/terrein/${ID}`));
});
