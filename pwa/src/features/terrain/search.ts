import { anchorOf, bboxOf, type Bbox, type Geometry } from '../../domain/geo';
import type { IssueKind } from '../../domain/issue';
import { plotName } from '../../domain/place';
import { issueName, kindWord } from '../../i18n/words';
import { area, m } from '../../i18n';
import type { IconName } from '../../ui/icons';
import type { TerrainModel } from './model.svelte';

export interface Hit {
  id: string;
  icon: IconName;
  title: string;
  sub: string;
  /** Of an issue: its shape stands in front instead of the icon. */
  kind: IssueKind | null;
  issueId: string | null;
  plotId: string | null;
  box: Bbox | null;
}

const MOST = 12;
/** A street full of addresses must not push the companies out of sight. */
const MOST_OF_A_KIND = 5;
const KINDS_OF_HIT: IconName[] = ['factory', 'map-pin-plus', 'land-plot', 'home'];
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();

/**
 * Companies, plots, addresses and issues whose words begin with what was typed, from the device's own copy:
 * it answers at every key and without a network.
 */
export function find(model: TerrainModel, typed: string): Hit[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const matches = (...texts: (string | null)[]): boolean => {
    const parts = plain(texts.filter(Boolean).join(' ')).split(/[\s,()/-]+/);
    return words.every((word) => parts.some((part) => part.startsWith(word)));
  };
  const around = (geometry: Geometry | null): Bbox | null => {
    if (!geometry) return null;
    const box = bboxOf(geometry);
    const [x, y] = anchorOf(geometry);
    return box && box[2] - box[0] > 1e-5 ? box : [x - 6e-4, y - 4e-4, x + 6e-4, y + 4e-4];
  };
  const hits: Hit[] = [];
  for (const company of model.companies)
    if (matches(company.name, company.addressLabel))
      hits.push({
        id: company.id,
        icon: 'factory',
        title: company.name,
        sub: [m.hit_company(), company.addressLabel].filter(Boolean).join(' · '),
        kind: null,
        issueId: null,
        plotId: model.occupancies.find((row) => row.companyId === company.id)?.plotId ?? null,
        box: around(company.geometry),
      });
  for (const issue of model.view.issues)
    if (matches(issue.title, issue.description, issue.placeLabel))
      hits.push({
        id: issue.id,
        icon: 'map-pin-plus',
        title: issueName(issue),
        sub: [kindWord(issue.kind), issue.placeLabel].filter(Boolean).join(' · '),
        kind: issue.kind,
        issueId: issue.id,
        plotId: null,
        box: null,
      });
  for (const plot of model.plots)
    if (matches(plotName(plot), plot.key))
      hits.push({
        id: plot.id,
        icon: 'land-plot',
        title: plotName(plot),
        sub: `${m.hit_plot()} · ${area(plot.areaM2)}`,
        kind: null,
        issueId: null,
        plotId: plot.id,
        box: around(plot.geometry),
      });
  for (const address of model.addresses)
    if (matches(address.label))
      hits.push({
        id: address.id,
        icon: 'home',
        title: address.label,
        sub: m.hit_address(),
        kind: null,
        issueId: null,
        plotId: null,
        box: around(address.geometry),
      });
  // Titles that begin with what was typed come first, then by kind, then as numbers count.
  const begins = (hit: Hit): number => (plain(hit.title).startsWith(words[0] as string) ? 0 : 1);
  const rank = (hit: Hit): number => KINDS_OF_HIT.indexOf(hit.icon) + 10 * begins(hit);
  hits.sort((a, b) => rank(a) - rank(b) || a.title.localeCompare(b.title, undefined, { numeric: true }));
  const shown: Hit[] = [];
  for (const hit of hits)
    if (shown.filter(({ icon }) => icon === hit.icon).length < MOST_OF_A_KIND) shown.push(hit);
  return shown.slice(0, MOST);
}
