// Every sender that matters, some at a time into one server: FFmpeg, GStreamer, srt-live-transmit; plain and encrypted.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const { Server, endAll, leftOut, run, within, copy, freeTcp, sleep } = require('./harness');
const { source, pushRtmp, pushSrt, gstRtmp, gstSrt, ffprobe } = require('./media');
const { relayFlv } = require('./rtmp_client');
const heAac = require('./he_aac');
const { assertLive, assertPlays } = require('./judge_channel');

const passphrase = 'correct-horse-battery-staple';
let server;
const running = [];
const push = (process) => { running.push(process); return process; };

before(async () => {
  source();
  source({ format: 'ts' });
  server = await Server.start({ channels: { '*': copy(), sealed: copy({ srt: { passphrase } }), keyed: copy({ keys: ['s3cret-key'] }) } });
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const short = { seconds: 8, probes: false };
const expected = { video: { codec: 'h264', rate: 30 }, audio: { codec: 'aac', sampleRate: 48000, channels: 2 } };

// The pictures of a source as FLV.
function silentFlv(file) {
  const made = `${file}.${process.pid}.flv`;
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', file, '-c', 'copy', '-an', made]);
  const bytes = fs.readFileSync(made);
  fs.rmSync(made);
  return bytes;
}

const implicit = 'SBR that an RTMP encoder does not signal is announced with the rate of its output';
const second = 'a second publisher is refused and the first plays on (RT-28, SR-23)';
test('senders', { concurrency: 5 }, async (t) => {
  const check = (name, what, start, encodes = false) => t.test(what, { skip: leftOut(what) }, async () => {
    const pusher = push(await start(name));
    try {
      await server.live(name);
      // Who encodes as it goes leaves frames out on a busy machine, and the rate is known later.
      if (encodes) await server.until('its frame rate is known', async () => (await server.web(`/live/${name}/index.m3u8`)).text.includes('FRAME-RATE='));
      await assertLive(server.playlist(name), short);
      await assertPlays(server.playlist(name), { ...expected, encodes });
    } catch (error) {
      error.message += `\nthe sender said: ${pusher.output().slice(-2000)}`;
      throw error;
    }
    await pusher.stop();
  });
  await Promise.all([
    check('rtmps', 'ffmpeg over RTMPS', (name) => pushRtmp(source(), server.rtmp(name, '', true))),
    check('srt', 'ffmpeg over SRT, stream id with access control', (name) => pushSrt(source({ format: 'ts' }), server.srt(`#!::r=live/${name},m=publish`))),
    check('srtplain', 'ffmpeg over SRT, plain stream id', (name) => pushSrt(source({ format: 'ts' }), server.srt(`live/${name}`))),
    check('sealed', 'ffmpeg over encrypted SRT', (name) => pushSrt(source({ format: 'ts' }), server.srt(`#!::r=live/${name},m=publish`, `&passphrase=${passphrase}&pbkeylen=32`))),
    check('slt', 'srt-live-transmit', async (name) => {
      const port = await freeTcp();
      const file = source({ format: 'ts' });
      const relay = push(run('srt-live-transmit', ['-q', `udp://127.0.0.1:${port}`, server.srt(`#!::r=live/${name},m=publish`)]));
      await sleep(500);
      const feeder = push(run('ffmpeg', ['-nostdin', '-v', 'warning', '-re', '-stream_loop', '-1', '-i', file, '-c', 'copy', '-f', 'mpegts', `udp://127.0.0.1:${port}?pkt_size=1316`]));
      return { output: () => relay.output() + feeder.output(), stop: () => Promise.all([feeder.stop(), relay.stop()]) };
    }),
    check('gstrtmp', 'GStreamer rtmp2sink', (name) => gstRtmp(server.rtmp(name)), true),
    check('gstsrt', 'GStreamer srtsink', (name) => gstSrt(server.srtEscaped(`#!::r=live/${name},m=publish`)), true),
    check('keyed', 'a key in the stream name', (name) => pushRtmp(source(), server.rtmp(name, '?key=s3cret-key'))),
    t.test(implicit, { skip: leftOut(implicit) }, async () => {
      for (const [name, sbr, codec, rate] of [['heaac', true, 'mp4a.40.5', '48000'], ['lcaac', false, 'mp4a.40.2', '24000']]) {
        const pusher = push(await relayFlv(server.ports.rtmp, name, silentFlv(source()), { more: heAac.messages(sbr, 60) }));
        await server.live(name);
        assert.match((await server.web(`/live/${name}/index.m3u8`)).text, new RegExp(`CODECS="[^"]*${codec}"`));
        const { streams, errors } = await ffprobe(server.playlist(name));
        assert.strictEqual(streams.find(({ codec_type: kind }) => kind === 'audio').sample_rate, rate);
        assert.strictEqual(errors, '');
        pusher.stop();
      }
    }),
    t.test(second, { skip: leftOut(second) }, async () => {
      const first = push(pushRtmp(source(), server.rtmp('twice')));
      await server.live('twice');
      const checking = assertLive(server.playlist('twice'), { ...short, seconds: 10 });
      await assertRefused(pushRtmp(source(), server.rtmp('twice')));
      await assertRefused(pushSrt(source({ format: 'ts' }), server.srt('#!::r=live/twice,m=publish')));
      await checking;
      assert.strictEqual(first.child.exitCode, null, 'the first publisher is still there');
      await first.stop();
    }),
  ]);
});

// What is refused ends soon, says why, and nothing of it becomes a channel.
async function assertRefused(pusher, channel, word) {
  running.push(pusher);
  const began = Date.now();
  const { code } = await within(pusher.ended, 60000, { code: null });
  assert.ok(code, `the sender gave up (exit ${code}) after ${Date.now() - began} ms: ${pusher.output().slice(-500)}`);
  if (channel) assert.notStrictEqual((await server.web(`/live/${channel}/index.m3u8`)).status, 200);
  if (word) await server.until(`the log says ${word}`, () => server.log().includes(word));
}

test('RTMP with a wrong key is refused, and the key is in no log', async () => {
  await assertRefused(pushRtmp(source(), server.rtmp('keyed', '?key=wr0ng-guess')));
  assert.ok(!server.log().includes('wr0ng-guess'), 'RT-44: the key given stands in the log');
  assert.ok(!server.log().includes('s3cret-key'), 'RT-44: the key wanted stands in the log');
});
test('SRT with a wrong key is refused', async () => {
  await assertRefused(pushSrt(source({ format: 'ts' }), server.srt('#!::r=live/keyed,m=publish,s=wr0ng-guess')));
});
test('SRT with a wrong passphrase is refused', async () => {
  await assertRefused(pushSrt(source({ format: 'ts' }), server.srt('#!::r=live/sealed,m=publish', '&passphrase=this-is-not-it')));
});
test('SRT without the passphrase is refused', async () => {
  await assertRefused(pushSrt(source({ format: 'ts' }), server.srt('#!::r=live/sealed,m=publish')));
});
test('a stream id that is none is refused', async () => {
  await assertRefused(pushSrt(source({ format: 'ts' }), server.srt('#!::r=live/bad:name,m=publish')));
  await assertRefused(pushRtmp(source(), server.rtmp('bad%20name')));
});
