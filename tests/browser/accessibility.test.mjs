// The page is usable without a mouse, without colours, without motion, and on a narrow screen, as far as a machine can tell.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessibilityProblems } from './support/accessibility.mjs';
import { DESKTOP, PHONE, fitsWidth, site, withPage } from './support/page.mjs';

const shared = site();
const still = { reducedMotion: true };
const moment = (page) => page.locator('.moment').innerText();
const playing = async (page) => (await page.locator('.control.play').getAttribute('aria-label')).startsWith('Pause');

for (const dark of [false, true]) {
  const colours = dark ? 'dark' : 'light';

  test(`no violation that a machine can find: desktop, ${colours}, at the start, with an old run, with the keys open`, () =>
    withPage(shared, { ...still, dark, viewport: DESKTOP }, async (page) => {
      assert.deepEqual(await accessibilityProblems(page), []);
      await page.locator('textarea').fill('FROM ruby:2.4-slim\nCDM ruby server.rb\n');
      await page.locator('.lane.stale').waitFor();
      assert.deepEqual(await accessibilityProblems(page), [], 'with an old run');
      await page.locator('h1').click();
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await accessibilityProblems(page), [], 'with the keys open');
    }));

  test(`no violation and nothing that scrolls sideways at 360 px, ${colours}, in every part`, () =>
    withPage(shared, { ...still, dark, viewport: PHONE }, async (page) => {
      for (const part of ['Stage', 'Edit', 'Why', 'Output']) {
        await page.getByRole('tab', { name: part, exact: true }).click();
        assert.equal(await fitsWidth(page), true, `${part} scrolls sideways`);
        assert.deepEqual(await accessibilityProblems(page), [], part);
      }
    }));
}

test('every output and every editor passes, also under load', () =>
  withPage(shared, { ...still, viewport: DESKTOP, fragment: 'story=nginx-sigterm&t=1000000' }, async (page) => {
    for (const list of ['Output', 'Texts']) {
      const tabs = page.getByRole('tablist', { name: list }).getByRole('tab');
      for (let index = 0; index < (await tabs.count()); index += 1) {
        await tabs.nth(index).click();
        assert.deepEqual(await accessibilityProblems(page), [], await tabs.nth(index).innerText());
      }
    }
  }));

test('the clock is worked with the keyboard alone', () =>
  withPage(shared, { ...still, viewport: DESKTOP }, async (page) => {
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    for (let presses = 0; presses < 80 && !(await focused()).startsWith('Play'); presses += 1) await page.keyboard.press('Tab');
    assert.match(await focused(), /^Play/, 'Tab does not reach the play button');
    const ring = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
    });
    assert.equal(ring, true, 'the focus cannot be seen');
    await page.keyboard.press('Space');
    assert.equal(await playing(page), true);
    await page.keyboard.press('Enter');
    assert.equal(await playing(page), false);
    await page.keyboard.press('Tab');
    assert.match(await focused(), /^Next event/);
    const before = await page.locator('.scrub').inputValue();
    for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press('Enter');
    assert.notEqual(await page.locator('.scrub').inputValue(), before);
    await page.locator('.scrub').focus();
    await page.keyboard.press('End');
    const end = await moment(page);
    await page.keyboard.press('ArrowLeft');
    assert.notEqual(await page.locator('.scrub').inputValue(), '1000');
    assert.match(await page.locator('.scrub').getAttribute('aria-valuetext'), /s$/);
    await page.keyboard.press('Home');
    assert.notEqual(await moment(page), end);
  }));

test('a reader without motion sees nothing move by itself, and no transition is left', () =>
  withPage(shared, { ...still, viewport: DESKTOP }, async (page) => {
    assert.equal(await playing(page), false);
    const picture = () => page.locator('.middle').innerHTML();
    const before = await picture();
    await page.waitForTimeout(500);
    assert.equal(await picture(), before);
    const moving = await page.evaluate(() =>
      document.getAnimations().length + [...document.querySelectorAll('#app *')].filter((e) => {
        const style = getComputedStyle(e);
        return parseFloat(style.transitionDuration) > 0.001 || parseFloat(style.animationDuration) > 0.001;
      }).length);
    assert.equal(moving, 0);
  }));

test('the process tree is told in words that follow the moment', () =>
  withPage(shared, { ...still, viewport: DESKTOP, fragment: 'story=ruby-shell-form&t=-1000000' }, async (page) => {
    assert.equal(await page.locator('figure.lane .tree').textContent(), 'sh[ruby]');
    await page.getByRole('button', { name: /^To the end/ }).click();
    assert.equal(await page.locator('figure.lane .tree').textContent(), 'none');
  }));
