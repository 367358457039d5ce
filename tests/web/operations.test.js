// The parts of the operations page that touch no page.
'use strict';
const { test, before } = require('node:test');
const assert = require('node:assert');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const load = (name) => import(pathToFileURL(path.resolve(__dirname, `../../web/operations/${name}.mjs`)));
let alarms, api, format, history, plot, poller, prometheus, stages;
before(async () => {
  [alarms, api, format, history, plot, poller, prometheus, stages] =
    await Promise.all(['alarms', 'api', 'format', 'history', 'plot', 'poller', 'prometheus', 'stages'].map(load));
});

const feed = (more = {}) => ({ name: 'primary', shown: true, protocol: 'rtmp', video: 'h264 320x180', audio: 'aac', captions: '', teletext: [], bitmap_subtitles: false, silent: false, score: 100, fault: '', encoder: '', delay_ms: 0, merged: false, time_code: null, ...more });
const channel = (more = {}) => ({ name: 'match', shown_feed: 'primary', feed: feed(), feeds: [feed()], alignment: { method: 'none', offset_ms: null }, slate: { shown: false, ordered: false, scheduled: false, text: '', reason: '', seconds_left: null },
  captions: { services: [], texts: [] }, overlays: [], event: null, left_out: { rungs: [], reason: '' }, economy: { level: 0, meaning: 'all' }, counters: { feed_switches: 0 }, ...more });

test('numbers have the unit that fits', () => {
  assert.deepStrictEqual([null, 0, 999e3, 1e6, 12.34e6, 999.9e6, 1e9].map(format.bits), ['–', '0.00 Mbit/s', '999 kbit/s', '1.00 Mbit/s', '12.3 Mbit/s', '1000 Mbit/s', '1.00 Gbit/s']);
  assert.deepStrictEqual([null, 0, 0.0446, 9.999, 10].map(format.milliseconds), ['–', '0 ms', '45 ms', '9999 ms', '10.0 s']);
  assert.deepStrictEqual([format.percent(0.196), format.decibels(null, 'dB'), format.decibels(-23, 'LUFS')], ['20 %', '– dB', '-23.0 LUFS']);
});

test('a rate needs two readings, and begins anew with its counter', () => {
  const rates = new format.Rates();
  const read = (value, now) => rates.of('a', value, now);
  assert.deepStrictEqual([read(100, 1000), read(300, 3000), read(300, 3000), read(200, 4000), read(250, 4500)], [null, 100, 100, null, 100]);
  rates.keep(new Set(['b']));
  assert.strictEqual(read(900, 9000), null);
});

test('a channel is told in lines: what is not there takes none', () => {
  assert.deepStrictEqual(format.lines(channel()), ['primary · rtmp · h264 320x180 · aac · score 100']);
  assert.deepStrictEqual(format.lines(channel({ feed: null, feeds: [] })), ['no publisher']);
  const backup = feed({ name: 'backup', shown: false, score: 25, fault: 'black', delay_ms: 40, captions: 'CC1', teletext: [{ page: '888', language: 'deu' }], bitmap_subtitles: true, silent: true, encoder: 'OBS' });
  assert.deepStrictEqual(format.lines(channel({ feed: null, feeds: [backup], alignment: { method: 'sound', offset_ms: -39.6 } })), [
    'backup · rtmp · h264 320x180 · aac · captions CC1 · teletext 888 deu · DVB subtitles, not converted · silent · score 25, black · from OBS',
    'primary, shown: no publisher', 'one programme: primary 40 ms behind (sound), backup held back by 40 ms']);
});

