import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}/dist`;
const kb = (file: string): number => gzipSync(readFileSync(`${dist}/${file}`), { level: 9 }).length / 1000;
/** As a browser gets it: in brotli where that was made, as it is otherwise. */
const transferred = (file: string): number =>
  statSync(existsSync(`${dist}/${file}.br`) ? `${dist}/${file}.br` : `${dist}/${file}`).size / 1000;

beforeAll(async () => {
  if (!existsSync(`${dist}/index.html`)) await build({ root, logLevel: 'error' });
}, 120_000);

const ids: Record<string, string> = {};

/** A script and everything it imports before it runs. */
function withImports(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const text = readFileSync(`${dist}/assets/${entry}`, 'utf8');
  for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g))
    if (name) withImports(name, seen);
  return seen;
}

it('keeps the shell with list and outbox within 90 kB, the map within 300 + 150 and other parts within 45', () => {
  const assets = readdirSync(`${dist}/assets`).filter((name) => name.endsWith('.js'));
  const entry = /assets\/(index-[\w-]+\.js)/.exec(readFileSync(`${dist}/index.html`, 'utf8'))?.[1] as string;
  const shell = withImports(entry);
  const size = (names: Iterable<string>): number =>
    [...names].reduce((sum, name) => sum + kb(`assets/${name}`), 0);
  expect(size(shell), 'shell').toBeLessThanOrEqual(90);
  for (const name of assets.filter((asset) => !shell.has(asset))) {
    const limit = name.startsWith('map-') ? 300 : name.startsWith('maplibre-gl-worker') ? 150 : 45;
    expect(kb(`assets/${name}`), name).toBeLessThanOrEqual(limit);
  }
});

it('carries no style or script in the page itself', () => {
  const page = readFileSync(`${dist}/index.html`, 'utf8');
  expect(page).not.toMatch(/<style|style="|<script(?![^>]*src=)|\son\w+="/);
});

it('asks at most 700 kB of a phone to work offline', () => {
  const listed = readFileSync(`${dist}/sw.js`, 'utf8').matchAll(/"?url"?:\s*"([^"]+)"/g);
  const files = [...new Set([...listed].map(([, url]) => url ?? ''))];
  expect(files.length).toBeGreaterThan(10);
  const all = files.reduce((sum, file) => sum + transferred(file), 0);
  console.info(`offline: ${Math.round(all)} kB`);
  expect(all).toBeLessThanOrEqual(700);
  // What is not compressed counts in full, at each visit: only what is too small to gain by it.
  const plain = files.filter((file) => /\.(?:js|css)$/.test(file) && !existsSync(`${dist}/${file}.br`));
  expect(plain.filter((file) => transferred(file) > 0.5)).toEqual([]);
});

it('sends operations by their names: no text of one is carried, and each has a name', async () => {
  const scripts = readdirSync(`${dist}/assets`).filter((name) => name.endsWith('.js'));
  const all = scripts.map((name) => readFileSync(`${dist}/assets/${name}`, 'utf8')).join('\n');
  expect(all).not.toMatch(/(?:query|mutation|fragment) \w+[^`"']{0,80}\{\s/);
  for (const folder of ['', '-access'])
    Object.assign(ids, (await import(`../src/api/generated/document-ids${folder}.ts`)).documentIds);
  const called = [...all.matchAll(/[`"'](?:query|mutation) (\w+)[`"']/g)].map(([, name]) => name ?? '');
  expect(called).toContain('Changes');
  expect(called.filter((name) => !ids[name])).toEqual([]);
});
