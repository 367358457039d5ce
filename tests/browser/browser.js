// Debian's Chromium, and a page server of another origin for players that are not ours.
'use strict';
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { chromium } = require('playwright-core');
const { sleep } = require('../integration/harness');
const { measureIn, lateIn } = require('../integration/lateness');

const root = path.resolve(__dirname, '../..');

function launch() {
  return chromium.launch({
    executablePath: process.env.KICKOFF_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
  });
}

const files = {
  '/shaka.html': ['text/html', path.join(__dirname, 'shaka.html')],
  '/shaka_page.js': ['text/javascript', path.join(__dirname, 'shaka_page.js')],
  '/plain.html': ['text/html', path.join(__dirname, 'plain.html')],
  '/plain_page.js': ['text/javascript', path.join(__dirname, 'plain_page.js')],
  ...Object.fromEntries(Object.entries({
    hls14: 'hls14/dist/hls.min.js', hls15: 'hls15/dist/hls.min.js', hls17: 'hls.js/dist/hls.min.js',
    shaka4: 'shaka4/dist/shaka-player.compiled.js', shaka5: 'shaka-player/dist/shaka-player.compiled.js',
    vjs: 'video.js/dist/video.min.js',
  }).map(([name, file]) => [`/${name}.js`, ['text/javascript', path.join(root, 'node_modules', file)]])),
  '/shaka-player.js': ['text/javascript', path.join(root, 'node_modules/shaka-player/dist/shaka-player.compiled.js')],
};
// → {origin, close()}
function servePages() {
  const server = http.createServer((request, response) => {
    const [type, file] = files[new URL(request.url, 'http://a').pathname] ?? [];
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type });
    fs.createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => {
    resolve({ origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() });
  }));
}

// What the picture shows, read back through a canvas: mean and spread of brightness over its pixels.
function picture(page) {
  return page.evaluate(() => {
    const video = document.querySelector('video');
    const canvas = document.createElement('canvas');
    canvas.width = 64;
    canvas.height = 36;
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 64, 36);
    const { data } = context.getImageData(0, 0, 64, 36);
    const values = [];
    for (let i = 0; i < data.length; i += 4) values.push(0.3 * data[i] + 0.6 * data[i + 1] + 0.1 * data[i + 2]);
    const mean = values.reduce((a, b) => a + b) / values.length;
    return { mean, spread: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
  });
}

const counters = (page) => page.evaluate(() => {
  const { hls, ...rest } = window.kickoff;
  return { ...rest, hls: Boolean(hls), time: document.querySelector('video').currentTime };
});

// Waits until the page has played `seconds` of media, jumps not counted. How long that may take says only when to give up.
async function plays(page, seconds, patience = 60 + 4 * seconds) {
  const began = performance.now();
  let [played, last] = [0, { time: (await counters(page)).time, at: began }];
  while (played < seconds) {
    if (performance.now() - began > patience * 1000) throw new Error(`played ${played.toFixed(1)} s in ${patience} s, not ${seconds}: ${JSON.stringify(await counters(page))}`);
    await sleep(250);
    const now = { time: (await counters(page)).time, at: performance.now() };
    const [step, most] = [now.time - last.time, (now.at - last.at) / 1000 * 1.2 + 0.3];
    if (step > 0 && step <= most) played += step;
    last = now;
  }
}

// Waits until our page is at most `most` s behind live: it plays faster until it is as near as the playlist allows, whatever has
// put it behind. That it does not come near is excused where its own timers came late by a tenth of the wait and more.
async function comesNearLive(page, most, patience = 60) {
  const before = await lateIn(page);
  const near = page.waitForFunction((limit) => window.kickoff.latency && window.kickoff.latency <= limit, most, { timeout: patience * 1000 });
  if (await near.then(() => true, () => false)) return;
  const share = (await lateIn(page) - before) / (patience * 1000);
  const told = `${(await counters(page)).latency?.toFixed(2)} s behind live after ${patience} s, of which the page was late by ${(100 * share).toFixed(0)} %`;
  if (share < 0.1) throw new Error(told);
  console.log(`excused: ${told}`);
}

// The players that the suite judges and bench/players measures. → [{name, url, protocol}]
const playersOf = (server, pages) => [
  { name: 'hls.js over HTTP/1.1', url: `http://127.0.0.1:${server.ports.http}/play/match`, protocol: 'http/1.1' },
  { name: 'Shaka over TLS and HTTP/2', url: `${pages.origin}/shaka.html?url=${encodeURIComponent(server.playlist('match', true))}`, protocol: 'h2' },
  { name: 'hls.js over TLS and HTTP/2', url: `https://127.0.0.1:${server.ports.tls}/play/match`, protocol: 'h2' },
  { name: 'Shaka over HTTP/1.1', url: `${pages.origin}/shaka.html?url=${encodeURIComponent(server.playlist('match'))}`, protocol: 'http/1.1' },
];

// Opens a player in a context of its own and waits for its first frame. → {page, context, faults, refused}, the latter two being
// filled as it goes: errors that the page did not catch, and answers of 400 and above to what it asked of a channel.
async function openPlayer(browser, url) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(120000); // patience, not a limit of any player
  await measureIn(context);
  const page = await context.newPage();
  const [faults, refused] = [[], []];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('response', (response) => {
    if (response.status() >= 400 && response.url().includes('/live/')) refused.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(url);
  await page.waitForFunction(() => window.kickoff?.startup);
  return { page, context, faults, refused };
}

module.exports = { launch, servePages, picture, counters, plays, comesNearLive, playersOf, openPlayer };
