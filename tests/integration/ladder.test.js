// The transcoded ladder, from the source itself and under a copied top rung; audio of its own; players that know no parts.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, leftOut, run, sleep } = require('./harness');
const { source, pushRtmp, pushSrt } = require('./media');
const { assertLive, assertPlays, renditions } = require('./judge_channel');

const rungs = [
  { name: 'v360', height: 360, bitrate: '800k', preset: 'ultrafast' },
  { name: 'v240', height: 240, bitrate: '400k', preset: 'ultrafast' },
];
let server;
const running = [];
const push = (process) => { running.push(process); return process; };
before(async () => {
  source({ rate: '25', gop: 50 });
  server = await Server.start({ channels: {
    full: { ladder: rungs },
    top: { source: 'copy', ladder: rungs.slice(1) },
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
    }
    const player = push(run('gst-launch-1.0', ['-v', ...pipeline.map((word) => word.replace('URL', server.playlist('full')))]));
    const frames = () => (player.output().match(/chain .*fakesink\d*:sink/g) ?? []).length;
    for (let i = 0; i < 600 && frames() < 50; i++) await sleep(100);
    assert.ok(frames() >= 50, `${frames()} frames: ${player.output().slice(-1500)}`);
    await player.stop('SIGKILL');
  });
}

test('the default ladder of a small source has one rung of its size', async () => {
  await Promise.all(running.splice(0).map((process) => process.stop()));
  push(pushRtmp(source({ rate: '25', gop: 50, size: '426x240', bitrate: '300k' }), server.rtmp('auto')));
  await server.live('auto');
  const { video } = await renditions(server.playlist('auto'));
  assert.deepStrictEqual(video.map(({ RESOLUTION }) => RESOLUTION), ['426x240']);
  await assertLive(server.playlist('auto'), { seconds: 8, probes: false, copy: false });
  await running.pop().stop();
});

for (const [name, what, media] of [
  ['mpeg2', 'MPEG-2 video with MP2 audio over SRT', { codec: 'mpeg2video', rate: '25', gop: 12, bframes: 2, audio: 'mp2', format: 'ts', bitrate: '2M' }],
  ['ac3', 'AC-3 audio over SRT', { rate: '25', gop: 50, audio: 'ac3', channels: 6, format: 'ts' }],
]) {
  test(`${what} is transcoded`, async () => {
    const pusher = push(pushSrt(source(media), server.srt(`#!::r=live/${name},m=publish`)));
    await server.live(name);
    await assertLive(server.playlist(name), { seconds: 8, probes: false, copy: false });
    await assertPlays(server.playlist(name), { ...expected, audio: { codec: 'aac', channels: 2 } });
    await pusher.stop();
  });
}

test('a feed of audio alone plays', async () => {
  const pusher = push(pushRtmp(source({ video: false }), server.rtmp('radio')));
  await server.live('radio');
  await assertLive(server.playlist('radio'), { seconds: 8, probes: false, copy: false });
  await assertPlays(server.playlist('radio'), { audio: { codec: 'aac', sampleRate: 48000 } });
  await pusher.stop();
});
