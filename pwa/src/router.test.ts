import { expect, it } from 'vitest';
import { pathOf, routeOf, type Panel, type Route } from './router.svelte';
import { SCREENS } from './worker/screens';

const ID = '01900000-0000-7000-8000-000000000001';
const panelsByName: { [Name in Panel['name']]: Extract<Panel, { name: Name }>[] } = {
  map: [{ name: 'map' }],
  list: [{ name: 'list' }],
  layers: [{ name: 'layers' }],
  search: [{ name: 'search' }],
  issue: [{ name: 'issue', issueId: `issue:${ID}` }],
  shape: [{ name: 'shape', issueId: `issue:${ID}` }],
  walk: [{ name: 'walk' }],
  talk: [
    { name: 'talk', companyId: `company:${ID}` },
    { name: 'talk', companyId: null },
  ],
  pin: [
    { name: 'pin', step: 'where' },
    { name: 'pin', step: 'what' },
    { name: 'pin', step: 'who' },
  ],
};
const panels: Panel[] = Object.values(panelsByName).flat();

type Screen = Exclude<Route, { screen: 'unknown' }>;
/** Each screen there is: one that is missing here does not compile. */
const screens: { [Name in Screen['screen']]: Extract<Screen, { screen: Name }>[] } = {
  home: [{ screen: 'home' }],
  terrains: [{ screen: 'terrains' }],
  queue: [{ screen: 'queue' }],
  'day-report': [{ screen: 'day-report' }],
  more: [{ screen: 'more' }],
  'sign-in': [{ screen: 'sign-in' }],
  packs: [{ screen: 'packs' }],
  account: [{ screen: 'account' }],
  people: [
    { screen: 'people', of: { terrainId: `terrain:${ID}` } },
    { screen: 'people', of: { organisationId: `organisation:${ID}` } },
  ],
  audit: [
    { screen: 'audit', organisationId: `organisation:${ID}` },
    { screen: 'audit', organisationId: null },
  ],
  invitation: [{ screen: 'invitation', token: 'Zm9vYmFy-_Zm9vYmFyZm9vYmFy' }],
  terrain: panels.map((panel) => ({ screen: 'terrain', terrainId: `terrain:${ID}`, panel })),
};
const routes: Screen[] = Object.values(screens).flat();

it('gives every screen an address that leads back to it', () => {
  for (const route of routes) expect(routeOf(pathOf(route))).toEqual(route);
});

it('opens every screen by its address without a network, and leaves to the server what is the server’s', () => {
  const answered = (path: string): boolean => SCREENS.some((known) => known.test(path));
  expect(routes.map(pathOf).filter((path) => !answered(path))).toEqual([]);
  for (const path of ['/graphql', '/sign-in/token', '/account/export', '/tiles/issue/1/0/0', '/terreinx'])
    expect(answered(path), path).toBe(false);
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
