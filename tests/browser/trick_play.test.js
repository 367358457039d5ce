// What players make of I-frame playlists and image playlists, in real Chromium: hls.js 1.7 shows a picture of a past instant in a
// second video element, Shaka winds back with the I-frame playlist and finds the image of an instant.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { Server, endAll, leftOut, copy } = require('../integration/harness');
const { source, pushRtmp } = require('../integration/media');
const { launch } = require('./browser');

const modules = path.resolve(__dirname, '../../node_modules');
const scripts = { '/hls.js': 'hls.js/dist/hls.min.js', '/shaka.js': 'shaka-player/dist/shaka-player.compiled.js' };
const pagesHtml = {
  '/hls': `<!doctype html><video id="main" muted playsinline autoplay width="320"></video><video id="scrub" muted playsinline width="320"></video>
<script src="/hls.js"></script><script>
const seen = window.seen = { errors: [] };
const hls = window.hls = new Hls();
hls.on(Hls.Events.ERROR, (event, data) => { if (data.fatal) seen.errors.push(data.details); });
hls.loadSource(new URLSearchParams(location.search).get('url'));
hls.attachMedia(document.getElementById('main'));
window.scrub = (time) => {
  if (!window.iframes) {
    window.iframes = hls.createIFramePlayer();
    iframes.on(Hls.Events.ERROR, (event, data) => seen.errors.push('iframes ' + data.details + ' ' + (data.error?.message ?? '')));
    iframes.attachMedia(document.getElementById('scrub'));
  }
  iframes.loadMediaAt(time);
};
</script>`,
  '/shaka': `<!doctype html><video id="main" muted playsinline autoplay width="320"></video><script src="/shaka.js"></script><script>
const seen = window.seen = { errors: [], ranges: [] };
shaka.polyfill.installAll();
(async () => {
  const player = window.player = new shaka.Player();
  await player.attach(document.getElementById('main'));
  player.addEventListener('error', ({ detail }) => seen.errors.push(detail.code));
  await player.load(new URLSearchParams(location.search).get('url'));
})().catch((error) => seen.errors.push(error.code ?? error.message));
</script>`,
};
let server;
let pages;
let browser;
const running = [];
before(async () => {
  server = await Server.start({ channels: { match: copy({ iframes: true, images: true }) } });
  running.push(pushRtmp(source({ ground: 'red', gop: 60 }), server.rtmp('match')));
  await server.live('match');
  pages = await new Promise((resolve) => {
    const answers = http.createServer((request, response) => {
      const { pathname } = new URL(request.url, 'http://a');
      const [type, body] = pagesHtml[pathname] ? ['text/html', pagesHtml[pathname]] : scripts[pathname] ? ['text/javascript', fs.readFileSync(path.join(modules, scripts[pathname]))] : [];
      if (!body) return response.writeHead(404).end();
      return response.writeHead(200, { 'content-type': type }).end(body);
    }).listen(0, '127.0.0.1', () => resolve(answers));
  });
  browser = await launch();
  // A past to go to.
  await server.until('eight segments', async () => (await (await fetch(server.playlist('match').replace('index', 'source/index'))).text()).split('#EXTINF').length > 8);
});
after(async () => {
  await browser?.close();
  pages?.close();
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// A page that plays, and what it fetched of I-frames.
async function open(player) {
  const page = await browser.newPage();
  const fetched = { playlists: 0, ranges: [] };
  page.on('response', (response) => {
    if (response.url().includes('/iframes.m3u8')) fetched.playlists += 1;
    if (response.status() === 206) fetched.ranges.push(response.url());
  });
  await page.goto(`http://127.0.0.1:${pages.address().port}/${player}?url=${encodeURIComponent(server.playlist('match'))}`);
  await page.waitForFunction(() => document.getElementById('main').currentTime > 0 && !document.getElementById('main').paused, null, { timeout: 60000 });
  return { page, fetched };
}
const red = (page, id) => page.evaluate((id) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 16, height: 9 });
  const context = canvas.getContext('2d');
  context.drawImage(document.getElementById(id), 0, 0, 16, 9);
  const [r, , b] = context.getImageData(8, 6, 1, 1).data;
  return r > 150 && b < 80;
}, id);

const cases = {
  'hls.js 1.7 shows the pictures of past instants beside the live one': async () => {
    const { page, fetched } = await open('hls');
    for (const back of [6, 10, 4]) {
      const time = await page.evaluate((back) => { const time = hls.liveSyncPosition - back; scrub(time); return time; }, back);
      await page.waitForFunction((time) => { const video = document.getElementById('scrub'); return Math.abs(video.currentTime - time) < 2.5 && video.readyState >= 2 && !video.seeking; }, time, { timeout: 30000 });
      assert.ok(await red(page, 'scrub'), `the picture ${back} s back`);
    }
    assert.deepStrictEqual((await page.evaluate(() => window.seen)).errors, []);
    assert.ok(fetched.playlists > 0 && fetched.ranges.length >= 3, JSON.stringify(fetched));
    await page.close();
  },
  'Shaka 5 winds back with I-frames and forth again': async () => {
    const { page, fetched } = await open('shaka');
    const from = await page.evaluate(() => { player.trickPlay(-2); return document.getElementById('main').currentTime; });
    await page.waitForFunction((from) => document.getElementById('main').currentTime < from - 4, from, { timeout: 30000 });
    assert.ok(fetched.playlists > 0 && fetched.ranges.length > 0, JSON.stringify(fetched));
    const low = await page.evaluate(() => { player.cancelTrickPlay(); return document.getElementById('main').currentTime; });
    await page.waitForFunction((low) => document.getElementById('main').currentTime > low + 2, low, { timeout: 30000 });
    assert.ok(await red(page, 'main'));
    assert.deepStrictEqual((await page.evaluate(() => window.seen)).errors, []);
    await page.close();
  },
  'Shaka 5 finds the image of an instant': async () => {
    const { page } = await open('shaka');
    const found = await page.evaluate(async () => {
      const [track] = player.getImageTracks();
      const time = document.getElementById('main').currentTime - 6;
      const image = await player.getThumbnails(track.id, time);
      const picture = await createImageBitmap(await (await fetch(image.uris[0])).blob());
      return { declared: [track.width, track.height], size: [picture.width, picture.height], within: image.startTime <= time && time < image.startTime + image.duration, duration: image.duration };
    });
    assert.deepStrictEqual(found, { declared: [320, 180], size: [320, 180], within: true, duration: 2 });
    assert.deepStrictEqual((await page.evaluate(() => window.seen)).errors, []);
    await page.close();
  },
};
for (const [name, run] of Object.entries(cases)) test(name, { skip: leftOut(name) }, run);
