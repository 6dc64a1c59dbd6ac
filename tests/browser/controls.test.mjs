// The controls of the page do what their names say, by pointer and by key, and every state has an address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, PHONE, fitsWidth, screenshot, site, withPage } from './support/page.mjs';

const shared = site();
const moment = (page) => page.locator('.moment').innerText();
const headlines = (page) => page.locator('.headline').allInnerTexts();
const still = { reducedMotion: true };

test('opens with two runs on one clock and their verdicts in words', () =>
  withPage(shared, { viewport: DESKTOP }, async (page) => {
    assert.equal(await page.locator('figure.lane').count(), 2);
    const [shell] = await headlines(page);
    assert.match(shell, /ruby never hears the signal and is killed after 30\.0 s/);
  }));

test('plays by itself, once, to the end', () =>
  withPage(shared, { viewport: DESKTOP }, async (page) => {
    assert.equal(await page.locator('.control.play').getAttribute('aria-label'), 'Pause (space)');
    await page.locator('.control.play[aria-label="Play (space)"]').waitFor({ timeout: 15_000 });
    assert.match(await page.locator('figure.lane').first().innerText(), /exit code 137/);
  }));

test('does not move by itself for a reader who wants no motion', () =>
  withPage(shared, still, async (page) => {
    const before = await moment(page);
    await page.waitForTimeout(300);
    assert.equal(await moment(page), before);
    assert.match(await page.locator('figure.lane').first().innerText(), /SIGTERM/);
  }));

test('keys step, seek and play', () =>
  withPage(shared, still, async (page) => {
    await page.keyboard.press('Home');
    const start = await moment(page);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await moment(page), start);
    await page.keyboard.press('End');
    const end = await moment(page);
    assert.notEqual(end, start);
    await page.keyboard.press(',');
    assert.notEqual(await page.locator('.scrub').inputValue(), '1000');
    await page.keyboard.press('5');
    assert.equal(await page.locator('.scrub').inputValue(), '500');
    await page.keyboard.press('?');
    assert.equal(await page.getByRole('dialog', { name: 'Keys' }).isVisible(), true);
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('dialog').count(), 0);
  }));

test('an answer leads to the event that decided it and says why', () =>
  withPage(shared, still, async (page) => {
    await page.locator('.verdict-row').first().getByRole('button', { name: 'no', exact: true }).first().click();
    assert.match(await page.locator('.why-first').innerText(), /SIGTERM has no effect on sh \(pid 1\)/);
    assert.match(await page.locator('.why .rule').first().innerText(), /signal\/init-no-handler/);
  }));

test('an edit runs again at once; an error keeps the last good run and says where', () =>
  withPage(shared, { ...still, fragment: 'story=ruby-shell-form&t=0' }, async (page) => {
    const text = page.getByLabel('Dockerfile', { exact: true });
    await text.fill('FROM ruby:2.4-slim\nCOPY server.rb /\nCMD exec ruby server.rb\n');
    assert.match((await headlines(page))[0], /ruby hears the signal/);
    await text.fill('FROM ruby:2.4-slim\nCOPY server.rb /\nCDM ruby server.rb\n');
    assert.match(await page.locator('.remarks').first().innerText(), /line 3/);
    assert.match((await headlines(page))[0], /the last run without errors/);
    await screenshot(page, 'controls-error');
    await text.fill('FROM ruby:2.4-slim\nCOPY server.rb /\nCMD ruby server.rb\n');
    assert.match((await headlines(page))[0], /never hears the signal/);
  }));

test('comparing keeps the old run beside the one that is edited', () =>
  withPage(shared, { ...still, fragment: 'story=ruby-shell-form&t=0' }, async (page) => {
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    assert.equal(await page.locator('figure.lane').count(), 2);
    await page.getByLabel('Dockerfile', { exact: true }).fill('FROM ruby:2.4-slim\nCOPY server.rb /\nCMD ["ruby", "server.rb"]\n');
    const words = await headlines(page);
    assert.match(words[0], /never hears the signal/);
    assert.match(words[1], /ruby hears the signal/);
  }));

test('the address holds the state and opens it again', () =>
  // reloading can cut off the request for the icon
  withPage(shared, { ...still, fragment: 'story=ruby-shell-form&t=0', expectedErrors: [/request failed: .*favicon/] }, async (page) => {
    await page.getByLabel('Dockerfile', { exact: true }).fill('FROM ruby:2.4-slim\n# mine\nCMD ruby server.rb\n');
    await page.waitForFunction(() => location.hash.startsWith('#s='));
    await page.reload();
    await page.waitForSelector('html[data-simulator]', { state: 'attached' });
    assert.match(await page.getByLabel('Dockerfile', { exact: true }).inputValue(), /# mine/);
  }));

test('a broken address opens the page as if there were none', () =>
  withPage(shared, { ...still, fragment: 's=broken%%' }, async (page) => {
    assert.equal(await page.locator('figure.lane').count(), 2);
  }));

test('text of a person never becomes markup', () =>
  withPage(shared, { ...still, fragment: 'story=ruby-shell-form&t=0' }, async (page) => {
    await page.getByLabel('Dockerfile', { exact: true }).fill('FROM ruby:2.4-slim\nCMD echo "<img src=x onerror=alert(1)>"\n');
    await page.keyboard.press('End');
    assert.equal(await page.locator('.page img').count(), 0);
  }));

test('every story opens without a complaint', () =>
  withPage(shared, still, async (page) => {
    const stories = await page.locator('.story option').evaluateAll((all) => all.map((o) => o.value).filter(Boolean));
    assert.ok(stories.length > 10);
    for (const story of stories) {
      await page.locator('.story select').selectOption(story);
      await page.locator('.headline').first().waitFor();
    }
  }));

test('on a phone the parts are tabs under verdict and clock, and nothing scrolls sideways', () =>
  withPage(shared, { viewport: PHONE, reducedMotion: true }, async (page) => {
    for (const part of ['Stage', 'Edit', 'Why', 'Output']) {
      await page.getByRole('tab', { name: part, exact: true }).click();
      assert.equal(await fitsWidth(page), true, `${part} scrolls sideways`);
      await screenshot(page, `controls-phone-${part.toLowerCase()}`);
    }
    const play = await page.locator('.control.play').boundingBox();
    assert.ok(play.height >= 44, `the play button is ${play.height} high`);
  }));
