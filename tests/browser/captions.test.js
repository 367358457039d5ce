// Captions of a feed in real Chromium: hls.js on our page offers them under the name that the configuration gives them, and shows
// their text, of a copy and of an encoded rung at half of the feed's frame rate.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, leftOut, sleep } = require('../integration/harness');
const { captioned } = require('../integration/captions');
const { pushRtmp } = require('../integration/media');
const { launch } = require('./browser');

const captions = { CC1: { language: 'en', name: 'English' } };
const channels = {
  copied: { source: 'copy', ladder: 'none', captions },
  encoded: { ladder: [{ name: 'half', height: 180, bitrate: '300k', preset: 'ultrafast', frame_rate: 15 }], captions },
};
let server;
let browser;
const pushers = [];
before(async () => {
  const file = captioned();
  server = await Server.start({ channels });
  for (const name of Object.keys(channels)) {
    pushers.push(pushRtmp(file, server.rtmp(name)));
    await server.live(name);
  }
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await Promise.all(pushers.map((pusher) => pusher.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// What is shown of the track of that name, which is turned on; empty while there is none.
const shown = (page, label) => page.evaluate((wanted) => {
  const track = [...document.querySelector('video').textTracks].find((one) => one.label === wanted);
  if (!track) return '';
  track.mode = 'showing';
  return [...(track.activeCues ?? [])].map((cue) => cue.text).join('\n');
}, label);

for (const name of Object.keys(channels)) {
  const what = `${name}: the page shows captions`;
  test(what, { skip: leftOut(what) }, async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://127.0.0.1:${server.ports.http}/play/${name}`);
    // More than one: the first comes with a segment that is loaded whole, the others with parts.
    const seen = new Set();
    for (let i = 0; i < 600 && seen.size < 4; i++) {
      for (const [line] of (await shown(page, 'English')).matchAll(/PICTURE \d{5}/g)) seen.add(line);
      await sleep(100);
    }
    const tracks = await page.evaluate(() => [...document.querySelector('video').textTracks].map(({ kind, label, language, mode, cues }) => ({ kind, label, language, mode, cues: cues?.length })));
    assert.ok(seen.size >= 4, `${[...seen]} ${JSON.stringify(tracks)}`);
    assert.deepStrictEqual(tracks.filter(({ label }) => label === 'English').map(({ kind, language }) => ({ kind, language })), [{ kind: 'captions', language: 'en' }]);
  });
}
