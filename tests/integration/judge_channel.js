// One channel under all judges: the live checker, hls-parser (inside it), ffprobe and a decoder on every rendition.
'use strict';
const assert = require('node:assert');
const { liveCheck } = require('../../tools/judge/live');
const { readMultivariant } = require('../../tools/judge/playlist');
const { ffprobe, decodeErrors } = require('./media');

// Publish times are judged with more patience than on a quiet machine: encoders, judges and server share two cores.
const slack = Number(process.env.KICKOFF_TEST_SLACK ?? 1.0);
const seconds = Number(process.env.KICKOFF_CHECK_SECONDS ?? 30);

// copy: most channels of these tests serve the feed untouched.
async function assertLive(url, options = {}) {
  const result = await liveCheck(url, { slack, seconds, copy: true, ...options });
  const text = result.findings.map(({ rule, where, text, count }) => `${rule} ${where}: ${text} (${count} times)`).join('\n');
  assert.strictEqual(text, '', `findings of the live checker:\n${text}`);
  return result;
}

async function renditions(url) {
  const list = readMultivariant(await (await fetch(url)).text());
  return {
    video: list.variants.map((variant) => ({ ...variant, url: new URL(variant.uri, url).href })),
    audio: list.media.filter((media) => media.TYPE === 'AUDIO' && media.URI).map((media) => ({ ...media, url: new URL(media.URI, url).href })),
  };
}

// expected: {video: {codec, rate}, audio: {codec, sampleRate, channels}}; a missing one must not be there.
async function assertPlays(url, expected) {
  const found = await renditions(url);
  assert.strictEqual(found.audio.length > 0, Boolean(expected.audio && expected.video), `audio renditions: ${found.audio.length}`);
  for (const rendition of [...found.video, ...found.audio]) {
    const probed = await ffprobe(rendition.url);
    assert.strictEqual(probed.errors, '', `${rendition.url}: ${probed.errors}`);
    const [stream] = probed.streams;
    const wanted = stream.codec_type === 'video' ? expected.video : expected.audio;
    assert.ok(wanted, `${rendition.url} is ${stream.codec_type}`);
    assert.strictEqual(stream.codec_name, wanted.codec);
    if (wanted.sampleRate) assert.strictEqual(Number(stream.sample_rate), wanted.sampleRate);
    if (wanted.channels) assert.strictEqual(stream.channels, wanted.channels);
    if (rendition.RESOLUTION) assert.strictEqual(rendition.RESOLUTION, `${stream.width}x${stream.height}`);
    assertPackets(probed.packets, wanted.rate, rendition.url);
    if (stream.codec_type === 'video') assert.strictEqual(await decodeErrors(rendition.url), '', `decoding ${rendition.url}`);
  }
}

// Decode times go up by what each packet lasts; as many as the frame rate says.
function assertPackets(packets, rate, url) {
  assert.ok(packets.length > 20, `${packets.length} packets of ${url}`);
  const times = packets.map((packet) => Number(packet.dts_time));
  for (let i = 1; i < times.length; i++) {
    const step = times[i] - times[i - 1];
    assert.ok(step > 0 && Math.abs(step - Number(packets[i - 1].duration_time)) < 0.0015, `${url}: packet ${i} comes ${step.toFixed(4)} s after a packet of ${packets[i - 1].duration_time} s`);
  }
  if (!rate) return;
  const measured = (times.length - 1) / (times.at(-1) - times[0]);
  assert.ok(Math.abs(measured - rate) < 0.5, `${url}: ${measured.toFixed(2)} frames a second, not ${rate}`);
}

module.exports = { assertLive, assertPlays, renditions };
