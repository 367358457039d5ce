// Surround made of a feed in which each channel has a tone of its own: each comes out where it went in, and in the stereo downmix as loud as
// ITU-R BS.775 says. Judged by ffprobe, ffmpeg's decoders and the frames' own headers.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const execFile = require('node:util').promisify(require('node:child_process').execFile);
const HLS = require('hls-parser');
const { Server, endAll, leftOut } = require('./harness');
const { assertLive, renditions } = require('./judge_channel');
const { pushRtmp, pushSrt } = require('./media');

const hertz = [500, 700, 1100, 60, 1300, 1700]; // left, right, centre, LFE, left and right surround
const loud = 0.2;
let server;
const running = [];
// A minute of the tones of so many channels.
function tones(directory, channels, codec, format) {
  const to = path.join(directory, `tones${channels}.${format}`);
  const expressions = hertz.slice(0, channels).map((f) => `${loud}*sin(2*PI*${f}*t)`).join('|');
  const made = spawnSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=60', '-f', 'lavfi', '-i',
    `aevalsrc=exprs='${expressions}':channel_layout=${channels === 6 ? '5.1' : 'stereo'}:sample_rate=48000:duration=60`, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-b:v', '200k',
    '-c:a', codec, '-b:a', channels === 6 ? '384k' : '192k', ...(format === 'ts' ? ['-f', 'mpegts'] : []), to]);
  assert.strictEqual(made.status, 0, String(made.stderr));
  return to;
}
// Amplitude of each tone in each channel, over a second amid three: [channel][tone].
async function heard(url, channels) {
  const { stdout } = await execFile('ffmpeg', ['-nostdin', '-v', 'error', '-live_start_index', '-3', '-i', url, '-t', '3', '-map', '0:a:0', '-f', 'f32le', '-'], { encoding: 'buffer', maxBuffer: 1 << 26 });
  const samples = new Float32Array(stdout.buffer, stdout.byteOffset, stdout.byteLength >> 2);
  assert.ok(samples.length >= channels * 96_000, `${samples.length / channels} samples of ${url}`);
  return Array.from({ length: channels }, (_, channel) => hertz.map((f) => {
    let real = 0;
    let imaginary = 0;
    for (let i = 0; i < 48_000; i++) {
      const value = samples[(i + 24_000) * channels + channel];
      real += value * Math.cos(2 * Math.PI * f * i / 48_000);
      imaginary += value * Math.sin(2 * Math.PI * f * i / 48_000);
    }
    return 2 * Math.hypot(real, imaginary) / 48_000;
  }));
}
function assertHeard(found, wanted, what) {
  wanted.forEach((levels, channel) => levels.forEach((level, tone) => assert.ok(Math.abs(found[channel][tone] - level) < 0.012,
    `${what}: ${hertz[tone]} Hz in channel ${channel} is ${found[channel][tone].toFixed(3)}, not ${level.toFixed(3)}`)));
}
const own = (channels) => Array.from({ length: 6 }, (_, channel) => hertz.map((_, tone) => (channel === tone && channel < channels ? loud : 0)));
const front = loud;
const other = front * Math.SQRT1_2;
const downmix = [[front, 0, other, 0, other, 0], [0, front, other, 0, 0, other]];
// What ffprobe says of the audio, and the header of its frames.
async function probe(url) {
  const { stdout } = await execFile('ffprobe', ['-v', 'error', '-live_start_index', '-3', '-read_intervals', '%+2', '-show_entries', 'packet=duration_time:stream=codec_name,channels,channel_layout,bit_rate', '-of', 'json', url]);
  const { streams: [stream], packets } = JSON.parse(stdout);
  return { ...stream, durations: new Set(packets.map((packet) => packet.duration_time)) };
}
// dialnorm of each frame: [TS 102 366 4.3, E.1.2].
async function dialnorms(url, codec) {
  const { stdout } = await execFile('ffmpeg', ['-nostdin', '-v', 'error', '-live_start_index', '-3', '-i', url, '-t', '2', '-c', 'copy', '-f', codec, '-'], { encoding: 'buffer', maxBuffer: 1 << 24 });
  const found = new Set();
  for (let at = 0; at + 16 < stdout.length;) {
    assert.strictEqual(stdout.readUInt16BE(at), 0x0b77);
    const bits = (from, count) => Number((stdout.readBigUInt64BE(at + 2) >> BigInt(64 - from - count)) & ((1n << BigInt(count)) - 1n));
    found.add(codec === 'eac3' ? -bits(29, 5) : -bits(40, 5));
    at += codec === 'eac3' ? (bits(5, 11) + 1) * 2 : 448 * 4;
  }
  return [...found];
}
const audioOf = async (channel, uri) => (await renditions(server.playlist(channel))).audio.find((media) => media.URI === `${uri}/index.m3u8`);

