// The page and the simulator are two modules: what plays before the second one is there, and what waits for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, site, withPage } from './support/page.mjs';

const shared = site();
const headlines = (page) => page.locator('.headline').allInnerTexts();

/** Opens the page while the simulator's module is held back; the result of `body` says when it may come. */
async function early(body) {
  const context = await shared.browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce' });
  try {
    const page = await context.newPage();
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

test('the opening figure can be looked at before the simulator is there', () =>
  early(async (page, arrive) => {
    assert.equal(await page.locator('figure.lane').count(), 2);
    assert.match((await headlines(page))[0], /ruby never hears the signal and is killed after 30\.0 s/);
    await page.keyboard.press('End');
    assert.match(await page.locator('figure.lane').first().innerText(), /exit code 137/);
    const before = await headlines(page);
    await arrive();
    assert.deepEqual(await headlines(page), before);
  }));

test('an edit made before the simulator is there is run when it arrives', () =>
  early(async (page, arrive) => {
    const text = page.getByLabel('Dockerfile', { exact: true });
    await text.fill('FROM ruby:2.4-slim\nCOPY server.rb /\nCMD exec ruby server.rb\n');
    await arrive();
    await page.waitForFunction(() => /ruby hears the signal/.test(document.querySelector('.headline').innerText));
    assert.match(await text.inputValue(), /CMD exec ruby/);
  }));

test('a story chosen before the simulator is there opens when it arrives', () =>
  early(async (page, arrive) => {
    await page.getByLabel('Story').selectOption('nginx-sigterm');
    assert.equal(await page.locator('figure.lane').count(), 2);
    await arrive();
    await page.waitForFunction(() => document.querySelectorAll('figure.lane').length === 1);
    assert.match((await headlines(page))[0], /nginx/);
  }));

test('the page of a rule is fetched when it is unfolded', () =>
  withPage(shared, { reducedMotion: true }, async (page) => {
    await page.locator('.why .rule summary').first().click();
    await page.locator('.why .rule .prose h4', { hasText: 'What happens' }).first().waitFor({ timeout: 5_000 });
  }));
