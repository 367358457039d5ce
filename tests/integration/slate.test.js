// The slate: what viewers see in place of a feed that is away, and whenever an operator wants it.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const execFile = require('node:util').promisify(require('node:child_process').execFile);
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Server, endAll, leftOut, copy, sleep } = require('./harness');
const { source, pictures, pushRtmp } = require('./media');
const { assertLive } = require('./judge_channel');

const token = 'token-of-operations';
const red = { ground: 'red', rate: '25', gop: 50, bitrate: '400k' };
let server;
let directory;
const running = [];
const publish = (channel) => { const child = pushRtmp(source(red), server.rtmp(channel)); running.push(child); return child; };

before(async () => {
  source(red);
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-slate-'));
  const slate = path.join(directory, 'blue.png');
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'color=blue:size=1280x720', '-frames:v', '1', slate]);
  const film = path.join(directory, 'blue.mp4');
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'color=blue:size=640x360:rate=25:duration=1', '-f', 'lavfi', '-i', 'sine=frequency=2000:sample_rate=44100:duration=1', '-af', 'volume=12dB', '-c:a', 'aac', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', film]);
  const ladder = [{ height: 180, bitrate: '300k', preset: 'ultrafast' }, { height: 90, bitrate: '150k', preset: 'ultrafast' }];
  const rungs = { ladder, part: '200ms', outage: 'slate' };
  server = await Server.start({
    channels: { '*': copy({ part: '200ms' }), away: { ...rungs, slate, slate_after: '500ms' }, ordered: { ...rungs, outage: 'hold', slate: film, audio: { mode: 'encode' } },
      text: { ...rungs, slate_text: "We'll be\nright back", slate_after: '500ms' }, killed: { ...rungs, slate } },
  }, { env: { KICKOFF_ADMIN_TOKEN: token } });
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
  fs.rmSync(directory, { recursive: true });
});
after(endAll);

