// What players in real Chromium say of themselves (CMCD), as the server counts it: hls.js on our page by headers, Shaka from another
// origin by its query.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, copy } = require('../integration/harness');
const { source, pushRtmp } = require('../integration/media');
const { launch, plays, servePages } = require('./browser');

let server;
let browser;
let pages;
let pusher;
before(async () => {
  server = await Server.start({ channels: { '*': copy() } });
  pusher = pushRtmp(source(), server.rtmp('match'));
  await server.live('match');
  browser = await launch();
  pages = await servePages();
});
after(async () => {
  await browser?.close();
  pages?.close();
  await pusher?.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);
const said = (name) => server.metric(`kickoff_viewer_${name}`, { channel: 'match' });

test('players tell of their session, buffer, latency and start', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`http://127.0.0.1:${server.ports.http}/play/match`);
  await plays(page, 3);
  assert.strictEqual(Math.round(await said('sessions')), 1);
  for (const name of ['reports_total', 'buffer_seconds_count']) assert.ok(await said(name) > 0, name);

  const other = await (await browser.newContext()).newPage();
  await other.goto(`${pages.origin}/shaka.html?cmcd&url=${encodeURIComponent(server.playlist('match'))}`);
  await plays(other, 3);
  await server.until('Shaka is the second session', async () => Math.round(await said('sessions')) === 2);
  await server.until('Shaka tells of latency and start', async () => await said('latency_seconds_count') > 0 && await said('start_seconds_count') > 0);
  const latency = await said('latency_seconds_sum') / await said('latency_seconds_count');
  assert.ok(latency > 0.2 && latency < 60, `${latency} s behind live`);
  assert.strictEqual(await said('reports_malformed_total'), 0);
});
