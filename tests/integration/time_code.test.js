// The time code of feeds: what the API says of it, two feeds that are aligned by it, and a channel whose time it is. MPEG-2 has it in its
// groups, H.264 and HEVC in SEI messages, which ffprobe reads from what viewers get, and RTMP in the message "onFI".
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { Server, copy, endAll, run } = require('./harness');
const { relayFlv } = require('./rtmp_client');
const { readMedia } = require('../../tools/judge/playlist');
const { timed, timedFlv, codeAt, textOf } = require('./time_code_inserter');

const ladder = [{ height: 90, bitrate: '100k', preset: 'ultrafast' }];
const channels = {
  arrival: { ladder, audio: { mode: 'none' } },
  coded: { ladder, audio: { mode: 'none' }, anchor: 'timecode' },
  h264: copy({ anchor: 'timecode' }),
  hevc: copy({ anchor: 'timecode' }),
  onfi: copy({ anchor: 'timecode' }),
  elsewhere: { ladder, audio: { mode: 'none' }, anchor: 'timecode', timecode_offset: '-3600s' },
};
const day = 24 * 3600 * 1000;
const feeds = [];
let server;

before(async () => { server = await Server.start({ channels }); });
after(async () => {
  await Promise.all(feeds.map((feed) => feed.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// An encoder without sound, whose first picture has the code of now, moved by `late` seconds.
function publish(channel, { feed = 'primary', late = 0 } = {}) {
  const code = `${new Date(Date.now() + 1000 * late).toISOString().slice(11, 19)}:00`;
  const id = `#!::r=live/${channel},m=publish,x-feed=${feed}`;
  feeds.push(run('ffmpeg', ['-nostdin', '-v', 'warning', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=25', '-c:v', 'mpeg2video', '-b:v', '300k',
    '-g', '25', '-bf', '2', '-gop_timecode', code, '-f', 'mpegts', server.srt(id)]));
}
async function stateOf(channel) {
  return JSON.parse((await server.admin('/api/v1/channels')).text).channels.find(({ name }) => name === channel);
}
// Its feed once the code runs.
async function running(channel, name = 'primary') {
  let found;
  await server.until(`the time code of ${channel} runs`, async () => {
    found = (await stateOf(channel))?.feeds.find((feed) => feed.name === name);
    return found?.time_code && found.time_code.offset_ms !== null;
  }, 60000);
  return found;
}
// The same with anchor: timecode. An encoder that a loaded machine starts late, by more than the code may be behind, comes again.
async function anchored(channel, given) {
  for (let attempt = 1; ; attempt++) {
    publish(channel, given);
    const feed = await running(channel);
    if (feed.anchor === 'timecode' || attempt === 5) return feed;
    await feeds.at(-1).stop('SIGKILL');
    await server.until('it is gone', async () => (await stateOf(channel))?.feeds.length === 0);
  }
}
// The UTC of the present day that a code reads.
const utcOf = (value) => Date.parse(`${new Date().toISOString().slice(0, 11)}${value.slice(0, 8)}Z`) + 40 * Number(value.slice(9));
const fromNow = (time) => ((time - Date.now() + 1.5 * day) % day) - day / 2;

test('a feed at its arrival is as far from its time code as it takes to arrive', async () => {
  publish('arrival');
  const feed = await running('arrival');
  assert.strictEqual(feed.time_code.source, 'gop');
  assert.match(feed.time_code.value, /^\d\d:\d\d:\d\d:\d\d$/);
  assert.ok(Math.abs(fromNow(utcOf(feed.time_code.value))) < 20000, feed.time_code.value);
  assert.strictEqual(feed.anchor, 'arrival');
  assert.ok(feed.time_code.offset_ms < 0 && feed.time_code.offset_ms > -20000, `${feed.time_code.offset_ms} ms`);
  assert.ok(Math.abs(await server.metric('kickoff_feed_time_code_offset_seconds', { channel: 'arrival', feed: 'primary' })) < 20);
});

test('with anchor: timecode it is where its time code says', async () => {
  const feed = await anchored('coded');
  assert.strictEqual(feed.anchor, 'timecode', server.log(30));
  assert.ok(Math.abs(feed.time_code.offset_ms) <= 40, `${feed.time_code.offset_ms} ms`);
  assert.strictEqual(await server.metric('kickoff_feed_anchored_by_time_code', { channel: 'coded', feed: 'primary' }), 1);
});

test('time code of another time zone is used with its offset', async () => {
  const feed = await anchored('elsewhere', { late: 3600 });
  assert.strictEqual(feed.anchor, 'timecode', server.log(30));
  assert.ok(Math.abs(feed.time_code.offset_ms - 3600_000) <= 40, `${feed.time_code.offset_ms} ms`);
});

test('without its offset it is too far from the arrival, and the log says so', async () => {
  publish('coded', { feed: 'backup', late: 3600 });
  const feed = await running('coded', 'backup');
  assert.strictEqual(feed.anchor, 'arrival');
  assert.match(server.process.output(), /not that of its time code/);
});

test('two feeds without sound are aligned by their time code', async () => {
  publish('arrival', { feed: 'backup', late: -2 });
  await running('arrival', 'backup');
  await server.until('the codes tell how far they are apart', async () => (await stateOf('arrival')).alignment.method === 'timecode', 20000);
  const { alignment, feeds: both } = await stateOf('arrival');
  const [primary, backup] = both.map(({ time_code: { offset_ms: offset } }) => offset);
  assert.ok(Math.abs(alignment.offset_ms - (primary - backup)) <= 40, `${alignment.offset_ms} ms, by codes ${primary} and ${backup}`);
});

// A minute of video without sound, as a byte stream, each access unit behind a delimiter.
function coded(codec) {
  const file = path.join(server.directory, `coded.${codec}`);
  const coder = codec === 'hevc' ? ['-c:v', 'libx265', '-x265-params', 'log-level=error:bframes=0:scenecut=0:aud=1:repeat-headers=1:keyint=50:min-keyint=50']
    : ['-c:v', 'libx264', '-sc_threshold', '0', '-x264-params', 'aud=1:pic-struct=1:keyint=50:min-keyint=50'];
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=25:duration=60', ...coder, '-preset', 'ultrafast', '-bf', '0', '-g', '50', '-f', codec, file]);
  return file;
}
// The segments of a channel's video: {date: ms, code: of its first picture, as ffprobe reads it, or undefined}.
async function segmentsOf(channel) {
  const base = server.playlist(channel);
  const uri = (await (await fetch(base)).text()).split('\n').find((line) => line && !line.startsWith('#'));
  const url = new URL(uri, base);
  const { segments } = readMedia(await (await fetch(url)).text());
  const bytes = async (name) => Buffer.from(await (await fetch(new URL(name, url))).arrayBuffer());
  return Promise.all(segments.map(async ({ date, map, uri: name }) => {
    const input = Buffer.concat([await bytes(map), await bytes(name)]);
    const { stdout } = spawnSync('ffprobe', ['-v', 'error', '-read_intervals', '%+#1', '-show_frames', '-show_entries', 'frame=pts_time', '-of', 'json', '-'], { input });
    return { date: Date.parse(date), code: /"value": "([\d:;]+)"/.exec(stdout)?.[1] };
  }));
}
// Five segments, each of which begins with a key frame of the source: those are 2 s apart, from `start` on.
async function assertAtItsCode(channel, start, inPictures) {
  let found = [];
  await server.until(`five segments of ${channel}`, async () => { found = await segmentsOf(channel).catch(() => []); return found.length >= 5; });
  const held = await server.metric('kickoff_channel_held_parts_total', { channel });
  const all = `of ${found.map(({ date, code }) => `${new Date(date).toISOString()} (${code})`).join(', ')}, with ${held} parts held`;
  for (const { date, code } of found.slice(1)) {
    const off = ((date - start) % 2000 + 3000) % 2000 - 1000;
    assert.ok(Math.abs(off) <= 2, `a segment at ${new Date(date).toISOString()} does not begin with a picture of ${new Date(start).toISOString()} and every 2 s: ${off} ms, ${all}`);
    assert.strictEqual(code, inPictures ? textOf(codeAt(date + 1, 25)) : undefined);
  }
}
// An encoder whose first picture has the code of now; `send` publishes it. A loaded machine may be late: then another one.
async function assertFollowed(channel, source, inPictures, send) {
  for (let attempt = 1; ; attempt++) {
    const start = 40 * Math.floor(Date.now() / 40);
    const sender = await send(start);
    const feed = await running(channel);
    assert.strictEqual(feed.time_code.source, source);
    if (feed.anchor !== 'timecode' && attempt < 5) {
      await sender.stop('SIGKILL');
      await server.until('it is gone', async () => (await stateOf(channel))?.feeds.length === 0);
      continue;
    }
    feeds.push(sender);
    assert.strictEqual(feed.anchor, 'timecode', server.log(30));
    assert.ok(Math.abs(feed.time_code.offset_ms) <= 40, `${feed.time_code.offset_ms} ms`);
    assert.ok(Math.abs(fromNow(utcOf(feed.time_code.value))) < 20000, feed.time_code.value);
    return assertAtItsCode(channel, start, inPictures);
  }
}
for (const [codec, name] of [['h264', 'H.264'], ['hevc', 'HEVC']]) {
  test(`time code in SEI messages of ${name} is that of the program date-time, to the frame, and stays in the pictures`, async () => {
    const stream = fs.readFileSync(coded(codec));
    const file = path.join(server.directory, `timed.${codec}`);
    await assertFollowed(codec, 'sei', true, (start) => {
      fs.writeFileSync(file, timed(stream, { hevc: codec === 'hevc', rate: 25, start }));
      return run('ffmpeg', ['-nostdin', '-v', 'warning', '-re', '-r', '25', '-f', codec, '-i', file, '-c', 'copy', '-f', 'mpegts', server.srt(`#!::r=live/${codec},m=publish`)]);
    });
  });
}

test('time code in the message onFI of RTMP is that of the program date-time', async () => {
  const flv = path.join(server.directory, 'plain.flv');
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-r', '25', '-f', 'h264', '-i', coded('h264'), '-c', 'copy', '-f', 'flv', flv]);
  await assertFollowed('onfi', 'onFI', false, (start) => relayFlv(server.ports.rtmp, 'onfi', timedFlv(fs.readFileSync(flv), { rate: 25, start })));
});
