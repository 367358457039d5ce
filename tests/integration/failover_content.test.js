// A feed that still comes and is worth less than the other one: errors of its transport stream, a scrambled picture.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const dgram = require('node:dgram');
const { spawn } = require('node:child_process');
const { Server, endAll, copy, freeUdp, sleep } = require('./harness');
const { source, pushSrt } = require('./media');

const packetSize = 188;
const videoPid = 256;
const file = source({ format: 'ts' });
let server;
let sender;
let backup;

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

before(async () => {
  const port = await freeUdp();
  // A busy machine may hold a sender up for longer than the default.
  server = await Server.start({
    channels: { spoiled: copy({ part: '200ms', failover_after: '8s', failback_after: '3s', feeds: { primary: { source: `udp://127.0.0.1:${port}` } } }) },
  });
  sender = new Sender(file, port);
  await server.live('spoiled');
  backup = pushSrt(file, server.srt('#!::r=live/spoiled,m=publish,x-feed=backup'));
  await server.until('both feeds are known', async () => (await state()).feeds.filter(({ video }) => video).length === 2);
  await sleep(6000);
});
after(async () => {
  await sender?.stop();
  await backup?.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

async function state() {
  return JSON.parse((await server.admin('/api/v1/channels')).text).channels.find(({ name }) => name === 'spoiled');
}
const shows = (feed) => server.until(`the ${feed} feed is shown`, async () => (await state()).shown_feed === feed);
const lastReason = async () => (await state()).last_switches.at(-1).reason;

test('one burst of losses does not switch; losses that last do, and the feed comes back when they are over', async () => {
  sender.spoil('burst');
  await sleep(5000);
  assert.deepStrictEqual((await state()).last_switches, []);
  sender.spoil('errors');
  await shows('backup');
  assert.strictEqual(await lastReason(), 'ts_errors');
  const { feeds } = await state();
  assert.strictEqual(feeds.find(({ name }) => name === 'primary').fault, 'ts_errors');
  assert.strictEqual(await server.metric('kickoff_feed_fault', { channel: 'spoiled', feed: 'primary', fault: 'ts_errors' }), 1);
  sender.spoil('nothing');
  await shows('primary');
  assert.strictEqual(await lastReason(), 'returned');
});

test('a scrambled picture is none', async () => {
  sender.spoil('scrambled');
  await shows('backup');
  assert.strictEqual(await lastReason(), 'scrambled');
  const primary = (await state()).feeds.find(({ name }) => name === 'primary');
  assert.deepStrictEqual([primary.score, primary.fault], [0, 'scrambled']);
  sender.spoil('nothing');
  await shows('primary');
  const { last_switches: made } = await state();
  assert.deepStrictEqual(made.map(({ from, to, reason }) => `${from} ${to} ${reason}`), ['primary backup ts_errors', 'backup primary returned', 'primary backup scrambled', 'backup primary returned']);
});
