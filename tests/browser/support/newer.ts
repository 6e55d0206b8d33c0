import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Server } from './server';

/** A part of the app with the hash in its name. */
const PART = /([\w.-]+-)([\w-]{8})(\.js)/g;
const other = (text: string): string =>
  text.replace(
    PART,
    (_, name: string, hash: string, end: string) => `${name}${Buffer.from(hash).reverse().toString()}${end}`,
  );

/** What stands before a server and, once it is told to, serves a build of its app in which every part has another name. */
export class Front {
  /** The names of the parts before, which lead nowhere once there are others. */
  #gone: Set<string> | null = null;
  #target = '';
  readonly #listener = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  private constructor(readonly port: number) {}

  static async open(): Promise<Front> {
    const front = new Front(0);
    await new Promise<void>((resolve) => front.#listener.listen(0, '127.0.0.1', resolve));
    const address = front.#listener.address();
    if (!address || typeof address !== 'object') throw new Error('no port');
    return Object.assign(front, { port: address.port });
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  before(server: Server): void {
    this.#target = `http://127.0.0.1:${server.port}`;
  }

  /** From now on the app is another build. */
  async renew(): Promise<void> {
    const worker = await (await fetch(`${this.#target}/sw.js`)).text();
    this.#gone = new Set(worker.match(PART));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const gone = this.#gone;
    if (gone?.has(path.split('/').at(-1) ?? '')) {
      response.writeHead(404).end();
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers))
      if (typeof value === 'string' && !['connection', 'accept-encoding', 'if-none-match'].includes(name))
        headers.set(name, value);
    const answer = await fetch(this.#target + (gone ? other(path) : path), {
      method: request.method ?? 'GET',
      headers,
      redirect: 'manual',
      ...(parts.length > 0 ? { body: Buffer.concat(parts) } : {}),
    });
    const told: Record<string, string | string[]> = {};
    for (const [name, value] of answer.headers)
      if (!['connection', 'content-encoding', 'content-length', 'etag', 'transfer-encoding'].includes(name))
        told[name] = value;
    told['set-cookie'] = answer.headers.getSetCookie();
    let body = Buffer.from(await answer.arrayBuffer());
    if (gone && /javascript|html/.test(answer.headers.get('content-type') ?? ''))
      body = Buffer.from(
        body
          .toString()
          .replace(PART, (name) => (gone.has(name) ? other(name) : name))
          .replaceAll('"revision":"', '"revision":"newer'),
      );
    response.writeHead(answer.status, told).end(body);
  }

  async close(): Promise<void> {
    this.#listener.closeAllConnections();
    await new Promise((resolve) => this.#listener.close(resolve));
  }
}
