// Captions in the pictures of a feed: each once in every rung, in order, whatever the rung's frame rate, codec and fields, and named in
// the multivariant playlist.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, freeUdp, leftOut, sleep } = require('./harness');
const { pushRtmp, pushSrt } = require('./media');
const { captioned, triplets, numbersIn, textIn } = require('./captions');
const { CueInserter, sealed } = require('./cue_inserter');
const { TsSender } = require('./ts_sender');
const { judgedByHlsParser } = require('../../tools/judge/rules');

const rung = (name, height, more = {}) => ({ name, height, bitrate: '300k', preset: 'ultrafast', ...more });
const sources = { progressive: { rate: 30 }, interlaced: { rate: 25, interlaced: true }, hevc: { rate: 25, codec: 'hevc' } };

// Announces captions at the video of the PMT that ffmpeg writes. [ATSC A/65 6.9.2]
class CaptionAnnouncer extends CueInserter {
  addToPmt(bytes) {
    const services = [['eng', 0x7e, 0x3f], ['eng', 0xc1, 0xbf], ['fra', 0xc2, 0x3f], ['deu', 0xc5, 0x3f]];
    const body = services.flatMap(([language, service, easy]) => [...Buffer.from(language), service, easy, 0xff]);
    const descriptor = Buffer.from([0x86, 1 + body.length, 0xc0 | services.length, ...body]);
    const length = (bytes[6] & 0x0f) << 8 | bytes[7];
    const table = bytes.subarray(5, 5 + 3 + length - 4);
    for (let at = 12 + ((table[10] & 0x0f) << 8 | table[11]); at < table.length; at += 5 + ((table[at + 3] & 0x0f) << 8 | table[at + 4])) {
      if (table[at] !== 0x1b) continue;
      const info = ((table[at + 3] & 0x0f) << 8 | table[at + 4]) + descriptor.length;
      table.set([0xf0 | info >> 8, info & 255], at + 3);
      const whole = Buffer.concat([table.subarray(0, at + 5), descriptor, table.subarray(at + 5)]);
      whole.set([0xb0 | whole.length + 1 >> 8, whole.length + 1 & 255], 1);
      const out = Buffer.alloc(188, 0xff);
      Buffer.concat([bytes.subarray(0, 5), sealed(whole)]).copy(out);
      return out;
    }
    return bytes;
  }
}

