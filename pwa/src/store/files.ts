/**
 * Large files on the device, under a folder per person and terrain: in the browser's own file system, or where
 * there is none that can be written to, in its cache.
 */
export interface Files {
  /** Lays the body down and gives its size in bytes; `tell` hears how many came. A file that breaks off is not there. */
  write(path: string, body: Response, tell: (bytes: number) => void): Promise<number>;
  read(path: string): Promise<Blob | null>;
  /** A file, or a folder with all that is in it. */
  remove(path: string): Promise<void>;
}

/** The folder of one person's copy; of one terrain in it. */
export const folderOf = (database: string, terrainId?: string): string =>
  ['packs', database, ...(terrainId ? [terrainId] : [])]
    .map((part) => part.replace(/[^\w.-]/g, '_'))
    .join('/');

const counted = (tell: (bytes: number) => void): TransformStream<Uint8Array, Uint8Array> =>
  new TransformStream({
    transform(chunk, controller) {
      tell(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });

async function folder(parts: string[], create: boolean): Promise<FileSystemDirectoryHandle> {
  let at = await navigator.storage.getDirectory();
  for (const part of parts) at = await at.getDirectoryHandle(part, { create });
  return at;
}

const split = (path: string): [string[], string] => {
  const parts = path.split('/');
  return [parts.slice(0, -1), parts.at(-1) ?? ''];
};

const opfs: Files = {
  async write(path, body, tell) {
    const [parts, name] = split(path);
    const handle = await (await folder(parts, true)).getFileHandle(name, { create: true });
    // Written beside the file there was, and put in its place when it is whole.
    const file = await handle.createWritable();
    if (body.body) await body.body.pipeThrough(counted(tell)).pipeTo(file);
    else await file.close();
    return (await handle.getFile()).size;
  },
  async read(path) {
    const [parts, name] = split(path);
    try {
      const file = await (await (await folder(parts, false)).getFileHandle(name)).getFile();
      return file.size > 0 ? file : null;
    } catch {
      return null;
    }
  },
  async remove(path) {
    const [parts, name] = split(path);
    await folder(parts, false)
      .then((at) => at.removeEntry(name, { recursive: true }))
      .catch(() => undefined);
  },
};

const CACHE = 'packs';
const cached: Files = {
  async write(path, body, tell) {
    const blob = body.body
      ? await new Response(body.body.pipeThrough(counted(tell))).blob()
      : await body.blob();
    await (await caches.open(CACHE)).put(`/${path}`, new Response(blob));
    return blob.size;
  },
  read: async (path) => (await (await caches.open(CACHE)).match(`/${path}`))?.blob() ?? null,
  async remove(path) {
    const cache = await caches.open(CACHE);
    const all = await cache.keys();
    const gone = all.filter(({ url }) => `${new URL(url).pathname}/`.startsWith(`/${path}/`));
    await Promise.all(gone.map((request) => cache.delete(request)));
  },
};

export const files: Files =
  globalThis.FileSystemFileHandle && 'createWritable' in FileSystemFileHandle.prototype ? opfs : cached;
