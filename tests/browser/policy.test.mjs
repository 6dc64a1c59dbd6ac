// The content security policy holds, and these tests would notice a page that breaks it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { site, withPage } from './support/page.mjs';

const shared = site();

test('refuses inline script and reports it', async () => {
  const inline = withPage(shared, {}, async (page) => {
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.intruded = true';
      document.body.append(script);
    });
    assert.equal(await page.evaluate(() => globalThis.intruded), undefined);
  });
  await assert.rejects(inline, /the page had problems/);
});

test('refuses requests to another host and reports them', async () => {
  const foreign = withPage(shared, {}, async (page) => {
    const answer = await page.evaluate(() => fetch('http://127.0.0.2:9/').catch(() => 'refused'));
    assert.equal(answer, 'refused');
  });
  await assert.rejects(foreign, /the page had problems/);
});

test('a missing file fails the test that asked for it', async () => {
  const missing = withPage(shared, {}, async (page) => {
    await page.evaluate(() => fetch('/not-under-the-mount.json'));
  });
  await assert.rejects(missing, /the page had problems/);
});
