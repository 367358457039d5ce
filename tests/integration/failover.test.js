// Two feeds of a channel: what viewers see when one is lost, when the operator changes over, and afterwards.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, leftOut, copy, sleep } = require('./harness');
const { source, pictures, pushRtmp, pushSrt } = require('./media');
const { assertLive } = require('./judge_channel');
const { readMedia, readMultivariant } = require('../../tools/judge/playlist');

const token = 'token-of-operations';
const red = { ground: 'red', rate: '25', gop: 50, bitrate: '400k' };
const blue = { ...red, ground: 'blue' };
const programme = { ...red, lively: true };
let server;
const running = [];
const keep = (process) => { running.push(process); return process; };
const primary = (channel, given = red) => keep(pushRtmp(source(given), server.rtmp(channel)));
const backup = (channel, given = blue) => keep(pushSrt(source({ ...given, format: 'ts' }), server.srt(`#!::r=live/${channel},m=publish,x-feed=backup`)));

before(async () => {
  for (const given of [red, { ...blue, format: 'ts' }, { ...blue, format: 'ts', size: '320x180' }]) source(given);
  for (const format of ['mp4', 'ts']) source({ ...programme, format });
  const ladder = [{ height: 180, bitrate: '300k', preset: 'ultrafast' }];
  server = await Server.start({
    channels: { '*': copy({ part: '200ms', failback_after: '3s' }), encoded: { ladder, part: '200ms', failback_after: '3s' }, asked: { ladder, part: '200ms' }, hot: { ladder, part: '200ms', standby: 'hot' }, aligned: { ladder, part: '200ms' } },
  }, { env: { KICKOFF_ADMIN_TOKEN: token } });
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

async function stateOf(channel) {
  const { channels } = JSON.parse((await server.admin('/api/v1/channels')).text);
  return channels.find(({ name }) => name === channel);
}
const shows = (channel, feed) => server.until(`${channel} shows its ${feed} feed`, async () => (await stateOf(channel)).shown_feed === feed);
const bothThere = (channel) => server.until(`both feeds of ${channel} are known`, async () => {
  const { feeds } = await stateOf(channel);
  return feeds.length === 2 && feeds.every(({ video }) => video);
});
const switches = (channel, reason) => server.metric('kickoff_feed_switches_total', { channel, reason });
function change(channel, body) {
  return server.get(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/${channel}/switch`, {
    method: 'POST', headers: { authorization: `Bearer ${token}` }, body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
// Every rendition's media playlist.
async function playlists(channel) {
  const text = (await server.web(`/live/${channel}/index.m3u8`)).text;
  const list = readMultivariant(text);
  const uris = new Set([...list.variants.map(({ uri }) => uri), ...[...text.matchAll(/TYPE=AUDIO.*URI="([^"]+)"/g)].map((match) => match[1])]);
  return Promise.all([...uris].map(async (uri) => readMedia((await server.get(new URL(uri, server.playlist(channel)))).text)));
}
// The order of the grounds that were seen: 'red blue'.
const order = (seen) => seen.map(({ ground }) => ground).filter((ground, i, all) => ground !== all[i - 1]).join(' ');
// Pictures that show what the one before showed.
const repeats = (seen) => seen.filter((picture, i) => i > 0 && picture.ground === seen[i - 1].ground && picture.square === seen[i - 1].square).length;

// Each has a channel of its own.
const cases = [
  ['rungs: the primary is lost, the backup is seen without gap or discontinuity, and the primary again when it is well', async () => {
    const first = primary('encoded');
    await server.live('encoded');
    backup('encoded');
    await bothThere('encoded');
    await sleep(3000);
    const checking = assertLive(server.playlist('encoded'), { seconds: 14, independent: false, probes: false });
    await first.stop('SIGKILL');
    await shows('encoded', 'backup');
    await sleep(3000);
    primary('encoded');
    await shows('encoded', 'primary');
    await sleep(2000);
    await checking;
    for (const { text } of await playlists('encoded')) assert.ok(!/GAP|EXT-X-DISCONTINUITY\n/.test(text), text);
    assert.strictEqual(await switches('encoded', 'lost'), 1);
    assert.strictEqual(await switches('encoded', 'returned'), 1);
    assert.strictEqual(order(await pictures(server.playlist('encoded'), 30, 180)), 'red blue red');
  }],
  ['rungs: the operator changes over, and no picture is lost or shown twice', async () => {
    primary('asked');
    await server.live('asked');
    backup('asked');
    await bothThere('asked');
    await sleep(3000);
    const held = async () => server.metric('kickoff_worker_frames_total', { channel: 'asked', stage: 'held' });
    const before = await held();
    assert.strictEqual((await change('asked', { to: 'backup' })).status, 204);
    await sleep(4000);
    const extra = await held() - before;
    const seen = await pictures(server.playlist('asked'), 14, 180);
    assert.strictEqual(order(seen), 'red blue');
    // The change, and two seconds around it.
    const at = seen.findIndex(({ ground }) => ground === 'blue');
    assert.ok(repeats(seen.slice(at - 50, at + 51)) <= extra, `more pictures stand still than the ${extra} that were missing`);
    assert.strictEqual(await switches('asked', 'asked'), 1);
  }],
  ['rungs: a hot standby is decoded and is seen when the primary is lost', async () => {
    const first = primary('hot');
    await server.live('hot');
    assert.strictEqual(await server.metric('kickoff_feed_decoded', { channel: 'hot', feed: 'primary' }), 1);
    backup('hot');
    await server.until('every picture of the backup is decoded', async () => await server.metric('kickoff_feed_decoded', { channel: 'hot', feed: 'backup' }) === 1);
    await sleep(3000);
    await first.stop('SIGKILL');
    await shows('hot', 'backup');
    await sleep(3000);
    for (const { text } of await playlists('hot')) assert.ok(!/GAP|EXT-X-DISCONTINUITY\n/.test(text), text);
    assert.strictEqual(order(await pictures(server.playlist('hot'), 16, 180)), 'red blue');
    const { last_switches: made } = await stateOf('hot');
    assert.deepStrictEqual(made.map(({ from, to, reason }) => `${from} ${to} ${reason}`), ['primary backup lost']);
  }],
  ['a copy: equal parameters change at a key frame without a discontinuity', async () => {
    const first = primary('plain');
    await server.live('plain');
    backup('plain');
    await bothThere('plain');
    await sleep(3000);
    const checking = assertLive(server.playlist('plain'), { seconds: 10, independent: false, probes: false });
    await first.stop('SIGKILL');
    await checking;
    for (const { text } of await playlists('plain')) assert.ok(!/GAP|EXT-X-DISCONTINUITY\n/.test(text), text);
    assert.strictEqual(order(await pictures(server.playlist('plain'), 20, 360)), 'red blue');
  }],
  ['a copy: other parameters are one discontinuity, in every rendition', async () => {
    primary('other');
    await server.live('other');
    backup('other', { ...blue, size: '320x180' });
    await bothThere('other');
    await sleep(3000);
    assert.strictEqual((await change('other', { to: 'backup' })).status, 204);
    // Its next key frame, and the next segment after that.
    await server.until('it has changed over', async () => (await server.metric('kickoff_channel_discontinuities_total', { channel: 'other' })) === 1);
    await sleep(5000);
    await assertLive(server.playlist('other'), { seconds: 6, independent: false, probes: false });
    const lists = await playlists('other');
    assert.strictEqual(lists.length, 2);
    for (const { text } of lists) {
      assert.strictEqual(text.match(/EXT-X-DISCONTINUITY\n/g)?.length, 1, text);
      assert.ok(!/GAP/.test(text), text);
    }
  }],
  ['two encoders of one programme: a switch goes on in the programme where it was', async () => {
    // What a switch that is asked for can wait for is 2 s.
    primary('aligned', programme);
    await sleep(600);
    backup('aligned', programme);
    await server.live('aligned');
    await server.until('their sound tells how far they are apart', async () => (await stateOf('aligned')).alignment.method !== 'none', 60000);
    const { offset_ms: behind } = (await stateOf('aligned')).alignment;
    assert.ok(behind > 100 && behind < 2000, `the backup is behind by ${behind} ms`);
    assert.strictEqual((await change('aligned', { to: 'backup' })).status, 204);
    await shows('aligned', 'backup');
    const held = async () => (await stateOf('aligned')).feeds.find(({ name }) => name === 'primary').delay_ms;
    await server.until('the primary is held back by as much', async () => Math.abs(await held() - behind) <= 40);
    await sleep(4000);
    assert.strictEqual((await change('aligned', { to: 'primary' })).status, 204);
    await shows('aligned', 'primary');
    await sleep(6000);
    const seen = await pictures(server.playlist('aligned'), 40, 180);
    const steps = seen.slice(1).map(({ square }, n) => (square - seen[n].square + 40) % 40);
    assert.ok(steps.every((step) => step <= 1), `no picture is missing: ${steps.join(' ')}`);
    const waits = steps.join('').match(/0+/g) ?? [];
    assert.ok(waits.length <= 1, `the last picture is held once, while the backup catches up: ${steps.join(' ')}`);
    assert.ok(Math.abs((waits[0]?.length ?? 0) * 40 - behind) <= 120, `${waits[0]?.length} pictures for ${behind} ms`);
  }],
  ['the operator is told what cannot be', async () => {
    primary('alone');
    await server.live('alone');
    assert.strictEqual((await change('alone', { to: 'backup' })).status, 409, 'nobody publishes it');
    assert.strictEqual((await change('alone', { to: 'primary' })).status, 409, 'it is shown');
    assert.strictEqual((await change('alone', { to: 'third' })).status, 400);
    assert.strictEqual((await change('alone', 'backup')).status, 400);
    assert.strictEqual((await change('nobody', { to: 'backup' })).status, 404);
  }],
];
test('two feeds', { concurrency: 3 }, async (t) => {
  await Promise.all(cases.map(([what, run]) => t.test(what, { skip: leftOut(what) }, run)));
});
