// The terminal and the switches of the application: what is typed and chosen becomes part of the scenario.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { site, withPage } from './support/page.mjs';

const shared = site();
const still = { reducedMotion: true, fragment: 'story=ruby-exec-form' };
const headline = (page) => page.locator('.headline').first();
/** Opens the terminal and hands back a function that types a line and gives all that can be read. */
const terminal = async (page) => {
  await page.getByRole('tab', { name: 'terminal' }).click();
  const input = page.locator('.typing input');
  return async (line) => {
    const before = await page.locator('.session .prompt').count();
    await input.fill(line);
    await input.press('Enter');
    await page.locator('.session .prompt').nth(before).waitFor();
    return page.locator('.session').innerText();
  };
};

test('kubectl get pods is answered at the moment of the cursor', () =>
  withPage(shared, still, async (page) => {
    const type = await terminal(page);
    assert.match(await type('kubectl get pods'), /NAME +READY +STATUS +RESTARTS +AGE\n+server-\S+ +1\/1 +Terminating/);
    assert.match(await type('kubectl get pod nobody'), /Error from server \(NotFound\): pods "nobody" not found/);
    assert.match(await type('frobnicate'), /frobnicate: command not found/);
  }));

test('kubectl delete becomes an input, and clearing the terminal does not undo it', () =>
  withPage(shared, still, async (page) => {
    const type = await terminal(page);
    for (const tenth of ['1', '2', '3', '4']) {
      await page.locator('.typing input').blur();
      await page.keyboard.press(tenth);
      if (/1\/1 +Running/.test(await type('kubectl get pods'))) break;
    }
    const listed = await page.locator('.session').innerText();
    const [, pod] = listed.match(/(server-\S+) +1\/1 +Running/);
    await type(`kubectl delete pod ${pod} --grace-period=2`);
    await headline(page).filter({ hasText: 'killed' }).waitFor();
    await page.locator('.typing input').fill('clear');
    await page.locator('.typing input').press('Enter');
    await page.locator('.session .prompt').nth(1).waitFor({ state: 'detached' });
    assert.equal(await page.locator('.session .prompt').count(), 1);
    await page.getByRole('tab', { name: 'cluster' }).click();
    assert.match(await page.locator('textarea').inputValue(), /do: delete, pod: \S+, grace: 2/);
  }));

test('a switch of the application writes its card, and another takes it back', () =>
  withPage(shared, still, async (page) => {
    await page.getByRole('tab', { name: 'application' }).click();
    assert.match(await page.locator('.application').innerText(), /server\.rb:1 handles TERM/);
    const term = page.locator('.application select').first();
    await term.selectOption('works');
    await page.getByLabel('seconds on SIGTERM').fill('2');
    await page.getByLabel('seconds on SIGTERM').press('Enter');
    await page.getByLabel('exit code on SIGTERM').fill('7');
    await page.getByLabel('exit code on SIGTERM').press('Enter');
    await page.locator('.answer', { hasText: 'exit code' }).filter({ hasText: '7' }).first().waitFor();
    assert.match(await headline(page).innerText(), /stops after 2\.0 s/);
    await term.selectOption('own');
    await headline(page).filter({ hasText: 'stops after 5.0 s' }).waitFor();
  }));

test('the timers name what does not fit, and lead to where it bites', () =>
  withPage(shared, { reducedMotion: true, fragment: 'story=prestop-overrun' }, async (page) => {
    await page.getByRole('tab', { name: 'timers', exact: true }).click();
    const first = page.locator('#output-panel .standing').first();
    await first.waitFor();
    assert.match(await first.innerText(), /^fails: /);
    assert.ok((await page.locator('#output-panel .timer svg').count()) >= 2);
    const before = await page.locator('.moment').textContent();
    await page.locator('#output-panel button.link').first().click();
    await page.waitForFunction((old) => document.querySelector('.moment').textContent !== old, before);
  }));

test('every shell shows the command of the container first, and another one that is typed', () =>
  withPage(shared, { reducedMotion: true, fragment: 'story=ruby-shell-form' }, async (page) => {
    await page.getByRole('tab', { name: 'shells', exact: true }).click();
    const script = page.getByLabel('Script', { exact: true });
    await script.waitFor();
    assert.equal(await script.inputValue(), 'ruby server.rb');
    assert.match(await page.locator('#output-panel .standing').first().innerText(), /ruby its child.*the shell of this container/);
    await script.fill('exec app');
    await page.locator('#output-panel .standing', { hasText: 'app is PID 1' }).waitFor();
    assert.equal(await page.locator('#output-panel .standing').count(), 1);
  }));
