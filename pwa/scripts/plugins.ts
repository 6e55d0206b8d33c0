import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { Plugin } from 'vite';

const brotli = promisify(brotliCompress);

const locale = fileURLToPath(new URL('../src/i18n/locale.ts', import.meta.url));

/** How the compiler writes a message that is one sentence: Dutch first. */
const SENTENCE = /const (?:nl|en)_\w+ = [^=]*=>[^=]*\(i?\) => \{\s*return [^`]*(`(?:[^`\\]|\\.)*`)\)\s*\};/g;

/** Messages ask our own few lines which language is spoken, once, in place of a runtime that also serves servers. */
export const messages = {
  name: 'terrein-messages',
  enforce: 'pre',
  resolveId: (source: string, importer?: string) =>
    source === '../runtime.js' && importer?.includes('/i18n/generated/messages/') ? locale : undefined,
  transform: (code: string, id: string) => {
    if (!id.includes('/i18n/generated/messages/')) return;
    const own = code.replace('import { getLocale, experimentalStaticLocale }', 'import { getLocale }');
    const [nl, en] = [...code.matchAll(SENTENCE)].map(([, sentence]) => sentence);
    const name = /export const (\w+) = /.exec(code)?.[1];
    // One sentence in each language: one line.
    if (nl && en && name)
      return `import { getLocale } from '../runtime.js';\nexport const ${name} = (i) => getLocale() === 'en' ? ${en} : ${nl};`;
    return own.replace(
      /\(inputs, options = \{\}\) => \{\s*const locale = experimentalStaticLocale \?\? options\.locale \?\? getLocale\(\)/,
      '(inputs) => {\nconst locale = getLocale()',
    );
  },
} as const;

/**
 * The server knows each operation by its hash (generated/document-ids*), so its text stays at home: only its name
 * travels. What is subscribed to is sent as text.
 */
export const documents = {
  name: 'terrein-documents',
  apply: 'build',
  enforce: 'pre',
  transform: (code: string, id: string) =>
    id.includes('/src/api/operations/')
      ? code.replace(
          /graphql\(\s*`\s*((?:query|mutation|fragment) \w+)[^`]*`(?:,\s*\[[^\]]*\],?)?\s*\)/g,
          '/* @__PURE__ */ graphql(`$1`)',
        )
      : undefined,
} as const;

/** Our letters are asked for with the page itself: words that change their width push about what stands beside them. */
export const letters: Plugin = {
  name: 'terrein-letters',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle }) {
      const file = Object.keys(bundle ?? {}).find((name) => /hanken-grotesk-latin-wght-/.test(name));
      if (!file) throw new Error('the letters of the app are not among its files');
      const attrs = { rel: 'preload', href: `/${file}`, as: 'font', type: 'font/woff2', crossorigin: true };
      return [{ tag: 'link', attrs, injectTo: 'head' as const }];
    },
  },
};

/** Beside each file of the app that shrinks: the same in brotli at its best, which is too slow to make at each answer. */
export const compressed: Plugin = {
  name: 'terrein-compressed',
  apply: 'build',
  closeBundle: {
    // After the service worker, which is written when everything else is.
    order: 'post',
    sequential: true,
    async handler() {
      const dist = fileURLToPath(new URL('../dist', import.meta.url));
      const names = await readdir(dist, { recursive: true });
      await Promise.all(
        names
          .filter((name) => /\.(?:js|css|html|svg|webmanifest|json)$/.test(name))
          .map(async (name) => {
            const text = await readFile(`${dist}/${name}`);
            const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, BROTLI_MAX_QUALITY } = constants;
            const params = {
              [BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY,
              [BROTLI_PARAM_SIZE_HINT]: text.length,
            };
            const small = await brotli(text, { params });
            if (small.length < text.length) await writeFile(`${dist}/${name}.br`, small);
          }),
      );
    },
  },
};
