// A feed that still comes and is worth less than the other one: errors of its transport stream, a scrambled picture.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const dgram = require('node:dgram');
const { spawn } = require('node:child_process');
const { Server, endAll, leftOut, copy, freeUdp, sleep } = require('./harness');
const { source, pushSrt } = require('./media');

const packetSize = 188;
const videoPid = 256;
const file = source({ format: 'ts' });
let server;
const senders = {};
const backups = [];

// What becomes of the n-th packet of the video; null: it is lost on its way.
const spoilers = {
  nothing: (packet) => packet,
  burst: (packet, n) => (n < 30 ? null : packet),
  // Nine a second at 800 kbit/s: a third of the pictures, so that the rate is not what is low.
  errors: (packet, n) => (n % 60 === 0 ? null : packet),
  scrambled: (packet) => { packet[3] |= 0x80; return packet; },
};

// Sends a file in datagrams, in real time, with one of the spoilers.
class Sender {
  constructor(file, port) {
    this.spoil('nothing');
    this.socket = dgram.createSocket('udp4');
    this.child = spawn('ffmpeg', ['-nostdin', '-v', 'warning', '-re', '-stream_loop', '-1', '-i', file, '-c', 'copy', '-f', 'mpegts', '-flush_packets', '1', 'pipe:1'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = Buffer.alloc(0);
    this.child.stdout.on('data', (data) => {
      const bytes = Buffer.concat([rest, data]);
      const whole = bytes.length - bytes.length % packetSize;
      rest = Buffer.from(bytes.subarray(whole));
      const packets = [];
      for (let at = 0; at < whole; at += packetSize) packets.push(this.pass(bytes.subarray(at, at + packetSize)));
      const left = packets.filter((packet) => packet !== null);
      for (let i = 0; i < left.length; i += 7) this.socket.send(Buffer.concat(left.slice(i, i + 7)), port, '127.0.0.1');
    });
  }
  pass(packet) {
    const pid = (packet[1] & 0x1f) << 8 | packet[2];
    return pid === videoPid ? spoilers[this.how](packet, this.count++) : packet;
  }
  spoil(how) { Object.assign(this, { how, count: 0 }); }
  async stop() {
    const gone = new Promise((resolve) => { this.child.once('exit', resolve); });
    this.child.kill('SIGKILL');
    await gone;
    this.socket.close();
  }
}

const names = ['losing', 'scrambled'];
before(async () => {
  const ports = [await freeUdp(), await freeUdp()];
  // A busy machine may hold a sender up for longer than the default.
  const channel = (port) => copy({ part: '200ms', failover_after: '8s', failback_after: '3s', feeds: { primary: { source: `udp://127.0.0.1:${port}` } } });
  server = await Server.start({ channels: Object.fromEntries(names.map((name, i) => [name, channel(ports[i])])) });
  for (const [i, name] of names.entries()) senders[name] = new Sender(file, ports[i]);
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
    sender.spoil('burst');
    await sleep(5000);
    await assertSwitches('losing', []);
    sender.spoil('errors');
    await shows('losing', 'backup');
    await assertSwitches('losing', ['primary backup ts_errors']);
    const { feeds } = await state('losing');
    assert.strictEqual(feeds.find(({ name }) => name === 'primary').fault, 'ts_errors');
    assert.strictEqual(await server.metric('kickoff_feed_fault', { channel: 'losing', feed: 'primary', fault: 'ts_errors' }), 1);
    sender.spoil('nothing');
    await shows('losing', 'primary');
    await assertSwitches('losing', ['primary backup ts_errors', 'backup primary returned']);
  }],
  ['a scrambled picture is none', async () => {
    const sender = senders.scrambled;
    sender.spoil('scrambled');
    await shows('scrambled', 'backup');
    await assertSwitches('scrambled', ['primary backup scrambled']);
    const primary = (await state('scrambled')).feeds.find(({ name }) => name === 'primary');
    assert.deepStrictEqual([primary.score, primary.fault], [0, 'scrambled']);
    sender.spoil('nothing');
    await shows('scrambled', 'primary');
    await assertSwitches('scrambled', ['primary backup scrambled', 'backup primary returned']);
  }],
];
test('feeds that still come', { concurrency: true }, async (t) => {
  await Promise.all(cases.map(([what, run]) => t.test(what, { skip: leftOut(what) }, run)));
});
