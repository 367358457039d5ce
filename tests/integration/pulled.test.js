// Feeds that the server gets by itself: from an SRT listener that it calls, and in datagrams, plain and in RTP.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const { Server, endAll, leftOut, run, copy, freeUdp, sleep } = require('./harness');
const { source, pushSrt } = require('./media');
const { assertLive, assertPlays } = require('./judge_channel');

const passphrase = 'correct-horse-battery-staple';
const expected = { video: { codec: 'h264', rate: 30 }, audio: { codec: 'aac', sampleRate: 48000, channels: 2 } };
const running = [];
const push = (process) => { running.push(process); return process; };
const ports = {};
let server;

const feed = (url) => ({ feeds: { primary: { source: url } } });
const listen = (port) => push(pushSrt(source({ format: 'ts' }), `srt://127.0.0.1:${port}?mode=listener&passphrase=${passphrase}&transtype=live`));
const datagrams = (port) => push(run('ffmpeg', ['-nostdin', '-v', 'warning', '-re', '-stream_loop', '-1', '-i', source({ format: 'ts' }), '-c', 'copy', '-f', 'mpegts', `udp://127.0.0.1:${port}?pkt_size=1316`]));
const packets = (port) => push(run('ffmpeg', ['-nostdin', '-v', 'warning', '-re', '-stream_loop', '-1', '-i', source({ format: 'ts' }), '-c', 'copy', '-f', 'rtp_mpegts', `rtp://127.0.0.1:${port}?pkt_size=1328`]));

before(async () => {
  source({ format: 'ts' });
  for (const name of ['called', 'datagrams', 'rtp', 'moved', 'elsewhere', 'first', 'second']) ports[name] = await freeUdp();
  server = await Server.start({
    channels: {
      called: copy(feed(`srt://localhost:${ports.called}?streamid=%23!::r%3Dmatch&passphrase=${passphrase}&latency=120`)),
      datagrams: copy(feed(`udp://127.0.0.1:${ports.datagrams}`)),
      rtp: copy(feed(`rtp://0.0.0.0:${ports.rtp}`)),
      both: copy({ feeds: { primary: { source: `udp://127.0.0.1:${ports.first}` }, backup: { source: `srt://127.0.0.1:${ports.second}?passphrase=${passphrase}` } } }),
      moved: copy(feed(`udp://127.0.0.1:${ports.moved}`)),
    },
  });
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// How often a pulled feed of the channel has come.
const comings = (channel) => server.log().split('\n').filter((line) => line.includes('"event":"pulled feed"') && line.includes(`"channel":"${channel}"`)).length;

const changesOver = 'two pulled feeds: the backup is shown when the sender of the primary is killed';
test('pulled feeds', { concurrency: 4 }, async (t) => {
  const check = (channel, what, start) => t.test(what, { skip: leftOut(what) }, async () => {
    const first = start(ports[channel]);
    await server.live(channel);
    await assertPlays(server.playlist(channel), expected);
    await first.stop('SIGKILL');
    await sleep(2000);
    const came = comings(channel);
    start(ports[channel]);
    await server.until('its feed has come back', () => comings(channel) > came);
    await assertLive(server.playlist(channel), { seconds: 8, probes: false, independent: false });
    await assertPlays(server.playlist(channel), expected);
  });
  await Promise.all([
    check('called', 'an SRT listener is called, and called again after it was killed', listen),
    check('datagrams', 'MPEG-TS over UDP, from a sender that is killed and started again', datagrams),
    check('rtp', 'MPEG-TS in RTP, from a sender that is killed and started again', packets),
    t.test(changesOver, { skip: leftOut(changesOver) }, async () => {
      const primary = datagrams(ports.first);
      await server.live('both');
      listen(ports.second);
      await server.until('the backup has come', () => comings('both') === 2);
      await sleep(1000);
      await primary.stop('SIGKILL');
      await server.until('the backup is shown', () => server.log().split('\n').some((line) => line.includes('"event":"another feed is shown","channel":"both","feed":"backup"')), 15000);
      await sleep(9000); // the last three segments, which ffprobe plays, are the backup's alone
      await assertPlays(server.playlist('both'), expected);
    }),
  ]);
});

test('a source that a reload changes is changed at once, the others are not touched', async () => {
  push(datagrams(ports.moved));
  await server.live('moved');
  const others = comings('datagrams');
  const came = comings('moved');
  server.config.channels.moved.feeds.primary.source = `udp://127.0.0.1:${ports.elsewhere}`;
  fs.writeFileSync(server.file, JSON.stringify(server.config));
  server.process.child.kill('SIGHUP');
  await server.until('the old source has ended', () => /"event":"pulled feed gone","channel":"moved"/.test(server.log()));
  push(datagrams(ports.elsewhere));
  await server.until('the new source has come', () => comings('moved') > came);
  assert.strictEqual(comings('datagrams'), others);
});

test('pulled feeds are counted', async () => {
  assert.strictEqual(await server.metric('kickoff_pull_live', { channel: 'called', protocol: 'srt-caller' }), 1);
  assert.ok(await server.metric('kickoff_pull_attempts_total', { channel: 'called' }) >= 2, 'it was called again');
  assert.ok(await server.metric('kickoff_pull_datagrams_total', { channel: 'datagrams', outcome: 'received' }) > 1000);
  assert.strictEqual(await server.metric('kickoff_pull_rtp_packets_total', { channel: 'rtp', outcome: 'malformed' }), 0);
  assert.ok(await server.metric('kickoff_srt_packets_total', { channel: 'called', feed: 'primary', outcome: 'received' }) > 100);
});

test('neither the passphrase nor the stream id of a source is in the log', () => {
  assert.ok(!server.log().includes(passphrase));
  assert.ok(!server.log().includes('#!::r=match') && !server.log().includes('%23!::r'));
});
