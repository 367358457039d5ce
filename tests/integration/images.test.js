// Images of what viewers see, one a segment: the image playlist, its pictures, and the newest for anybody.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Server, endAll, leftOut, copy } = require('./harness');
const { source, pushRtmp } = require('./media');

const token = 'token-of-operations';
let server;
let blue;
const running = [];
before(async () => {
  blue = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-images-')), 'blue.png');
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'color=blue:s=640x360', '-frames:v', '1', blue]);
  server = await Server.start({ channels: {
    encoded: { images: true, slate: blue, ladder: [{ height: 360, bitrate: '500k', preset: 'ultrafast' }, { name: 'low', height: 180, bitrate: '200k', preset: 'ultrafast' }] },
    copied: copy({ images: true }),
    without: copy(),
  } }, { env: { KICKOFF_ADMIN_TOKEN: token } });
  const red = source({ ground: 'red', gop: 60 });
  for (const name of ['encoded', 'copied', 'without']) running.push(pushRtmp(red, server.rtmp(name)));
  for (const name of ['encoded', 'copied', 'without']) await server.live(name);
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
  fs.rmSync(path.dirname(blue), { recursive: true });
});
after(endAll);

// 'red 320x180' as ffmpeg sees it; the status where there is none.
async function picture(route) {
  const answer = await fetch(`http://127.0.0.1:${server.ports.http}${route}`);
  if (answer.status !== 200) return String(answer.status);
  assert.strictEqual(answer.headers.get('content-type'), 'image/jpeg');
  const file = path.join(server.directory, 'image.jpg');
  fs.writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  const size = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=width,height', '-of', 'csv=p=0:s=x', file]).toString().trim();
  const [red, , blueness] = execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-i', file, '-vf', 'scale=1:1:flags=area,format=rgb24', '-f', 'rawvideo', '-']);
  return `${red > 4 * blueness ? 'red' : blueness > 4 * red ? 'blue' : `${red}/${blueness}`} ${size}`;
}
const list = async (channel) => (await server.web(`/live/${channel}/images/index.m3u8`)).text;
// The entries of an image playlist: [{uri, date, gap}].
function entries(text) {
  return [...text.matchAll(/#EXT-X-PROGRAM-DATE-TIME:(.*)\n(#EXT-X-GAP\n)?#EXTINF:([0-9.]+),\n(.+)\n/g)]
    .map(([, date, gap, duration, uri]) => ({ date: Date.parse(date), gap: Boolean(gap), duration: Number(duration), uri }));
}

const cases = {
  'are listed by the multivariant playlist in the size that they have': async () => {
    for (const channel of ['encoded', 'copied']) {
      const { text } = await server.web(`/live/${channel}/index.m3u8`);
      assert.match(text, /#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=120000,RESOLUTION=320x180,CODECS="jpeg",URI="images\/index.m3u8"\n/);
    }
  },
  'are one for each segment of the video, from a rung or of a copy': async () => {
    for (const [channel, rendition] of [['encoded', 'v360'], ['copied', 'source']]) {
      let found;
      await server.until(`four images of ${channel}`, async () => (found = entries(await list(channel)).slice(1)).filter(({ gap }) => !gap).length >= 4);
      assert.strictEqual(found.filter(({ gap }) => gap).length, 0, `${channel}: all but the first, whose key frame may have passed: ${JSON.stringify(found)}`);
      const media = (await server.web(`/live/${channel}/${rendition}/index.m3u8`)).text;
      for (const { uri, date } of found) {
        assert.ok(media.includes(`${uri.replace('jpg', 'm4s')}\n`), `${uri} is no segment`);
        assert.match(media, new RegExp(`${new Date(date).toISOString()}\n(#EXT-X-PART.*\n)*#EXTINF:.*\n${uri.replace('jpg', 'm4s')}`));
        assert.strictEqual(await picture(`/live/${channel}/images/${uri}`), 'red 320x180');
      }
    }
  },
  'that are the newest show a slate, as viewers see it, and can be cached': async () => {
    await server.until('it is red', async () => (await picture('/live/encoded/thumb.jpg')) === 'red 320x180');
    const order = (on) => fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/encoded/slate`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify({ on }) });
    assert.ok((await order(true)).ok);
    await server.until('it is blue', async () => (await picture('/live/encoded/thumb.jpg')) === 'blue 320x180');
    assert.ok((await order(false)).ok);
    await server.until('it is red again', async () => (await picture('/live/encoded/thumb.jpg')) === 'red 320x180');
    const { headers } = await server.web('/live/encoded/thumb.jpg');
    assert.strictEqual(headers.get('cache-control'), 'max-age=2');
    assert.ok(Math.abs(Date.now() - Date.parse(headers.get('last-modified'))) < 10000);
    assert.strictEqual((await server.web('/live/encoded/thumb.jpg', { headers: { 'if-none-match': headers.get('etag') } })).status, 304);
  },
  'are not there unless the configuration asks for them': async () => {
    for (const file of ['thumb.jpg', 'images/index.m3u8', 'images/1.jpg']) assert.strictEqual((await server.web(`/live/without/${file}`)).status, 404);
    assert.strictEqual((await server.web('/live/encoded/images/1.jpg')).status, 404);
    assert.doesNotMatch((await server.web('/live/without/index.m3u8')).text, /IMAGE/);
  },
};
for (const [name, run] of Object.entries(cases)) {
  const what = `images ${name}`;
  test(what, { skip: leftOut(what) }, run);
}
