// A text rendition in real Chromium: hls.js on our page and Shaka offer it as subtitles, show its text while the picture goes on, and do
// not stall for it.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, leftOut, sleep } = require('../integration/harness');
const { captioned } = require('../integration/captions');
const { pushRtmp } = require('../integration/media');
const { launch, servePages } = require('./browser');

const subtitles = [{ from: 'CC1', language: 'en', name: 'English text' }];
const channels = {
  copied: { source: 'copy', ladder: 'none', captions: 'none', subtitles },
};
let server;
let browser;
let pages;
const pushers = [];
before(async () => {
  const file = captioned();
  server = await Server.start({ channels });
  for (const name of Object.keys(channels)) {
    pushers.push(pushRtmp(file, server.rtmp(name)));
    await server.live(name);
  }
  [pages, browser] = await Promise.all([servePages(), launch()]);
});
after(async () => {
  await browser?.close();
  pages?.close();
  await Promise.all(pushers.map((pusher) => pusher.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// What is shown of the track of that name, which is turned on.
const shown = (page, label) => page.evaluate((wanted) => {
  const video = document.querySelector('video');
  const track = [...video.textTracks].find((one) => one.label === wanted);
  if (!track) return { text: '', at: 0 };
  if (track.mode !== 'showing') track.mode = 'showing';
  return { text: [...(track.activeCues ?? [])].map((cue) => cue.text).join('\n'), at: video.currentTime };
}, label);

for (const name of Object.keys(channels)) {
  const what = `${name}: the page shows a text rendition`;
  test(what, { skip: leftOut(what) }, async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://127.0.0.1:${server.ports.http}/play/${name}`);
    const seen = new Set();
    let at = 0;
    for (let i = 0; i < 400 && seen.size < 5; i++) {
      const now = await shown(page, 'English text');
      for (const [line] of now.text.matchAll(/PICTURE \d{5}/g)) seen.add(line);
      at = now.at;
      await sleep(100);
    }
    const state = await page.evaluate(() => ({ kickoff: { stalls: window.kickoff.stalls, errors: window.kickoff.errors, latency: window.kickoff.latency }, tracks: [...document.querySelector('video').textTracks].map(({ kind, label, language, mode, cues }) => ({ kind, label, language, mode, cues: cues?.length })) }));
    assert.ok(seen.size >= 5, `${[...seen]} at ${at}: ${JSON.stringify(state)}`);
    assert.deepStrictEqual(state.tracks.map(({ kind, label, language }) => ({ kind, label, language })), [{ kind: 'subtitles', label: 'English text', language: 'en' }]);
    assert.ok(state.kickoff.stalls <= 1 && state.kickoff.errors.length === 0, JSON.stringify(state));
  });
}

const withShaka = 'copied: Shaka shows a text rendition';
test(withShaka, { skip: leftOut(withShaka) }, async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${pages.origin}/shaka.html?url=${encodeURIComponent(server.playlist('copied'))}`);
  const seen = new Set();
  for (let i = 0; i < 400 && seen.size < 5; i++) {
    const text = await page.evaluate(() => {
      const track = window.player?.getTextTracks()[0];
      if (track && !track.active) { // also again: what is chosen while it loads does not last
        window.player.selectTextTrack(track);
        window.player.setTextTrackVisibility?.(true);
      }
      return [...document.querySelector('video').textTracks].flatMap((track) => [...(track.activeCues ?? [])]).map((cue) => cue.text).join('\n');
    });
    for (const [line] of text.matchAll(/PICTURE \d{5}/g)) seen.add(line);
    await sleep(100);
  }
  const state = await page.evaluate(() => ({ kickoff: window.kickoff, tracks: window.player.getTextTracks().map(({ language, label, active, kind }) => ({ language, label, active, kind })) }));
  assert.ok(seen.size >= 5, `${[...seen]}: ${JSON.stringify(state)}`);
  assert.ok(state.kickoff.stalls <= 1 && state.kickoff.errors.length === 0, JSON.stringify(state));
});