test('captions that are declared are told apart from those that were seen', () => {
  const time = '2026-11-30T20:15:00.000Z';
  const service = (id, more) => ({ service: id, language: '', name: '', listed: true, sources: ['configuration'], feeds: [{ name: 'primary', announced: false, language: '', found: false, last_text: null }, { name: 'backup', announced: false, language: '', found: true, last_text: time }], ...more });
  const captions = { services: [service('CC1', { language: 'en', name: 'English', sources: ['configuration', 'detection'] }), service('CC3', { listed: false, feeds: [{ name: 'primary', language: 'spa', last_text: null }] }), service('SERVICE1', { sources: [], feeds: [] })],
    texts: [{ name: 's1', from: 'teletext 888', language: 'de', sources: ['configuration', 'descriptor'], last_text: null }, { name: 's2', from: 'api', language: '', sources: ['configuration', 'detection'], last_text: time }] };
  const lines = (shown) => format.captionLines({ shown_feed: shown, captions });
  assert.deepStrictEqual(lines('primary'), ['CC1 English: configuration, detection · no text', 'CC3 spa: configuration · no text · not in playlists', 'SERVICE1: an earlier publisher · no text',
    's1 from teletext 888 de: configuration, descriptor · no text', `s2 from api: configuration, detection · text at ${format.clock(time)}`]);
  assert.strictEqual(lines('backup')[0], `CC1 English: configuration, detection · text at ${format.clock(time)}`);
  assert.strictEqual(format.lines(channel({ captions }))[1], lines('primary')[0]);
});

test('time codes, slate, overlays, schedule and what is left out have their lines', () => {
  const code = (offset_ms) => ({ name: 'primary', time_code: { value: '10:00:00:12', source: 'sei', offset_ms } });
  assert.deepStrictEqual([code(-1500), code(20), code(null)].map(format.timeCode), ['primary time code 10:00:00:12 sei (UTC − 1.50 s)', 'primary time code 10:00:00:12 sei (UTC + 0.02 s)', 'primary time code 10:00:00:12 sei (does not run)']);
  assert.strictEqual(format.together({ feeds: [feed({ merged: true })], alignment: { method: 'sound' } }), 'both feeds bring the same packets: merged');
  const slate = (more) => format.slate({ slate: { ...channel().slate, ...more } });
  assert.strictEqual(slate({ ordered: true, text: 'Soon', reason: 'rain', seconds_left: 2.1 }), 'slate ordered “Soon”: rain, 3 s left');
  assert.deepStrictEqual([slate({ shown: true }), slate({ ordered: true, scheduled: true })], ['slate shown: no picture', 'slate by schedule']);
  assert.strictEqual(format.overlays({ overlays: [{ id: 'logo', on: true }, { id: 'clock', on: false, ordered: true }, { id: 'text', on: false }] }), 'overlays: logo, clock hidden (ordered)');
  assert.strictEqual(format.schedule({ event: { phase: 'on', end: null } }), 'event is on');
  assert.match(format.schedule({ event: { phase: 'before', start: '2026-11-30T12:00:00Z' } }), /^event begins .*2026/);
  assert.strictEqual(format.scarce({ left_out: { rungs: ['v1080'], reason: 'no CPU' }, economy: { level: 1, meaning: 'faster presets' } }), 'without v1080: no CPU\neconomy level 1: faster presets');
});

test('an event of the instance has no channel, and data that is empty is left out', () => {
  assert.deepStrictEqual(format.event({ type: 'live.kickoff.config.reload', time: 't', data: { result: 'applied', needs_restart: ['a', 'b'], problem: '' } }),
    { time: 't', channel: '', type: 'config.reload', state: '', data: 'result applied, needs_restart a, b' });
});

const alarm = (id, more = {}) => ({ id, alarm: 'outage', channel: 'match', severity: 'page', runbook: 'r#s', since: '2026-11-30T20:15:00.000Z', lasts: true, raised: 1, event: id, data: {}, silence: null, ...more });
const silence = { until: '2026-11-30T21:15:00.000Z', by: 'night', reason: '' };

