// Opens the built page in a headless browser and watches it: any console error, broken request, policy violation
// or request to another host fails the test that caused it.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { serve } from './server.mjs';

const SCREENSHOTS = fileURLToPath(new URL('../../../target/screenshots/', import.meta.url));
// No sandbox: containers and root have none to offer, and only our own page is opened. The rest keeps Chromium quiet.
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
/** How long the page may take from navigation to the running simulator on a slow machine. */
const START_MS = 30_000;

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

/** Starts one server and one browser for the tests of the calling file; the result is what `withPage` needs. */
export function site() {
  const shared = {};
  before(async () => Object.assign(shared, await start()));
  after(() => shared.stop?.());
  return shared;
}

/** Server and browser outside the test runner. The caller calls `stop`. */
export async function start() {
  const executablePath = process.env.CHROME;
  assert.ok(executablePath, 'no browser: run scripts/browser-tests.sh, which finds one, or set CHROME to its path');
  const server = await serve();
  const browser = await chromium
    .launch({ executablePath, args: FLAGS })
    .catch((error) => {
      server.close();
      throw error;
    });
  const stop = async () => {
    await browser.close();
    server.close();
  };
  return { address: server.address, browser, stop };
}

/**
 * Opens the page, hands it to `body`, closes it, and fails if anything went wrong on it meanwhile.
 *
 * Options: `fragment` ("s=..." without "#"), `viewport` (DESKTOP, PHONE), `dark`, `reducedMotion`,
 * `script` (false: JavaScript off), `expectedErrors` (patterns of the problems that the test provokes),
 * `prepare` (gets the page before it loads), `state` ("running", or "failed" when the test breaks the start).
 */
export async function withPage({ address, browser }, options, body) {
  const { fragment = '', viewport = DESKTOP, dark = false, reducedMotion = false, script = true } = options;
  const { expectedErrors = [], prepare, state = 'running' } = options;
  const context = await browser.newContext({
    viewport,
    javaScriptEnabled: script,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    hasTouch: viewport === PHONE,
    isMobile: viewport === PHONE,
  });
  try {
    const page = await context.newPage();
    returnWhenDrawn(page);
    const problems = watch(page, new URL(address).origin);
    if (script) await page.addInitScript(reportPolicyViolations);
    await prepare?.(page);
    await page.goto(fragment ? `${address}#${fragment}` : address);
    if (script) await settled(page, state, problems);
    await body(page);
    const unexpected = problems.filter((problem) => !expectedErrors.some((pattern) => pattern.test(problem)));
    assert.deepEqual(unexpected, [], 'the page had problems');
  } finally {
    await context.close();
  }
}

/**
 * Makes what a person does on the page return when the page has drawn what came of it. Yew puts that off to a task of its
 * own when the one before took long, as it does on a busy machine.
 */
export function returnWhenDrawn(page) {
  const locator = Object.getPrototypeOf(page.locator('html'));
  const acts = [[page.keyboard, ['press']], [locator, ['click', 'fill', 'press', 'selectOption', 'blur']]];
  for (const [target, names] of acts) {
    for (const name of names) {
      const act = target[name];
      if (act.returnsWhenDrawn) continue;
      target[name] = async function (...given) {
        await act.apply(this, given);
        await drawn(target === page.keyboard ? page : this.page());
      };
      target[name].returnsWhenDrawn = true;
    }
  }
}

/** Everything that waited to be drawn is: what was put off before has run when the last of these does. */
const drawn = (page) =>
  page.evaluate(() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => setTimeout(done)))));

/** Waits until boot.js reports how the start ended; when it is not as expected, tells what the page complained about. */
async function settled(page, expected, problems) {
  try {
    await page.waitForSelector('html[data-simulator]', { state: 'attached', timeout: START_MS });
  } catch (error) {
    throw new Error(`the page did not start: ${problems.join('; ') || error.message}`);
  }
  const state = await page.getAttribute('html', 'data-simulator');
  assert.equal(state, expected, `how the simulator started: ${problems.join('; ')}`);
}

function watch(page, origin) {
  const problems = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('crash', () => problems.push('the page crashed'));
  page.on('requestfailed', (request) => problems.push(`request failed: ${request.url()}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    const local = url.origin === origin || url.protocol === 'data:' || url.protocol === 'blob:';
    if (!local) problems.push(`request to another host: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`status ${response.status()}: ${response.url()}`);
  });
  return problems;
}

// Runs inside the page.
function reportPolicyViolations() {
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(`content security policy: ${event.effectiveDirective} refused ${event.blockedURI}`);
  });
}

/** Writes target/screenshots/NAME.png and returns its path. */
export async function screenshot(page, name, options = {}) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const path = join(SCREENSHOTS, `${name}.png`);
  await page.screenshot({ path, ...options });
  return path;
}

/** True when nothing sticks out to the right: on a phone the page never scrolls sideways. */
export function fitsWidth(page) {
  return page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
}
