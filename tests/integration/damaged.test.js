// Transport streams that are damaged on their way, each kind on a channel of its own for some seconds, all at once, beside a channel
// that is well: what is published meanwhile keeps the rules, and when the damage is over the right pictures are there, and the sound
// with them.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, leftOut, copy, freeUdp, sleep } = require('./harness');
const { source, pictures, pushRtmp } = require('./media');
const { assertLive } = require('./judge_channel');
const { lipSync } = require('./lip_sync');
const { TsSender, packetSize } = require('./ts_sender');

const [programPid, videoPid, audioPid] = [4096, 256, 257];
const frame = 1024 / 48000; // s of sound: a copy can't place it finer
const damageTime = 6000;
const media = { ground: 'red', rate: '25', gop: 50, bitrate: '600k' };

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let i = 0; i < 8; i++) crc = crc & 0x80000000 ? crc << 1 ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}
// The packet of a program map that fits into one, with other PIDs for its tracks and its clock.
function remapped(packet, of) {
  const section = packet.subarray(5 + packet[4]);
  const end = 3 + ((section[1] & 0x0f) << 8 | section[2]) - 4;
  const replace = (at) => section.writeUInt16BE(0xe000 | of(section.readUInt16BE(at) & 0x1fff), at);
  replace(8);
  for (let at = 12 + (section.readUInt16BE(10) & 0xfff); at < end; at += 5 + (section.readUInt16BE(at + 3) & 0xfff)) replace(at + 1);
  section.writeUInt32BE(crc32(section.subarray(0, end)), end);
  return packet;
}
const moved = (pid) => (pid === videoPid || pid === audioPid ? pid + 0x100 : pid);
const junk = (random, length) => Buffer.from(Array.from({ length }, () => 256 * random()));

// What is sent in a packet's place: see TsSender.spoil.
const spoilers = {
  'flipped bits': (packet, { random }) => {
    if (random() < 0.03) packet[Math.floor(packetSize * random())] ^= 1 << Math.floor(8 * random());
    return [packet];
  },
  'lost packets': (packet, { random }) => (random() < 0.02 ? [] : [packet]),
  'doubled packets': (packet, { random }) => (random() < 0.1 ? [packet, packet] : [packet]),
  'packets in another order': (packet, { random, state }) => {
    const before = state.before;
    state.before = undefined;
    if (before) return [packet, before];
    if (random() < 0.95) return [packet];
    state.before = packet;
    return [];
  },
  'bytes between packets': (packet, { random }) => (random() < 0.02 ? [junk(random, 1 + Math.floor(300 * random())), packet] : [packet]),
  'packets of junk': (packet, { random }) => [random() < 0.02 ? junk(random, packetSize) : packet],
  'tracks on other PIDs': (packet, { pid }) => {
    if (pid === programPid) return [remapped(packet, moved)];
    packet.writeUInt16BE(packet.readUInt16BE(1) & 0xe000 | moved(pid), 1);
    return [packet];
  },
  'no sound': (packet, { pid }) => (pid === audioPid ? [] : [packet]),
  'no picture': (packet, { pid }) => (pid === videoPid ? [] : [packet]),
  'no tables': (packet, { pid }) => (pid === 0 || pid === programPid ? [] : [packet]),
};
const kinds = Object.entries(spoilers).map(([name, how]) => ({
  name,
  async damage(sender) {
    sender.spoil(how);
    await sleep(damageTime);
    sender.spoil(null);
  },
}));
kinds.push(
  { name: 'a stall, then all of it at once',
    async damage(sender) {
      sender.hold();
      await sleep(damageTime);
      sender.release();
    } },
  { name: 'an encoder that starts anew with time stamps of 20 hours later', damage: (sender) => sender.restart(['-output_ts_offset', String(20 * 3600)]) },
  { name: 'time stamps that wrap', damage: (sender) => sender.restart(['-output_ts_offset', String(2 ** 33 / 90000 - 4)]) },
  { name: 'flipped bits in a ladder', ladder: true, damage: kinds[0].damage },
);
kinds.forEach((kind, i) => { kind.channel = `damaged-${i}`; });

let server;
const senders = [];
let beside;
before(async () => {
  const file = source({ ...media, format: 'ts' });
  for (const kind of kinds) kind.port = await freeUdp();
  const ladder = [{ height: 180, bitrate: '300k', preset: 'ultrafast' }];
  server = await Server.start({
    channels: {
      beside: copy(),
      ...Object.fromEntries(kinds.map((kind) => {
        const feeds = { primary: { source: `udp://127.0.0.1:${kind.port}` } };
        return [kind.channel, kind.ladder ? { ladder, feeds } : copy({ feeds })];
      })),
    },
  });
  beside = pushRtmp(source(media), server.rtmp('beside'));
  for (const kind of kinds) {
    kind.sender = new TsSender(file, kind.port);
    senders.push(kind.sender);
  }
  for (const { channel } of kinds) await server.live(channel);
  await sleep(4000);
});
after(async () => {
  await Promise.all([beside, ...senders].map((one) => one?.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

test('damage', { concurrency: 3 }, async (t) => {
  // The damage of all at once; what came of it is looked at with three decoders at a time.
  const meant = kinds.filter(({ name }) => !leftOut(name));
  const well = assertLive(server.playlist('beside'), { seconds: 20, probes: false, independent: false });
  const over = meant.map((kind) => ({
    done: kind.damage(kind.sender).then(() => sleep(12000)),
    // LL-52: the first picture of a segment may be one whose own time stamp was damaged.
    rules: assertLive(server.playlist(kind.channel), { seconds: 16, probes: false, independent: false, except: ['LL-52'] }).then(() => null, (error) => error),
  }));
  await Promise.all(over.map(({ done }) => done));
  await Promise.all([
    t.test('a channel beside them is well', () => well),
    ...meant.map(({ name, channel, ladder }, i) => t.test(name, async () => {
      const height = ladder ? 180 : 360;
      const skew = await lipSync(server.playlist(channel), height);
      const seen = await pictures(server.playlist(channel), 3, height, undefined, -3);
      assert.ok(skew !== null && Math.abs(skew) <= frame, `the sound is ${skew} s behind the picture`);
      assert.ok(seen.length > 60, `${seen.length} pictures in 3 s`);
      const steps = seen.slice(1).map(({ square }, n) => (square - seen[n].square + 40) % 40);
      assert.deepStrictEqual(steps.filter((step) => step !== 1), [], 'pictures follow one another');
      const error = await over[i].rules;
      if (error) throw error;
    })),
  ]);
  assert.ok(server.alive());
});
