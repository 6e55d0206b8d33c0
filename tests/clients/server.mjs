// The real binary on a port and a data folder of its own, with the demo terrain, and somebody's access token.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Without a developer's own database and settings. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => name !== 'DATABASE_URL' && !name.startsWith('TERREIN_'),
  ),
);

function binary() {
  const name = process.env.TERREIN_BINARY;
  if (!name) throw new Error('TERREIN_BINARY is not set');
  return name;
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

/** A folder with a database and the demo terrain in it; `start` serves it. */
export class Installation {
  /** Goes with the installation. */
  folder;
  #data;

  static async create() {
    const installation = new Installation();
    installation.folder = await mkdtemp(join(tmpdir(), 'terrein-clients-'));
    // Started as root, the cluster runs as user postgres, who has to pass through here.
    await chmod(installation.folder, 0o755);
    installation.#data = ['--data-dir', join(installation.folder, 'data')];
    await run(binary(), ['demo', ...installation.#data], { env: environment });
    return installation;
  }

  /** Serves in a mode until `stop`; the buckets are taken away, so that what is measured is the answers. */
  async start(mode) {
    const port = await freePort();
    const publicUrl = mode === 'production' ? ['--public-url', 'https://terrein.example.nl'] : [];
    const flags = ['--listen', `127.0.0.1:${port}`, '--rate-ad-hoc', '0', '--rate-persisted', '0'];
    const child = spawn(
      binary(),
      ['serve', '--mode', mode, ...flags, ...publicUrl, ...this.#data],
      { env: environment, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let log = '';
    child.stderr.on('data', (chunk) => (log += chunk));
    const ended = once(child, 'exit');
    const url = `http://127.0.0.1:${port}`;
    for (let tries = 0; ; tries++) {
      const answer = await fetch(`${url}/readyz`).catch(() => null);
      if (answer?.ok) break;
      if (tries > 300 || child.exitCode !== null)
        throw new Error(`the server does not start:\n${log}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return {
      url,
      log: () => log,
      token: (email) => this.#token(url, email),
      stop: async () => {
        child.kill('SIGTERM');
        await ended;
      },
    };
  }

  /** Signs somebody in by the operator's link, and has them make a token that writes. */
  async #token(url, email) {
    const { stdout } = await run(binary(), ['sign-in-link', email, ...this.#data], {
      env: environment,
    });
    const token = stdout.trim().split('/').at(-1);
    const signedIn = await fetch(`${url}/sign-in/link`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ token }),
    });
    const cookie = signedIn.headers
      .getSetCookie()
      .find((set) => set.startsWith('__Host-terrein='))
      ?.split(';')[0];
    if (!cookie) throw new Error(`signing in was answered with ${signedIn.status}`);
    const validUntil = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({
        query: `mutation ($input: CreateAccessTokenInput!) {
          createAccessToken(input: $input) { ... on AccessTokenCreated { secret } }
        }`,
        variables: {
          input: { commandId: crypto.randomUUID(), name: 'Clients', scopes: ['WRITE'], validUntil },
        },
      }),
    });
    const body = await answer.json();
    const secret = body.data?.createAccessToken?.secret;
    if (!secret) throw new Error(`no token: ${JSON.stringify(body)}`);
    return secret;
  }

  async remove() {
    await rm(this.folder, { recursive: true, force: true });
  }
}
