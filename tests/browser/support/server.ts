import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

function binary(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return process.env['TERREIN_BINARY'] ?? join(cache, 'terrein/target/ci/terrein');
}

/** Without a developer's own database and settings. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name !== 'DATABASE_URL' && !name.startsWith('TERREIN_')),
  );
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}

/** What the sign-in mail says. */
export interface SignInMail {
  link: string;
  code: string;
}

/** The real binary on a port and a data folder of its own. */
export class Server {
  readonly url: string;
  #log = '';
  #ended: Promise<number | null> = Promise.resolve(null);

  private constructor(
    readonly port: number,
    readonly folder: string,
    readonly args: string[],
    public child: ChildProcess,
  ) {
    this.url = `http://localhost:${port}`;
    this.#watch();
  }

  #watch(): void {
    const keep = (chunk: Buffer): void => {
      this.#log += chunk.toString();
    };
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
    this.#ended = new Promise((resolve) => this.child.once('exit', resolve));
  }

  /** Starts on an empty data folder, with the demo terrain unless told otherwise, and waits until it is ready. */
  static async start({
    demo = true,
    settings = [],
  }: { demo?: boolean; settings?: string[] } = {}): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'terrein-browser-'));
    // Started as root, the cluster runs as user postgres, who has to pass through here.
    await chmod(folder, 0o755);
    const port = await freePort();
    const args = [
      'serve',
      ...['--mode', 'development', '--listen', `127.0.0.1:${port}`, '--data-dir', join(folder, 'data')],
      ...(demo ? ['--demo'] : []),
      ...settings,
    ];
    const server = new Server(port, folder, args, begin(args));
    await server.#ready();
    return server;
  }

  async #ready(): Promise<void> {
    const until = Date.now() + 60_000;
    while (Date.now() < until) {
      if (this.child.exitCode !== null) break;
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await this.stop();
    throw new Error(`the server did not become ready:\n${this.#log}`);
  }

  /** A link that signs this person in, once. */
  async signInLink(email: string): Promise<string> {
    const said = await this.operate('sign-in-link', email, '--public-url', this.url);
    const link = /https?:\/\/\S+/.exec(said)?.[0];
    if (!link) throw new Error(`no link for ${email} in: ${said}`);
    return link;
  }

  /** What the operator does beside the running server, and what it says. */
  async operate(...args: string[]): Promise<string> {
    const folder = ['--data-dir', join(this.folder, 'data')];
    const { stdout } = await run(binary(), [...args, ...folder], { env: environment() });
    return stdout;
  }

  /** The mails written so far, as development mode lays them in its folder. */
  async mails(): Promise<string[]> {
    const folder = join(this.folder, 'data/mail');
    const names = await readdir(folder).catch(() => [] as string[]);
    return names.filter((name) => name.endsWith('.eml')).map((name) => join(folder, name));
  }

  /** The sign-in mail to this address that was not among those seen. */
  async mailAfter(seen: string[], to: string): Promise<SignInMail> {
    const until = Date.now() + 15_000;
    while (Date.now() < until) {
      for (const path of (await this.mails()).filter((path) => !seen.includes(path))) {
        const mail = decoded(await readFile(path, 'utf8'));
        const link = /https?:\/\/\S+\/sign-in\/link\/[\w.~-]+/.exec(mail)?.[0];
        const code = /\b(\d{3})[ \u00a0]?(\d{3})\b/.exec(mail.slice(mail.indexOf('\r\n\r\n')));
        if (mail.includes(to) && link && code) return { link, code: `${code[1] ?? ''}${code[2] ?? ''}` };
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no sign-in mail for ${to}`);
  }

  /** Ends the server and its cluster; what it holds stays in its folder. */
  async pause(): Promise<void> {
    if (this.child.exitCode === null) this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await this.#ended;
    clearTimeout(late);
  }

  /** As when the power goes: nothing of it is ended in order. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#ended;
  }

  /** Starts it once more, where it was and with what it held. */
  async goOn(): Promise<void> {
    this.child = begin(this.args);
    this.#watch();
    await this.#ready();
  }

  /** Ends the server and its cluster, and clears its folder away. */
  async stop(): Promise<void> {
    await this.pause();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

const begin = (args: string[]): ChildProcess =>
  spawn(binary(), args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });

/** Undoes quoted-printable, in which the mail's text travels. */
function decoded(mail: string): string {
  return mail
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
