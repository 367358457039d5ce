// The transcoded ladder, from the source itself and under a copied top rung; audio of its own; players that know no parts.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const execFile = require('node:util').promisify(require('node:child_process').execFile);
const { Server, endAll, leftOut, run, sleep } = require('./harness');
const { source, pushRtmp, pushSrt } = require('./media');
const { assertLive, assertPlays, renditions } = require('./judge_channel');

const rungs = [
  { name: 'v360', height: 360, bitrate: '800k', preset: 'ultrafast' },
  { name: 'v240', height: 240, bitrate: '400k', preset: 'ultrafast' },
];
const small = { rate: '25', gop: 50, size: '426x240', bitrate: '300k' };
const audioAlone = { video: false };
const odd = [
  { name: 'mpeg2', what: 'MPEG-2 video with MP2 audio over SRT', media: { codec: 'mpeg2video', rate: '25', gop: 12, bframes: 2, audio: 'mp2', format: 'ts', bitrate: '2M' } },
  { name: 'ac3', what: 'AC-3 audio over SRT', media: { rate: '25', gop: 50, audio: 'ac3', channels: 6, format: 'ts' } },
];
const bright = [
  { name: 'pq', range: 'PQ', media: { hdr: 'smpte2084', grey: 580, rate: '25', gop: 50, format: 'ts' } },
  { name: 'hlg', range: 'HLG', media: { hdr: 'arib-std-b67', grey: 750, rate: '25', gop: 50, format: 'ts' } },
];

