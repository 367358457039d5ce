// Text renditions (WebVTT): of the captions in a feed's pictures, and of captions that come by the API. They are listed from the start,
// go on without a source and without a feed, and their cues have the times of the pictures.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Server, endAll, leftOut, sleep } = require('./harness');
const { pushRtmp, pushSrt } = require('./media');
const { captioned, triplets, tripletsIn, numbersIn, popOn } = require('./captions');
const { documents, segments } = require('./subtitles');
const { late } = require('./lateness');
const { object, relayFlv, string } = require('./rtmp_client');
const { assertLive } = require('./judge_channel');
const { judgedByHlsParser } = require('../../tools/judge/rules');
const { WebVTT, VTTCue, VTTRegion } = require('videojs-vtt.js');
const { Cea708Stream } = require('mux.js/lib/m2ts/caption-stream');

const rate = 30;
const token = 'integration-test-token';
const subtitles = [{ from: 'CC1', language: 'en', name: 'English', sdh: true }, { from: 'CC3', language: 'es' }];
const ladder = [{ name: 'low', height: 180, bitrate: '300k', preset: 'ultrafast' }];
let server;
const running = [];
const push = (process) => { running.push(process); return process; };
before(async () => {
  captioned({ rate });
  captioned({ rate, windows: true });
  captioned({ rate, windows: 'korean' });
  server = await Server.start({ channels: {
    copied: { source: 'copy', ladder: 'none', subtitles },
    taken: { source: 'copy', ladder: 'none', subtitles },
    encoded: { ladder, subtitles },
    digital: { source: 'copy', ladder: 'none', subtitles: [{ from: 'SERVICE2', language: 'fr' }, { from: 'SERVICE63' }] },
    korean: { source: 'copy', ladder: 'none', subtitles: [{ from: 'SERVICE2', language: 'ko' }] },
    away: { source: 'copy', ladder: 'none', subtitles },
    texts: { source: 'copy', ladder: 'none', subtitles: [{ from: 'data', language: 'en' }, { from: 'data' }] },
    live: { source: 'copy', ladder: 'none', subtitles: [{ from: 'api', language: 'de', default: true }] },
  } }, { env: { KICKOFF_ADMIN_TOKEN: token } });
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const playlist = (channel, name) => server.playlist(channel).replace('index.m3u8', `${name}/index.m3u8`);
async function listed(channel, name, count) {
  await server.until(`${channel}/${name} lists ${count} segments`, async () => ((await (await fetch(playlist(channel, name))).text()).match(/#EXTINF/g) ?? []).length >= count);
}
const multivariant = async (channel) => (await server.web(`/live/${channel}/index.m3u8`)).text;

// When picture 0 of the feed was shown, UTC seconds, by the numbers that the pictures of the listed segments carry.
async function pictureZero(channel, name) {
  const url = playlist(channel, name);
  const date = Date.parse(/#EXT-X-PROGRAM-DATE-TIME:(.*)/.exec(await (await fetch(url)).text())[1]) / 1000;
  const numbers = numbersIn(await triplets(url));
  assert.ok(numbers.every((number, i) => number === numbers[0] + i), `each picture is there: ${numbers}`);
  return date - numbers[0] / rate;
}

// The same by the newest whole segment alone, and when that begins.
async function newestZero(channel, name) {
  const url = playlist(channel, name);
  const text = await (await fetch(url)).text();
  const [, date, uri] = [...text.matchAll(/#EXT-X-PROGRAM-DATE-TIME:(.*)\n(?:#EXT-X-PART.*\n)*#EXTINF:[\d.]+,\n(\S+)/g)].at(-1);
  const bytes = await Promise.all([/#EXT-X-MAP:URI="([^"]+)"/.exec(text)[1], uri].map(async (one) => Buffer.from(await (await fetch(new URL(one, url))).arrayBuffer())));
  const begins = Date.parse(date) / 1000;
  const [first] = numbersIn(await tripletsIn(Buffer.concat(bytes)));
  return { begins, zero: begins - first / rate };
}

// "PICTURE 00120 " is typed from picture 120 on: three controls twice, and then two characters a picture.
function assertInTime(list, zero) {
  const seen = new Map();
  for (const { cues } of list) {
    for (const cue of cues) {
      const number = /PICTURE (\d{5})$/.exec(cue.text)?.[1];
      if (number && !(seen.get(number) <= cue.start)) seen.set(number, cue.start);
    }
  }
  assert.ok(seen.size >= 3, `texts: ${[...seen.keys()]}`);
  for (const [number, start] of seen) {
    const typed = zero + (Number(number) + 6 + 7) / rate;
    assert.ok(start > typed - 0.05 && start < typed + 0.3, `PICTURE ${number} is typed at ${typed.toFixed(3)}, and shown at ${start.toFixed(3)}`);
  }
}

// The captioned pictures as FLV, with the texts that ffmpeg writes for subtitles: "TEXT n" 2 n + 1 s after picture 0. FFmpeg does not write when
// they end.
function withTexts() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-texts-'));
  const at = (seconds) => `00:00:${String(seconds).padStart(2, '0')},000`;
  fs.writeFileSync(`${directory}/texts.srt`, Array.from({ length: 29 }, (_, i) => `${i + 1}\n${at(2 * i + 1)} --> ${at(2 * i + 2)}\nTEXT ${i}\ntwo & three\n\n`).join(''));
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-i', captioned({ rate }), '-i', `${directory}/texts.srt`, '-map', '0', '-map', '1', '-c', 'copy', '-c:s', 'text', '-f', 'flv', `${directory}/texts.flv`]);
  const flv = fs.readFileSync(`${directory}/texts.flv`);
  fs.rmSync(directory, { recursive: true });
  return flv;
}

// What a player's parser makes of the settings of a cue.
function placeOf({ settings, text }) {
  const cues = [];
  const parser = new WebVTT.Parser({ VTTCue, VTTRegion }, { setTimeout }, WebVTT.StringDecoder());
  parser.oncue = (cue) => cues.push(cue);
  parser.onparsingerror = (error) => assert.fail(`${settings}: ${error.message}`);
  parser.parse(`WEBVTT\n\n00:00.000 --> 00:01.000 ${settings}\n${text}\n\n`);
  parser.flush();
  const [{ line, snapToLines, lineAlign, position, align }] = cues;
  return { line, snapToLines, lineAlign, position, align };
}

// The texts that another reader of CEA-708 finds in the pictures of a rendition: [{text, from, until}], in pictures after the first one.
async function textsOfMux(url, service) {
  const texts = [];
  const reader = new Cea708Stream();
  reader.on('data', ({ stream, startPts, endPts, text }) => { if (stream === `cc708_${service}`) texts.push({ text, from: startPts, until: endPts }); });
  const bytes = await triplets(url);
  let picture = -1;
  for (let at = 0; at + 3 <= bytes.length; at += 3) {
    const type = bytes[at] & 3;
    if (type === 3) picture++; // each picture has one packet
    if (type >= 2) reader.push({ type, ccData: bytes[at + 1] << 8 | bytes[at + 2], pts: picture });
  }
  return texts;
}

const cases = {
  'have the captions of the pictures of a copy, in time': async () => {
    push(pushSrt(captioned({ rate }), server.srt('#!::r=live/copied,m=publish')));
    await listed('copied', 's1', 6);
    const zero = await pictureZero('copied', 'source');
    const list = await documents(playlist('copied', 's1'));
    assertInTime(list.filter(({ uri }) => /^\d+\.vtt$/.test(uri)), zero);
    for (const { type, text } of list) {
      assert.match(type, /^text\/vtt/);
      assert.match(text, /^WEBVTT\nX-TIMESTAMP-MAP=/);
    }
    const empty = await segments(playlist('copied', 's2'));
    assert.ok(empty.length >= 5 && empty.every(({ cues }) => cues.length === 0), 'a service without captions has empty segments');
    const text = await multivariant('copied');
    assert.match(text, /#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",URI="s1\/index.m3u8"/);
    assert.match(text, /NAME="Spanish",LANGUAGE="es".*URI="s2\/index.m3u8"/);
    assert.match(text, /#EXT-X-STREAM-INF.*,SUBTITLES="subs"/);
    assert.deepStrictEqual(judgedByHlsParser(text), []);
  },
  'have the text of a service of CEA-708, in time': async () => {
    push(pushSrt(captioned({ rate, windows: true }), server.srt('#!::r=live/digital,m=publish')));
    await listed('digital', 's1', 6);
    const zero = await pictureZero('digital', 'source');
    const other = await textsOfMux(playlist('digital', 'source'), 2);
    const seen = new Map();
    for (const { uri, cues } of await documents(playlist('digital', 's1'))) {
      for (const cue of /^\d+\.vtt$/.test(uri) ? cues : []) {
        // The window's anchor is 20 of 75 down the safe area, its text 8 % of the height below that: the upper half of the picture.
        assert.deepStrictEqual(placeOf(cue), { line: 31, snapToLines: false, lineAlign: 'start', position: 10, align: 'left' });
        const known = seen.get(cue.text) ?? { start: Infinity, end: 0 };
        seen.set(cue.text, { start: Math.min(known.start, cue.start), end: Math.max(known.end, cue.end) });
      }
    }
    assert.ok(seen.size >= 4, `${[...seen.keys()]}`);
    // The first and the last may reach out of what is listed.
    for (const [text, { start, end }] of [...seen].slice(1, -1)) {
      const number = Number(/^PICTURE (\d{5})\n/.exec(text)?.[1]);
      assert.strictEqual(text, `PICTURE ${String(number).padStart(5, '0')}\n${popOn.second}`);
      assert.ok(Math.abs(start - (zero + (number + popOn.shown) / rate)) < 0.02, `${number}: ${start} is ${start - zero - number / rate} s after its picture`);
      assert.ok(Math.abs(end - start - (popOn.gone - popOn.shown) / rate) < 0.02, `${number} is there for ${end - start} s`);
    }
    const judged = other.filter(({ text }) => seen.has(text));
    assert.ok(judged.length >= 3, `another reader finds ${JSON.stringify(other)}, not ${[...seen.keys()]}`);
    for (const { text, from, until } of judged) assert.ok(until - from === popOn.gone - popOn.shown, text);
    const empty = await segments(playlist('digital', 's2'));
    assert.ok(empty.length >= 5 && empty.every(({ cues }) => cues.length === 0), 'a service without captions has empty segments');
    const text = await multivariant('digital');
    assert.match(text, /NAME="French",LANGUAGE="fr".*URI="s1\/index.m3u8"/);
    assert.deepStrictEqual(judgedByHlsParser(text), []);
    const { feed } = JSON.parse((await server.admin('/api/v1/channels')).text).channels.find(({ name }) => name === 'digital');
    assert.strictEqual(feed.captions, 'CC1 SERVICE1 SERVICE2');
  },
  'have Korean text that is coded in EUC-KR, from a worker that may open no files': async () => {
    push(pushSrt(captioned({ rate, windows: 'korean' }), server.srt('#!::r=live/korean,m=publish')));
    await listed('korean', 's1', 4);
    const texts = (await segments(playlist('korean', 's1'))).flatMap(({ cues }) => cues.map(({ text }) => text));
    assert.ok(texts.length >= 2 && texts.every((text) => /^PICTURE \d{5}\n/.test(text) && text.endsWith(`\n${popOn.korean}`)), texts.join('|'));
  },
  'pass the live checker beside encoded video': async () => {
    push(pushRtmp(captioned({ rate }), server.rtmp('encoded')));
    await listed('encoded', 's1', 4);
    await assertLive(server.playlist('encoded'), { seconds: 15, copy: false });
    assertInTime(await segments(playlist('encoded', 's1')), await pictureZero('encoded', 'low'));
  },
  'go on while the feed is away and when the worker is lost': async () => {
    const first = push(pushRtmp(captioned({ rate }), server.rtmp('away')));
    await listed('away', 's1', 3);
    await first.stop();
    await sleep(3000);
    const edge = async (name) => Number([...(await (await fetch(playlist('away', name))).text()).matchAll(/^(\d+)\.(?:vtt|m4s)$/gm)].at(-1)[1]);
    const [text, video] = await Promise.all([edge('s1'), edge('source')]);
    assert.ok(Math.abs(text - video) <= 1, `text is at ${text}, video at ${video}`);
    const pid = (await server.metric('kickoff_worker_pid', { channel: 'away' })) || JSON.parse((await server.admin('/api/v1/channels')).text).channels.find(({ name }) => name === 'away').worker.pid;
    process.kill(pid, 'SIGKILL');
    push(pushRtmp(captioned({ rate }), server.rtmp('away')));
    await server.until('captions again', async () => (await segments(playlist('away', 's1'))).some(({ date, cues }) => date > Date.now() / 1000 - 8 && cues.length > 0), 30000);
    // The segments that both list have the same numbers, dates and lengths.
    const listOf = async (name) => new Map([...(await (await fetch(playlist('away', name))).text()).matchAll(/#EXT-X-PROGRAM-DATE-TIME:(.*)\n(?:#EXT-X-PART.*\n)*#EXTINF:([\d.]+),\n(\d+)/g)].map(([, date, length, msn]) => [msn, [date, length]]));
    const [texts, pictures] = [await listOf('s1'), await listOf('source')];
    const both = [...texts.keys()].filter((msn) => pictures.has(msn));
    assert.ok(both.length >= 4, `${both}`);
    for (const msn of both) {
      assert.ok(Math.abs(Date.parse(texts.get(msn)[0]) - Date.parse(pictures.get(msn)[0])) <= 1, `${msn}: ${texts.get(msn)} ${pictures.get(msn)}`);
      assert.ok(Math.abs(texts.get(msn)[1] - pictures.get(msn)[1]) <= 0.001, `${msn}: ${texts.get(msn)} ${pictures.get(msn)}`);
    }
    assert.ok(!(await (await fetch(playlist('away', 's1'))).text()).includes('GAP'));
  },
  'stay at the times of their pictures when another worker takes the feed over': async () => {
    push(pushSrt(captioned({ rate }), server.srt('#!::r=live/taken,m=publish')));
    await listed('taken', 's1', 3);
    const zero = await pictureZero('taken', 'source');
    const before = late();
    process.kill(JSON.parse((await server.admin('/api/v1/channels')).text).channels.find(({ name }) => name === 'taken').worker.pid, 'SIGKILL');
    const killed = Date.now() / 1000;
    let newest;
    await server.until('pictures of another worker', async () => (newest = await newestZero('taken', 'source')).begins > killed + 3, 30000);
    // To the millisecond, as the playlist has it; a machine that is too late for that begins anew at the feed's arrival.
    assert.ok(Math.abs(newest.zero - zero) < 0.0021 + (late() - before) / 1000, `pictures are ${newest.zero - zero} s later than before`);
    await server.until('texts of another worker', async () => (await segments(playlist('taken', 's1'))).filter(({ date }) => date > killed + 4).length >= 4, 30000);
    const shown = (await segments(playlist('taken', 's1'))).filter(({ date, cues }) => date > killed + 4 && cues.length > 0);
    assert.ok(shown.length >= 2, 'captions again');
    for (const { cues } of shown) for (const cue of cues) assert.ok(!cue.text.includes('PICTURE') || cue.start < cue.end, cue.text);
  },
  'have what an encoder sends as text, each in its language and in time': async () => {
    const caption = (text) => Buffer.concat([string('onCaption'), object({ text, language: 'ger', trackid: '1' })]);
    const more = Array.from({ length: 29 }, (_, i) => [{ type: 18, time: 2000 * i + 1500, body: caption(`WORT ${i}`) }, { type: 18, time: 2000 * i + 2300, body: caption('') }]).flat();
    more.push({ type: 18, time: 3000, body: caption('x'.repeat(3000)) });
    running.push(await relayFlv(server.ports.rtmp, 'texts', withTexts(), { more }));
    await listed('texts', 's1', 6);
    const zero = await pictureZero('texts', 'source');
    for (const [name, pattern, after, length] of [['s1', /^TEXT (\d+)\ntwo &amp; three$/, 1, 2], ['s2', /^WORT (\d+)$/, 1.5, 0.8]]) {
      const seen = new Map();
      for (const { cues } of await segments(playlist('texts', name))) {
        for (const cue of cues) {
          const number = Number(pattern.exec(cue.text)?.[1] ?? assert.fail(`${name} shows ${JSON.stringify(cue.text)}`));
          const known = seen.get(number) ?? { start: Infinity, end: 0 };
          seen.set(number, { start: Math.min(known.start, cue.start), end: Math.max(known.end, cue.end) });
        }
      }
      assert.ok(seen.size >= 4, `${name} shows ${[...seen.keys()]}`);
      // The first and the last may reach out of what is listed. FFmpeg puts picture 0 at 21 ms, behind the encoder delay of the sound.
      for (const [number, { start, end }] of [...seen].slice(1, -1)) {
        assert.ok(Math.abs(start - (zero + 2 * number + after)) < 0.08, `${name}: ${number} is ${start - zero} s after picture 0`);
        // A text that comes behind the picture which ends a part begins with the next part: at 0 in place of -21 ms.
        assert.ok(Math.abs(end - start - length) < 0.04, `${name}: ${number} is there for ${end - start} s`);
      }
    }
    const text = await multivariant('texts');
    assert.match(text, /NAME="English",LANGUAGE="en".*URI="s1\/index.m3u8"/);
    assert.match(text, /NAME="German",LANGUAGE="de".*URI="s2\/index.m3u8"/);
    assert.deepStrictEqual(judgedByHlsParser(text), []);
    const count = (result) => server.metric('kickoff_feed_texts_total', { channel: 'texts', feed: 'primary', result });
    assert.ok(await count('taken') >= 12);
    assert.strictEqual(await count('bad'), 1);
  },
  'take captions from the API, which grow and are shown in time': async () => {
    push(pushRtmp(captioned({ rate }), server.rtmp('live')));
    await listed('live', 's1', 3);
    const post = (body, given = {}) => fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/live/captions/${given.language ?? 'de'}`, {
      method: 'POST', headers: { ...given.anonymous ? {} : { authorization: `Bearer ${token}` }, 'content-type': 'application/json' }, body: JSON.stringify(body),
    });
    const start = Date.now() / 1000 + 3;
    const at = (seconds) => new Date(seconds * 1000).toISOString();
    assert.strictEqual((await post({ text: 'Tor <b>\n& Tor', start: at(start), end: at(start + 3) })).status, 201);
    assert.strictEqual((await post({ text: 'Wor', id: 'w', duration: 20 })).status, 201);
    await server.until('the first words', async () => (await documents(playlist('live', 's1'))).some(({ cues }) => cues.some(({ text }) => text === 'Wor')));
    assert.strictEqual((await post({ text: 'Wort fuer Wort', id: 'w', duration: 20 })).status, 201);
    await sleep(2000);
    assert.strictEqual((await post({ text: '', id: 'w' })).status, 201);
    await sleep(6000);
    const all = (await segments(playlist('live', 's1'))).flatMap(({ cues }) => cues);
    const whole = all.filter(({ text }) => text === 'Tor &lt;b&gt;\n&amp; Tor');
    assert.ok(whole.length >= 2, 'the cue is in each segment that it reaches into');
    for (const cue of whole) {
      assert.ok(Math.abs(cue.start - start) < 0.002 && Math.abs(cue.end - start - 3) < 0.002, `${cue.start} to ${cue.end}, wanted ${start}`);
    }
    const grown = all.filter(({ text }) => text.startsWith('Wor')).sort((a, b) => a.start - b.start);
    assert.ok(grown.some(({ text }) => text === 'Wor') && grown.some(({ text }) => text === 'Wort fuer Wort'));
    for (const [i, cue] of grown.entries()) assert.ok(i === 0 || cue.start >= grown[i - 1].end - 0.002, 'never two of them at a time');
    assert.ok(grown.at(-1).end - grown[0].start < 8, 'an empty text ends it');
    assert.strictEqual((await post({ text: 'x' }, { anonymous: true })).status, 401);
    assert.strictEqual((await post({ text: 'x' }, { language: 'fr' })).status, 404);
    assert.strictEqual((await post({ text: 'x', end: at(start - 100) })).status, 409);
    assert.ok([400, 413].includes((await post({ text: 'x'.repeat(1 << 20) }).catch(() => ({ status: 413 }))).status));
    const flood = await Promise.all(Array.from({ length: 200 }, () => post({ text: 'flood', duration: 1 })));
    assert.ok(flood.filter(({ status }) => status === 429).length >= 100);
    assert.ok(await server.metric('kickoff_captions_refused_total', { channel: 'live', reason: 'too_many' }) >= 100);
    assert.ok(await server.metric('kickoff_captions_total', { channel: 'live' }) >= 4);
  },
};
test('text renditions', { concurrency: 2 }, async (t) => {
  await Promise.all(Object.entries(cases).map(([what, run]) => t.test(what, { skip: leftOut(what) }, run)));
});