test('alarms are of a channel or of the instance, and loud or silenced', () => {
  const all = new alarms.Alarms();
  const ids = (list) => list.map(({ id }) => id);
  all.take({ alarms: [alarm('1'), alarm('2', { silence }), alarm('3', { channel: undefined }), alarm('4', { channel: 'match2' })] });
  assert.deepStrictEqual([ids(all.all), ids(all.loud), ids(all.of('match')), ids(all.of(''))], [['1', '2', '3', '4'], ['1', '3', '4'], ['1', '2'], ['3']]);
  all.take({ alarms: [] });
  assert.deepStrictEqual(all.all, []);
});

test('an alarm says since when, what, how often, and who has silenced it', () => {
  const time = format.clock('2026-11-30T20:15:00.000Z');
  assert.strictEqual(alarms.words(alarm('1')), `outage since ${time}`);
  assert.strictEqual(alarms.words(alarm('1', { data: { reason: 'queue_full' }, raised: 3, lasts: false })), `outage since ${time} · reason queue_full · 3 times · over, not cleared yet`);
  assert.strictEqual(alarms.words(alarm('1', { silence })), `outage since ${time} · silenced until ${format.clock(silence.until)} by night`);
  assert.match(alarms.words(alarm('1', { silence: { ...silence, reason: 'known' } })), /by night: known$/);
});

test('a silence is ordered of an alarm by its id, and taken back', async () => {
  const tokens = new api.TokenStore(storage());
  tokens.set('secret');
  const asked = [];
  const server = new api.Api(async (url, options) => { asked.push([options.method, url, options.body]); return new Response(null, { status: 204 }); }, tokens);
  await server.silence('17', { for: 3600, reason: 'known' });
  await server.silence('17', null);
  assert.deepStrictEqual(asked, [['POST', '/api/v1/alarms/17/silence', '{"for":3600,"reason":"known"}'], ['DELETE', '/api/v1/alarms/17/silence', undefined]]);
});

test('the history is an hour of means of ten seconds, and shows where it has a gap', () => {
  const kept = new history.History();
  const from = 3600000 * 1000;
  kept.add(null, from);
  assert.deepStrictEqual(kept.points(from), []);
  kept.add(1, from);
  kept.add(3, from + 9999);
  kept.add(7, from + 10000);
  assert.deepStrictEqual(kept.points(from + 10000).map(({ y, gap }) => [y, gap]), [[2, false], [7, false]]);
  assert.strictEqual(kept.points(from + 10000)[1].x, 1);
  kept.add(5, from + 60000);
  assert.deepStrictEqual(kept.points(from + 60000).map(({ gap }) => gap), [false, false, true]);
  kept.add(5, from + 3600000);
  assert.deepStrictEqual(kept.points(from + 3600000).map(({ y }) => y), [7, 5, 5]);
  assert.strictEqual(kept.points(from + 3600000)[0].x, 0);
});

test('a plot has a round scale and stays inside', () => {
  assert.deepStrictEqual([[], [0], [1], [1.1], [3], [7], [2.5e6], [0.02]].map((values) => plot.top(values)), [1, 1, 1, 2, 5, 10, 5e6, 0.02]);
  assert.deepStrictEqual([plot.top([3], 1e6), plot.top([3e6], 1e6)], [1e6, 5e6]);
  assert.strictEqual(plot.path([{ x: 0, y: 0 }, { x: 0.5, y: 2 }, { x: 1, y: 1, gap: true }], 1), 'M0.0 47.0L180.0 1.0M360.0 1.0');
  assert.strictEqual(plot.path([], 1), '');
});

test('who gets no answer asks less and less often, and as before once there is one', async () => {
  const [waits, told] = [[], []];
  let work = Promise.resolve();
  let fail = true;
  const one = new poller.Poller(2000, async () => { if (fail) throw new Error('away'); }, (error, pause) => told.push([error?.message, pause]), (next, ms) => { waits.push(ms); work = next; });
  await one.run();
  for (let i = 0; i < 5; ++i) await work();
  fail = false;
  await work();
  assert.deepStrictEqual(waits, [4000, 8000, 16000, 30000, 30000, 30000, 2000]);
  assert.deepStrictEqual([told[0], told[6]], [['away', 4000], [undefined, 0]]);
  one.stop();
  await work();
  assert.strictEqual(waits.length, 7);
});

