// Thumbnails: a small JPEG of each feed every so often, of copies and ladders, where the configuration has them.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { Server, endAll, leftOut } = require('./harness');
const { source, pushRtmp, pushSrt } = require('./media');

const ladder = [{ name: 'low', height: 180, bitrate: '300k', preset: 'ultrafast' }, { name: 'tiny', height: 90, bitrate: '100k', preset: 'ultrafast' }];
let server;
const running = [];
before(async () => {
  const red = source({ ground: 'red', gop: 30 });
  const blue = source({ ground: 'blue', gop: 30, rate: '25', codec: 'hevc', format: 'ts' });
  server = await Server.start({ channels: {
    encoded: { ladder, thumbnails: '1s' },
    copied: { source: 'copy', ladder: 'none', thumbnails: '1s' },
    without: { source: 'copy', ladder: 'none' },
  } });
  running.push(pushRtmp(red, server.rtmp('encoded')), pushSrt(blue, server.srt('#!::r=live/encoded,m=publish,x-feed=backup')),
    pushRtmp(red, server.rtmp('copied')), pushRtmp(red, server.rtmp('without')));
  for (const name of ['encoded', 'copied', 'without']) await server.live(name);
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// `of`: a feed, or 'rung=NAME'.
const url = (channel, of) => `http://127.0.0.1:${server.ports.admin}/api/v1/channels/${channel}/thumbnail.jpg${of ? `?${of.includes('=') ? of : `feed=${of}`}` : ''}`;
// 'red 320x180', as ffmpeg sees it; the status where there is none.
async function thumbnail(channel, of) {
  const answer = await fetch(url(channel, of));
  if (answer.status !== 200) return String(answer.status);
  assert.strictEqual(answer.headers.get('content-type'), 'image/jpeg');
  const file = path.join(server.directory, 'thumbnail.jpg');
  fs.writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  const size = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=width,height', '-of', 'csv=p=0:s=x', file]).toString().trim();
  const [red, , blue] = execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-i', file, '-vf', 'scale=1:1:flags=area,format=rgb24', '-f', 'rawvideo', '-']);
  return `${red > 4 * blue ? 'red' : blue > 4 * red ? 'blue' : `${red}/${blue}`} ${size}`;
}
const becomes = (channel, feed, wanted) => server.until(`the thumbnail of ${channel} ${feed ?? ''} is ${wanted}`, async () => (await thumbnail(channel, feed)) === wanted);
const feedOf = async (channel, feed) => JSON.parse((await server.admin('/api/v1/channels')).text).channels.find(({ name }) => name === channel).feeds.find(({ name }) => name === feed);

const cases = {
  'are of each feed, decoded for a ladder or not at all': async () => {
    await becomes('encoded', 'primary', 'red 320x180');
    await becomes('encoded', 'backup', 'blue 320x180');
    await becomes('copied', 'primary', 'red 320x180');
  },
  'are of each rung, as large as it is at most': async () => {
    await becomes('encoded', 'rung=low', 'red 320x180');
    await becomes('encoded', 'rung=tiny', 'red 160x90');
    await becomes('copied', 'rung=source', 'red 320x180');
    const { detail, status } = await (await fetch(url('encoded', 'rung=high'))).json();
    assert.strictEqual(status, 404);
    assert.match(detail, /its rungs are low, tiny$/);
    assert.match(await (await fetch(url('without', 'rung=source'))).text(), /there is no thumbnail of rung source/);
    assert.strictEqual(await thumbnail('encoded', 'rung=low&feed=backup'), '400');
  },
  'are replaced, and their time is told': async () => {
    for (const [channel, feed] of [['encoded', 'backup'], ['copied', 'primary']]) {
      await server.until('it has a time', async () => (await feedOf(channel, feed)).thumbnail);
      const first = Date.parse((await feedOf(channel, feed)).thumbnail);
      await server.until('a newer one comes', async () => Date.parse((await feedOf(channel, feed)).thumbnail) > first);
      assert.ok(await server.metric('kickoff_feed_thumbnail_timestamp_seconds', { channel, feed }) > first / 1000);
    }
  },
  'of a channel are those of the feed that is shown': async () => {
    await becomes('encoded', undefined, 'red 320x180');
    await running[0].stop('SIGKILL');
    await becomes('encoded', undefined, 'blue 320x180');
  },
  'are there again with another worker': async () => {
    await becomes('copied', 'primary', 'red 320x180');
    const { worker } = JSON.parse((await server.admin('/api/v1/channels')).text).channels.find(({ name }) => name === 'copied');
    const before = Date.parse((await feedOf('copied', 'primary')).thumbnail);
    process.kill(worker.pid, 'SIGKILL');
    await server.until('a newer one comes', async () => Date.parse((await feedOf('copied', 'primary')).thumbnail) > before + 2000);
  },
  'are refused in words': async () => {
    assert.strictEqual(await thumbnail('without'), '404');
    assert.match(await (await fetch(url('without'))).text(), /they are made where the configuration has/);
    assert.strictEqual(await thumbnail('nowhere'), '404');
    assert.strictEqual(await thumbnail('copied', 'third'), '400');
    assert.strictEqual((await feedOf('without', 'primary')).thumbnail, null);
  },
};
for (const [name, run] of Object.entries(cases)) {
  const what = `thumbnails ${name}`;
  test(what, { skip: leftOut(what) }, run);
}
