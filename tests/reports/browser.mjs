// Reads reports with Chromium: `node browser.mjs CHROMIUM FOLDER`, for each page of FOLDER. Prints a line of JSON for each
// page, {page, faults}, and prints it to FOLDER/NAME.pdf.
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [chromiumPath, folder, modules] = process.argv.slice(2);
const require = createRequire(join(modules, 'package.json'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const LOOKS = [
  { name: '1280 px', width: 1280, height: 900 },
  { name: '390 px', width: 390, height: 844 },
  { name: '320 px', width: 320, height: 640 },
  { name: 'forced colours', width: 1280, height: 900, forcedColors: 'active' },
];

// What follows runs in the page.

function openDetails() {
  for (const each of document.querySelectorAll('details')) each.open = true;
}

function violations(tags) {
  return axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
    .then(found => found.violations.map(each => `axe: ${each.id}: ${each.nodes.length} × ${each.nodes[0].html.slice(0, 120)}`));
}

function widthFaults() {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth === clientWidth) return [];
  const wide = [...document.querySelectorAll('body *')]
    .filter(each => !each.closest('.scroll') && each.getBoundingClientRect().right > clientWidth + 0.5);
  return [`${scrollWidth} px wide in a window of ${clientWidth}: ${wide.slice(0, 3).map(each => each.outerHTML.slice(0, 80))}`];
}

function cellFaults() {
  return [...document.querySelectorAll('td, th')]
    .filter(each => each.scrollWidth > each.clientWidth + 1 && !each.closest('.scroll'))
    .map(each => `text leaves its cell: ${each.textContent}`);
}

function captionFaults() {
  return [...document.querySelectorAll('caption:not(.hidden)')]
    .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map(each => `a caption leaves the page: ${each.textContent}`);
}

function chartFaults() {
  const found = [];
  for (const chart of document.querySelectorAll('svg[role=img]')) {
    const texts = [...chart.querySelectorAll('text')].filter(each => each.getClientRects().length);
    const boxes = texts.map(each => each.getBoundingClientRect());
    texts.forEach((text, k) => {
      const size = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
      if (size < 12) found.push(`text of ${size} px in a chart: ${text.textContent}`);
      if (boxes[k].left < 0 || boxes[k].right > document.documentElement.clientWidth + 0.5) {
        found.push(`a label leaves the page in ${chart.querySelector('title').textContent}: ${text.textContent}`);
      }
      for (let j = 0; j < k; j++) {
        const across = Math.min(boxes[k].right, boxes[j].right) - Math.max(boxes[k].left, boxes[j].left);
        const down = Math.min(boxes[k].bottom, boxes[j].bottom) - Math.max(boxes[k].top, boxes[j].top);
        if (across > 0.1 && down > 0.1) {
          found.push(`labels overlap in ${chart.querySelector('title').textContent}: ${texts[j].textContent} and ${text.textContent}`);
        }
      }
    });
  }
  return found;
}

function forcedColourFaults() {
  const probe = document.body.appendChild(document.createElement('i'));
  const colour = name => { probe.style.color = name; return getComputedStyle(probe).color; };
  const [ink, ground] = [colour('CanvasText'), colour('Canvas')];
  probe.remove();
  const found = new Set();
  const rules = [
    ['svg text', 'fill', [ink]],
    ['svg .series, svg .target, svg .limit, svg .mean, svg .base, svg .reach, svg .event, svg .interval', 'stroke', [ink]],
    ['svg .point:not(.hollow)', 'fill', [ink]],
    ['svg .point', 'stroke', [ink]],
    ['svg .hollow', 'fill', [ground]],
  ];
  for (const [selector, property, wanted] of rules) {
    for (const each of document.querySelectorAll(selector)) {
      const value = getComputedStyle(each)[property];
      if (!wanted.includes(value)) found.add(`forced colours: ${property} of ${each.getAttribute('class')} is ${value}`);
    }
  }
  return [...found];
}

// From here on it runs in Node.

async function quietFaults(browser, url) {
  const page = await browser.newPage();
  const requests = [];
  const said = [];
  page.on('request', each => requests.push(each.url()));
  page.on('console', each => said.push(`console: ${each.text()}`));
  page.on('pageerror', each => said.push(`error: ${each.message}`));
  await page.goto(url);
  const styled = await page.evaluate(() => getComputedStyle(document.body).marginTop === '0px');
  await page.close();
  return [
    ...(requests.length === 1 && requests[0] === url ? [] : [`requests: ${requests}`]),
    ...said,
    ...(styled ? [] : ['the style sheet is not applied']),
  ];
}

async function lookFaults(browser, url, { name, width, height, forcedColors = 'none' }) {
  const context = await browser.newContext({ viewport: { width, height }, forcedColors, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(url);
  const found = [];
  for (const check of [widthFaults, cellFaults, captionFaults, chartFaults]) found.push(...await page.evaluate(check));
  if (forcedColors === 'active') found.push(...await page.evaluate(forcedColourFaults));
  await page.evaluate(openDetails);
  await page.evaluate(axe);
  found.push(...await page.evaluate(violations, TAGS));
  await context.close();
  return found.map(each => `${name}: ${each}`);
}

async function printToPdf(browser, url, path) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.emulateMedia({ media: 'print' });
  await page.pdf({ path, preferCSSPageSize: true, tagged: true, outline: true, printBackground: false });
  await page.close();
}

async function pageFaults(browser, name) {
  const path = join(folder, name);
  const url = pathToFileURL(path).href;
  const faults = await quietFaults(browser, url);
  for (const look of LOOKS) faults.push(...await lookFaults(browser, url, look));
  await printToPdf(browser, url, path.replace(/html$/, 'pdf'));
  return faults;
}

const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const browser = await chromium.launch({ executablePath: chromiumPath, args: asRoot });
const waiting = readdirSync(folder).filter(each => each.endsWith('.html')).sort();
async function worker() {
  for (let name = waiting.shift(); name; name = waiting.shift()) {
    console.log(JSON.stringify({ page: name, faults: await pageFaults(browser, name) }));
  }
}
try {
  await Promise.all([worker(), worker()]);
} finally {
  await browser.close();
}
