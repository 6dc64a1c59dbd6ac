// A static file server for dist/, mounted deep inside a sub-path as a careless host would do it.
// Everything outside that path answers 404, so an absolute address in the page shows up as a failed request.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../../dist/', import.meta.url));
const MOUNT = '/some/deep/path/';
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

async function answer(request, response) {
  const path = decodeURIComponent(new URL(request.url, 'http://server').pathname);
  const name = path.startsWith(MOUNT) ? normalize(path.slice(MOUNT.length) || 'index.html') : undefined;
  const type = name && !name.startsWith('..') ? TYPES[extname(name)] : undefined;
  const body = type && (await readFile(join(DIST, name)).catch(() => undefined));
  response.writeHead(body ? 200 : 404, { 'content-type': body ? type : 'text/plain' });
  response.end(body ?? `no such file: ${path}\n`);
}

/** Starts the server on a free port; `address` is that of the page. */
export async function serve() {
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}${MOUNT}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
