// A break of a transport stream as an interstitial: hls.js fetches the list of its assets, plays them and comes back to the live edge.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { launch } = require('./browser');
const { Server, endAll, freeUdp, sleep } = require('../integration/harness');
const { source } = require('../integration/media');
const { TsSender } = require('../integration/ts_sender');
const { CueInserter, spliceInsert } = require('../integration/cue_inserter');

const feed = { rate: '25', gop: 50, format: 'ts' };
const hls = path.resolve(__dirname, '../../node_modules/hls.js/dist/hls.min.js');
const lists = [];
let folder, ads, server, sender, inserter, browser;

const html = (url) => `<!doctype html><meta charset="utf-8"><video id="video" muted playsinline autoplay width="320" height="180"></video>
<script src="/hls.js"></script><script>
const seen = window.seen = { errors: [], assets: [], started: 0, ended: 0, resumed: 0 };
const player = window.player = new Hls();
player.on(Hls.Events.ERROR, (event, data) => { if (data.fatal) seen.errors.push(data.details); });
player.on(Hls.Events.INTERSTITIAL_STARTED, () => { seen.started += 1; });
player.on(Hls.Events.INTERSTITIAL_ASSET_STARTED, (event, { player: asset }) => { seen.assets.push(String(asset && asset.interstitialId)); });
player.on(Hls.Events.INTERSTITIAL_ENDED, () => { seen.ended += 1; });
player.on(Hls.Events.INTERSTITIALS_PRIMARY_RESUMED, () => { seen.resumed += 1; });
player.loadSource(${JSON.stringify(url)});
player.attachMedia(document.querySelector('video'));
</script>`;

function serveAds() {
  const answers = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://a');
    const head = (type) => response.writeHead(200, { 'content-type': type, 'access-control-allow-origin': '*' });
    if (url.pathname === '/page') return head('text/html').end(html(url.searchParams.get('url')));
    if (url.pathname === '/hls.js') return fs.createReadStream(hls).pipe(head('text/javascript'));
    if (url.pathname === '/list') {
      lists.push(Object.fromEntries(url.searchParams));
      return head('application/json').end(JSON.stringify({ ASSETS: [{ URI: `http://127.0.0.1:${answers.address().port}/ad.m3u8`, DURATION: 4 }] }));
    }
    const file = path.join(folder, path.basename(url.pathname));
    if (!fs.existsSync(file)) return response.writeHead(404).end();
    return fs.createReadStream(file).pipe(head(file.endsWith('m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp2t'));
  });
  return new Promise((resolve) => answers.listen(0, '127.0.0.1', () => resolve(answers)));
}

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ads-'));
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'color=red:s=320x180:r=25:d=4', '-f', 'lavfi', '-i', 'sine=440:d=4', '-c:v', 'libx264',
    '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25', '-c:a', 'aac', '-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod', path.join(folder, 'ad.m3u8')]);
  ads = await serveAds();
  const port = await freeUdp();
  sender = new TsSender(source(feed), port);
  inserter = new CueInserter();
  sender.spoil((packet) => inserter.packet(packet));
  server = await Server.start({ channels: { ads: {
    ladder: [{ height: 180, bitrate: '300k', preset: 'ultrafast' }], splice_cuts: true, feeds: { primary: { source: `udp://127.0.0.1:${port}` } },
    markers: { interstitials: { types: 'splice_insert', asset_list: `http://127.0.0.1:${ads.address().port}/list?break={event}&seconds={duration}` } } } } });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await sender?.stop();
  assert.strictEqual((await server.stop()).code, 0);
  ads?.close();
  fs.rmSync(folder, { recursive: true });
});
after(endAll);

test('hls.js plays a break as an interstitial, and then the programme', async () => {
  await server.live('ads');
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${ads.address().port}/page?url=${encodeURIComponent(server.playlist('ads'))}`);
  const seen = () => page.evaluate(() => ({ ...window.seen, at: document.querySelector('video').currentTime }));
  await server.until('it plays', async () => (await seen()).at > 0.5, 30000);
  inserter.send(spliceInsert({ id: 41, pts: inserter.newest + 8 * 90000, seconds: 4, autoReturn: true }));
  await server.until('the break is played', async () => (await seen()).started > 0, 30000);
  const { _HLS_primary_id: own, ...asked } = lists[0]; // appendix D.2: the player's own
  assert.deepStrictEqual(asked, { break: '41', seconds: '4.000' });
  assert.ok(own);
  await server.until('it is over', async () => (await seen()).ended > 0, 30000);
  await server.until('the programme goes on', async () => {
    const { at } = await seen();
    await sleep(1000);
    return (await seen()).at > at + 0.5;
  }, 20000);
  const result = await seen();
  assert.deepStrictEqual(result.errors, []);
  assert.ok(result.assets.length >= 1, JSON.stringify(result));
  assert.strictEqual(lists.length, 1);
});
