// Prints what a first visit to the page in dist/ costs, and fails above the budget.
// Counted as brotli at its best level: what a static host serves for html, js, wasm, css and svg.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const BUDGET = 250_000;
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
const total = rows.reduce((sum, row) => sum + row.brotli, 0);

const line = (raw, packed, name) => console.log(`${String(raw).padStart(10)} ${String(packed).padStart(9)}  ${name}`);
line('raw', 'brotli', 'file');
for (const row of rows) line(row.raw, row.brotli, row.name);
line('', total, `in all; the budget is ${BUDGET}`);
if (total > BUDGET) {
  console.error(`The page is ${total - BUDGET} bytes over its budget.`);
  process.exit(1);
}
