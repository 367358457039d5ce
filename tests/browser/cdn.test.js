// hls.js on our page in real Chromium behind a cache that behaves as CloudFront does by default, errors kept for 10 s: cached
// answers never stall it, and a 404 that the cache has kept is got over without a reload.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, copy, sleep } = require('../integration/harness');
const { source, pushRtmp } = require('../integration/media');
const { startVarnish } = require('../integration/varnish');
const { launch, counters } = require('./browser');
const { readMedia, edge } = require('../../tools/judge/playlist');

const holdBack = 1.5; // 3 parts of 0.5 s (LL-70)
let server;
let cdn;
let browser;
let pusher;
let page;
const faults = [];
const uncached = []; // what the page got past the cache
before(async () => {
  source();
  server = await Server.start({ channels: { '*': copy() } });
  pusher = pushRtmp(source(), server.rtmp('match'));
  [cdn, browser] = await Promise.all([startVarnish(server.ports.http), launch(), server.live('match')]);
  await server.until('three segments are listed', async () => (await playlist()).segments.length >= 3);
  page = await browser.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('response', (response) => {
    if (response.url().startsWith('http') && !/ from cloudfront$/.test(response.headers()['x-cache'] ?? '')) uncached.push(response.url());
  });
  await page.goto(`${cdn.origin}/play/match`);
  await page.waitForFunction(() => window.kickoff?.startup, null, { timeout: 15000 });
});
after(async () => {
  await browser?.close();
  await Promise.all([pusher?.stop('SIGKILL'), cdn?.stop()]);
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const playlist = async () => readMedia((await server.web('/live/match/source/index.m3u8')).text);

test('plays 20 s through the cache without a stall, as near to live as without it', async () => {
  // Others watch as well, and have had a playlist or part put into the cache before this player asks.
  const others = setInterval(async () => {
    const { open, hints } = await playlist().catch(() => ({ hints: [] }));
    const part = hints.find(({ TYPE }) => TYPE === 'PART')?.URI;
    if (!part) return;
    for (const file of ['index.m3u8', `index.m3u8?_HLS_msn=${open.msn}&_HLS_part=${open.parts.length}`, part]) server.get(`${cdn.origin}/live/match/source/${file}`);
  }, 333);
  const late = [];
  for (let second = 0; second < 20; second++) {
    await sleep(1000);
    if (second >= 4) late.push((await counters(page)).latency);
  }
  clearInterval(others);
  const end = await counters(page);
  late.sort((a, b) => a - b);
  const [median, usual] = [late[late.length >> 1], late[Math.floor(late.length * 0.9)]];
  console.log(`behind the cache: start ${end.startup} ms, behind live ${median?.toFixed(2)} s (nine of ten ${usual?.toFixed(2)}), ${end.stalls} stalls, ${end.frames} frames`);
  assert.deepStrictEqual(faults, []);
  assert.deepStrictEqual(end.errors, []);
  assert.strictEqual(end.stalls, 0, `${end.stalls} stalls`);
  assert.ok(usual <= holdBack + 1, `${usual?.toFixed(2)} s behind live`);
  assert.ok(end.frames > 25 * 16, `${end.frames} frames`);
  assert.deepStrictEqual(uncached, [], 'everything came through the cache');
});

test('plays on when the cache keeps a 404 for a part that came meanwhile', async () => {
  const [msn] = edge(await playlist());
  const early = `${cdn.origin}/live/match/source/${msn + 1}.3.m4s`; // nobody's player asks so early
  assert.strictEqual((await server.get(early)).status, 404);
  await server.web(`/live/match/source/index.m3u8?_HLS_msn=${msn + 1}&_HLS_part=3`);
  await page.evaluate(() => { window.sameLoad = true; });
  const began = Date.now();
  for (let { time: last } = await counters(page), moving = 0; moving < 3;) {
    assert.ok(Date.now() - began < 20000, `it did not play on: ${JSON.stringify(await counters(page))}`);
    await sleep(1000);
    const { time } = await counters(page);
    moving = time > last + 0.8 ? moving + 1 : 0;
    last = time;
  }
  const { stalls, errors, latency } = await counters(page);
  console.log(`after the kept 404: ${stalls} stalls, ${errors.length} errors shown, ${latency?.toFixed(2)} s behind live`);
  assert.ok(await page.evaluate(() => window.sameLoad), 'the page was not reloaded');
});
