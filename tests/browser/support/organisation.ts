import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const FOLDER = join(import.meta.dirname, '../../oidc');

/** An organisation where people sign in: a real OpenID Connect provider in a process of its own (tests/oidc). */
export class Organisation {
  private constructor(
    readonly issuer: string,
    readonly folder: string,
    readonly child: ChildProcess,
  ) {}

  static async start(): Promise<Organisation> {
    if (!existsSync(join(FOLDER, 'node_modules')))
      throw new Error('the packages of the provider are missing: npm ci in tests/oidc');
    const child = spawn(process.execPath, ['provider.mjs'], {
      cwd: FOLDER,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const first = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('exit', () => reject(new Error('the provider did not start')));
    });
    const folder = await mkdtemp(join(tmpdir(), 'terrein-organisation-'));
    return new Organisation(first.replace(/^issuer /, ''), folder, child);
  }

  /** Who has an account there, and what it says of them. */
  async people(people: Record<string, object>): Promise<void> {
    const answer = await fetch(`${this.issuer}/control`, {
      method: 'POST',
      body: JSON.stringify({ people }),
    });
    if (!answer.ok) throw new Error(`the provider answers ${answer.status}`);
  }

  /** The file that makes a server of ours know it. */
  async settings(): Promise<string> {
    const file = join(this.folder, 'oidc.toml');
    const lines = [
      '[[providers]]',
      'id = "demo"',
      'name = "Gemeente van de proef"',
      `issuer = "${this.issuer}"`,
      'client_id = "terrein"',
      'client_secret = "a secret of the tests, and only theirs"',
    ];
    await writeFile(file, lines.join('\n'));
    return file;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}
