// Splices and timed metadata within the media (emsg), from a transport stream, RTMP and the API; date ranges that delta updates leave
// out; cuts at operators' markers.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, leftOut, copy, freeUdp, sleep } = require('./harness');
const { source } = require('./media');
const { TsSender } = require('./ts_sender');
const { CueInserter, id3, spliceInsert } = require('./cue_inserter');
const { eventsIn } = require('./event_messages');
const { assertLive, renditions } = require('./judge_channel');
const { readMedia } = require('../../tools/judge/playlist');

const feed = { rate: '25', gop: 50, format: 'ts' };
const token = 'integration-test-token';
const splices = 'urn:scte:scte35:2013:bin';
const tags = 'https://aomedia.org/emsg/ID3';
const ladder = [{ height: 180, bitrate: '300k', preset: 'ultrafast' }];
const channels = {
  events: { ladder, source: 'copy', markers: { emsg: 'all' } },
  cuts: { ladder, source: 'transcode', splice_cuts: true },
};
const inserters = {};
const senders = [];
let server;

before(async () => {
  source(feed);
  const given = { '*': copy() };
  for (const [name, keys] of Object.entries(channels)) {
    const port = await freeUdp();
    const sender = new TsSender(source(feed), port);
    inserters[name] = new CueInserter();
    sender.spoil((packet) => inserters[name].packet(packet));
    senders.push(sender);
    given[name] = { ...keys, feeds: { primary: { source: `udp://127.0.0.1:${port}` } } };
  }
  server = await Server.start({ channels: given }, { env: { KICKOFF_ADMIN_TOKEN: token } });
});
after(async () => {
  await Promise.all(senders.map((sender) => sender.stop()));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const post = (path, body) => fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/${path}`, {
  method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body),
}).then(async (answer) => ({ status: answer.status, body: await answer.json() }));

// The events of all whole segments of a rendition.
async function eventsOf(url) {
  const playlist = readMedia(await (await fetch(url)).text());
  const bytes = await Promise.all(playlist.segments.map(async ({ uri }) => Buffer.from(await (await fetch(new URL(uri, url))).arrayBuffer())));
  return bytes.flatMap(eventsIn);
}

test('timed metadata', { concurrency: true }, async (t) => {
  const within = 'splices and tags of the feed and of the API are in every video rendition, once, at their instants, and in no sound';
  const cut = 'a marker of the API makes a cut as one of the feed does';
  const deltas = 'date ranges that a delta update leaves out are those that a player has';
  await Promise.all([
    t.test(within, { skip: leftOut(within) }, async () => {
      await server.live('events');
      const inserter = inserters.events;
      await server.until('its clock is known', () => inserter.newest !== null);
      const checking = assertLive(server.playlist('events'), { seconds: 14, independent: false, probes: false });
      const pts = inserter.newest + 4 * 90000;
      const splice = spliceInsert({ id: 7, pts, seconds: 20 });
      for (let i = 0; i < 3; i++) {
        inserter.send(splice);
        await sleep(200);
      }
      const tag = inserter.sendTag(id3('score', '1 : 0'), pts + 90000);
      const start = new Date(Date.now() + 4000).toISOString();
      const taken = await post('events/metadata', { name: 'odds', data: { home: 1.5 }, start });
      assert.deepStrictEqual(taken, { status: 201, body: { start } });
      assert.strictEqual((await post('events/metadata', { name: 'odds' })).status, 400);
      assert.strictEqual((await post('nobody/metadata', { name: 'odds', data: 1 })).status, 404);
      assert.strictEqual((await post('cuts/metadata', { name: 'odds', data: 1 })).status, 409, 'no ID3 in its media');
      const { video, audio } = await renditions(server.playlist('events'));
      assert.strictEqual(video.length, 2);
      const all = [];
      for (const { url } of video) {
        all.push(await server.until('all three events', async () => {
          const found = await eventsOf(url);
          return found.length >= 3 && found;
        }, 20000));
      }
      const playlist = await (await fetch(video[0].url)).text();
      const due = Date.parse(/START-DATE="([^"]*)"[^\n]*SCTE35-OUT/.exec(playlist)[1]);
      for (const found of all) {
        assert.strictEqual(found.length, 3, 'each of them once');
        const one = (data) => found.find((event) => event.data.equals(data));
        assert.deepStrictEqual({ ...one(splice), at: Math.round(one(splice).at) }, { scheme: splices, at: due, duration: 20, id: all[0].find(({ scheme }) => scheme === splices).id, data: splice });
        assert.strictEqual(one(tag).scheme, tags);
        assert.ok(Math.abs(one(tag).at - due - 1000) <= 1, `${one(tag).at} and not a second after ${due}`);
        const odds = one(id3('odds', '{"home":1.5}'));
        assert.ok(Math.abs(odds.at - Date.parse(start)) <= 1, `${odds.at} and not ${start}`);
      }
      assert.deepStrictEqual(all[0].map(({ id }) => id), all[1].map(({ id }) => id));
      for (const { url } of audio) assert.deepStrictEqual(await eventsOf(url), []);
      await checking;
      assert.strictEqual(await server.metric('kickoff_worker_events_total', { channel: 'events', result: 'taken' }), 3);
      assert.strictEqual(await server.metric('kickoff_worker_events_total', { channel: 'events', result: 'dropped' }), 0);
      assert.strictEqual(await server.metric('kickoff_metadata_total', { channel: 'events' }), 1);
    }),
    t.test(cut, { skip: leftOut(cut) }, async () => {
      await server.live('cuts');
      await server.until('its clock is known', () => inserters.cuts.newest !== null);
      const at = Math.round((Date.now() + 5000) / 40) * 40;
      const section = spliceInsert({ id: 9 }).toString('base64');
      assert.strictEqual((await post('cuts/markers', { scte35: section, start: new Date(at).toISOString() })).status, 201);
      const chapter = { class: 'com.example.chapter', start: new Date(at + 5000).toISOString(), cut: true };
      assert.strictEqual((await post('cuts/markers', chapter)).status, 201);
      assert.strictEqual((await post('events/markers', chapter)).status, 409, 'it moves no cuts');
      const { video, audio } = await renditions(server.playlist('cuts'));
      for (const { url, uri } of [...video, ...audio]) {
        for (const instant of [at, at + 5000]) {
          await server.until(`a segment of ${uri} begins at ${instant}`, async () => readMedia(await (await fetch(url)).text()).segments
            .some(({ date }) => Date.parse(date) >= instant - 1 && Date.parse(date) < instant + 45), 25000);
        }
      }
      assert.strictEqual(await server.metric('kickoff_channel_splice_cuts_total', { channel: 'cuts', result: 'moved' }), 2);
    }),
    t.test(deltas, { skip: leftOut(deltas) }, async () => {
      await server.live('events');
      await assertLive(server.playlist('events'), { seconds: 25, independent: false, probes: true });
    }),
  ]);
});
