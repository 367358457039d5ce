// Timed metadata of the API in real Chromium: hls.js as it comes, and Shaka with dispatchAllEmsgBoxes, give the tags in the media to the
// page, each once.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, leftOut, copy, sleep } = require('../integration/harness');
const { source, pushRtmp } = require('../integration/media');
const { launch, servePages } = require('./browser');

const token = 'browser-test-token';
const file = () => source({ rate: '25', gop: 50, size: '320x180', bitrate: '400k' });
let server;
let pages;
let browser;
let pusher;
before(async () => {
  file();
  server = await Server.start({ channels: { match: copy({ markers: { emsg: 'id3' } }) } }, { env: { KICKOFF_ADMIN_TOKEN: token } });
  [pages, browser] = await Promise.all([servePages(), launch()]);
  pusher = pushRtmp(file(), server.rtmp('match'));
  await server.live('match');
});
after(async () => {
  await browser?.close();
  pages?.close();
  await pusher?.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

for (const player of ['hls17', 'shaka5']) {
  const what = `${player} gives the tags to the page`;
  test(what, { skip: leftOut(what) }, async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${pages.origin}/plain.html?emsg&player=${player}&url=${encodeURIComponent(server.playlist('match'))}`);
    await server.until('it plays', () => page.evaluate(() => document.querySelector('video')?.currentTime > 1), 30000);
    const sent = [1, 2, 3].map((home) => `${player} ${home} : 0`);
    for (const data of sent) {
      const answer = await fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/match/metadata`, { method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ name: 'score', data }) });
      assert.strictEqual(answer.status, 201);
      await sleep(700);
    }
    const tags = await server.until('the tags came', async () => {
      const found = await page.evaluate(() => window.plain.tags);
      return sent.every((data) => found.some(({ text }) => text.includes(data))) && found;
    }, 30000);
    for (const data of sent) {
      assert.strictEqual(tags.filter(({ text }) => text.includes('score') && text.includes(data)).length, 1, JSON.stringify(tags));
    }
    assert.deepStrictEqual(await page.evaluate(() => window.plain.errors), []);
    await page.close();
  });
}