let server;
const running = [];
const push = (process) => { running.push(process); return process; };
before(async () => {
  for (const media of [{ rate: '25', gop: 50 }, small, audioAlone, ...[...odd, ...bright].map((one) => one.media)]) source(media);
  server = await Server.start({ channels: {
    full: { ladder: rungs },
    top: { source: 'copy', ladder: rungs.slice(1) },
    'top-pq': { source: 'copy', ladder: rungs.slice(1) },
    'top-hlg': { source: 'copy', ladder: rungs.slice(1) },
    '*': { ladder: [{ ...rungs[1], bitrate: '300k' }] },
    auto: {},
  } });
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);
const expected = { video: { codec: 'h264', rate: 25 }, audio: { codec: 'aac', sampleRate: 48000 } };

test('ladders cut alike', { concurrency: 2 }, async (t) => {
  await Promise.all([['full', 'every rung encoded'], ['top', 'the top rung copied']].map(([name, what]) => t.test(what, { skip: leftOut(what) }, async () => {
    push(pushRtmp(source({ rate: '25', gop: 50 }), server.rtmp(name)));
    await server.live(name);
    await assertLive(server.playlist(name), { copy: name === 'top' });
    await assertPlays(server.playlist(name), expected);
    const { video } = await renditions(server.playlist(name));
    assert.deepStrictEqual(video.map(({ RESOLUTION }) => RESOLUTION).sort(), ['426x240', '640x360']);
  })));
});

for (const [what, ...pipeline] of [
  ['hlsdemux', 'souphttpsrc', 'location=URL', '!', 'hlsdemux', 'name=d', 'd.', '!', 'queue', '!', 'decodebin', '!', 'fakesink', 'silent=false'],
  ['playbin3 (hlsdemux2)', 'playbin3', 'uri=URL', 'video-sink=fakesink silent=false sync=true', 'audio-sink=fakesink sync=true'],
]) {
  test(`GStreamer's ${what} plays it as ordinary HLS`, async () => {
    if ((await server.web('/live/full/index.m3u8')).status !== 200) { // alone: the test before has left it live
      push(pushRtmp(source({ rate: '25', gop: 50 }), server.rtmp('full')));
      await server.live('full');
      await assertPlays(server.playlist('full'), expected); // it has segments
    }
    const player = push(run('gst-launch-1.0', ['-v', ...pipeline.map((word) => word.replace('URL', server.playlist('full')))]));
    const frames = () => (player.output().match(/chain .*fakesink\d*:sink/g) ?? []).length;
    for (let i = 0; i < 600 && frames() < 50; i++) await sleep(100);
    assert.ok(frames() >= 50, `${frames()} frames: ${player.output().slice(-1500)}`);
    await player.stop('SIGKILL');
  });
}

// What ffmpeg decodes of a media playlist's newest segments: the transfer it is tagged with, and the mean luma.
async function decoded(url) {
  for (let i = 0; i < 300 && !/#EXTINF/.test(await (await fetch(url)).text()); i++) await sleep(100);
  const { stdout } = await execFile('ffmpeg', ['-nostdin', '-v', 'error', '-live_start_index', '-2', '-i', url, '-frames:v', '25', '-vf', 'signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-', '-f', 'null', '-'], { timeout: 90000 });
  const tags = await execFile('ffprobe', ['-v', 'error', '-show_entries', 'stream=color_transfer,color_primaries,color_space,pix_fmt', '-of', 'json', url], { timeout: 90000 });
  const luma = [...stdout.matchAll(/YAVG=([\d.]+)/g)].map(([, value]) => Number(value));
  return { ...JSON.parse(tags.stdout).streams[0], luma: luma[luma.length - 1] };
}

// Each has a channel of its own.
const cases = [
  ['the default ladder of a small source has one rung of its size', async () => {
    const pusher = push(pushRtmp(source(small), server.rtmp('auto')));
    await server.live('auto');
    const { video } = await renditions(server.playlist('auto'));
    assert.deepStrictEqual(video.map(({ RESOLUTION }) => RESOLUTION), ['426x240']);
    await assertLive(server.playlist('auto'), { seconds: 8, probes: false, copy: false });
    await pusher.stop();
  }],
  ...odd.map(({ name, what, media }) => [`${what} is transcoded`, async () => {
    const pusher = push(pushSrt(source(media), server.srt(`#!::r=live/${name},m=publish`)));
    await server.live(name);
    await assertLive(server.playlist(name), { seconds: 8, probes: false, copy: false });
    await assertPlays(server.playlist(name), { ...expected, audio: { codec: 'aac', channels: 2 } });
    await pusher.stop();
  }]),
  ['a feed of audio alone plays', async () => {
    const pusher = push(pushRtmp(source(audioAlone), server.rtmp('radio')));
    await server.live('radio');
    await assertLive(server.playlist('radio'), { seconds: 8, probes: false, copy: false });
    await assertPlays(server.playlist('radio'), { audio: { codec: 'aac', sampleRate: 48000 } });
    await pusher.stop();
  }],
  ...bright.map(({ name, range, media }) => [`${range}: the copy stays HDR, the rung below is SDR of the same brightness`, async () => {
    push(pushSrt(source(media), server.srt(`#!::r=live/top-${name},m=publish`)));
    await server.live(`top-${name}`);
    const { video } = await renditions(server.playlist(`top-${name}`));
    assert.deepStrictEqual(Object.fromEntries(video.map((one) => [one.RESOLUTION, one['VIDEO-RANGE']])), { '640x360': range, '426x240': 'SDR' });
    const rung = await decoded(video.find((one) => one['VIDEO-RANGE'] === 'SDR').url);
    assert.deepStrictEqual([rung.pix_fmt, rung.color_transfer, rung.color_primaries, rung.color_space], ['yuv420p', 'bt709', 'bt709', 'bt709']);
    // HDR white, 203 cd/m2, is 90 % of an SDR signal: 16 + 219 * 0.9. Untouched it would be 143 or 180, a grey.
    assert.ok(Math.abs(rung.luma - 213) < 6, `luma ${rung.luma}`);
  }]),
];
test('other sources and ladders', { concurrency: 3 }, async (t) => {
  await Promise.all(running.splice(0).map((process) => process.stop()));
  await Promise.all(cases.map(([what, run]) => t.test(what, { skip: leftOut(what) }, run)));
});