async function stateOf(channel) {
  const { channels } = JSON.parse((await server.admin('/api/v1/channels')).text);
  return channels.find(({ name }) => name === channel);
}
const seen = (channel, shown) => server.until(`${channel}: the slate is ${shown ? '' : 'not '}seen`, async () => (await stateOf(channel)).slate.shown === shown);
function order(channel, body) {
  return server.get(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/${channel}/slate`, {
    method: 'POST', headers: { authorization: `Bearer ${token}` }, body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
// The order of the grounds that are seen in a rendition: 'red blue red'.
async function grounds(channel, height) {
  const list = (await server.get(server.playlist(channel))).text;
  const uri = list.match(new RegExp(`RESOLUTION=\\d+x${height}[^\n]*\n([^\n]+)`))[1];
  const all = (await pictures(new URL(uri, server.playlist(channel)).href, 10, height, 25)).map(({ ground }) => ground);
  return all.filter((ground, i) => ground !== all[i - 1]).join(' ');
}

// The order of the tones that are heard, of 440 Hz (the feed) and 2000 Hz (the film), or of neither: 'feed film feed'.
async function tones(channel) {
  const list = (await server.get(server.playlist(channel))).text;
  const uri = new URL(list.match(/TYPE=AUDIO[^\n]*URI="([^"]+)"/)[1], server.playlist(channel)).href;
  const { stdout } = await execFile('ffmpeg', ['-nostdin', '-v', 'error', '-live_start_index', '0', '-i', uri, '-t', '10', '-f', 'f32le', '-ac', '1', '-ar', '8000', '-'], { encoding: 'buffer', maxBuffer: 1 << 24 });
  const samples = new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~3)));
  const level = (from, frequency) => {
    let [re, im] = [0, 0];
    for (let i = 0; i < 800; ++i) { const turn = 2 * Math.PI * frequency * i / 8000; re += samples[from + i] * Math.cos(turn); im += samples[from + i] * Math.sin(turn); }
    return Math.hypot(re, im) / 400;
  };
  const heard = [];
  for (let from = 0; from + 800 <= samples.length; from += 800) {
    const [feed, film] = [level(from, 440), level(from, 2000)];
    // While one is mixed into the other, neither is alone.
    if (feed > 0.05 && film < 0.01) heard.push('feed');
    else if (film > 0.05 && feed < 0.01) heard.push('film');
    else if (film < 0.002 && feed < 0.002) heard.push('silence');
  }
  return heard.filter((tone, i) => tone !== heard[i - 1]).join(' ');
}

// What is seen in the newest segment of a rendition: its luma below the text, and the share of its middle that is white.
async function newest(channel) {
  const list = (await server.get(server.playlist(channel))).text;
  const uri = new URL(list.match(/RESOLUTION=320x180[^\n]*\n([^\n]+)/)[1], server.playlist(channel)).href;
  const { stdout: raw } = await execFile('ffmpeg', ['-nostdin', '-v', 'error', '-live_start_index', '-1', '-i', uri, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'gray', '-'], { encoding: 'buffer' });
  let white = 0;
  for (let y = 60; y < 120; ++y) for (let x = 60; x < 260; ++x) white += raw[320 * y + x] > 160 ? 1 : 0;
  return { ground: raw[320 * 170 + 4], white: white / (60 * 200) };
}
const read = (channel, wanted) => server.until(`${channel}: a text is ${wanted ? '' : 'not '}read`, async () => ((await newest(channel)).white > 0.01) === wanted);

// Each has a channel of its own.
const cases = [
  ['a feed that is away: the slate in every rung, without gap or discontinuity, and the feed when it is back', async () => {
    const first = publish('away');
    await server.live('away');
    await sleep(2000);
    const checking = assertLive(server.playlist('away'), { seconds: 10, independent: false, probes: false });
    await first.stop('SIGKILL');
    await seen('away', true);
    assert.strictEqual((await stateOf('away')).slate.ordered, false);
    assert.strictEqual(await server.metric('kickoff_channel_slate_shown', { channel: 'away' }), 1);
    await sleep(1500);
    publish('away');
    await seen('away', false);
    await sleep(1500);
    await checking;
    for (const height of [180, 90]) assert.strictEqual(await grounds('away', height), 'red blue red', `${height}p`);
    assert.strictEqual(await server.metric('kickoff_channel_gap_parts_total', { channel: 'away' }), 0);
    assert.strictEqual(await server.metric('kickoff_channel_discontinuities_total', { channel: 'away' }), 0);
    assert.strictEqual(await server.metric('kickoff_worker_slates_total', { channel: 'away' }), 1);
  }],
  ['an operator shows a film for a time, with a reason, whatever the feed brings', async () => {
    publish('ordered');
    await server.live('ordered');
    await sleep(1500);
    const checking = assertLive(server.playlist('ordered'), { seconds: 8, independent: false, probes: false });
    assert.strictEqual((await order('ordered', { on: true, for: 3, reason: 'pitch invasion' })).status, 204);
    await seen('ordered', true);
    const { slate } = await stateOf('ordered');
    assert.strictEqual(slate.ordered, true);
    assert.strictEqual(slate.reason, 'pitch invasion');
    assert.ok(slate.seconds_left > 0 && slate.seconds_left <= 3, String(slate.seconds_left));
    await seen('ordered', false);
    assert.strictEqual((await stateOf('ordered')).slate.ordered, false);
    await sleep(1500);
    await checking;
    assert.strictEqual(await grounds('ordered', 180), 'red blue red');
    assert.match(await tones('ordered'), /^(silence )?feed film feed$/);
    assert.match(server.log(), /the slate is shown.*pitch invasion/);
  }],
  ['a text over the last picture, darkened, in an outage, and the text of an order', async () => {
    const first = publish('text');
    await server.live('text');
    await sleep(2500);
    const { ground, white } = await newest('text');
    assert.strictEqual(white, 0);
    await first.stop('SIGKILL');
    await seen('text', true);
    await read('text', true);
    const away = (await newest('text')).ground;
    assert.ok(away < ground - 20, `${ground} ${away}`);
    publish('text');
    await seen('text', false);
    await read('text', false);
    assert.strictEqual((await order('text', { on: true, text: 'سنعود قريبا \u{1F3C6}' })).status, 204);
    await seen('text', true);
    await read('text', true);
    assert.strictEqual((await stateOf('text')).slate.text, 'سنعود قريبا \u{1F3C6}');
    assert.match(server.log(), /font of the slate lacks characters.*U\+1F3C6/);
  }],
  ['a worker that dies takes no ordered slate with it', async () => {
    publish('killed');
    await server.live('killed');
    assert.strictEqual((await order('killed', { on: true })).status, 204);
    await seen('killed', true);
    process.kill((await stateOf('killed')).worker.pid, 'SIGKILL');
    await server.until('another worker runs', async () => (await stateOf('killed')).counters.worker_restarts === 1);
    await seen('killed', true);
    assert.strictEqual((await order('killed', { on: false })).status, 204);
    await seen('killed', false);
  }],
  ['an order that cannot be carried out is refused with the reason', async () => {
    publish('plain');
    await server.live('plain');
    for (const [channel, body, status] of [
      ['plain', { on: true }, 409], ['nowhere', { on: true }, 404], ['plain', { on: 'yes' }, 400], ['plain', 'on', 400],
    ]) {
      const answer = await order(channel, body);
      assert.strictEqual(answer.status, status, answer.text);
      assert.match(answer.headers.get('content-type'), /problem\+json/);
    }
  }],
];
test('the slate', { concurrency: 2 }, async (t) => {
  await Promise.all(cases.map(([what, run]) => t.test(what, { skip: leftOut(what) }, run)));
});
