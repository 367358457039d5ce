// Twin origins: two servers get the same bytes of one encoder, and agree through a real etcd on the clock of its time stamps (anchor: pts).
// What they serve is compared byte by byte: one starts later, is killed and comes back; etcd dies; the encoder starts anew.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { spawn } = require('node:child_process');
const { Server, binary, copy, endAll, run } = require('./harness');
const { Etcd } = require('./etcd_server');
const { readMedia } = require('../../tools/judge/playlist');

const channels = { match: copy({ anchor: 'pts' }), other: copy({ anchor: 'pts' }) };
const servers = [];
let etcd;
let encoder;

// An encoder whose one transport stream goes to everybody who was added, from then on. Its time stamps begin anew with it.
class Encoder {
  constructor() {
    this.senders = new Map();
    this.process = spawn('ffmpeg', ['-nostdin', '-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=25', '-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000',
      '-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '50', '-keyint_min', '50', '-sc_threshold', '0', '-c:a', 'aac', '-b:a', '64k', '-f', 'mpegts', 'pipe:1'],
    { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process.stdout.on('data', (data) => { for (const { child } of this.senders.values()) if (child.stdin.writable) child.stdin.write(data); });
  }
  // srt-live-transmit passes bytes on as they are.
  add(server, channel = 'match') {
    const sender = run('srt-live-transmit', ['-q', '-loglevel:error', 'file://con', server.srt(`#!::r=live/${channel},m=publish`)], { stdio: ['pipe', 'pipe', 'pipe'] });
    sender.child.stdin.on('error', () => {});
    this.senders.set(`${server.ports.srt}/${channel}`, sender);
  }
  async remove(server, channel = 'match') {
    const key = `${server.ports.srt}/${channel}`;
    const sender = this.senders.get(key);
    this.senders.delete(key);
    await sender.stop('SIGKILL');
  }
  async stop() {
    this.process.kill('SIGKILL');
    await Promise.all([...this.senders.values()].map((sender) => sender.stop('SIGKILL')));
  }
}

const renditions = async (server) => [...new Set((await server.web('/live/match/index.m3u8')).text.match(/[a-z0-9_-]+(?=\/index\.m3u8)/g))];
const media = async (server, rendition) => readMedia((await server.web(`/live/match/${rendition}/index.m3u8`)).text);
async function bytes(server, rendition, uri) {
  const answer = await fetch(`http://127.0.0.1:${server.ports.http}/live/match/${rendition}/${uri}`);
  assert.strictEqual(answer.status, 200, `${rendition}/${uri}`);
  return Buffer.from(await answer.arrayBuffer());
}
// The newest number that any of them has begun.
async function newest() {
  let found = 0;
  for (const server of servers) for (const rendition of await renditions(server)) found = Math.max(found, (await media(server, rendition)).open.msn);
  return found;
}
const held = async () => (await Promise.all(servers.map((server) => server.metric('kickoff_channel_held_parts_total', { channel: 'match' })))).join();
// The next three segments of each rendition are the same in both. A loaded machine may bring a server its feed so late that it holds a
// picture, which the other one does not: then the ones after that.
async function assertSame() {
  for (let attempt = 1; ; attempt++) {
    const before = await held();
    try {
      return await compare(await newest());
    } catch (error) {
      if (attempt === 5 || await held() === before) throw error;
    }
  }
}
// Three segments behind the number `behind` of each rendition: the same name, time, length and bytes in both.
async function compare(behind) {
  const [one, two] = servers;
  assert.deepStrictEqual(await renditions(one), await renditions(two));
  for (const rendition of await renditions(one)) {
    const both = await one.until(`three segments of ${rendition} behind ${behind}`, async () => {
      const lists = await Promise.all(servers.map((server) => media(server, rendition)));
      return lists.every(({ segments }) => segments.filter(({ msn }) => msn > behind).length >= 3) ? lists : null;
    });
    const [mine, others] = both.map(({ segments }) => new Map(segments.filter(({ msn }) => msn > behind).map((segment) => [segment.msn, segment])));
    for (const [msn, segment] of [...mine].slice(0, 3)) {
      const other = others.get(msn);
      assert.ok(other, `${rendition}: the other server has no segment ${msn}`);
      assert.deepStrictEqual([other.uri, other.date, other.durationText, other.gap], [segment.uri, segment.date, segment.durationText, false]);
      const [a, b] = [await bytes(one, rendition, segment.uri), await bytes(two, rendition, segment.uri)];
      assert.ok(a.equals(b), `${rendition}/${segment.uri}: ${a.length} and ${b.length} bytes, which differ`);
    }
  }
}
async function feedOf(server, channel = 'match') {
  const { channels: all } = JSON.parse((await server.admin('/api/v1/channels')).text);
  return all.find(({ name }) => name === channel)?.feeds[0];
}
const anchored = (server) => server.until('its feed has a clock that was agreed on', async () => (await feedOf(server))?.anchor === 'pts');
async function events(server, type) {
  const { events: all } = JSON.parse((await server.admin('/api/v1/events?after=0')).text);
  return all.filter((event) => event.type === `live.kickoff.${type}`);
}

before(async () => {
  etcd = await Etcd.start();
  for (let i = 0; i < 2; ++i) servers.push(await Server.start({ etcd: { endpoints: [etcd.url], prefix: '/twins' }, channels }));
  encoder = new Encoder();
});
after(async () => {
  await encoder.stop();
  await Promise.all(servers.map((server) => server.stop()));
  await etcd.stop();
});
after(endAll);

test('twin origins', async (t) => {
  const [one, two] = servers;

  await t.test('a server that gets the feed later has the same numbers, times and bytes', async () => {
    encoder.add(one);
    await one.live('match');
    await anchored(one);
    encoder.add(two);
    await two.live('match');
    await anchored(two);
    await assertSame();
    assert.strictEqual(JSON.parse(await etcd.get('/twins/clocks/match/primary')).clocks.length, 1);
    assert.strictEqual(await one.metric('kickoff_registry_clocks_total', { result: 'proposed' }), 1);
    assert.strictEqual(await two.metric('kickoff_registry_clocks_total', { result: 'adopted' }), 1);
    for (const server of servers) assert.strictEqual(await server.metric('kickoff_feed_anchored_by_pts', { channel: 'match' }), 1);
  });

  await t.test('one that is killed and started again goes on with them', async () => {
    two.process.child.kill('SIGKILL');
    await two.process.ended;
    await encoder.remove(two);
    two.process = run(binary, ['serve', '--config', two.file], { env: process.env });
    await two.until('it is alive', async () => (await two.admin('/livez')).status === 200);
    encoder.add(two);
    await two.live('match');
    await anchored(two);
    await assertSame();
    assert.strictEqual(JSON.parse(await etcd.get('/twins/clocks/match/primary')).clocks.length, 1);
  });

  await t.test('without etcd both go on, and what begins is at its arrival and says so', async () => {
    await etcd.kill();
    for (const server of servers) {
      await server.until('it says that etcd is gone', async () => (await events(server, 'registry')).length === 1);
      assert.strictEqual(await server.metric('kickoff_registry_reachable'), 0);
    }
    encoder.add(one, 'other');
    await one.live('other');
    assert.strictEqual((await feedOf(one, 'other')).anchor, 'arrival');
    const told = (await events(one, 'feed.clock')).filter(({ subject, data }) => JSON.stringify([subject, data]).includes('other'));
    assert.strictEqual(told.length, 1);
    assert.strictEqual(told[0].data.result, 'none');
    await encoder.remove(one, 'other');
    await assertSame();
  });

  await t.test('a publisher that comes again meanwhile keeps the clock that its server remembers', async () => {
    await encoder.remove(two);
    await two.until('its publisher is gone', async () => !(await feedOf(two)));
    encoder.add(two);
    await anchored(two);
    await assertSame();
    assert.strictEqual(await two.metric('kickoff_registry_clocks_total', { result: 'remembered' }), 1);
  });

  await t.test('an encoder that starts anew gets a new clock, the same in both', async () => {
    await etcd.begin();
    for (const server of servers) await server.until('etcd is back', async () => (await server.metric('kickoff_registry_reachable')) === 1);
    await encoder.stop();
    for (const server of servers) await server.until('its publisher is gone', async () => !(await feedOf(server)));
    encoder = new Encoder();
    for (const server of servers) encoder.add(server);
    for (const server of servers) await anchored(server);
    await assertSame();
    assert.strictEqual(JSON.parse(await etcd.get('/twins/clocks/match/primary')).clocks.length, 2);
  });
});
