// What others say of our graph: the audits of GraphQL over HTTP, and questions made up from the schema. Ends with 1 when anything fails.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { serverAudits } from 'graphql-http';
import { Installation } from './server.mjs';

const schema = fileURLToPath(new URL('../../server/schema.graphql', import.meta.url));
const hooks = fileURLToPath(new URL('hooks.py', import.meta.url));
/** Audits that ask the schema for a type's name: only development answers that. */
const INTROSPECTING = /__type\b/;
const SEED = 20261125;
const EXAMPLES = 12;
const SECONDS = 180;

/** The audits; those that introspect are told apart by what they send. */
async function audit(server, token, introspecting) {
  const results = { ok: 0, notice: [], warn: [], error: [] };
  let asks = false;
  const fetchFn = (url, init) => {
    const sent = decodeURIComponent(String(url)) + (init?.body ?? '');
    asks ||= INTROSPECTING.test(sent);
    return fetch(url, { ...init, headers: { ...init?.headers, authorization: `Bearer ${token}` } });
  };
  for (const one of serverAudits({ url: `${server.url}/graphql`, fetchFn })) {
    asks = false;
    const result = await one.fn();
    if (asks !== introspecting) continue;
    if (result.status === 'ok') results.ok++;
    else results[result.status].push(`${one.id} ${one.name}: ${result.reason}`);
  }
  return results;
}

function report(title, results) {
  console.log(`${title}: ${results.ok} ok`);
  const failed = [...results.error, ...results.warn];
  for (const line of failed) console.log(`  FAILED ${line}`);
  for (const line of results.notice) console.log(`  notice ${line}`);
  return failed.length === 0 && results.ok > 0;
}

/** Ids of a few things of each kind, so that made-up questions find something. */
async function someIds(server, token) {
  const few = (field) => `${field}(first: 3) { edges { node { id } } }`;
  const kinds = ['plots', 'buildings', 'companies', 'infrastructure', 'issues'].map(few).join(' ');
  const query = `{ viewer { id memberships { id organisation { id } } } terrains(first: 3) { edges { node { id ${kinds} } } } }`;
  const answer = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  const text = await answer.text();
  const ids = [...text.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
  if (ids.length < 15) throw new Error(`no ids: ${text}`);
  return [...new Set(ids)];
}

async function schemathesis(server, token) {
  const child = spawn(
    process.env.SCHEMATHESIS ?? 'schemathesis',
    [
      ...[
        'run',
        schema,
        '--url',
        `${server.url}/graphql`,
        '--header',
        `Authorization: Bearer ${token}`,
      ],
      ...[
        '--checks',
        'no_fault_of_the_server',
        '--seed',
        String(SEED),
        '--max-examples',
        String(EXAMPLES),
      ],
      ...[
        '--max-time',
        String(SECONDS),
        '--request-timeout',
        '15',
        '--generation-database',
        'none',
      ],
      ...['--no-color'],
    ],
    {
      stdio: 'inherit',
      // What it keeps of a run goes with the run.
      cwd: installation.folder,
      env: {
        ...process.env,
        SCHEMATHESIS_HOOKS: hooks,
        TERREIN_IDS: JSON.stringify(await someIds(server, token)),
      },
    },
  );
  const [code] = await once(child, 'exit');
  return code === 0;
}

const installation = await Installation.create();
let green = true;
const during = async (mode, work) => {
  const server = await installation.start(mode);
  try {
    await work(server, await server.token('aanjager@demo.example'));
  } finally {
    await server.stop();
  }
};
try {
  await during('development', async (server, token) => {
    green &= report('Audits that introspect, in development', await audit(server, token, true));
  });
  await during('production', async (server, token) => {
    green &= report('All other audits, in production', await audit(server, token, false));
    green &= await schemathesis(server, token);
    const errors = server.log().match(/.*(internal error|panicked).*/g) ?? [];
    for (const line of errors.slice(0, 20)) console.log(`  FAILED in the log: ${line}`);
    green &= errors.length === 0;
  });
} finally {
  await installation.remove();
}
process.exitCode = green ? 0 : 1;
