// What encoders send: frame rates, key frame distances, B-frames, audio formats. All copied, all at once in one server,
// each judged from its first playlist on, for as long as KICKOFF_CHECK_SECONDS says (30).
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, leftOut, copy } = require('./harness');
const { source, pushRtmp, pushSrt } = require('./media');
const { assertLive, assertPlays } = require('./judge_channel');

const cases = [
  { name: 'plain', what: '30 frames/s, key frames every 2 s', media: {}, video: { codec: 'h264', rate: 30 }, audio: { codec: 'aac', sampleRate: 48000, channels: 2 }, version: '2' },
  { name: 'bframes', what: '25 frames/s, B-frames, 44.1 kHz mono', media: { rate: '25', gop: 50, bframes: 3, sampleRate: 44100, channels: 1 }, video: { codec: 'h264', rate: 25 }, audio: { codec: 'aac', sampleRate: 44100, channels: 1 } },
  { name: 'ntsc', what: '29.97 frames/s', media: { rate: '30000/1001', gop: 60 }, video: { codec: 'h264', rate: 29.97 }, audio: { codec: 'aac' }, aligned: false },
  { name: 'fps50', what: '50 frames/s, key frames every 0.5 s', media: { rate: '50', gop: 25 }, video: { codec: 'h264', rate: 50 }, audio: { codec: 'aac' }, version: '2' },
  { name: 'fps60', what: '60 frames/s, key frames every 5 s', media: { rate: '60', gop: 300 }, video: { codec: 'h264', rate: 60 }, audio: { codec: 'aac' }, aligned: false,
    complaint: /^.*(Missing reference picture.*|decode_slice_header error|no frame!)\n/gm }, // whoever joins between key frames lacks the pictures before
  { name: 'opengop', what: 'open GOPs with leading pictures', media: { rate: '25', gop: 50, bframes: 2, openGop: true }, video: { codec: 'h264', rate: 25 }, audio: { codec: 'aac' }, aligned: false,
    complaint: /^.*mmco: unref short failure\n/gm }, // whoever joins such a source lacks the pictures before the key frame
  { name: 'silent', what: 'no audio at all', media: { audio: null }, video: { codec: 'h264', rate: 30 } },
  { name: 'hevc', what: 'HEVC over SRT', media: { codec: 'hevc', rate: '25', gop: 50, format: 'ts' }, video: { codec: 'hevc', rate: 25 }, audio: { codec: 'aac' }, srt: true },
  { name: 'wrap', what: 'timestamps across the 33-bit wrap, over SRT', media: { rate: '25', gop: 50, format: 'ts' }, video: { codec: 'h264', rate: 25 }, audio: { codec: 'aac' }, srt: true,
    push: ['-output_ts_offset', '95431'] }, // 2^33 / 90000 = 95443.7 s: the wrap comes 12 s later
];

const surround = { what: 'surround sound becomes stereo that every browser plays', media: { channels: 6 } };

let server;
const pushers = [];
before(async () => {
  const files = cases.map((one) => source(one.media)); // made before the clock of any test runs
  source(surround.media);
  server = await Server.start({ channels: { '*': copy() } });
  cases.forEach((one, index) => {
    if (leftOut(`${one.name}: ${one.what}`)) return;
    pushers.push(one.srt ? pushSrt(files[index], server.srt(`#!::r=live/${one.name},m=publish`), one.push) : pushRtmp(files[index], server.rtmp(one.name)));
  });
});
after(async () => {
  await Promise.all(pushers.map((pusher) => pusher.stop('SIGKILL')));
  const { code } = await server.stop();
  assert.strictEqual(code, 0, `the server's exit status\n${server.log(20)}`);
});
after(endAll);

test('every source plays and keeps the rules', { concurrency: true }, async (t) => {
  await Promise.all([...cases.map((one) => t.test(`${one.name}: ${one.what}`, { skip: leftOut(`${one.name}: ${one.what}`) }, async () => {
    await server.live(one.name);
    await assertLive(server.playlist(one.name), { version: one.version ?? '1.1', independent: one.aligned !== false });
    await assertPlays(server.playlist(one.name), { video: one.video, audio: one.audio, complaint: one.complaint });
  })), t.test(surround.what, { skip: leftOut(surround.what) }, async () => {
    const pusher = pushRtmp(source(surround.media), server.rtmp('surround'));
    pushers.push(pusher);
    await server.live('surround');
    await assertPlays(server.playlist('surround'), { video: { codec: 'h264', rate: 30 }, audio: { codec: 'aac', channels: 2 } });
  })]);
});
