// Runs axe-core on the page: the machine-checkable part of WCAG 2.2 AA.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The violations on the page, one line each; empty when there are none. */
export async function accessibilityProblems(page) {
  // evaluate reaches the page through the debugger, which the content security policy does not bind
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target).join(', ')})`);
}
