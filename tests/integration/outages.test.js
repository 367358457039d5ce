// Publishers that go and come back, workers that die: the playlists continue.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const { Server, endAll, leftOut, exists, within, copy, sleep } = require('./harness');
const { source, pushRtmp } = require('./media');
const { assertLive } = require('./judge_channel');
const { late } = require('./lateness');
const { relayFlv } = require('./rtmp_client');
const { readMedia, readMultivariant } = require('../../tools/judge/playlist');

let server;
const running = [];
const push = (channel, query = '') => {
  const process = pushRtmp(source({ rate: '25', gop: 50 }), server.rtmp(channel, query));
  running.push(process);
  return process;
};
before(async () => {
  source({ rate: '25', gop: 50 });
  server = await Server.start({ channels: { '*': copy(), brief: copy({ grace: '2s' }), open: copy({ takeover: true }) } });
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

async function media(channel) {
  const list = readMultivariant((await server.web(`/live/${channel}/index.m3u8`)).text);
  const url = new URL(list.variants[0].uri, server.playlist(channel));
  return { url, playlist: readMedia((await server.get(url)).text) };
}

// Each has a channel of its own; the one that ends is then published again.
const cases = [
  ['a publisher away for 5 s: the last picture and silence, the same numbering, no discontinuity (RT-29, LL-22)', async () => {
    const first = push('away');
    await server.live('away');
    await sleep(5000);
    const before = (await media('away')).playlist;
    const checking = assertLive(server.playlist('away'), { seconds: 18, independent: false, probes: false });
    await sleep(3000);
    await first.stop('SIGKILL');
    await sleep(5000);
    push('away');
    await checking;
    const after = (await media('away')).playlist;
    assert.ok(!/GAP/.test(after.text), `the outage is filled with media:\n${after.text}`);
    assert.ok(await server.metric('kickoff_channel_held_parts_total', { channel: 'away' }) >= 8, 'four seconds of it in parts of half a second');
    assert.ok(!after.text.includes('EXT-X-DISCONTINUITY\n'), 'no discontinuity');
    // LL-21, design 1: numbers are UTC over N.
    for (const segment of after.segments) assert.strictEqual(segment.msn, Math.floor((Date.parse(segment.date) + 20) / 2000), `segment ${segment.msn} of ${segment.date}`);
    const uris = new Map(before.segments.map(({ msn, uri }) => [msn, uri]));
    for (const { msn, uri } of after.segments) if (uris.has(msn)) assert.strictEqual(uri, uris.get(msn), 'LL-23');
  }],
  ['a publisher that stays away ends the channel, and held requests with it (LL-44)', async () => {
    const pusher = push('brief');
    await server.live('brief');
    await sleep(3000);
    const { url, playlist } = await media('brief');
    await pusher.stop();
    const stopped = Date.now();
    for (let held = playlist; !held.ended && Date.now() - stopped < 60000;) {
      const answer = await server.get(`${url}?_HLS_msn=${held.open.msn}&_HLS_part=${held.open.parts.length}`);
      assert.strictEqual(answer.status, 200);
      held = readMedia(answer.text);
    }
    const final = (await media('brief')).playlist;
    assert.ok(!/GAP/.test(final.text), `no gap before the end:\n${final.text}`);
    assert.ok(final.ended, `ended ${Date.now() - stopped} ms after the publisher left`);
    assert.strictEqual(final.hints.length, 0, 'no hint after the end');
    const late = await server.get(`${url}?_HLS_msn=99999999999&_HLS_part=3`);
    assert.strictEqual(late.status, 200, 'LL-45: directives are ignored after the end');
  }],
  ['the same channel can be published again after its end', async () => {
    const pusher = push('brief');
    await server.until('it is live again', async () => (await server.web('/live/brief/index.m3u8')).status === 200 && !(await media('brief')).playlist.ended);
    await assertLive(server.playlist('brief'), { seconds: 6, independent: false, probes: false });
    await pusher.stop();
  }],
  ['takeover: the second publisher replaces the first where that is configured (RT-28)', async () => {
    const first = push('open');
    await server.live('open');
    await sleep(3000);
    const before = (await media('open')).playlist;
    push('open');
    const { code } = await within(first.ended, 60000, { code: 'still there' });
    assert.ok(code !== 'still there' && code !== 0, 'the first publisher was sent away');
    await sleep(3000);
    const after = (await media('open')).playlist;
    assert.ok(after.first >= before.first && after.open.msn > before.open.msn && !after.ended, 'the numbering continues');
  }],
];
test('publishers that go', { concurrency: true }, async (t) => {
  const check = ([what, run]) => t.test(what, { skip: leftOut(what) }, run);
  const [away, ends, again, takeover] = cases;
  await Promise.all([check(away), check(ends).then(() => check(again)), check(takeover)]);
});

// UTC of the end of what is listed.
function edge({ segments, open }) {
  const listed = [...segments.map(({ duration }) => duration), ...open.parts.map(({ duration }) => duration)];
  return Date.parse((segments[0] ?? open).date) + listed.reduce((sum, duration) => sum + duration, 0) * 1000;
}

// A GOP cache, or an encoder that had lost its connection. Before this the channel was ahead of its time for good by what had been kept, and
// the last picture was held as much later when the feed went.
test('a relay that had kept some seconds: what follows lies at its time, as without (CM-17)', async () => {
  const flv = execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-i', source({ rate: '25', gop: 50 }), '-c', 'copy', '-f', 'flv', '-'], { maxBuffer: 2 ** 26 });
  const relays = await Promise.all([['prompt', 0], ['kept', 6000]].map(([name, kept]) => relayFlv(server.ports.rtmp, name, flv, { kept })));
  await Promise.all(['prompt', 'kept'].map((name) => server.live(name)));
  await sleep(6000);
  const [prompt, kept] = (await Promise.all(['prompt', 'kept'].map(media))).map(({ playlist }) => edge(playlist));
  assert.ok(Math.abs(kept - prompt) < 2000, `with what had been kept the edge is ${kept - prompt} ms ahead`);
  relays.forEach((relay) => relay.stop());
  await server.until('both are held', async () => {
    const held = await Promise.all(['prompt', 'kept'].map((channel) => server.metric('kickoff_channel_held_parts_total', { channel })));
    return held.every((parts) => parts >= 1);
  });
});

async function workerOf(channel) {
  const { channels } = JSON.parse((await server.admin('/api/v1/channels')).text);
  return channels.find(({ name }) => name === channel)?.worker ?? {};
}

test('a worker that is killed is replaced within a second and the playlist continues', async () => {
  await Promise.all(running.splice(0).map((process) => process.stop()));
  push('crash');
  await server.live('crash');
  await sleep(6000);
  const { pid: victim } = await workerOf('crash');
  assert.ok(victim > 0, 'the API names the worker');
  const { url, playlist: before } = await media('crash');
  const checking = assertLive(server.playlist('crash'), { seconds: 14, independent: false, probes: false, slack: 1.5 });
  await sleep(2000);
  process.kill(victim, 'SIGKILL');
  const [killed, lateBefore] = [Date.now(), late()];
  await server.until('a new worker runs', async () => {
    const { pid, running } = await workerOf('crash');
    return running && pid > 0 && pid !== victim;
  });
  const [took, excused] = [Date.now() - killed, late() - lateBefore];
  assert.ok(took < 1000 + excused, `replaced after ${took} ms, this process was late by ${excused.toFixed(0)} ms`);
  await checking;
  const after = readMedia((await server.get(url)).text);
  assert.ok(after.first >= before.first && after.open.msn > before.open.msn, 'the numbering continues');
  assert.ok(!after.text.includes('EXT-X-DISCONTINUITY\n'), 'no discontinuity');
  assert.ok(await server.metric('kickoff_worker_restarts_total', { channel: 'crash' }) >= 1, 'the restart is counted');
});

test('a worker that hangs is replaced', async () => {
  if (!(await workerOf('crash')).running) { // alone: the test before has left it live
    push('crash');
    await server.live('crash');
    await sleep(6000);
  }
  const { pid } = await workerOf('crash');
  process.kill(pid, 'SIGSTOP');
  const [stopped, lateBefore] = [Date.now(), late()];
  await server.until('the hung worker is replaced', async () => {
    const now = await workerOf('crash');
    return now.running && now.pid > 0 && now.pid !== pid;
  });
  const [took, excused] = [Date.now() - stopped, late() - lateBefore];
  assert.ok(!exists(pid), 'the hung worker is gone');
  assert.ok(took < 5000 + excused, `after ${took} ms, this process was late by ${excused.toFixed(0)} ms`);
  await assertLive(server.playlist('crash'), { seconds: 6, independent: false, probes: false, slack: 1.5 });
});