let server;
let sender;
const running = [];
const push = (process) => { running.push(process); return process; };
before(async () => {
  for (const given of Object.values(sources)) captioned(given);
  const port = await freeUdp();
  sender = new TsSender(captioned(sources.progressive), port);
  const announcer = new CaptionAnnouncer();
  sender.spoil((packet) => announcer.packet(packet));
  server = await Server.start({ channels: {
    announced: { source: 'copy', ladder: 'none', subtitles: [{ from: 'SERVICE2' }, { from: 'CC1' }], feeds: { primary: { source: `udp://127.0.0.1:${port}` } } },
    rungs: { source: 'copy', ladder: [rung('full', 180), rung('half', 144, { frame_rate: 15 }), rung('fifth', 120, { frame_rate: 6 })] },
    fields: { ladder: [rung('full', 240), rung('half', 180, { frame_rate: 25 })] },
    coded: { ladder: [rung('h264', 180), rung('hevc', 144, { codec: 'hevc' })], captions: { CC1: { language: 'en', name: 'English' }, CC3: { language: 'es', name: 'Español' } } },
    hold: { ladder: [rung('full', 180)] },
    denied: { source: 'copy', ladder: 'none', captions: 'none' },
  } });
});
after(async () => {
  await Promise.all([sender.stop(), ...running.map((process) => process.stop('SIGKILL'))]);
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const playlist = (channel, name) => server.playlist(channel).replace('index.m3u8', `${name}/index.m3u8`);
// Waits until a rendition lists so many whole segments.
async function listed(channel, name, segments) {
  await server.until(`${channel}/${name} lists ${segments} segments`, async () => ((await (await fetch(playlist(channel, name))).text()).match(/#EXTINF/g) ?? []).length >= segments);
}
// A machine without CPU to spare drops pictures undecoded, or coded ones that come too late: only what they carried may be missing.
const spared = async (channel) => !(await server.metric('kickoff_worker_dropped_frames_total', { channel, stage: 'undecoded' }) || 0) && !(await server.metric('kickoff_feed_dropped_total', { channel, place: 'packager' }) || 0);
const rise = (numbers) => numbers.every((number, i) => i === 0 || number > numbers[i - 1]);
async function assertEachOnce(channel, name, least) {
  const found = await triplets(playlist(channel, name));
  const numbers = numbersIn(found);
  assert.ok(numbers.length >= least, `${channel}/${name}: ${numbers.length} packets`);
  assert.ok(rise(numbers), `${channel}/${name}: ${numbers}`);
  if (await spared(channel)) assert.deepStrictEqual(numbers, numbers.map((_, i) => numbers[0] + i), `${channel}/${name}`);
  assert.match(textIn(found), /PICTURE \d{5} /, `${channel}/${name}`);
}
const multivariant = async (channel) => (await server.web(`/live/${channel}/index.m3u8`)).text;
const state = async (channel) => JSON.parse((await server.admin('/api/v1/channels')).text).channels.find(({ name }) => name === channel);
const captionLines = (text) => text.split('\n').filter((line) => /TYPE=CLOSED-CAPTIONS/.test(line));

const cases = {
  'stay in a copy and in rungs of every frame rate': async () => {
    push(pushSrt(captioned(sources.progressive), server.srt('#!::r=live/rungs,m=publish')));
    for (const name of ['source', 'full', 'half', 'fifth']) {
      await listed('rungs', name, 5);
      await assertEachOnce('rungs', name, 100);
    }
    const text = await multivariant('rungs');
    assert.deepStrictEqual(captionLines(text).map((line) => /INSTREAM-ID="(\w+)"/.exec(line)[1]), ['SERVICE1', 'CC1']);
    assert.strictEqual(text.match(/#EXT-X-STREAM-INF.*,CLOSED-CAPTIONS="cc"/g).length, 4);
    assert.match(text, /#EXT-X-VERSION:7\n/);
    assert.deepStrictEqual(judgedByHlsParser(text), []);
    assert.ok(await server.metric('kickoff_feed_caption_pictures_total', { channel: 'rungs', feed: 'primary' }) >= 200);
    const channel = await state('rungs');
    assert.strictEqual(channel.feeds[0].captions, 'CC1 SERVICE1');
    const services = channel.captions.services.map(({ service, listed, sources, feeds: [{ last_text: last }] }) => [service, listed, sources, Math.abs(Date.parse(last) - Date.now()) < 60000]);
    assert.deepStrictEqual(services, [['CC1', true, ['detection'], true], ['SERVICE1', true, ['detection'], true]]);
  },
  'stay where each field becomes a picture': async () => {
    push(pushSrt(captioned(sources.interlaced), server.srt('#!::r=live/fields,m=publish')));
    for (const name of ['full', 'half']) {
      await listed('fields', name, 5);
      await assertEachOnce('fields', name, 100);
    }
  },
  'stay in rungs of H.264 and HEVC, with the names of the configuration': async () => {
    push(pushSrt(captioned(sources.hevc), server.srt('#!::r=live/coded,m=publish')));
    for (const name of ['h264', 'hevc']) {
      await listed('coded', name, 5);
      await assertEachOnce('coded', name, 100);
    }
    const lines = captionLines(await multivariant('coded'));
    assert.deepStrictEqual(lines.map((line) => /NAME="([^"]+)",LANGUAGE="(\w+)".*INSTREAM-ID="(\w+)"/.exec(line).slice(1)),
      [['SERVICE1', 'und', 'SERVICE1'], ['English', 'en', 'CC1'], ['Español', 'es', 'CC3']]);
  },
  'are not repeated with a held picture': async () => {
    const first = push(pushRtmp(captioned(sources.progressive), server.rtmp('hold')));
    await listed('hold', 'full', 3);
    await first.stop();
    await sleep(4000);
    push(pushRtmp(captioned(sources.progressive), server.rtmp('hold')));
    let numbers = [];
    await server.until('captions of the second publisher', async () => {
      numbers = numbersIn(await triplets(playlist('hold', 'full')));
      return numbers.some((number, i) => number < numbers[i - 1]);
    });
    const again = numbers.findIndex((number, i) => number < numbers[i - 1]);
    assert.ok(rise(numbers.slice(0, again)) && rise(numbers.slice(again)), `none comes twice: ${numbers}`);
    if (await spared('hold')) assert.ok(again > 50 && numbers[again] < 60, `${numbers}`);
  },
  'are named as the PMT announces them, before any comes': async () => {
    await listed('announced', 'source', 3);
    const text = await multivariant('announced');
    assert.deepStrictEqual(captionLines(text).map((line) => /NAME="([^"]+)",LANGUAGE="(\w+)".*INSTREAM-ID="(\w+)"/.exec(line).slice(1)),
      [['English (easy reader)', 'en', 'SERVICE1'], ['French', 'fr', 'SERVICE2'], ['German', 'de', 'SERVICE5'], ['English', 'en', 'CC1']]);
    assert.match(text, /TYPE=SUBTITLES.*NAME="French",LANGUAGE="fr".*URI="s1\/index.m3u8"/);
    assert.match(text, /TYPE=SUBTITLES.*NAME="English",LANGUAGE="en".*URI="s2\/index.m3u8"/);
    await server.until('text of two of the four', async () => (await state('announced')).captions.services.filter(({ feeds }) => feeds[0].last_text).length === 2);
    const { services, texts } = (await state('announced')).captions;
    assert.deepStrictEqual(services.map(({ service, listed, sources, feeds: [{ announced, language, found, last_text: last }] }) => [service, listed, sources.join(), announced, language, found, last !== null]), [
      ['CC1', true, 'configuration,descriptor,detection', true, 'eng', true, true], ['SERVICE1', true, 'descriptor,detection', true, 'eng', true, true],
      ['SERVICE2', true, 'configuration,descriptor', true, 'fra', false, false], ['SERVICE5', true, 'descriptor', true, 'deu', false, false]]);
    assert.deepStrictEqual(texts.map(({ name, from, last_text: last }) => [name, from, last !== null]), [['s1', 'SERVICE2', false], ['s2', 'CC1', true]]);
    assert.deepStrictEqual(judgedByHlsParser(text), []);
  },
  'are denied where the operator says that there are none': async () => {
    push(pushRtmp(captioned(sources.progressive), server.rtmp('denied')));
    await listed('denied', 'source', 3);
    const text = await multivariant('denied');
    assert.deepStrictEqual(captionLines(text), []);
    assert.match(text, /#EXT-X-STREAM-INF.*,CLOSED-CAPTIONS=NONE/);
  },
};
test('captions', { concurrency: 2 }, async (t) => {
  await Promise.all(Object.entries(cases).map(([what, run]) => t.test(what, { skip: leftOut(what) }, run)));
});
