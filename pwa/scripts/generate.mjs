// Writes what the app and the server agree on: the graph's types for TypeScript, and the texts of the operations
// under their hashes. Both are committed; `npm run generate` after a change of the graph or of an operation.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { minifyIntrospection, outputIntrospectionFile } from '@gql.tada/internal';
import { buildSchema, introspectionFromSchema, parse, validate } from 'graphql';
import { createServer } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const schemaFile = process.env.TERREIN_SCHEMA ?? `${root}/../server/schema.graphql`;
const out = `${root}/src/api/generated`;

const schema = buildSchema(await readFile(schemaFile, 'utf8'));
const failures = [];
const introspection = minifyIntrospection(introspectionFromSchema(schema, { descriptions: false }));

const vite = await createServer({
  root,
  configFile: false,
  server: { middlewareMode: true, ws: false, watch: null },
  appType: 'custom',
  logLevel: 'error',
});
const { textOf, nameOf } = await vite.ssrLoadModule('/src/api/graphql.ts');
const persisted = {};
/** Operations of the first screens, and those that come with a screen of their own. */
const ids = { first: {}, access: {} };
const FIRST = ['reads.ts', 'writes.ts'];
const files = (await readdir(`${root}/src/api/operations`)).filter((file) => file !== 'fragments.ts').sort();
for (const file of files) {
  const operations = await vite.ssrLoadModule(`/src/api/operations/${file}`);
  for (const document of Object.values(operations)) {
    const text = textOf(document);
    const wrong = validate(schema, parse(text));
    if (wrong.length > 0)
      failures.push(`${nameOf(document)}: ${wrong.map((error) => error.message).join('; ')}`);
    const id = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    persisted[id] = text;
    ids[FIRST.includes(file) ? 'first' : 'access'][nameOf(document)] = id;
  }
}
await vite.close();
if (failures.length > 0) {
  console.error(failures.join('\n'));
  process.exit(1);
}
await writeFile(
  `${out}/graphql-env.d.ts`,
  outputIntrospectionFile(introspection, { fileType: '.d.ts', shouldPreprocess: true }),
);
const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(`${out}/persisted.json`, `${JSON.stringify(sorted(persisted), null, 2)}\n`);
for (const [name, known] of [
  ['document-ids', ids.first],
  ['document-ids-access', ids.access],
])
  await writeFile(
    `${out}/${name}.ts`,
    `/** Written by scripts/generate.mjs: the name under which the server knows each operation. */\nexport const documentIds: Record<string, string> = ${JSON.stringify(sorted(known), null, 2)};\n`,
  );
