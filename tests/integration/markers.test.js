// Splice information (SCTE-35) of a transport stream, and operators' markers, as players see them in the playlists.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const { Server, endAll, leftOut, copy, freeUdp, sleep } = require('./harness');
const { source } = require('./media');
const { TsSender } = require('./ts_sender');
const { CueInserter, spliceInsert, timeSignal, section } = require('./cue_inserter');
const { assertLive, renditions } = require('./judge_channel');

const feed = { rate: '25', gop: 50, format: 'ts' };
const ladder = [{ height: 180, bitrate: '300k', preset: 'ultrafast' }];
const token = 'integration-test-token';
const names = ['cues', 'own', 'flood', 'cuts'];
const special = {
  cues: { ladder, source: 'copy', splice_keys: true },
  cuts: { ladder: [...ladder, { height: 90, bitrate: '100k', preset: 'ultrafast' }], source: 'transcode', splice_cuts: true, subtitles: [{ from: 'api', language: 'en' }],
    markers: { cue_tags: true, interstitials: { types: 'splice_insert', asset_list: 'https://ads.example/list?break={event}&at={start}&seconds={duration}' } } },
};
const senders = {};
let server;

before(async () => {
  source(feed);
  const channels = { '*': copy() };
  for (const name of names) {
    const port = await freeUdp();
    const sender = new TsSender(source(feed), port);
    const inserter = new CueInserter();
    sender.spoil((packet) => inserter.packet(packet));
    senders[name] = { sender, inserter };
    channels[name] = { ...special[name] ?? copy(), feeds: { primary: { source: `udp://127.0.0.1:${port}` } } };
  }
  server = await Server.start({ channels }, { env: { KICKOFF_ADMIN_TOKEN: token } });
});
after(async () => {
  await Promise.all(Object.values(senders).map(({ sender }) => sender.stop()));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const post = (channel, body) => fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/${channel}/markers`, {
  method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body),
}).then(async (answer) => ({ status: answer.status, body: await answer.json() }));

// The EXT-X-DATERANGE tags of a media playlist, as objects with quotes taken off.
function ranges(text) {
  return text.split('\n').filter((line) => line.startsWith('#EXT-X-DATERANGE:')).map((line) => Object.fromEntries(
    [...line.slice(17).matchAll(/([A-Z0-9-]+)=("[^"]*"|[^,]*)/g)].map(([, name, value]) => [name, value.replace(/^"|"$/g, '')])));
}
async function rangesOf(channel) {
  const { video, audio } = await renditions(server.playlist(channel));
  return Promise.all([...video, ...audio].map(async ({ url }) => ranges(await (await fetch(url)).text())));
}
// Until each rendition has a tag for which `condition` holds. → the tag
async function shown(channel, what, condition) {
  return server.until(what, async () => {
    const found = (await rangesOf(channel)).map((list) => list.find(condition));
    return found.every(Boolean) && found[0];
  }, 20000);
}
// The closed segments of a media playlist: number, begin (ms), duration (s), and their bytes behind the init section's.
async function segments(url) {
  const lines = (await (await fetch(url)).text()).split('\n');
  const fetchBytes = async (uri) => Buffer.from(await (await fetch(new URL(uri, url))).arrayBuffer());
  let msn = Number(lines.find((line) => line.startsWith('#EXT-X-MEDIA-SEQUENCE:')).slice(22));
  const target = Number(lines.find((line) => line.startsWith('#EXT-X-TARGETDURATION:')).slice(22));
  let begin = 0;
  let init = '';
  let duration = 0;
  const found = [];
  for (const line of lines) {
    if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) begin = Date.parse(line.slice(25));
    if (line.startsWith('#EXT-X-MAP:')) [, init] = /URI="([^"]*)"/.exec(line);
    if (line.startsWith('#EXTINF:')) duration = parseFloat(line.slice(8));
    if (line.startsWith('#') || !line) continue;
    const map = init;
    found.push({ msn: msn++, begin, duration, target, bytes: async () => Buffer.concat([await fetchBytes(map), await fetchBytes(line)]) });
  }
  return found;
}
function packetsOf(bytes) {
  const probed = spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'packet=pts_time,flags', '-of', 'csv=p=0', '-'], { input: bytes });
  return probed.stdout.toString().trim().split('\n').map((line) => ({ at: Math.round(1000 * parseFloat(line)), key: line.includes('K') }));
}
// The UTC instants of the key frames in the segment that `instant` is in. Units: ms.
async function keyFrames(url, instant) {
  let begin = 0;
  let init = '';
  let duration = 0;
  for (const line of (await (await fetch(url)).text()).split('\n')) {
    if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) begin = Date.parse(line.slice(25));
    if (line.startsWith('#EXT-X-MAP:')) [, init] = /URI="([^"]*)"/.exec(line);
    if (line.startsWith('#EXTINF:')) duration = 1000 * parseFloat(line.slice(8));
    if (line.startsWith('#') || !line || instant < begin || instant >= begin + duration) continue;
    const pieces = await Promise.all([init, line].map(async (uri) => Buffer.from(await (await fetch(new URL(uri, url))).arrayBuffer())));
    const probed = spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'packet=pts_time,flags', '-of', 'csv=p=0', '-'], { input: Buffer.concat(pieces) });
    return probed.stdout.toString().trim().split('\n').filter((packet) => packet.includes('K')).map((packet) => Math.round(1000 * parseFloat(packet)));
  }
  return [];
}
const counted = (name, channel, labels) => server.metric(name, { channel, ...labels });

test('markers', { concurrency: true }, async (t) => {
  const breaks = 'a break of the feed and its end are one range in every rendition, at its picture, and the section is whole';
  const own = 'operators put markers into playlists';
  const flood = 'a flood of splices, and garbage, are bounded, counted and told; the channel goes on';
  const cuts = 'a segment begins at the splice in every rendition, with a key frame at its very picture; numbers and the target duration stay';
  await Promise.all([
    t.test(cuts, { skip: leftOut(cuts) }, async () => {
      await server.live('cuts');
      const { inserter } = senders.cuts;
      await server.until('its clock is known', () => inserter.newest !== null);
      const { video, audio } = await renditions(server.playlist('cuts'));
      const all = [...video, ...audio];
      assert.strictEqual(video.length, 2);
      const checking = assertLive(server.playlist('cuts'), { seconds: 16, copy: false, probes: false });
      const pts = inserter.newest + 5 * 90000;
      const places = [pts, pts + 5.4 * 90000];
      inserter.send(spliceInsert({ id: 31, pts: places[0], seconds: 5.4 }));
      await sleep(500);
      inserter.send(spliceInsert({ id: 31, pts: places[0], seconds: 5.4 }));
      const begun = await shown('cuts', 'the break is announced', (range) => range['SCTE35-OUT']);
      const at = Date.parse(begun['START-DATE']);
      await sleep(1000);
      inserter.send(spliceInsert({ id: 31, pts: places[1], out: false }));
      inserter.send(spliceInsert({ id: 32, pts: places[1] + 0.8 * 90000, out: false }));
      await checking;
      for (const { url, uri } of all) {
        const list = await server.until(`the segments beside the break in ${uri}`, async () => {
          const found = await segments(url);
          return found.some(({ begin }) => begin > at + 5500) && found;
        });
        for (const { target, duration } of list.slice(1)) {  // the channel began somewhere in the first one
          assert.strictEqual(target, 3);
          assert.ok(duration > 0.9 && duration < 3.1, `${duration} s in ${uri}`);
        }
        for (const instant of [at, at + 5400]) {
          const segment = list.find(({ begin }) => begin >= instant - 1 && begin < instant + 45);
          assert.ok(segment, `no segment of ${uri} begins at ${instant}: ${list.map(({ begin }) => begin)}`);
          const sound = audio.some((one) => one.url === url);
          const [first] = packetsOf(await segment.bytes());
          assert.ok(first.key, 'a key frame');
          assert.ok(first.at >= instant - 1 && first.at <= instant + (sound ? 45 : 1), `${uri} begins at ${first.at} and not ${instant}`);
          const expected = (await segments(video[0].url)).find(({ begin }) => begin >= instant - 1 && begin < instant + 45);
          assert.strictEqual(segment.msn, expected.msn);
          assert.ok(Math.abs(segment.msn - instant / 2000) <= 0.5, 'the number is that of the nearest cut of the grid');
        }
      }
      const text = async ({ url }) => (await (await fetch(url)).text()).split('\n');
      for (const rendition of all) {
        const lines = await text(rendition);
        const cues = lines.flatMap((line, i) => line.startsWith('#EXT-X-CUE-') && !line.includes('-CONT') ? [[line, Date.parse(lines[i + 1].slice(25))]] : []);
        assert.deepStrictEqual(cues.map(([line]) => line), ['#EXT-X-CUE-OUT:DURATION=5.40000', '#EXT-X-CUE-IN']);
        for (const [i, instant] of [at, at + 5400].entries()) assert.ok(cues[i][1] >= instant - 1 && cues[i][1] < instant + 45, `${cues[i]} and not ${instant}`);
        const continued = lines.filter((line) => line.startsWith('#EXT-X-CUE-OUT-CONT:'));
        assert.ok(continued.length >= 1 && continued.every((line) => /^#EXT-X-CUE-OUT-CONT:ElapsedTime=[0-9.]+,Duration=5.40000$/.test(line)), `${continued}`);
      }
      const interstitial = await shown('cuts', 'the interstitial', ({ ID }) => ID === `${begun.ID}-interstitial`);
      assert.strictEqual(interstitial.CLASS, 'com.apple.hls.interstitial');
      assert.strictEqual(interstitial['START-DATE'], begun['START-DATE']);
      assert.strictEqual(interstitial['PLANNED-DURATION'], '5.40000');
      assert.strictEqual(interstitial['X-PLAYOUT-LIMIT'], '5.400');
      assert.strictEqual(interstitial['X-ASSET-LIST'], `https://ads.example/list?break=31&at=${encodeURIComponent(begun['START-DATE'])}&seconds=5.400`);
      inserter.send(spliceInsert({ id: 33 }));
      await server.until('one that comes too late is counted', async () => await counted('kickoff_channel_splice_cuts_total', 'cuts', { result: 'late' }) === 1);
      assert.strictEqual(await counted('kickoff_channel_splice_cuts_total', 'cuts', { result: 'moved' }), 2);
      assert.strictEqual(await counted('kickoff_channel_splice_cuts_total', 'cuts', { result: 'crowded' }), 1);
    }),
    t.test(breaks, { skip: leftOut(breaks) }, async () => {
      await server.live('cues');
      const { inserter } = senders.cues;
      await server.until('its clock is known', () => inserter.newest !== null);
      const pts = inserter.newest + 6 * 90000;
      const due = Date.now() + 6000;
      const out = spliceInsert({ id: 4711, pts, seconds: 20 });
      for (let i = 0; i < 3; i++) {
        inserter.send(out);
        await sleep(300);
      }
      const begun = await shown('cues', 'the break is announced', (range) => range['SCTE35-OUT']);
      assert.ok(Math.abs(Date.parse(begun['START-DATE']) - due) < 1500, `${begun['START-DATE']} is not near ${new Date(due).toISOString()}`);
      assert.strictEqual(begun.CLASS, 'scte35');
      assert.strictEqual(begun['PLANNED-DURATION'], '20.00000');
      assert.strictEqual(begun.DURATION, undefined, 'its end is not known');
      assert.strictEqual(begun['SCTE35-OUT'], `0x${out.toString('hex').toUpperCase()}`);
      const back = inserter.send(spliceInsert({ id: 4711, pts: pts + 4 * 90000, out: false }));
      const ended = await shown('cues', 'the break has ended', (range) => range['SCTE35-IN']);
      assert.strictEqual(ended.ID, begun.ID);
      assert.strictEqual(ended['START-DATE'], begun['START-DATE']);
      assert.strictEqual(ended.DURATION, '4.00000');
      assert.strictEqual(ended['SCTE35-IN'], `0x${back.toString('hex').toUpperCase()}`);
      for (const list of await rangesOf('cues')) assert.strictEqual(list.length, 1, 'repetitions are left out');

      const signal = inserter.send(timeSignal({ id: 9, pts: pts + 8 * 90000, type: 0x34, seconds: 5 }));
      const opportunity = await shown('cues', 'the placement opportunity', (range) => range.ID.startsWith('scte35-9-52.0-'));
      assert.strictEqual(opportunity['PLANNED-DURATION'], '5.00000');
      assert.strictEqual(opportunity['SCTE35-OUT'], `0x${signal.toString('hex').toUpperCase()}`);
      assert.strictEqual(Date.parse(opportunity['START-DATE']) - Date.parse(begun['START-DATE']), 8000);
      inserter.send(spliceInsert({ id: 5, pts: inserter.newest + 20 * 90000 }));
      await shown('cues', 'another break', (range) => range.ID.startsWith('scte35-5-'));
      inserter.send(spliceInsert({ id: 5, cancel: true }));
      await server.until('it is taken back', async () => (await rangesOf('cues')).every((list) => !list.some(({ ID }) => ID.startsWith('scte35-5-'))));
      await assertLive(server.playlist('cues'), { seconds: 10, independent: false, probes: false });
      assert.ok(await counted('kickoff_markers_total', 'cues', { kind: 'repeat' }) >= 2);
      const rung = (await renditions(server.playlist('cues'))).video.find(({ uri }) => uri.startsWith('v180'));
      const at = Date.parse(begun['START-DATE']);
      const keys = await keyFrames(rung.url, at);
      assert.ok(keys.some((key) => Math.abs(key - at) <= 1), `key frames ${keys} and not at ${at}`);
      const events = JSON.parse((await server.admin('/api/v1/events?limit=1000')).text).events;
      assert.deepStrictEqual(events.filter(({ data }) => data.id === begun.ID).map(({ data }) => data.what), ['out', 'in']);
    }),
    t.test(own, { skip: leftOut(own) }, async () => {
      await server.live('own');
      const goal = await post('own', { class: 'com.example.goal', id: 'goal-1', attributes: { 'X-TEAM': 'red', 'X-MINUTE': 73 } });
      assert.deepStrictEqual(goal, { status: 201, body: { ids: ['goal-1'] } });
      const range = await shown('own', 'the goal', ({ ID }) => ID === 'goal-1');
      assert.strictEqual(range['X-TEAM'], 'red');
      assert.strictEqual(range['X-MINUTE'], '73');
      assert.strictEqual((await post('own', { class: 'com.example.goal', id: 'goal-1', duration: 12.5 })).status, 201);
      await shown('own', 'it has a duration', ({ ID, DURATION }) => ID === 'goal-1' && DURATION === '12.50000');
      assert.strictEqual((await post('own', { class: 'com.example.goal', id: 'goal-1', duration: 13 })).status, 409);
      assert.strictEqual((await post('own', { class: 'outage' })).status, 400);
      assert.strictEqual((await post('nobody', { class: 'a' })).status, 404);
      const { inserter } = senders.own;
      const bytes = spliceInsert({ id: 77, pts: inserter.newest + 5 * 90000, seconds: 3, autoReturn: true });
      assert.strictEqual((await post('own', { scte35: bytes.toString('base64') })).status, 201);
      const begun = await shown('own', 'the break', (range2) => range2['SCTE35-OUT']);
      assert.ok(Math.abs(Date.parse(begun['START-DATE']) - Date.now() - 5000) < 2500, begun['START-DATE']);
      const ended = await shown('own', 'it has returned by itself', ({ ID, DURATION }) => ID === begun.ID && DURATION);
      assert.strictEqual(ended.DURATION, '3.00000');
      assert.strictEqual((await post('own', { scte35: 'AAAA' })).status, 400);
      assert.strictEqual((await fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/own/markers`, { method: 'POST', body: '{}' })).status, 401);
      await assertLive(server.playlist('own'), { seconds: 8, independent: false, probes: false });
    }),
    t.test(flood, { skip: leftOut(flood) }, async () => {
      await server.live('flood');
      const { inserter } = senders.flood;
      const checking = assertLive(server.playlist('flood'), { seconds: 12, independent: false, probes: false });
      for (let id = 1; id <= 5000; id++) {
        const pts = inserter.newest + (id % 60) * 90000;
        inserter.send(spliceInsert({ id, pts }));
        if (id % 10 === 0) inserter.send(spliceInsert({ id: id + 10000, pts: inserter.newest - 600 * 90000 }));
        if (id % 10 === 5) {
          const garbage = section(5, Buffer.alloc(12, id));
          garbage[garbage.length - 1] ^= 1;
          inserter.send(garbage);
        }
        if (id % 50 === 0) await sleep(50);
      }
      await checking;
      assert.ok(await counted('kickoff_markers_total', 'flood', { kind: 'out' }) <= 90);
      assert.ok(await counted('kickoff_markers_refused_total', 'flood', { reason: 'too_many' }) > 1000);
      assert.ok(await counted('kickoff_markers_refused_total', 'flood', { reason: 'past' }) > 100);
      assert.ok(await counted('kickoff_feed_cues_total', 'flood', { feed: 'primary', result: 'bad' }) > 100);
      assert.strictEqual(await counted('kickoff_feed_ts_errors_total', 'flood', { feed: 'primary', kind: 'damaged' }), 0, 'the feed is not blamed');
      assert.match(server.log(), /marker refused/);
      assert.match(server.log(), /splice information \(SCTE-35\) of the feed left out/);
      const text = (await (await fetch((await renditions(server.playlist('flood'))).video[0].url)).text());
      assert.ok(text.length < 100_000, `${text.length} bytes`);
    }),
  ]);
});