before(async () => {
  const ladder = [{ name: 'v90', height: 90, bitrate: '100k', preset: 'ultrafast' }];
  server = await Server.start({ channels: {
    made: { ladder, audio: { renditions: [{ codec: 'eac3', bitrate: '384k', dialnorm: -27 }, { codec: 'ac3', bitrate: '448k' }, { codec: 'aac' }] } },
    passed: { source: 'copy', ladder: 'none', audio: { mode: 'copy', renditions: [{ codec: 'aac', channels: 2 }] } },
    even: { source: 'copy', ladder: 'none', audio: { loudness: '-23 LUFS', renditions: [{ codec: 'eac3' }] } },
  } });
  const six = tones(server.directory, 6, 'aac', 'mp4');
  running.push(pushRtmp(six, server.rtmp('made')), pushRtmp(six, server.rtmp('even')));
  running.push(pushSrt(tones(server.directory, 6, 'ac3', 'ts'), server.srt('#!::r=live/passed,m=publish')));
  tones(server.directory, 2, 'aac', 'mp4');
  await Promise.all(['made', 'passed', 'even'].map((name) => server.live(name)));
  await new Promise((done) => setTimeout(done, 12_000));
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const cases = [
  ['the multivariant playlist has a group for each format, and stereo AAC first', async () => {
    const text = await (await fetch(server.playlist('made'))).text();
    HLS.setOptions({ strictMode: true });
    const parsed = HLS.parse(text);
    const groups = parsed.variants.map((variant) => [variant.codecs.split(',')[1], variant.audio[0].groupId, variant.audio[0].channels, variant.audio[0].name, variant.audio[0].isDefault, variant.audio[0].uri]);
    assert.deepStrictEqual(groups, [
      ['mp4a.40.2', 'audio', '2', 'Audio 1', true, 'a1/index.m3u8'],
      ['ec-3', 'audio2', '6', 'Audio 1', true, 'a1-eac3-6/index.m3u8'],
      ['ac-3', 'audio3', '6', 'Audio 1', true, 'a1-ac3-6/index.m3u8'],
      ['mp4a.40.2', 'audio4', '6', 'Audio 1', true, 'a1-aac-6/index.m3u8']]);
    const [stereo, enhanced, plain] = parsed.variants;
    assert.ok(enhanced.averageBandwidth - stereo.averageBandwidth > 200_000, `${enhanced.averageBandwidth}`);
    assert.ok(Math.abs(plain.averageBandwidth - enhanced.averageBandwidth - 64_000) < 1000);
  }],
  ...[['a1-eac3-6', 'eac3', '0.032000'], ['a1-ac3-6', 'ac3', '0.032000'], ['a1-aac-6', 'aac', '0.021333']].map(([name, codec, duration]) => [
    `${name}: each tone comes out of its own channel`, async () => {
      const { url } = await audioOf('made', name);
      const found = await probe(url);
      assert.deepStrictEqual([found.codec_name, found.channels, /^5\.1/.test(found.channel_layout), [...found.durations].filter(Boolean)], [codec, 6, true, [duration]]); // ffprobe knows none of the last frame
      assertHeard(await heard(url, 6), own(6), name);
    },
  ]),
  ['the stereo downmix has each tone as loud as BS.775 says, and no LFE', async () => {
    assertHeard(await heard((await audioOf('made', 'a1')).url, 2), downmix, 'a1');
  }],
  ['a copied AC-3 track stays as it is, with stereo AAC beside it', async () => {
    const [stereo, copied] = (await renditions(server.playlist('passed'))).video;
    assert.match(stereo.CODECS, /,mp4a\.40\.2$/);
    assert.match(copied.CODECS, /,ac-3$/);
    assert.strictEqual((await probe((await audioOf('passed', 'a1')).url)).codec_name, 'ac3');
    assertHeard(await heard((await audioOf('passed', 'a1')).url, 6), own(6), 'copy');
    assertHeard(await heard((await audioOf('passed', 'a1-aac-2')).url, 2), downmix, 'beside the copy');
  }],
  ['frames say how loud speech is: as configured, as the target of loudness is, or that nothing is turned down', async () => {
    assert.deepStrictEqual(await dialnorms((await audioOf('made', 'a1-eac3-6')).url, 'eac3'), [-27]);
    assert.deepStrictEqual(await dialnorms((await audioOf('made', 'a1-ac3-6')).url, 'ac3'), [-31]);
    assert.deepStrictEqual(await dialnorms((await audioOf('even', 'a1-eac3-6')).url, 'eac3'), [-23]);
  }],
  ['surround is brought to the loudness too', async () => {
    const { stderr } = await execFile('ffmpeg', ['-nostdin', '-nostats', '-live_start_index', '-3', '-drc_scale', '0', '-i', (await audioOf('even', 'a1-eac3-6')).url, '-t', '6', '-af', 'ebur128', '-f', 'null', '-']);
    const integrated = Number(/I: +(-?[\d.]+) LUFS/.exec(stderr.slice(stderr.lastIndexOf('Summary:')))[1]);
    assert.ok(Math.abs(integrated + 23) < 1.5, `${integrated} LUFS`);
  }],
  ['the judges have nothing to say', () => assertLive(server.playlist('made'), { copy: false, seconds: 12 })],
];
test('what players find', { concurrency: 2 }, (t) => Promise.all(cases.map(([what, run]) => t.test(what, { skip: leftOut(what) }, run))));

test('a feed that comes back in stereo goes on in left and right of the surround, over a hold, without a discontinuity', async () => {
  const { url } = await audioOf('made', 'a1-eac3-6');
  await running[0].stop('SIGKILL');
  await new Promise((done) => setTimeout(done, 3000));
  const held = await (await fetch(url)).text();
  running[0] = pushRtmp(path.join(server.directory, 'tones2.mp4'), server.rtmp('made'));
  await server.until('stereo is there', async () => (await server.metric('kickoff_channel_held_parts_total', { channel: 'made' })) > 0);
  await new Promise((done) => setTimeout(done, 12_000));
  assertHeard(await heard(url, 6), own(2), 'stereo in surround');
  const now = await (await fetch(url)).text();
  for (const text of [held, now]) assert.doesNotMatch(text, /EXT-X-DISCONTINUITY\n|EXT-X-GAP/);
  assert.strictEqual((now.match(/EXT-X-MAP/g) ?? []).length, 1);
});
