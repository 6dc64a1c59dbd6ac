// Every story of scenarios/ opened in the page: the verdict and the process trees are those of its expect.yaml.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { DESKTOP, site, withPage } from './support/page.mjs';

const shared = site();
const folder = new URL('../../scenarios/', import.meta.url);
const stories = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/expect.yaml`, folder)));

/** The one-line mapping of `key`, as far as it is written as flow YAML with plain scalars. */
function mapping(text, key) {
  const inside = text.match(new RegExp(`^${key}: \\{(.*)\\}$`, 'm'))?.[1];
  return inside && Object.fromEntries(inside.split(/,\s*/).map((pair) => pair.split(/:\s*/)));
}

/** The moments with a tree: [seconds from the delete, tree]. */
const moments = (text) =>
  [...text.matchAll(/at_s: (-?[\d.]+)\n\s+tree: "?([^"\n]+)"?/g)].map(([, at, tree]) => [Number(at), tree]);

const answer = async (page, question) => {
  const found = page.locator('.verdict .answer', { hasText: question }).first().locator('dd');
  return (await found.count()) ? (await found.innerText()).trim() : undefined;
};

/** What the strip shows for an expected verdict: pairs of question and pattern. */
function shown(verdict) {
  const yes = (value) => new RegExp(`^${value === 'true' ? 'yes' : 'no'}$`);
  const code = verdict.exit_code && `${verdict.exit_code} ${verdict.reason ?? ''}`;
  return [
    ['reached the app', verdict.signal_reached_app && yes(verdict.signal_reached_app)],
    ['handler finished', verdict.handler_completed && yes(verdict.handler_completed)],
    ['exit code', code && new RegExp(`^${code}`)],
    ['zombies left', verdict.zombies && new RegExp(`^${verdict.zombies}$`)],
  ].filter(([, pattern]) => pattern);
}

for (const story of stories) {
  const expected = readFileSync(new URL(`${story}/expect.yaml`, folder), 'utf8');
  const [[at, tree] = [0]] = moments(expected);
  test(`${story}: verdict${tree ? ` and processes ${tree}` : ''}`, () =>
    withPage(shared, { viewport: DESKTOP, reducedMotion: true, fragment: `story=${story}&t=${at * 1_000_000}` }, async (page) => {
      if (tree) assert.equal(await page.locator('figure.lane').getAttribute('data-tree'), tree);
      for (const [question, pattern] of shown(mapping(expected, 'verdict') ?? {})) {
        assert.match((await answer(page, question)) ?? 'not shown', pattern, question);
      }
      const requests = mapping(expected, 'requests');
      if (requests?.cut === '0' && requests.refused === '0') assert.match(await answer(page, 'requests lost'), /^0 of/);
      if (Number(requests?.cut_min) > 0) assert.doesNotMatch(await answer(page, 'requests lost'), /^0 of/);
    }));
}
