// A feed that still comes and is worth less than the other one: errors of its transport stream, a scrambled picture, no sound.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, leftOut, copy, freeUdp, sleep } = require('./harness');
const { source, pushSrt } = require('./media');
const { TsSender } = require('./ts_sender');

const videoPid = 256;
const audioPid = 257;
const file = source({ format: 'ts' });
let server;
const senders = {};
const backups = [];

const ofVideo = (how) => (packet, { pid, n }) => (pid === videoPid ? how(packet, n) : [packet]);
const spoilers = {
  burst: ofVideo((packet, n) => (n < 30 ? [] : [packet])),
  // Nine a second at 800 kbit/s: a third of the pictures, so that the rate is not what is low.
  errors: ofVideo((packet, n) => (n % 60 === 0 ? [] : [packet])),
  scrambled: ofVideo((packet) => {
    packet[3] |= 0x80;
    return [packet];
  }),
  mute: (packet, { pid }) => (pid === audioPid ? [] : [packet]),
};

const names = ['losing', 'scrambled', 'mute'];
before(async () => {
  const ports = [await freeUdp(), await freeUdp(), await freeUdp()];
  // A busy machine may hold a sender up for longer than the default.
  const channel = (port) => copy({ part: '200ms', failover_after: '8s', failback_after: '3s', failover_mute: '3s', feeds: { primary: { source: `udp://127.0.0.1:${port}` } } });
  server = await Server.start({ channels: Object.fromEntries(names.map((name, i) => [name, channel(ports[i])])) });
  for (const [i, name] of names.entries()) senders[name] = new TsSender(file, ports[i]);
  for (const name of names) {
    await server.live(name);
    backups.push(pushSrt(file, server.srt(`#!::r=live/${name},m=publish,x-feed=backup`)));
    await server.until('both feeds are known', async () => (await state(name)).feeds.filter(({ video }) => video).length === 2);
  }
  await sleep(6000);
});
after(async () => {
  await Promise.all([...Object.values(senders).map((sender) => sender.stop()), ...backups.map((backup) => backup.stop('SIGKILL'))]);
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

async function state(channel) {
  return JSON.parse((await server.admin('/api/v1/channels')).text).channels.find(({ name }) => name === channel);
}
const shows = (channel, feed) => server.until(`the ${feed} feed of ${channel} is shown`, async () => (await state(channel)).shown_feed === feed);
// Oldest first.
async function assertSwitches(channel, expected) {
  const made = async () => (await state(channel)).last_switches.map(({ from, to, reason }) => `${from} ${to} ${reason}`);
  assert.deepStrictEqual(await made(), expected);
}

const cases = [
  ['one burst of losses does not switch; losses that last do, and the feed comes back when they are over', async () => {
    const sender = senders.losing;
    sender.spoil(spoilers.burst);
    await sleep(5000);
    await assertSwitches('losing', []);
    sender.spoil(spoilers.errors);
    await shows('losing', 'backup');
    await assertSwitches('losing', ['primary backup ts_errors']);
    const { feeds } = await state('losing');
    assert.strictEqual(feeds.find(({ name }) => name === 'primary').fault, 'ts_errors');
    assert.strictEqual(await server.metric('kickoff_feed_fault', { channel: 'losing', feed: 'primary', fault: 'ts_errors' }), 1);
    sender.spoil(null);
    await shows('losing', 'primary');
    await assertSwitches('losing', ['primary backup ts_errors', 'backup primary returned']);
  }],
  ['a scrambled picture is none', async () => {
    const sender = senders.scrambled;
    sender.spoil(spoilers.scrambled);
    await shows('scrambled', 'backup');
    await assertSwitches('scrambled', ['primary backup scrambled']);
    const primary = (await state('scrambled')).feeds.find(({ name }) => name === 'primary');
    assert.deepStrictEqual([primary.score, primary.fault], [0, 'scrambled']);
    sender.spoil(null);
    await shows('scrambled', 'primary');
    await assertSwitches('scrambled', ['primary backup scrambled', 'backup primary returned']);
  }],
  ['sound that is missing is looked for in the other feed', async () => {
    const sender = senders.mute;
    sender.spoil(spoilers.mute);
    await shows('mute', 'backup');
    await assertSwitches('mute', ['primary backup mute']);
    const primary = (await state('mute')).feeds.find(({ name }) => name === 'primary');
    assert.deepStrictEqual([primary.score, primary.fault], [60, 'mute']);
    sender.spoil(null);
    await shows('mute', 'primary');
    await assertSwitches('mute', ['primary backup mute', 'backup primary returned']);
  }],
];
test('feeds that still come', { concurrency: true }, async (t) => {
  await Promise.all(cases.map(([what, run]) => t.test(what, { skip: leftOut(what) }, run)));
});
