// The page loads from a deep sub-path, in every circumstance a visitor brings along, without a complaint.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessibilityProblems } from './support/accessibility.mjs';
import { DESKTOP, PHONE, fitsWidth, screenshot, site, withPage } from './support/page.mjs';

const shared = site();

const circumstances = [
  { name: 'desktop', viewport: DESKTOP },
  { name: 'desktop-dark', viewport: DESKTOP, dark: true },
  { name: 'phone', viewport: PHONE },
  { name: 'phone-reduced-motion', viewport: PHONE, reducedMotion: true },
];
for (const { name, ...options } of circumstances) {
  test(`starts without any problem: ${name}`, () =>
    withPage(shared, options, async (page) => {
      assert.equal(await page.locator('h1').count(), 1);
      assert.match(await page.title(), /Grace Period/);
      assert.equal(await fitsWidth(page), true, 'the page scrolls sideways');
      await screenshot(page, `loading-${name}`);
    }));
}

test('is readable without JavaScript: heading, still figure, and a sentence that says what is missing', () =>
  // the preloaded module is given up, as it should be
  withPage(shared, { script: false, expectedErrors: [/^request failed: .*\.js$/] }, async (page) => {
    assert.equal(await page.locator('h1').innerText(), 'Grace Period');
    assert.equal(await page.locator('#app figure > svg').count(), 1);
    assert.match(await page.locator('noscript').innerText(), /JavaScript and WebAssembly/);
    await screenshot(page, 'loading-without-script');
  }));

const looks = [
  { name: 'light' },
  { name: 'dark', dark: true },
  { name: 'phone', viewport: PHONE },
  { name: 'a story with many pods', fragment: 'story=nginx-sigterm&t=300000', dark: true },
  { name: 'a story with a zombie', fragment: 'story=exec-session-zombie&t=-1000000' },
];
for (const { name, ...options } of looks) {
  test(`has no accessibility violation that a machine can find: ${name}`, () =>
    withPage(shared, { reducedMotion: true, ...options }, async (page) => {
      assert.deepEqual(await accessibilityProblems(page), []);
    }));
}

test('says so, and keeps the still figure, when the simulator cannot be loaded', () => {
  const prepare = (page) => page.route('**/*.wasm', (route) => route.abort());
  return withPage(shared, { prepare, state: 'failed', expectedErrors: [/./] }, async (page) => {
    assert.equal(await page.locator('#boot-failed').isVisible(), true);
    assert.equal(await page.locator('#app figure > svg').isVisible(), true);
    await screenshot(page, 'loading-failed');
  });
});
