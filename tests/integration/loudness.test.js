// Loudness and true peaks against ffmpeg's ebur128, of feeds and of what viewers get, as it is and brought to a target.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const execFile = require('node:util').promisify(require('node:child_process').execFile);
const { Server, endAll, leftOut } = require('./harness');
const { assertLive, renditions } = require('./judge_channel');
const { pushRtmp } = require('./media');

const audio = { mode: 'encode', bitrate: '192k' };
let server;
let file;
let primary; // feed of "target"
const running = [];
// Two minutes of noise that swells each second by about 10 dB, so that integrated loudness is that of any part of it.
function sound(directory, decibels = 0) {
  const to = path.join(directory, `noise${decibels}.mp4`);
  const made = spawnSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=120', '-f', 'lavfi', '-i',
    `anoisesrc=color=pink:seed=7:amplitude=0.3:duration=120:sample_rate=48000,tremolo=f=1:d=0.7,volume=${decibels}dB,pan=stereo|c0=c0|c1=c0`, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-b:v', '200k',
    '-c:a', 'aac', '-b:a', '192k', to]);
  assert.strictEqual(made.status, 0, String(made.stderr));
  return to;
}
// What ffmpeg's ebur128 says of `seconds` of it: integrated loudness in LUFS, loudness range in LU, true peak in dBTP.
async function judge(input, seconds, ...before) {
  const { stderr } = await execFile('ffmpeg', ['-nostdin', '-nostats', ...before, '-i', input, '-t', String(seconds), '-map', '0:a:0', '-af', 'ebur128=peak=true', '-f', 'null', '-']);
  const summary = stderr.slice(stderr.lastIndexOf('Summary:'));
  const value = (pattern) => Number(pattern.exec(summary)[1]);
  return { integrated: value(/I: +(-?[\d.]+) LUFS/), range: value(/LRA: +(-?[\d.]+) LU/), peak: value(/Peak: +(-?[\d.]+) dBFS/) };
}
const channelOf = async (name) => JSON.parse((await server.admin('/api/v1/channels')).text).channels.find((channel) => channel.name === name);
const near = (actual, wanted, by, what) => assert.ok(Math.abs(actual - wanted) <= by, `${what}: ${actual}, not ${wanted}`);

