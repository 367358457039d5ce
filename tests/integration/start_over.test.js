// Start-over, clips, delay and views by URL: read as hls-parser does, and the frames of a clip counted by ffprobe.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const HLS = require('hls-parser');
const { Server, endAll, leftOut, copy } = require('./harness');
const { source, pushRtmp } = require('./media');

HLS.setOptions({ strictMode: true, silent: true });
let server;
let pusher;
before(async () => {
  const views = { plain: { codecs: ['h264'], low_latency: false, hold_back: '8s', start: '10s' }, sound: { renditions: ['a1'] }, none: { max_height: 100 } };
  server = await Server.start({ channels: { '*': copy({ iframes: true, grace: '1s', window: '60s', views }) } });
  pusher = pushRtmp(source({ rate: '25', gop: 50 }), server.rtmp('match'));
  await server.live('match');
});
after(async () => {
  await pusher.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const get = (query, file = 'index.m3u8') => server.web(`/live/match/${file}${query}`);
async function parsed(query, file) {
  const answer = await get(query, file);
  assert.strictEqual(answer.status, 200, `${file} ${query}: ${answer.text}`);
  return { ...answer, list: HLS.parse(answer.text) };
}
const live = () => parsed('', 'source/index.m3u8');
const numbers = ({ list }) => list.segments.map(({ uri }) => Number(uri.replace('.m4s', '')));
const seconds = (date) => new Date(Math.ceil(date / 1000) * 1000).toISOString().replace('.000Z', 'Z');
// The first whole second in a segment of the live playlist, or so many later. Segments of a copied feed begin with its key frames, at no
// whole second, and have two seconds: three seconds later is in the next one.
async function instant(index, later = 0) {
  const { list } = await live();
  return seconds(list.segments[index].programDateTime.getTime() + 1000 * later);
}
const whole = async (count) => server.until(`${count} segments`, async () => (await live()).list.segments.filter(({ duration }) => duration).length > count);

const cases = {
  'a clip has the frames between its instants, in every rendition under the live numbers': async () => {
    await whole(4);
    const query = `?start=${await instant(1)}&end=${await instant(1, 3)}`;
    const answer = await get(query);
    const multivariant = HLS.parse(answer.text);
    assert.deepStrictEqual(multivariant.variants.filter((one) => !one.isIFrameOnly).map(({ uri }) => uri), [`source/index.m3u8${query}`]);
    const video = await parsed(query, 'source/index.m3u8');
    assert.strictEqual(video.list.playlistType, 'VOD');
    assert.strictEqual(video.list.endlist, true);
    assert.strictEqual(video.headers.get('cache-control'), 'max-age=12');
    const [first] = numbers(await live());
    assert.deepStrictEqual(numbers(video), [first + 1, first + 2]);
    assert.strictEqual(video.list.mediaSequenceBase, first + 1);
    for (const rendition of multivariant.variants[0].audio) assert.deepStrictEqual(numbers(await parsed('', rendition.uri)), [first + 1, first + 2]);
    const frames = await parsed(query, 'source/iframes.m3u8');
    assert.deepStrictEqual([frames.list.isIFrame, frames.list.endlist, numbers(frames)], [true, true, [first + 1, first + 2]]);
    const probe = (stream, entry) => Number(execFileSync('ffprobe', ['-v', 'error', '-count_frames', '-select_streams', stream, '-show_entries', `stream=${entry}`, '-of', 'csv=p=0',
      `http://127.0.0.1:${server.ports.http}/live/match/index.m3u8${query}`], { encoding: 'utf8' }).split('\n')[0].replace(',', ''));
    assert.strictEqual(probe('v:0', 'nb_read_frames'), 100);
    const sound = probe('a:0', 'nb_read_frames');
    assert.ok(Math.abs(sound - 4 * 48000 / 1024) <= 1, `${sound} frames of sound`);
  },
  'what is still to come grows until it is reached': async () => {
    const { list } = await live();
    const last = list.segments.filter(({ duration }) => duration).length - 1;
    const query = `?start=${await instant(last)}&end=${await instant(last, 3)}`;
    const young = await parsed(query, 'source/index.m3u8');
    assert.deepStrictEqual([young.list.playlistType, young.list.endlist], ['EVENT', false]);
    await server.until('it has ended', async () => (await parsed(query, 'source/index.m3u8')).list.endlist);
    assert.strictEqual(numbers(await parsed(query, 'source/index.m3u8')).length, 2);
  },
  'seconds before now are for the multivariant playlist, which names the instant': async () => {
    const { list } = await parsed('?start=-5');
    const [, at] = /^source\/index\.m3u8\?start=(.*)$/.exec(list.variants.find((one) => !one.isIFrameOnly).uri);
    assert.ok(at.endsWith('0Z') || at === await instant(0), at);
    assert.strictEqual((await parsed(`?start=${at}`, 'source/index.m3u8')).list.playlistType, 'EVENT');
    assert.strictEqual((await get('?start=-5', 'source/index.m3u8')).status, 400);
  },
  'a delay leaves the newest out': async () => {
    const delayed = await parsed('?delay=4', 'source/index.m3u8');
    const now = await live();
    const lists = now.list.segments.filter(({ duration }) => duration).length;
    assert.ok(delayed.list.segments.length <= lists - 2 && delayed.list.segments.length >= lists - 4, `${delayed.list.segments.length} of ${lists}`);
    assert.strictEqual(delayed.list.playlistType, undefined);
    for (const absent of ['EXT-X-PART', 'PRELOAD-HINT', 'SERVER-CONTROL', 'RENDITION-REPORT']) assert.doesNotMatch(delayed.text, new RegExp(absent));
  },
  'other spellings are refused with the form, and what is outside is not there': async () => {
    const at = await instant(1);
    for (const query of [`?start=${encodeURIComponent(at)}`, `?start=${at.replace('Z', '.0Z')}`, `?start=${at}&start=${at}`, `?end=${at}&start=${at}`, `?end=${at}`, '?delay=04', `?start=${at}&delay=4`]) {
      for (const file of ['index.m3u8', 'source/index.m3u8']) {
        const answer = await get(query, file);
        assert.deepStrictEqual([answer.status, answer.headers.get('cache-control')], [400, 'max-age=1'], query);
        assert.match(answer.text, /start=2026-11-30T19:00:00Z/);
      }
    }
    for (const query of ['?start=2020-01-01T00:00:00Z', '?start=2090-01-01T00:00:00Z', '?delay=3600']) assert.strictEqual((await get(query, 'source/index.m3u8')).status, 404, query);
    assert.ok(await server.metric('kickoff_http_refusals_total', { cause: 'time_shift' }) >= 14);
    assert.ok(await server.metric('kickoff_http_requests_total', { object: 'shifted_playlist', code: '2xx' }) > 5);
  },
  'a view has its renditions, and its playlists say how they are played': async () => {
    const plain = HLS.parse((await get('?view=plain')).text);
    assert.deepStrictEqual(plain.variants.filter((one) => !one.isIFrameOnly).map(({ uri }) => uri), ['source/index.m3u8?view=plain']);
    const video = await parsed('?view=plain', 'source/index.m3u8');
    assert.deepStrictEqual([video.list.lowLatencyCompatibility.canBlockReload, video.list.start.offset], [true, -10]);
    assert.match(video.text, /CAN-BLOCK-RELOAD=YES,HOLD-BACK=8\.00000\n/);
    assert.doesNotMatch(video.text, /EXT-X-PART|PRELOAD-HINT/);
    const next = numbers(video).at(-1) + 1;
    assert.strictEqual(numbers(await parsed(`?view=plain&_HLS_msn=${next}`, 'source/index.m3u8')).at(-1), next);
    const sound = HLS.parse((await get('?view=sound')).text);
    assert.deepStrictEqual(sound.variants.map(({ uri }) => uri), ['a1/index.m3u8']);
    for (const view of ['none', 'unknown', 'plain&view=plain']) assert.strictEqual((await get(`?view=${view}`)).status, 404, view);
    const shifted = HLS.parse((await get('?start=-4&view=sound')).text);
    assert.match(shifted.variants[0].uri, /^a1\/index\.m3u8\?start=.*Z$/);
  },
  'start-over grows, and ends with the channel': async () => {
    const query = `?start=${await instant(1)}`;
    const before = await parsed(query, 'source/index.m3u8');
    assert.deepStrictEqual([before.list.playlistType, before.list.endlist, before.list.start.offset], ['EVENT', false, 0]);
    assert.strictEqual(before.list.segments.flatMap(({ parts }) => parts).length, 0);
    await server.until('it grows', async () => (await parsed(query, 'source/index.m3u8')).list.segments.length > before.list.segments.length);
    await pusher.stop('SIGKILL');
    await server.until('it has ended', async () => (await parsed(query, 'source/index.m3u8')).list.endlist);
    const ended = await parsed(query, 'source/index.m3u8');
    assert.strictEqual(ended.list.playlistType, 'EVENT');
    assert.ok(ended.text.startsWith(before.text), 'lines were only added');
    assert.deepStrictEqual(numbers(ended).at(-1), numbers(await live()).at(-1));
  },
};
for (const [name, run] of Object.entries(cases)) test(name, { skip: leftOut(name) }, run);
