// Prints what a visit to the page in dist/ costs: until the first figure plays, and with the simulator. Fails above a limit.
// Counted as brotli at its best level: what a static host serves for html, js, wasm, css and svg.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

// What the first figure that can be played may cost.
const GOAL = 250_000;
// The simulator, which is loaded after that figure: 5 % above its size when the limit was set, so that growth is noticed.
const ENGINE = 940_000;
// What is loaded after the first figure: the simulator itself, and the page of a rule when somebody opens it.
const LATER = [/^engine(_bg)?\./, /^rules\//];
const dist = new URL('../dist/', import.meta.url);
const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length;

const rows = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(fileURLToPath(dist), join(entry.parentPath ?? entry.path, entry.name)))
  .map((name) => ({ name, bytes: readFileSync(new URL(name, dist)) }))
  .map(({ name, bytes }) => ({ name, raw: bytes.length, brotli: brotli(bytes) }))
  .sort((a, b) => b.brotli - a.brotli);
const isLater = (row) => LATER.some((pattern) => pattern.test(row.name.replaceAll('\\', '/')));
const first = rows.filter((row) => !isLater(row));
const sum = (some) => some.reduce((all, row) => all + row.brotli, 0);
const total = sum(first);

const line = (raw, packed, name) => console.log(`${String(raw).padStart(10)} ${String(packed).padStart(9)}  ${name}`);
line('raw', 'brotli', 'file');
for (const row of first) line(row.raw, row.brotli, row.name);
line('', total, `for the first figure; at most ${GOAL}`);
const engine = rows.filter((row) => /^engine/.test(row.name));
for (const row of engine) line(row.raw, row.brotli, `${row.name} (later)`);
line('', sum(engine), `for the simulator; at most ${ENGINE}`);
line('', sum(rows.filter(isLater)) - sum(engine), 'in pages of rules (each when it is opened)');
for (const [what, size, most] of [['first figure', total, GOAL], ['simulator', sum(engine), ENGINE]]) {
  if (size <= most) continue;
  console.error(`The ${what} takes ${size - most} bytes more than it may.`);
  process.exitCode = 1;
}
