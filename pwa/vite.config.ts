import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vite';
import { compressed, documents, letters, messages } from './scripts/plugins';

/** Where `terrein serve` listens while the app is developed. */
const server = process.env.TERREIN_DEV_SERVER ?? 'http://localhost:8080';

/** With all that they import: the store, the outbox, how it is sent. */
const BASE = /\/src\/(?:session\.svelte|router\.svelte|i18n\/locale|ui\/icons|edits\/answer)\.ts$/;

export const paraglide = {
  project: './project.inlang',
  outdir: './src/i18n/generated',
  strategy: ['localStorage', 'preferredLanguage', 'baseLocale'] as const,
  emitTsDeclarations: false,
} satisfies Parameters<typeof paraglideVitePlugin>[0];

/** Parts of the first screen. */
const FIRST =
  /^assets\/(?:base|rolldown-runtime|disclose-version|router\.svelte|outbox|document-ids|answer|rows|names|preload-helper|id|unsent|pull|geo|forget-tiles|icons|locale|registry)-[\w-]{8}\.js$/;

export default defineConfig({
  resolve: {
    // The package leads to a build for browsers of ten years ago, in which classes and async are written out.
    alias: [
      { find: /^dexie$/, replacement: 'dexie/dist/modern/dexie.mjs' },
      // What browsers without DecompressionStream would need, of which we serve none.
      { find: /^fflate$/, replacement: `${import.meta.dirname}/src/store/pack/inflate.ts` },
    ],
  },
  plugins: [
    messages,
    documents,
    paraglideVitePlugin(paraglide),
    svelte(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/worker',
      filename: 'sw.ts',
      injectRegister: false,
      // A browser takes those when it installs the app, which it does with a network: nothing of ours shows them.
      includeManifestIcons: false,
      injectManifest: {
        globPatterns: ['**/*.{js,css,html,woff2,svg,webmanifest}', 'icon-192.png'],
        // Letters of other alphabets come when a name first has one, and are kept from then on.
        globIgnores: ['**/hanken-grotesk-{cyrillic-ext,latin-ext,vietnamese}-*'],
        maximumFileSizeToCacheInBytes: 3_000_000,
      },
      manifest: {
        id: '/',
        name: 'Terrein',
        short_name: 'Terrein',
        description: 'Samen het bedrijventerrein vooruit',
        lang: 'nl',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        background_color: '#F0F3F2',
        theme_color: '#FFFFFF',
        categories: ['business', 'productivity'],
        icons: [
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icon-512-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
          { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
        ],
      },
    }),
    letters,
    compressed,
  ],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // The page's policy forbids inline data in scripts and styles, so every asset is a file of its own.
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      // What is there from the first screen on need not be named again with each screen that comes later.
      resolveDependencies: (_file, dependencies, { hostType }) =>
        hostType === 'js' ? dependencies.filter((file) => !FIRST.test(file)) : dependencies,
    },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What the first screen stands on comes as one file: each small one more is a turn of its own on a slow line.
          groups: [{ name: 'base', test: BASE }],
        },
      },
    },
  },
  server: {
    proxy: {
      '/graphql': { target: server, ws: true },
      '/tiles': server,
      '/packs': server,
      '/sign-in': server,
      '/passkeys': server,
      '/config.json': server,
      '/account/export': server,
      // The page is ours, what is sent to it is the server's.
      '/invitation': {
        target: server,
        bypass: ({ method, url }) => (method === 'GET' ? url : undefined),
      },
    },
  },
});
