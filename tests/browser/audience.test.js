// What players in real Chromium say of themselves (CMCD), as the server counts it: hls.js on our page by headers, Shaka from another
// origin by its query; then both from there by reports of events.
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

for (const [player, page, tells] of [['hls.js 1.7', 'plain.html?player=hls17', []], ['Shaka 5', 'shaka.html?', ['latency_seconds_count']]]) {
  test(`${player} posts reports of its events from a page of another origin`, async () => {
    const before = {};
    for (const name of ['event_reports_total', 'reports_malformed_total', 'bitrate_bits_per_second_count', 'latency_seconds_count']) before[name] = await said(name);
    const more = async (name) => await said(name) - (before[name] || 0);
    const tab = await (await browser.newContext()).newPage();
    const refused = [];
    tab.on('response', (response) => { if (/\/cmcd/.test(response.url()) && response.status() !== 204) refused.push(response.status()); });
    tab.on('requestfailed', (request) => { if (/\/cmcd/.test(request.url()) && !/ABORTED/.test(request.failure().errorText)) refused.push(request.failure().errorText); });
    await tab.goto(`${pages.origin}/${page}&reports=${encodeURIComponent(`http://127.0.0.1:${server.ports.http}/cmcd`)}&url=${encodeURIComponent(server.playlist('match'))}`);
    await server.until(`${player} tells of its states and intervals`, async () => await more('event_reports_total') >= 4);
    for (const name of ['bitrate_bits_per_second_count', ...tells]) await server.until(`${player} tells: ${name}`, async () => await more(name) > 0);
    assert.deepStrictEqual(refused, []);
    assert.strictEqual(await more('reports_malformed_total'), 0);
    await tab.close();
  });
}
