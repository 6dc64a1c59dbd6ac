// The controls of the page do what their names say, by pointer and by key, and every state has an address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, PHONE, fitsWidth, screenshot, site, withPage } from './support/page.mjs';

const shared = site();
const moment = (page) => page.locator('.moment').innerText();
const headlines = (page) => page.locator('.headline').allInnerTexts();
const still = { reducedMotion: true };
/** Waits until a headline says what it should. */
const says = (page, words, nth = 0) => page.locator('.headline').nth(nth).filter({ hasText: words }).waitFor({ timeout: 10_000 });

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

test('the page of a rule is loaded when it is unfolded', () =>
  withPage(shared, still, async (page) => {
    // What the page tries meanwhile is shown above it: clicked before, it would move away under the pointer.
    await page.locator('.patch').waitFor();
    await page.locator('.why .rule summary').first().click();
    await page.locator('.why .rule .prose h4', { hasText: 'What happens' }).first().waitFor({ timeout: 10_000 });
    assert.doesNotMatch(await page.locator('.why .rule .prose').first().innerText(), /^title:/m);
  }));

test('an edit runs again at once; an error keeps the last good run and says where', () =>
  withPage(shared, { ...still, fragment: 'story=ruby-shell-form&t=0' }, async (page) => {
    const text = page.getByLabel('Dockerfile', { exact: true });
    await text.fill('FROM ruby:2.4-slim\nCOPY server.rb /\nCMD exec ruby server.rb\n');
    await says(page, /ruby hears the signal/);
    await text.fill('FROM ruby:2.4-slim\nCOPY server.rb /\nCDM ruby server.rb\n');
    assert.match(await page.locator('.remarks').first().innerText(), /line 3/);
    await says(page, /the last run without errors/);
    await screenshot(page, 'controls-error');
    await text.fill('FROM ruby:2.4-slim\nCOPY server.rb /\nCMD ruby server.rb\n');
    await says(page, /never hears the signal/);
  }));

test('comparing keeps the old run beside the one that is edited', () =>
  withPage(shared, { ...still, fragment: 'story=ruby-shell-form&t=0' }, async (page) => {
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    assert.equal(await page.locator('figure.lane').count(), 2);
    await page.getByLabel('Dockerfile', { exact: true }).fill('FROM ruby:2.4-slim\nCOPY server.rb /\nCMD ["ruby", "server.rb"]\n');
    await says(page, /never hears the signal/, 0);
    await says(page, /ruby hears the signal/, 1);
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

test('a link is followed even when it comes as the page is about to write its own address', () =>
  withPage(shared, { ...still, fragment: 'story=ruby-shell-form&t=20000000' }, async (page) => {
    await page.getByRole('tab', { name: 'ps', exact: true }).click();
    await page.evaluate(() => {
      // Both timers, this one and that of the address, are over when the page is free again, and this one began first.
      setTimeout(() => { location.hash = 'story=ruby-shell-form&t=5000000'; }, 100);
      const free = performance.now() + 600;
      while (performance.now() < free);
    });
    await page.waitForFunction(() => document.querySelector('.moment').textContent === '5.0 s');
  }));

test('settings are a form over the text of the scenario', () =>
  withPage(shared, { ...still, fragment: 'story=nginx-sigterm&t=0' }, async (page) => {
    await page.getByRole('tab', { name: 'cluster' }).click();
    const requests = page.locator('.field', { hasText: 'requests' }).locator('input');
    assert.equal(await requests.inputValue(), '100');
    await requests.fill('10');
    await requests.blur();
    assert.match(await page.locator('.answer', { hasText: 'requests lost' }).innerText(), /of 400/);
    assert.match(await page.getByLabel('scenario.yaml').inputValue(), /per_s: 10,/);
    await screenshot(page, 'controls-cluster', { fullPage: true });
  }));

test('a change that was tried is offered, applied and compared', () =>
  withPage(shared, { ...still, fragment: 'story=ruby-shell-form&t=0' }, async (page) => {
    await page.getByRole('button', { name: 'Apply and compare' }).click();
    await says(page, /never hears/, 0);
    await says(page, /ruby hears the signal, finishes and stops after 5\.0 s/, 1);
    assert.match(await page.getByLabel('Dockerfile', { exact: true }).inputValue(), /CMD \["ruby", "server\.rb"\]/);
  }));

test('a file can be added and taken away', () =>
  withPage(shared, { ...still, fragment: 'story=ruby-shell-form&t=0' }, async (page) => {
    await page.getByLabel('Name of a new file').fill('run.sh');
    await page.getByRole('button', { name: 'Add file' }).click();
    assert.equal(await page.getByLabel('run.sh', { exact: true }).inputValue(), '#!/bin/sh\n');
    await page.getByRole('button', { name: 'Remove run.sh' }).click();
    assert.equal(await page.getByRole('tab', { name: 'run.sh' }).count(), 0);
  }));

test('a process that is chosen shows what is known of it', () =>
  withPage(shared, { ...still, fragment: 'story=ruby-shell-form&t=0' }, async (page) => {
    await page.locator('[data-pid="6"]').click();
    assert.match(await page.getByRole('region', { name: 'Process' }).innerText(), /pid 6 ruby[\s\S]*catches[\s\S]*TERM/);
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('region', { name: 'Process' }).count(), 0);
  }));

test('bad input never breaks the page: junk, an endless loop, a fork bomb, a megabyte', () =>
  withPage(shared, { ...still, fragment: 'story=ruby-shell-form&t=0' }, async (page) => {
    const text = page.getByLabel('Dockerfile', { exact: true });
    const cmd = (line) => `FROM debian:12\nCMD ${line}\n`;
    const all = [
      '\u0001\u0002{{{"\uffff', '', cmd('while :; do :; done'), cmd('f() { f | f & }; f'), cmd("'unclosed"),
      `FROM debian:12\n# ${'x'.repeat(1_000_000)}\n`, 'FROM nobody/knows:this\nCMD x\n',
    ];
    for (const bad of all) {
      await text.fill(bad);
      await page.keyboard.press('End');
      assert.ok((await headlines(page))[0].length > 0);
    }
    await text.fill('FROM ruby:2.4-slim\nCOPY server.rb /\nCMD ruby server.rb\n');
    await says(page, /never hears the signal and is killed after 30\.0 s/);
  }));

test('a pod that is chosen is drawn in full', () =>
  withPage(shared, { ...still, fragment: 'story=nginx-sigterm&t=300000' }, async (page) => {
    const name = () => page.locator('.stage .box-name').first().textContent();
    const before = await name();
    await page.locator('.cell.tile.ready').click();
    assert.notEqual(await name(), before);
    assert.equal(await page.locator('figure.lane .tree').textContent(), 'nginx[nginx nginx]');
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
