/** Every place in the app has an address, so that back, reload and a shared link do what people expect. */
export type Panel =
  | { name: 'map' }
  | { name: 'list' }
  | { name: 'layers' }
  | { name: 'search' }
  | { name: 'issue'; issueId: string }
  /** Its place and shape are being changed. */
  | { name: 'shape'; issueId: string }
  | { name: 'walk' }
  /** Null: with somebody who is no company here. */
  | { name: 'talk'; companyId: string | null }
  | { name: 'pin'; step: PinStep };

export type PinStep = 'where' | 'what' | 'who';

export type Route =
  | { screen: 'home' }
  | { screen: 'terrain'; terrainId: string; panel: Panel }
  | { screen: 'terrains' }
  | { screen: 'packs' }
  | { screen: 'queue' }
  | { screen: 'day-report' }
  | { screen: 'more' }
  | { screen: 'sign-in' }
  | { screen: 'account' }
  | { screen: 'people'; of: PeopleOf }
  /** Null: what one did oneself. */
  | { screen: 'audit'; organisationId: string | null }
  | { screen: 'invitation'; token: string }
  | { screen: 'unknown' };

/** Whose people: everybody with a role on a terrain, or in an organisation. */
export type PeopleOf = { terrainId: string } | { organisationId: string };

const STEPS: Record<PinStep, string> = { where: 'pin', what: 'pin/wat', who: 'pin/wie' };
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const TERRAIN = new RegExp(`^/terrein/(${UUID})(?:/(.*))?$`);
const ORGANISATION = new RegExp(`^/organisatie/(${UUID})/(mensen|logboek)$`);
/** What stands in the mail of an invitation; the server makes of it what it is worth. */
const INVITATION = /^\/invitation\/([\w.~-]{16,200})$/;
const TALK = new RegExp(`^gesprek(?:/(${UUID}))?$`);
const ISSUE = new RegExp(`^melding/(${UUID})(/plek)?$`);

export function routeOf(path: string): Route {
  const clean = path.length > 1 ? path.replace(/\/+$/, '') : path;
  switch (clean) {
    case '/':
      return { screen: 'home' };
    case '/terreinen':
      return { screen: 'terrains' };
    case '/meenemen':
      return { screen: 'packs' };
    case '/wachtrij':
      return { screen: 'queue' };
    case '/dagverslag':
      return { screen: 'day-report' };
    case '/meer':
      return { screen: 'more' };
    case '/inloggen':
      return { screen: 'sign-in' };
    case '/account':
      return { screen: 'account' };
    case '/account/logboek':
      return { screen: 'audit', organisationId: null };
  }
  const token = INVITATION.exec(clean)?.[1];
  if (token) return { screen: 'invitation', token };
  const [, organisation, part] = ORGANISATION.exec(clean) ?? [];
  if (organisation) {
    const organisationId = `organisation:${organisation}`;
    return part === 'logboek'
      ? { screen: 'audit', organisationId }
      : { screen: 'people', of: { organisationId } };
  }
  const [, id, rest = ''] = TERRAIN.exec(clean) ?? [];
  if (id && rest === 'mensen') return { screen: 'people', of: { terrainId: `terrain:${id}` } };
  const panel = id ? panelOf(rest) : null;
  return panel ? { screen: 'terrain', terrainId: `terrain:${id}`, panel } : { screen: 'unknown' };
}

function panelOf(rest: string): Panel | null {
  if (rest === '') return { name: 'map' };
  if (rest === 'lijst') return { name: 'list' };
  if (rest === 'lagen') return { name: 'layers' };
  if (rest === 'zoeken') return { name: 'search' };
  if (rest === 'ronde') return { name: 'walk' };
  const talk = TALK.exec(rest);
  if (talk) return { name: 'talk', companyId: talk[1] ? `company:${talk[1]}` : null };
  const step = (Object.keys(STEPS) as PinStep[]).find((name) => STEPS[name] === rest);
  if (step) return { name: 'pin', step };
  const [, issue, shape] = ISSUE.exec(rest) ?? [];
  return issue ? { name: shape ? 'shape' : 'issue', issueId: `issue:${issue}` } : null;
}

const bare = (id: string): string => id.slice(id.indexOf(':') + 1);

export function pathOf(route: Exclude<Route, { screen: 'unknown' }>): string {
  switch (route.screen) {
    case 'home':
      return '/';
    case 'terrains':
      return '/terreinen';
    case 'packs':
      return '/meenemen';
    case 'queue':
      return '/wachtrij';
    case 'day-report':
      return '/dagverslag';
    case 'more':
      return '/meer';
    case 'sign-in':
      return '/inloggen';
    case 'account':
      return '/account';
    case 'people':
      return 'terrainId' in route.of
        ? `/terrein/${bare(route.of.terrainId)}/mensen`
        : `/organisatie/${bare(route.of.organisationId)}/mensen`;
    case 'audit':
      return route.organisationId ? `/organisatie/${bare(route.organisationId)}/logboek` : '/account/logboek';
    case 'invitation':
      return `/invitation/${route.token}`;
    case 'terrain': {
      const root = `/terrein/${bare(route.terrainId)}`;
      const { panel } = route;
      switch (panel.name) {
        case 'map':
          return root;
        case 'list':
          return `${root}/lijst`;
        case 'layers':
          return `${root}/lagen`;
        case 'search':
          return `${root}/zoeken`;
        case 'walk':
          return `${root}/ronde`;
        case 'talk':
          return `${root}/gesprek${panel.companyId ? `/${bare(panel.companyId)}` : ''}`;
        case 'issue':
          return `${root}/melding/${bare(panel.issueId)}`;
        case 'shape':
          return `${root}/melding/${bare(panel.issueId)}/plek`;
        case 'pin':
          return `${root}/${STEPS[panel.step]}`;
      }
    }
  }
}

class Router {
  route = $state.raw<Route>({ screen: 'home' });
  /** How many steps of this app lie behind this one in the browser's history. */
  depth = $state(0);

  start(): void {
    this.#read();
    addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (event) => this.#follow(event));
  }

  go(route: Exclude<Route, { screen: 'unknown' }>, replace = false): void {
    this.goTo(pathOf(route), replace);
  }

  goTo(path: string, replace = false): void {
    if (path === location.pathname) return;
    const depth = replace ? this.depth : this.depth + 1;
    history[replace ? 'replaceState' : 'pushState']({ depth }, '', path);
    this.#read();
  }

  /** One step back when that stays in the app, else to where back would lead from here. */
  back(otherwise: Exclude<Route, { screen: 'unknown' }>): void {
    if (this.depth > 0) history.back();
    else this.go(otherwise, true);
  }

  #read(): void {
    this.depth = (history.state as { depth?: number } | null)?.depth ?? 0;
    this.route = routeOf(location.pathname);
  }

  /** Links of our own stay links (open in a new tab works) but do not load the page again. */
  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    const link = (event.target as Element | null)?.closest('a');
    if (!link || link.target || link.origin !== location.origin || link.hasAttribute('download')) return;
    if (link.hash || routeOf(link.pathname).screen === 'unknown') return;
    event.preventDefault();
    this.goTo(link.pathname);
  }
}

export const router = new Router();
