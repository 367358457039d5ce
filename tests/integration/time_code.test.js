// The time code of MPEG-2 feeds: what the API says of it, two feeds that are aligned by it, and a channel whose time it is.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, run } = require('./harness');

const ladder = [{ height: 90, bitrate: '100k', preset: 'ultrafast' }];
const channels = {
  arrival: { ladder, audio: { mode: 'none' } },
  coded: { ladder, audio: { mode: 'none' }, anchor: 'timecode' },
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
