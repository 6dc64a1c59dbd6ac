// Prints how the page in dist/ compares with a frame of a 60 Hz screen: scripts/speed.sh.
// A measurement, not a test: figures of a busy machine would fail for no reason. The page itself records its actions as
// entries of the browser's performance timeline (src/effect/measure.rs). Ratios below 1 are within the budget. The best time is
// the one that the rest of the machine disturbed least: compare two builds by it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DESKTOP, start, withPage } from './support/page.mjs';

/** One frame at 60 Hz, in milliseconds. */
const FRAME_MS = 16.7;
const TIMES = 40;

const shared = await start();
const rows = [];
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const percentile90 = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length * 0.9)];

/** Does something `TIMES` times; returns what the page recorded under `name`, and the time until the elements had changed. */
async function measure(page, name, act) {
  await page.evaluate((wanted) => {
    globalThis.recorded = [];
    new PerformanceObserver((list) => recorded.push(...list.getEntriesByName(wanted).map((e) => e.duration)))
      .observe({ entryTypes: ['measure'] });
  }, name);
  const drawn = [];
  for (let time = 0; time < TIMES; time += 1) drawn.push(await page.evaluate(act, time));
  // observers are called when the page is idle
  await page.waitForFunction((least) => recorded.length >= least, TIMES / 2);
  return { reduced: await page.evaluate(() => recorded), drawn };
}

function told(what, all, budget) {
  const [middle, slow] = [median(all), percentile90(all)];
  const ratio = (ms) => (ms / budget).toFixed(2);
  rows.push({ what, 'best ms': Math.min(...all).toFixed(2), 'median ms': middle.toFixed(2), 'p90 ms': slow.toFixed(2), 'budget ms': budget.toFixed(1), ratio: ratio(middle), 'ratio p90': ratio(slow) });
}

// These two run inside the page. A change of the elements is seen by an observer at the end of the same task.
const edit = () => new Promise((done) => {
  const area = document.querySelector('textarea.code-text');
  const watcher = new MutationObserver(() => { watcher.disconnect(); done(performance.now() - begun); });
  watcher.observe(document.querySelector('#app'), { subtree: true, childList: true, attributes: true, characterData: true });
  // another stop signal every time: the outcome changes, and with it what is drawn
  const line = 'STOPSIGNAL SIGUSR1\n';
  area.value = area.value.endsWith(line) ? area.value.slice(0, -line.length) : area.value + line;
  const begun = performance.now();
  area.dispatchEvent(new InputEvent('input', { bubbles: true }));
});
const seek = (time) => new Promise((done) => {
  const slider = document.querySelector('.scrub');
  const watcher = new MutationObserver(() => { watcher.disconnect(); done(performance.now() - begun); });
  watcher.observe(document.querySelector('#app'), { subtree: true, childList: true, attributes: true, characterData: true });
  slider.value = String(100 + (time * 397) % 800);
  const begun = performance.now();
  slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
});

try {
  for (const [what, story, budget] of [
    ['one pod', 'ruby-shell-form', FRAME_MS / 4],
    ['scale-down from 10 to 1 under load', 'nginx-sigterm', FRAME_MS],
  ]) {
    await withPage(shared, { viewport: DESKTOP, reducedMotion: true, fragment: `story=${story}&t=0` }, async (page) => {
      await page.getByRole('tab', { name: /^Dockerfile/ }).click();
      const edits = await measure(page, 'edit', edit);
      told(`${what}: edit to new outcome`, edits.reduced, budget);
      told(`${what}: edit to new elements`, edits.drawn, budget);
      const seeks = await measure(page, 'seek', seek);
      told(`${what}: seek to new elements`, seeks.drawn, FRAME_MS / 4);
    });
  }
} finally {
  await shared.stop();
}
console.table(rows);
const size = spawnSync(process.execPath, [fileURLToPath(new URL('../../scripts/size.mjs', import.meta.url))], { stdio: 'inherit' });
process.exitCode = size.status ?? 1;
