// hls.js on our page in real Chromium behind a cache that behaves as CloudFront does by default, errors kept for 10 s: it plays
// from cached answers alone, near to live, and a 404 that the cache has kept is got over without a reload.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, copy } = require('../integration/harness');
const { source, pushRtmp } = require('../integration/media');
const { startVarnish } = require('../integration/varnish');
const { measureIn } = require('../integration/lateness');
const { launch, counters, plays, comesNearLive } = require('./browser');
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
  await measureIn(page);
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('response', (response) => {
    if (response.url().startsWith('http') && !/ from cloudfront$/.test(response.headers()['x-cache'] ?? '')) uncached.push(response.url());
  });
  await page.goto(`${cdn.origin}/play/match`);
  await page.waitForFunction(() => window.kickoff?.startup, null, { timeout: 60000 });
});
after(async () => {
  await browser?.close();
  await Promise.all([pusher?.stop('SIGKILL'), cdn?.stop()]);
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const playlist = async () => readMedia((await server.web('/live/match/source/index.m3u8')).text);

test('plays 20 s through the cache without an error, as near to live as without it', async () => {
  // Others watch as well, and have had a playlist or part put into the cache before this player asks.
  const others = setInterval(async () => {
    const { open, hints } = await playlist().catch(() => ({ hints: [] }));
    const part = hints.find(({ TYPE }) => TYPE === 'PART')?.URI;
    if (!part) return;
    for (const file of ['index.m3u8', `index.m3u8?_HLS_msn=${open.msn}&_HLS_part=${open.parts.length}`, part]) server.get(`${cdn.origin}/live/match/source/${file}`);
  }, 333);
  const { frames } = await counters(page);
  try {
    await plays(page, 20);
    await comesNearLive(page, holdBack + 1);
  } finally {
    clearInterval(others);
  }
  const end = await counters(page);
  console.log(`behind the cache: start ${end.startup} ms, behind live ${end.latency?.toFixed(2)} s, ${end.stalls} stalls, ${end.frames} frames`);
  assert.deepStrictEqual([faults, end.errors], [[], []]);
  assert.ok(end.frames > frames, `${end.frames} frames, ${frames} at the start`);
  assert.deepStrictEqual(uncached, [], 'everything came through the cache');
});

test('plays on when the cache keeps a 404 for a part that came meanwhile', async () => {
  const [msn] = edge(await playlist());
  const early = `${cdn.origin}/live/match/source/${msn + 1}.3.m4s`; // nobody's player asks so early
  assert.strictEqual((await server.get(early)).status, 404);
  await server.web(`/live/match/source/index.m3u8?_HLS_msn=${msn + 1}&_HLS_part=3`);
  await page.evaluate(() => { window.sameLoad = true; });
  await plays(page, 5);
  const { stalls, errors, latency } = await counters(page);
  console.log(`after the kept 404: ${stalls} stalls, ${errors.length} errors shown, ${latency?.toFixed(2)} s behind live`);
  assert.ok(await page.evaluate(() => window.sameLoad), 'the page was not reloaded');
});