const storage = () => { const all = new Map(); return { getItem: (key) => all.get(key) ?? null, setItem: (key, value) => all.set(key, value), removeItem: (key) => all.delete(key) }; };

test('an order carries the token; one that is not known is forgotten, a refusal tells why', async () => {
  const tokens = new api.TokenStore(storage());
  tokens.set('secret');
  const asked = [];
  let answer = new Response(null, { status: 204 });
  const server = new api.Api(async (url, options) => { asked.push([url, options.method, options.headers.authorization, options.body]); return answer; }, tokens);
  assert.strictEqual(await server.order('a b', 'switch', { to: 'backup' }), '');
  assert.deepStrictEqual(asked, [['/api/v1/channels/a%20b/switch', 'POST', 'Bearer secret', '{"to":"backup"}']]);
  answer = new Response('{"shown": ["last_picture"], "detail": "held"}', { status: 202 });
  assert.strictEqual(await server.order('a', 'slate', {}), 'held');
  answer = new Response('{"detail": "not live"}', { status: 409 });
  await assert.rejects(server.order('a', 'slate', {}), { status: 409, message: 'not live' });
  assert.strictEqual(tokens.get(), 'secret');
  answer = new Response('gateway', { status: 401 });
  await assert.rejects(server.order('a', 'slate', {}), { status: 401, message: 'status 401' });
  assert.strictEqual(tokens.get(), '');
});

test('where nobody answers an order, that is said', async () => {
  const server = new api.Api(async () => { throw new TypeError('network'); }, new api.TokenStore(storage()));
  await assert.rejects(server.order('a', 'slate', {}), { status: 0, message: /not known/ });
});

test('delays are read out of the metrics, by channel', () => {
  const text = ['# HELP kickoff_channel_part_lateness_seconds x', 'kickoff_channel_part_lateness_seconds_bucket{channel="a",le="0.1"} 4', 'kickoff_channel_part_lateness_seconds_sum{channel="a"} 2',
    'kickoff_channel_part_lateness_seconds_count{channel="a"} 4', 'kickoff_channel_capture_to_part_seconds_sum{channel="a"} 1', 'kickoff_channel_capture_to_part_seconds_count{channel="a"} 4',
    'kickoff_worker_encode_delay_seconds{channel="a"} 0.15', 'kickoff_channel_late_parts_total{channel="b"} 1', ''].join('\n');
  const found = prometheus.delays(text);
  assert.deepStrictEqual([...found], [['a', { encode: 0.15, inside: { sum: 1, count: 4 }, lateness: { sum: 2, count: 4 } }]]);
  const all = stages.stages(undefined, found.get('a'));
  assert.deepStrictEqual(all.map(({ name, seconds }) => [name, Math.round(1000 * seconds)]), [['late on arrival', 250], ['encode', 150], ['package and publish', 100]]);
});

test('a mean is of what came since, and of nothing where the counts began anew', () => {
  const one = (sum, count) => ({ sum, count });
  assert.deepStrictEqual([prometheus.mean(undefined, one(2, 4)), prometheus.mean(one(2, 4), one(5, 6)), prometheus.mean(one(2, 4), one(2, 4)), prometheus.mean(one(9, 9), one(1, 2))], [0.5, 1.5, null, null]);
  assert.deepStrictEqual(stages.stages({ inside: one(1, 1), lateness: one(1, 1) }, { inside: one(1, 1), lateness: one(1, 1), encode: 0 }), []);
  assert.deepStrictEqual(stages.stages(undefined, { inside: one(2, 2), lateness: one(1, 2), encode: null }).map(({ name, seconds }) => [name, seconds]), [['late on arrival', 0], ['package and publish', 1]]);
});
