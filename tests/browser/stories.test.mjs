// Every folder of scenarios/ shows in the page what its expect.yaml says: verdict, process trees, logs, exec sessions and
// events. A story is tested by existing. The rules that acted are checked natively: the page shows only some of them.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { DESKTOP, site, withPage } from './support/page.mjs';

const SCENARIOS = new URL('../../scenarios/', import.meta.url);
/** How far a stop may be from the expected one, in seconds: half of the last figure shown on top of what is allowed natively. */
const TOLERANCE_S = 0.45;
/** Later than any run ends: the page shows its end then. */
const THE_END_S = 1e9;

const shared = site();
const names = readdirSync(SCENARIOS, { withFileTypes: true }).filter((e) => e.isDirectory()).map((e) => e.name);

test('there are stories', () => assert.ok(names.length >= 29, `${names.length} stories`));

for (const name of names) {
  test(`the page tells ${name} as expected`, () => {
    const expected = parse(readFileSync(new URL(`${name}/expect.yaml`, SCENARIOS), 'utf8'));
    const options = { viewport: DESKTOP, reducedMotion: true, fragment: at(name, THE_END_S) };
    return withPage(shared, options, async (page) => {
      assert.equal(await page.locator('figure.lane').count(), 1, 'the story is not open');
      assert.equal(await page.locator('.remarks .error').count(), 0, 'the texts have errors');
      const answers = await answersOf(page);
      assert.deepEqual(verdictFailures(expected.verdict ?? {}, answers), []);
      assert.deepEqual(requestFailures(expected.requests ?? {}, answers), []);
      await holds(page, 'logs', expected.logs_contain, expected.logs_lack);
      await holds(page, 'exec', expected.sessions_contain);
      await holds(page, 'events', expected.events_contain);
      for (const moment of expected.moments ?? []) await atMoment(page, name, moment);
    });
  });
}

/** The address of a story at a time, in seconds from the first delete. */
function at(name, seconds) {
  return `story=${name}&t=${Math.round(seconds * 1e6)}`;
}

/** The verdict as the page shows it: question to answer. */
function answersOf(page) {
  return page.locator('.verdict-row').first().locator('.answer').evaluateAll((all) =>
    Object.fromEntries(all.map((a) => [a.querySelector('dt').textContent, a.querySelector('dd').textContent])));
}

function verdictFailures(wanted, answers) {
  const yes = (value) => (value ? 'yes' : 'no');
  const [code, ...reason] = (answers['exit code'] ?? '').split(' ');
  const checks = {
    signal_reached_app: (value) => [answers['reached the app'], yes(value)],
    handler_completed: (value) => [answers['handler finished'], yes(value)],
    exit_code: (value) => [code, String(value)],
    reason: (value) => [reason.join(' '), value],
    zombies: (value) => [answers['zombies left'], String(value)],
    stopped_after_s: (value) => {
      const found = secondsOf(answers['stopped after']);
      return Math.abs(found - value) <= TOLERANCE_S ? [value, value] : [found, value];
    },
  };
  return Object.entries(wanted).flatMap(([key, value]) => {
    const [found, right] = checks[key]?.(value) ?? ['a field that this test does not know', value];
    return found === right ? [] : [`${key}: the page says ${found}, expected ${right}`];
  });
}

/** The length in a text such as "30.0 s of 30 s" or "150 µs". */
function secondsOf(text) {
  const [, figure, unit] = /^([\d.]+) (s|µs)/.exec(text ?? '') ?? [];
  return unit === 'µs' ? Number(figure) / 1e6 : Number(figure);
}

function requestFailures(wanted, answers) {
  if (Object.keys(wanted).length === 0) return [];
  // "812 of 3000 (800 cut, 12 refused)": a way that is not named did not happen
  const text = answers['requests lost'] ?? '';
  const [, lost, sent] = /^(\d+) of (\d+)/.exec(text)?.map(Number) ?? [];
  const ways = (how) => Number(new RegExp(`(\\d+) ${how}`).exec(text)?.[1] ?? 0);
  const counts = {
    sent, lost, ok: sent - lost,
    cut: ways('cut'), reset: ways('reset'), refused: ways('refused'), timed_out: ways('timed out'), no_endpoint: ways('without an endpoint'),
  };
  return Object.entries(wanted).flatMap(([key, value]) => {
    const name = key.replace(/_min$/, '');
    const right = name === key ? counts[name] === value : counts[name] >= value;
    return right ? [] : [`requests ${key} is not ${value} in "${text}"`];
  });
}

/** Opens one of the outputs and returns what it shows. */
async function output(page, name) {
  await page.getByRole('tab', { name, exact: true }).click();
  await page.locator('#output-panel').waitFor();
  return (await page.locator('#output-panel .text').allTextContents()).join('\n');
}

async function holds(page, tab, contains = [], lacks = []) {
  if (contains.length + lacks.length === 0) return;
  const shown = await output(page, tab);
  // expectations name an event as "Reason: message"; the page has a column of reasons
  const text = tab === 'events' ? shown.replace(/^(\S+) +/gm, '$1: ') : shown;
  for (const part of contains) assert.ok(text.includes(part), `${tab} lacks ${part}:\n${text}`);
  for (const part of lacks) assert.ok(!text.includes(part), `${tab} has ${part}:\n${text}`);
}

/** Seeks by the address, as a link does, and compares the process tree and the commands of the processes. */
async function atMoment(page, name, { at_s: seconds, tree, commands = {} }) {
  const before = await page.locator('.moment').textContent();
  await page.evaluate((fragment) => { location.hash = fragment; }, at(name, seconds));
  await page.waitForFunction((old) => document.querySelector('.moment').textContent !== old, before);
  if (tree !== undefined) assert.equal(await page.locator('figure.lane .tree').textContent(), String(tree), `tree at ${seconds} s`);
  if (Object.keys(commands).length === 0) return;
  const rows = (await output(page, 'ps')).split('\n').map((line) => /^ *(\d+) +\S+ +\S+ +[\d:]+ (?:[ |]*\\_ )?(.*)$/.exec(line));
  const running = new Map(rows.filter(Boolean).map(([, pid, command]) => [pid, command]));
  for (const [pid, command] of Object.entries(commands)) {
    assert.equal(running.get(pid), command, `the command of pid ${pid} at ${seconds} s`);
  }
}
