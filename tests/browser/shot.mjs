// Takes one screenshot of the page in dist/: scripts/shot.sh NAME [--fragment s=...] [--phone] [--dark] [--reduced] [--full]
import { DESKTOP, PHONE, screenshot, start, withPage } from './support/page.mjs';

const [name = 'page', ...flags] = process.argv.slice(2);
const at = flags.indexOf('--fragment');
const shared = await start();
try {
  await withPage(
    shared,
    {
      fragment: at < 0 ? '' : flags[at + 1],
      viewport: flags.includes('--phone') ? PHONE : DESKTOP,
      dark: flags.includes('--dark'),
      reducedMotion: flags.includes('--reduced'),
    },
    async (page) => console.log(await screenshot(page, name, { fullPage: flags.includes('--full') })),
  );
} finally {
  await shared.stop();
}
