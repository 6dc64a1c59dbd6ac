// The page and the simulator are two modules: what plays before the second one is there, and what waits for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, returnWhenDrawn, screenshot, site, withPage } from './support/page.mjs';

const shared = site();
const headlines = (page) => page.locator('.headline').allInnerTexts();

/** Opens the page while the simulator's module is held back; the result of `body` says when it may come. */
async function early(body) {
  const context = await shared.browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce' });
  try {
    const page = await context.newPage();
    returnWhenDrawn(page);
    let release;
    const held = new Promise((done) => (release = done));
    await page.route('**/engine_bg.wasm*', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(shared.address);
    await page.waitForSelector('html[data-figure="playing"]', { state: 'attached' });
    const arrive = async () => {
      release();
      await page.waitForSelector('html[data-simulator="running"]', { state: 'attached' });
    };
    await body(page, arrive);
  } finally {
    await context.close();
  }
}

const moment = (page) => page.locator('.moment').innerText();

/** Plays and scrubs the opening figure. */
async function looksAround(page) {
  assert.equal(await page.locator('figure.lane').count(), 2);
  assert.match((await headlines(page))[0], /ruby never hears the signal and is killed after 30\.0 s/);
  const still = await moment(page);
  await page.keyboard.press('Space');
  await page.waitForFunction((before) => document.querySelector('.moment').innerText !== before, still);
  await page.locator('.scrub').fill('0');
  assert.match(await moment(page), /^−/);
  await page.keyboard.press('End');
  assert.match(await page.locator('figure.lane').first().innerText(), /exit code 137/);
}

test('the opening figure plays and can be scrubbed before the simulator is there', () =>
  early(async (page, arrive) => {
    await looksAround(page);
    const before = await headlines(page);
    await arrive();
    assert.deepEqual(await headlines(page), before);
    assert.equal(await page.locator('#engine-failed').isVisible(), false);
  }));

test('an edit made before the simulator is there is run when it arrives', () =>
  early(async (page, arrive) => {
    const text = page.getByLabel('Dockerfile', { exact: true });
    await text.fill('FROM ruby:2.4-slim\nCOPY server.rb /\nCMD exec ruby server.rb\n');
    await page.locator('.stale-note', { hasText: 'the simulator is not here yet' }).waitFor();
    await arrive();
    await page.waitForFunction(() => /ruby hears the signal/.test(document.querySelector('.headline').innerText));
    assert.match(await text.inputValue(), /CMD exec ruby/);
    assert.equal(await page.locator('.stale-note').count(), 0);
  }));

test('a setting made before the simulator is there is run when it arrives', () =>
  early(async (page, arrive) => {
    await page.getByRole('tab', { name: 'cluster' }).click();
    await page.getByLabel('Kubernetes').selectOption('1.20');
    await arrive();
    await page.waitForFunction(() => /kubernetes: "1\.20"/.test(document.querySelector('textarea.code-text').value));
    assert.equal(await page.getByLabel('Kubernetes').inputValue(), '1.20');
  }));

test('a story chosen before the simulator is there opens when it arrives', () =>
  early(async (page, arrive) => {
    await page.getByLabel('Story').selectOption('nginx-sigterm');
    assert.equal(await page.locator('figure.lane').count(), 2);
    await arrive();
    await page.waitForFunction(() => document.querySelectorAll('figure.lane').length === 1);
    assert.match((await headlines(page))[0], /nginx/);
  }));

test('a link to something else opens without the opening figure before it', () =>
  withPage(shared, { reducedMotion: true, fragment: 'story=nginx-sigterm&t=0' }, async (page) => {
    assert.equal(await page.locator('figure.lane').count(), 1);
    assert.match((await headlines(page))[0], /nginx/);
  }));

test('a link of the first version opens', () => {
  const old = 's=q1YqU7Iy1FHKScxLLVayiq5WcslPzk4tSsvMSVWyUnIL8vdVKCpNqrQy0jPRLc7JzI3Jc_Z1AQspFKcWlaUW6RUlxeQp1cbWAgA';
  return withPage(shared, { reducedMotion: true, fragment: `${old}&t=0` }, async (page) => {
    const text = await page.getByLabel('Dockerfile', { exact: true }).inputValue();
    assert.equal(text, 'FROM ruby:2.4-slim\nCMD ruby server.rb\n');
  });
});

/** Opens the page while the simulator's module cannot be fetched. */
const without = (fragment, body) =>
  withPage(
    shared,
    {
      fragment,
      reducedMotion: true,
      state: 'failed',
      prepare: (page) => page.route('**/engine_bg.wasm*', (route) => route.abort()),
      expectedErrors: [/engine_bg|Failed to fetch|ERR_FAILED/],
    },
    body,
  );

test('without the simulator the page says so, keeps the opening figure and what is typed', () =>
  without('', async (page) => {
    assert.match(await page.locator('#engine-failed').innerText(), /simulator could not be loaded/);
    assert.equal(await page.locator('#boot-failed').isVisible(), false);
    await looksAround(page);
    const text = page.getByLabel('Dockerfile', { exact: true });
    await text.fill('FROM ruby:2.4-slim\nCMD exec ruby server.rb\n');
    await page.locator('.stale-note').waitFor();
    assert.match(await text.inputValue(), /CMD exec ruby/);
    assert.match((await headlines(page))[0], /ruby never hears the signal/);
    await screenshot(page, 'without-simulator');
  }));

test('without the simulator a link shows the opening figure and stays in the address', () =>
  without('story=nginx-sigterm&t=0', async (page) => {
    assert.equal(await page.locator('#engine-failed').isVisible(), true);
    await looksAround(page);
    // longer than the address waits before it follows the page
    await page.waitForTimeout(600);
    assert.equal(await page.evaluate(() => location.hash), '#story=nginx-sigterm&t=0');
  }));