before(async () => {
  const ladder = [{ name: 'v90', height: 90, bitrate: '100k', preset: 'ultrafast' }];
  server = await Server.start({ channels: {
    plain: { ladder, audio, audio_only: true },
    target: { ladder, audio: { ...audio, loudness: '-16 LUFS', true_peak: '-2 dBTP' } },
    automatic: { source: 'copy', ladder: 'none', audio: { loudness: '-23 LUFS' } },
    off: { ladder, audio: { ...audio, measure_loudness: false } },
    copied: { source: 'copy', ladder: 'none' },
  } });
  file = sound(server.directory);
  for (const name of ['plain', 'target', 'automatic', 'off', 'copied']) running.push(pushRtmp(file, server.rtmp(name)));
  primary = running[1];
  await Promise.all(['plain', 'target', 'automatic', 'off', 'copied'].map((name) => server.live(name)));
  await new Promise((done) => setTimeout(done, 25_000)); // the gain finds its place, and windows fill
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

test('a feed is as loud as ffmpeg says', async () => {
  const { feed } = await channelOf('plain');
  const wanted = await judge(file, 25);
  near(feed.loudness.integrated, wanted.integrated, 0.2, 'integrated');
  near(feed.loudness.range, wanted.range, 1, 'range');
  // The peak of noise grows as it goes on.
  const peak = await judge(file, 60);
  assert.ok(feed.loudness.true_peak >= wanted.peak - 1 && feed.loudness.true_peak <= peak.peak + 0.2, `${feed.loudness.true_peak}, not ${wanted.peak} to ${peak.peak}`);
  near(await server.metric('kickoff_feed_loudness_lufs', { channel: 'plain', window: 'integrated' }), wanted.integrated, 0.2, 'metric');
});
// What players load meanwhile changes nothing.
const heard = [
  ['a rendition is as loud as ffmpeg says', async () => {
    const heard = await judge(server.playlist('plain'), 10);
    const rendition = (await channelOf('plain')).renditions.find(({ name }) => name === 'a1');
    near(rendition.loudness.integrated, heard.integrated, 0.3, 'integrated');
    assert.strictEqual(rendition.normaliser, undefined);
  }],
  ...[['target', -16, -2], ['automatic', -23, -1]].map(([name, target, ceiling]) => [
    `viewers of "${name}" hear ${target} LUFS, and no peak above ${ceiling} dBTP`, async () => {
      const heard = await judge(server.playlist(name), 10);
      near(heard.integrated, target, 0.7, 'integrated');
      assert.ok(heard.peak <= ceiling + 0.7, `the encoder adds to ${heard.peak} dBTP`);
      const rendition = (await channelOf(name)).renditions.find((one) => one.name === 'a1');
      const feed = (await channelOf(name)).feed;
      near(rendition.normaliser.gain, target - feed.loudness.integrated, 1, 'gain');
      assert.ok(rendition.loudness.true_peak <= ceiling, `${rendition.loudness.true_peak}`);
      near(await server.metric('kickoff_rendition_loudness_gain_db', { channel: name, rendition: 'a1' }), rendition.normaliser.gain, 0.5, 'metric');
    },
  ]),
  ['the audio alone is the last variant, and the judges have nothing to say of it', async () => {
    const { video: variants, audio: [only] } = await renditions(server.playlist('plain'));
    assert.strictEqual(variants.length, 2);
    assert.deepStrictEqual({ ...variants[1], BANDWIDTH: '', 'AVERAGE-BANDWIDTH': '' },
      { BANDWIDTH: '', 'AVERAGE-BANDWIDTH': '', CODECS: 'mp4a.40.2', AUDIO: 'audio', 'CLOSED-CAPTIONS': 'NONE', uri: 'a1/index.m3u8', url: only.url });
    await assertLive(server.playlist('plain'), { copy: false, seconds: 12 });
  }],
];
test('what viewers hear', { concurrency: true }, (t) => Promise.all(heard.map(([what, run]) => t.test(what, { skip: leftOut(what) }, run))));
test('a switch between feeds 12 LU apart changes nothing for viewers', async () => {
  const backup = pushRtmp(sound(server.directory, 12), server.rtmp('target', '?feed=backup'));
  running.push(backup);
  const of = (labels) => server.metric('kickoff_feed_loudness_lufs', { channel: 'target', window: 'integrated', ...labels });
  await server.until('the backup is measured', async () => await of({ feed: 'backup' }) > await of({ feed: 'primary' }) + 10);
  await primary.stop('SIGKILL');
  await server.until('the backup is shown', async () => await server.metric('kickoff_feed_shown', { channel: 'target', feed: 'backup' }) === 1);
  await new Promise((done) => setTimeout(done, 2500));
  near(await server.metric('kickoff_rendition_loudness_lufs', { channel: 'target', window: 'short_term' }), -16, 1.5, 'short-term');
});
test('nothing is measured where that is off, or nothing is decoded', async () => {
  for (const name of ['off', 'copied']) {
    const channel = await channelOf(name);
    assert.strictEqual(channel.feed.loudness, null, name);
    assert.ok(channel.renditions.every((rendition) => !rendition.loudness), name);
    assert.ok(Number.isNaN(await server.metric('kickoff_feed_loudness_lufs', { channel: name })), name);
  }
});
test('promtool finds nothing to say about its metrics', async () => {
  const result = spawnSync('promtool', ['check', 'metrics'], { input: (await server.admin('/metrics')).text });
  assert.strictEqual(`${result.stdout}${result.stderr}`.trim(), '');
});
