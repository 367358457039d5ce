// One encoder's transport stream comes twice, as the two feeds of a channel, over two networks that lose different packets.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const dgram = require('node:dgram');
const { Server, endAll, leftOut, copy, freeUdp, run, sleep } = require('./harness');
const { source, pictures } = require('./media');
const { startRelay } = require('./relay');
const { assertLive } = require('./judge_channel');

const feed = { ground: 'red', rate: '25', gop: 50, bitrate: '800k', format: 'ts' };
const ladder = [{ height: 180, bitrate: '300k', preset: 'ultrafast' }];
let server;
const running = [];
const keep = (process) => { running.push(process); return process; };

before(async () => {
  source(feed);
  server = await Server.start({ channels: { '*': copy({ part: '200ms' }), encoded: { ladder, part: '200ms' } } });
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// One ffmpeg, whose datagrams go to each of the ports.
async function encode(ports) {
  const socket = dgram.createSocket('udp4');
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  socket.on('message', (datagram) => { for (const port of ports) socket.send(datagram, port, '127.0.0.1'); });
  keep(run('ffmpeg', ['-nostdin', '-v', 'warning', '-re', '-stream_loop', '-1', '-i', source(feed), '-c', 'copy', '-f', 'mpegts', '-pes_payload_size', '0',
    `udp://127.0.0.1:${socket.address().port}?pkt_size=1316`]));
  running.push({ stop: async () => socket.close() });
}
// An SRT call that carries what comes to `port`. The latency (the server's 120 ms) is shorter than a round trip: what the network loses stays lost.
async function call(channel, name, port, conditions) {
  const relay = await startRelay('udp', server.ports.srt, ['--delay', 100, '--loss-back', 0, ...conditions]);
  const stream = `#!::r=live/${channel},m=publish,x-feed=${name}`;
  const sender = keep(run('srt-live-transmit', ['-q', `udp://127.0.0.1:${port}`, `srt://127.0.0.1:${relay.port}?streamid=${stream}`]));
  return { relay, sender };
}
async function feedsOf(channel) {
  const { channels } = JSON.parse((await server.admin('/api/v1/channels')).text);
  return channels.find(({ name }) => name === channel);
}
const merged = (channel) => server.until(`the feeds of ${channel} are merged`, async () => (await server.metric('kickoff_feed_merged', { channel })) === 1);
const counted = (name, channel, labels) => server.metric(name, { channel, ...labels });

test('one feed over two paths', { concurrency: true }, async (t) => {
  const check = (channel) => {
    const what = `${channel}: what one path loses the other one covers, and the loss of one path is not seen`;
    return t.test(what, { skip: leftOut(what) }, async () => {
      const ports = [await freeUdp(), await freeUdp()];
      await encode(ports);
      const primary = await call(channel, 'primary', ports[0], ['--loss', 2, '--seed', 3]);
      await server.live(channel);
      await call(channel, 'backup', ports[1], ['--loss', 2, '--seed', 4, '--delay', 150]);
      await merged(channel);
      await sleep(3000);
      const held = async () => (await counted('kickoff_channel_held_parts_total', channel)) + (channel === 'encoded' ? await counted('kickoff_worker_frames_total', channel, { stage: 'held' }) : 0);
      const heldBefore = await held();
      const brokenBefore = await counted('kickoff_feed_ts_errors_total', channel, { feed: 'primary', kind: 'continuity' });
      await assertLive(server.playlist(channel), { seconds: 10, independent: false, probes: false });
      for (const name of ['primary', 'backup']) {
        assert.ok(await counted('kickoff_feed_merged_packets_total', channel, { feed: name }) > 20, `${name} covered losses: ${await counted('kickoff_feed_merged_packets_total', channel, { feed: name })}`);
        assert.ok(await counted('kickoff_srt_packets_total', channel, { feed: name, outcome: 'dropped' }) > 5, `${name} lost packets`);
      }
      const broken = await counted('kickoff_feed_ts_errors_total', channel, { feed: 'primary', kind: 'continuity' }) - brokenBefore;
      assert.ok(broken <= 4, `${broken} errors are left, of packets that both lost`);
      assert.strictEqual(await held() - heldBefore, 0, 'nothing was held');

      const checking = assertLive(server.playlist(channel), { seconds: 8, independent: false, probes: false });
      await primary.sender.stop('SIGKILL');
      await server.until('the backup is shown', async () => (await feedsOf(channel)).shown_feed === 'backup');
      await checking;
      assert.strictEqual(await held() - heldBefore, 0, 'nothing was held when a path was lost');
      const { last_switches: made, feeds } = await feedsOf(channel);
      assert.deepStrictEqual(made, [], 'no switch');
      assert.deepStrictEqual(feeds.map(({ merged: one }) => one), [false]);
      const text = (await server.web(`/live/${channel}/index.m3u8`)).text;
      assert.ok(!/GAP/.test(text), text);
      const seen = await pictures(server.playlist(channel), 10, channel === 'plain' ? 360 : 180);
      assert.ok(seen.length > 20);
    });
  };
  await Promise.all(['plain', 'encoded'].map(check));
});
