// One channel under all judges: the live checker, hls-parser (inside it), ffprobe and a decoder on every rendition.
'use strict';
const assert = require('node:assert');
const { liveCheck } = require('../../tools/judge/live');
const { readMultivariant } = require('../../tools/judge/playlist');
const { ffprobe, decodeErrors } = require('./media');
const { late } = require('./lateness');

// Publish times are judged with more patience than on a quiet machine: encoders, judges and server share two cores.
const slack = Number(process.env.KICKOFF_TEST_SLACK ?? 1.0);
const seconds = Number(process.env.KICKOFF_CHECK_SECONDS ?? 30);

// copy: most channels of these tests serve the feed untouched. except: rules that the feed itself breaks.
async function assertLive(url, { except = [], ...options } = {}) {
  const result = await liveCheck(url, { slack, seconds, copy: true, late, ...options });
  const text = result.findings.filter(({ rule }) => !except.includes(rule)).map(({ rule, where, text, count, evidence }) => `${rule} ${where}: ${text} (${count} times)${evidence ? `\n${evidence}` : ''}`).join('\n');
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

// ffmpeg and its like know no parts: they begin three whole segments from the end (CL-32). The very first may begin short.
async function fewSegments(url) {
  for (const began = Date.now(); ;) {
    const text = await (await fetch(url)).text();
    if ((text.match(/#EXTINF/g) ?? []).length >= 5) return;
    assert.ok(Date.now() - began < 60000, `no five segments in ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

// complaint: what a decoder may say of the source itself. encodes: the sender encodes as it goes, and a busy machine makes it leave
// time out. expected: {video: {codec, rate}, audio: {codec, sampleRate, channels}}; a missing one must not be there.
async function assertPlays(url, expected) {
  const found = await renditions(url);
  assert.strictEqual(found.audio.length > 0, Boolean(expected.audio && expected.video), `audio renditions: ${found.audio.length}`);
  for (const rendition of [...found.video, ...found.audio]) {
    await fewSegments(rendition.url);
    const probed = await ffprobe(rendition.url);
    assert.strictEqual(probed.errors.replace(expected.complaint ?? '', ''), '', `${rendition.url}: ${probed.errors}`);
    const [stream] = probed.streams;
    assert.ok(stream, `ffprobe finds no stream in ${rendition.url}`);
    const wanted = stream.codec_type === 'video' ? expected.video : expected.audio;
    assert.ok(wanted, `${rendition.url} is ${stream.codec_type}`);
    assert.strictEqual(stream.codec_name, wanted.codec);
    if (wanted.sampleRate) assert.strictEqual(Number(stream.sample_rate), wanted.sampleRate);
    if (wanted.channels) assert.strictEqual(stream.channels, wanted.channels);
    if (rendition.RESOLUTION) assert.strictEqual(rendition.RESOLUTION, `${stream.width}x${stream.height}`);
    assertPackets(probed.packets, wanted.rate, rendition.url, expected.encodes);
    if (stream.codec_type === 'video') assert.strictEqual((await decodeErrors(rendition.url)).replace(expected.complaint ?? '', ''), '', `decoding ${rendition.url}`);
  }
}

// Decode times go up in even steps; as many as the frame rate says.
function assertPackets(packets, rate, url, encodes) {
  assert.ok(packets.length > 20, `${packets.length} packets of ${url}`);
  const times = packets.map((packet) => Number(packet.dts_time));
  const steps = times.slice(1).map((time, i) => time - times[i]);
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1];
  steps.forEach((step, i) => assert.ok(step > 0, `${url}: packet ${i + 1} goes back by ${-step} s`));
  if (encodes) return;
  steps.forEach((step, i) => assert.ok(Math.abs(step - usual) < 0.0025, `${url}: packet ${i + 1} comes after ${step.toFixed(4)} s, others after ${usual.toFixed(4)} s`));
  const measured = steps.length / (times.at(-1) - times[0]);
  if (rate) assert.ok(Math.abs(measured - rate) < 0.2, `${url}: ${measured.toFixed(2)} frames a second, not ${rate}`);
}

module.exports = { assertLive, assertPlays, renditions };
