// Takes pictures of a report: `node picture.mjs CHROMIUM REPORT FOLDER MODULES` writes FOLDER/report.png, of its beginning,
// and FOLDER/indicator.png, of one indicator.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [chromiumPath, report, folder, modules] = process.argv.slice(2);
const { chromium } = createRequire(join(modules, 'package.json'))('playwright-core');

const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const browser = await chromium.launch({ executablePath: chromiumPath, args: asRoot });
try {
  const page = await browser.newPage({ viewport: { width: 1100, height: 1000 } });
  await page.goto(pathToFileURL(report).href);
  const picture = async (name, y, height) =>
    page.screenshot({ path: join(folder, name), fullPage: true, clip: { x: 0, y, width: 1100, height } });
  const places = await page.evaluate(() => ['brief', 'indicator-contacts_decided_24h'].map(id => {
    const { top, bottom } = document.getElementById(id).parentElement.closest('section').getBoundingClientRect();
    return { top, bottom };
  }));
  await picture('report.png', 0, places[0].bottom + 16);
  await picture('indicator.png', places[1].top - 8, places[1].bottom - places[1].top + 24);
} finally {
  await browser.close();
}
