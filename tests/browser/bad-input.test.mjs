// Whatever is typed or pasted into the editors, the page says where it is wrong, keeps the last good run, and goes on.
// `withPage` fails a test when anything reaches the console.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, DESKTOP, fitsWidth, site, withPage } from './support/page.mjs';

const shared = site();
const shell = { viewport: DESKTOP, reducedMotion: true, fragment: 'story=ruby-shell-form&t=0' };
const script = { viewport: DESKTOP, reducedMotion: true, fragment: 'story=entrypoint-plain&t=0' };
const GOOD = 'FROM ruby:2.4-slim\nCOPY server.rb /\nCMD exec ruby server.rb\n';
/** How long the page may take to answer after any input. A development build on a busy machine; people wait far less. */
const REACTS_MS = 10_000;

const headline = (page) => page.locator('.headline').first();
const remarks = (page) => page.locator('.editors .remarks .error');

async function open(page, file) {
  await page.getByRole('tab', { name: new RegExp(`^${file.replace('.', '\\.')}`) }).click();
  return page.getByLabel(file, { exact: true });
}

/** Replaces a text. Not typed, as `fill` does: Chromium itself takes minutes for a megabyte of lines, in any text area. */
function put(area, text) {
  return area.evaluate((element, all) => {
    element.value = all;
    element.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }, text);
}

/** The last good run is still there and marked as such, and the error is told with its place. */
async function keepsTheLastRun(page, place, before) {
  await page.locator('figure.lane.stale').waitFor({ timeout: REACTS_MS });
  assert.match(await remarks(page).first().innerText(), place);
  const words = await headline(page).innerText();
  assert.ok(words.startsWith(before), words);
  assert.match(words, /the last run without errors/);
  const opacity = await page.locator('figure.lane svg').first().evaluate((svg) => {
    let shown = 1;
    for (let e = svg; e; e = e.parentElement) shown *= Number(getComputedStyle(e).opacity);
    return shown;
  });
  const filter = await page.locator('figure.lane').first().evaluate((f) => getComputedStyle(f).filter);
  assert.ok(opacity < 1 || filter !== 'none', 'the old run is not greyed');
}

/** A good Dockerfile is run at once, and the clock still moves. */
async function reacts(page) {
  const area = await open(page, 'Dockerfile');
  await put(area, GOOD);
  await page.locator('.headline', { hasText: /hears the signal/ }).first().waitFor({ timeout: REACTS_MS });
  assert.equal(await page.locator('figure.lane.stale').count(), 0);
  const output = page.locator('.moment');
  await page.getByRole('button', { name: /^To the start/ }).click();
  const start = await output.innerText();
  await page.getByRole('button', { name: /^To the end/ }).click();
  assert.notEqual(await output.innerText(), start);
}

const wrong = [
  { what: 'broken YAML', options: shell, file: 'pod.yaml', text: 'apiVersion: v1\nkind: Pod\nspec: [a, b\n', place: /line \d+, column \d+/ },
  { what: 'an unknown instruction', options: shell, file: 'Dockerfile', text: 'FROM ruby:2.4-slim\nCDM ruby server.rb\n', place: /line 2, column 1\b/ },
];
for (const { what, options, file, text, place } of wrong) {
  test(`${what} is told with line and column beside the last good run`, () =>
    withPage(shared, options, async (page) => {
      const before = await headline(page).innerText();
      await (await open(page, file)).fill(text);
      await keepsTheLastRun(page, place, before);
      // Told from every other editor too, as a link that opens the file.
      if (file !== 'Dockerfile') {
        await open(page, 'Dockerfile');
        await page.getByRole('button', { name: new RegExp(`^${file.replace('.', '\\.')}:\\d+:\\d+$`) }).first().click();
        assert.equal(await page.getByLabel(file, { exact: true }).count(), 1);
      }
    }));
}

test('an unclosed quote in a script is told with line and column, and run: the shell ends there as a real one does', () =>
  withPage(shared, script, async (page) => {
    await (await open(page, 'entrypoint.sh')).fill('#!/bin/sh\necho "preparing\npython3 -u app.py\n');
    const warning = page.locator('.editors .remarks .warning', { hasText: 'is not closed' });
    assert.match(await warning.innerText(), /line 2, column 6\b/);
    await page.keyboard.press('Escape');
    await page.locator('h1').click();
    await page.keyboard.press('End');
    assert.match(await page.locator('#output-panel').innerText(), /Unterminated quoted string/);
    assert.match(await page.locator('.verdict-row .answers').innerText(), /2 Error/);
  }));

test('after an error in the Dockerfile the page goes on', () =>
  withPage(shared, shell, async (page) => {
    await (await open(page, 'Dockerfile')).fill('CDM');
    await page.locator('figure.lane.stale').waitFor();
    await reacts(page);
  }));

const pastes = [
  ['one megabyte in one line', 'x'.repeat(1 << 20)],
  ['one megabyte of short lines', 'RUN x\n'.repeat((1 << 20) / 6)],
  ['binary junk', junk(20_000)],
];
for (const [what, text] of pastes) {
  test(`${what} is refused with its place, and the page goes on`, () =>
    withPage(shared, shell, async (page) => {
      const before = await headline(page).innerText();
      await put(await open(page, 'Dockerfile'), text);
      await keepsTheLastRun(page, /line \d+, column \d+/, before);
      await reacts(page);
    }));
}

/** Bytes as a browser shows a binary file that was pasted as text: control characters, unpaired quotes, surrogates. */
function junk(length) {
  let seed = 12345;
  const next = () => (seed = (seed * 1103515245 + 12345) % 2147483648) >> 8;
  return Array.from({ length }, () => String.fromCharCode(next() % 4 ? next() % 256 : next() % 0xd800)).join('');
}

const endless = [
  ['a fork bomb', '#!/bin/sh\nbomb() { bomb | bomb & }\nbomb\nwait\n'],
  ['an endless loop', '#!/bin/sh\nwhile :; do :; done\n'],
  ['an endless loop of output', '#!/bin/sh\nwhile true; do echo again and again; done\n'],
  ['an endless recursion', '#!/bin/sh\nf() { f; }\nf\n'],
];
for (const [what, text] of endless) {
  test(`${what} in a script ends at a limit that is told, and the page goes on`, () =>
    withPage(shared, script, async (page) => {
      const before = await headline(page).innerText();
      await (await open(page, 'entrypoint.sh')).fill(text);
      await page.waitForFunction((old) => !document.querySelector('.headline').textContent.includes(old), before.slice(1), {
        timeout: REACTS_MS,
      });
      assert.equal(await page.locator('figure.lane.stale').count(), 0, 'the text has no error: it is run');
      await (await open(page, 'entrypoint.sh')).fill('#!/bin/sh\nexec python3 -u app.py\n');
      await page.locator('.headline', { hasText: /hears the signal, finishes/ }).first().waitFor({ timeout: REACTS_MS });
    }));
}

test('on a phone a long line scrolls in its editor, not the page', () =>
  withPage(shared, { ...shell, viewport: PHONE }, async (page) => {
    await page.getByRole('tab', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Dockerfile', { exact: true }).fill(`FROM ruby:2.4-slim\nCMD ${'y'.repeat(500)}\nCDM\n`);
    await remarks(page).first().waitFor();
    assert.equal(await fitsWidth(page), true);
  }));
