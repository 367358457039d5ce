// DVB teletext beside the pictures of a transport stream, as text renditions: two pages, in the times of their pictures.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, freeUdp, run } = require('./harness');
const { captioned, triplets, numbersIn } = require('./captions');
const { documents } = require('./subtitles');
const { TsSender } = require('./ts_sender');
const { TeletextInserter, header, row } = require('./teletext_inserter');
const { judgedByHlsParser } = require('../../tools/judge/rules');

const rate = 30;
const period = 60; // pictures from one subtitle to the next
const shown = 45; // for how many it is there
const german = 4; // C12 to C14
let server;
let sender;
let relay;

const numbered = (picture) => String(picture).padStart(5, '0');
function pages(picture) {
  const at = picture % period;
  if (at === 0) return [header(0x888), row(0x888, 20, `PICTURE ${numbered(picture)}`), row(0x888, 22, '\x06[two]'), header(0x889, german), row(0x889, 20, `Gr}n ${numbered(picture)}`)];
  return at === shown ? [header(0x888), header(0x889, german)] : null;
}

before(async () => {
  captioned({ rate });
  server = await Server.start({ channels: { live: {
    source: 'copy', ladder: [{ name: 'low', height: 180, bitrate: '300k', preset: 'ultrafast' }],
    subtitles: [{ from: 'teletext 888' }, { from: 'teletext', language: 'de' }],
  } } });
  const port = await freeUdp();
  relay = run('srt-live-transmit', ['-q', `udp://127.0.0.1:${port}`, server.srt('#!::r=live/live,m=publish')]);
  sender = new TsSender(captioned({ rate }), port);
  const inserter = new TeletextInserter(pages);
  sender.spoil((packet) => inserter.packet(packet));
});
after(async () => {
  await sender.stop();
  await relay.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const playlist = (name) => server.playlist('live').replace('index.m3u8', `${name}/index.m3u8`);

test('pages of teletext become text renditions in the times of their pictures', async () => {
  await server.until('s1 lists 6 segments', async () => ((await (await fetch(playlist('s1'))).text()).match(/#EXTINF/g) ?? []).length >= 6);
  const text = await (await fetch(playlist('source'))).text();
  const numbers = numbersIn(await triplets(playlist('source')));
  const zero = Date.parse(/#EXT-X-PROGRAM-DATE-TIME:(.*)/.exec(text)[1]) / 1000 - numbers[0] / rate;
  for (const [name, pattern] of [['s1', /^PICTURE (\d{5})\n←two→$/], ['s2', /^Grün (\d{5})$/]]) {
    const seen = new Map();
    for (const { uri, cues } of await documents(playlist(name))) {
      if (!/^\d+\.vtt$/.test(uri)) continue;
      for (const cue of cues) {
        const number = pattern.exec(cue.text)?.[1];
        assert.ok(number, `${name} shows ${JSON.stringify(cue.text)}`);
        const known = seen.get(number) ?? { start: Infinity, end: 0 };
        seen.set(number, { start: Math.min(known.start, cue.start), end: Math.max(known.end, cue.end) });
      }
    }
    assert.ok(seen.size >= 4, `${name}: ${[...seen.keys()]}`);
    // The first and the last may reach out of what is listed.
    for (const [number, { start, end }] of [...seen].slice(1, -1)) {
      assert.ok(Math.abs(start - (zero + Number(number) / rate)) < 0.02, `${name} ${number}: ${start} is ${start - zero - Number(number) / rate} s after its picture`);
      assert.ok(Math.abs(end - start - shown / rate) < 0.02, `${name} ${number} is there for ${end - start} s`);
    }
  }
  const multivariant = (await server.web('/live/live/index.m3u8')).text;
  assert.match(multivariant, /TYPE=SUBTITLES,GROUP-ID="subs",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,URI="s1\/index.m3u8"/);
  assert.match(multivariant, /NAME="German",LANGUAGE="de",.*CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog[^"]*",URI="s2\/index.m3u8"/);
  assert.deepStrictEqual(judgedByHlsParser(multivariant), []);
  const { feed } = JSON.parse((await server.admin('/api/v1/channels')).text).channels.find(({ name }) => name === 'live');
  assert.deepStrictEqual(feed.teletext, [{ page: '888', language: 'eng', subtitles: true, hard_of_hearing: false }, { page: '889', language: 'deu', subtitles: true, hard_of_hearing: true }]);
  assert.strictEqual(feed.bitmap_subtitles, 1);
  assert.ok(await server.metric('kickoff_feed_teletext_packets_total', { channel: 'live', feed: 'primary', result: 'taken' }) >= 8);
});
