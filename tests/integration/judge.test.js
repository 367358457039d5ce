// The live checker judged: a playlist without a fault gets no finding, and each planted fault is found under its rule.
'use strict';
const test = require('node:test');
const assert = require('node:assert');
const { readMedia, merge } = require('../../tools/judge/playlist');
const rules = require('../../tools/judge/rules');
const { Follower } = require('../../tools/judge/follow');

const url = 'http://host/live/c/v720/index.m3u8';
const others = ['http://host/live/c/a1/index.m3u8'];

// Segments of 2 s from `first`, parts on the last three, `openParts` parts of the open one.
function playlist({ first = 800, count = 30, openParts = 2, skip = 0 } = {}) {
  const open = first + count;
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${skip ? 9 : 6}`, '#EXT-X-TARGETDURATION:2',
    '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,PART-HOLD-BACK=1.5', '#EXT-X-PART-INF:PART-TARGET=0.5',
    `#EXT-X-MEDIA-SEQUENCE:${first}`, '#EXT-X-DISCONTINUITY-SEQUENCE:0'];
  if (skip) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skip}`);
  lines.push('#EXT-X-MAP:URI="init-0.mp4"');
  for (let msn = first + skip; msn <= open; msn++) {
    if (msn === open && openParts === 0) break;
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(msn * 2000).toISOString()}`);
    for (let part = 0; part < (msn === open ? openParts : 4) && msn > open - 3; part++) {
      lines.push(`#EXT-X-PART:DURATION=0.50000,URI="${msn}.${part}.m4s"${part === 0 ? ',INDEPENDENT=YES' : ''}`);
    }
    if (msn < open) lines.push('#EXTINF:2.00000,', `${msn}.m4s`);
  }
  const hint = openParts === 4 ? `${open + 1}.0` : `${open}.${openParts}`;
  lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${hint}.m4s"`,
    `#EXT-X-RENDITION-REPORT:URI="../a1/index.m3u8",LAST-MSN=${open},LAST-PART=${openParts - 1}`, '');
  return lines.join('\n');
}

const ids = (findings) => [...new Set(findings.map(([rule]) => rule))].sort();
const alone = (text) => ids(rules.alone(readMedia(text), url, others));

test('a playlist without a fault gets no finding', () => {
  assert.deepStrictEqual(rules.alone(readMedia(playlist()), url, others), []);
  assert.deepStrictEqual(rules.alone(readMedia(playlist({ skip: 24 })), url, others), []);
  assert.deepStrictEqual(rules.delta(readMedia(playlist({ skip: 24 }))), []);
});

for (const [rule, what, from, to] of [
  ['LL-1', 'no #EXTM3U', '#EXTM3U\n', '\n#EXTM3U\n'],
  ['LL-3', 'a tag twice', '#EXT-X-VERSION:6', '#EXT-X-VERSION:6\n#EXT-X-VERSION:6'],
  ['LL-7', 'a version beyond need', '#EXT-X-VERSION:6', '#EXT-X-VERSION:9'],
  ['LL-11', 'a segment longer than the target', '#EXTINF:2.00000', '#EXTINF:2.60000'],
  ['LL-20', 'a duration of two decimals', '#EXTINF:2.00000', '#EXTINF:2.00'],
  ['LL-37', 'no discontinuity sequence', '#EXT-X-DISCONTINUITY-SEQUENCE:0\n', ''],
  ['LL-50', 'a segment without a date', /#EXT-X-PROGRAM-DATE-TIME:.*\n/, ''],
  ['LL-51', 'a date that jumps', 'T00:26:42.000Z', 'T00:26:42.100Z'],
  ['LL-55', 'no part target', '#EXT-X-PART-INF:PART-TARGET=0.5\n', ''],
  ['LL-56', 'a part longer than its target', 'DURATION=0.50000', 'DURATION=0.50001'],
  ['LL-58', 'a short part in the middle', 'DURATION=0.50000,URI="828.1', 'DURATION=0.40000,URI="828.1'],
  ['LL-70', 'a hold-back of two parts', 'PART-HOLD-BACK=1.5', 'PART-HOLD-BACK=1.0'],
  ['LL-72', 'a skip boundary too near', 'CAN-SKIP-UNTIL=12.0', 'CAN-SKIP-UNTIL=10.0'],
  ['LL-75', 'no hint', /#EXT-X-PRELOAD-HINT.*\n/, ''],
  ['LL-84', 'no report', /#EXT-X-RENDITION-REPORT.*\n/, ''],
  ['LL-85', 'an absolute report', 'URI="../a1/', 'URI="/live/c/a1/'],
  ['AMB-4', 'a report without its part', ',LAST-PART=1', ''],
  ['TL-1', 'two hints', /(#EXT-X-PRELOAD-HINT.*\n)/, '$1$1'],
]) {
  test(`${rule} finds ${what}`, () => {
    const text = playlist().replace(from, to);
    assert.notStrictEqual(text, playlist(), 'the fault was planted');
    assert.ok(alone(text).includes(rule), `found ${alone(text)}`);
  });
}

test('LL-28 finds parts that are too old', () => {
  const text = playlist().replace('#EXTINF:2.00000,\n820.m4s', '#EXT-X-PART:DURATION=0.50000,URI="820.0.m4s"\n#EXTINF:2.00000,\n820.m4s');
  assert.ok(alone(text).includes('LL-28'));
});

// `ranges`: ids; `removed`: of a delta update, null where it lists all.
function ranged(ranges, removed = null) {
  const lines = ranges.map((id) => `#EXT-X-DATERANGE:ID="${id}",START-DATE="1970-01-01T00:27:00.000Z"\n`).join('');
  const able = playlist({ skip: removed === null ? 0 : 24 }).replace('CAN-SKIP-UNTIL=12.0', 'CAN-SKIP-UNTIL=12.0,CAN-SKIP-DATERANGES=YES');
  const text = removed === null ? able : able.replace('VERSION:9', 'VERSION:10')
    .replace('SKIPPED-SEGMENTS=24', `SKIPPED-SEGMENTS=24,RECENTLY-REMOVED-DATERANGES="${removed.join('\t')}"`);
  return text.replace('#EXT-X-MAP', `${lines}#EXT-X-MAP`);
}

test('date ranges that a delta update leaves out give no finding', () => {
  for (const text of [ranged(['a', 'b']), ranged(['b'], ['c', 'd']), ranged([], [])]) {
    assert.deepStrictEqual(alone(text), []);
    assert.deepStrictEqual(rules.delta(readMedia(text)), []);
  }
  const after = (known, delta, full) => ids(rules.rangesAfter(readMedia(known), readMedia(delta), readMedia(full)));
  assert.deepStrictEqual(after(ranged(['a', 'b']), ranged(['c'], ['a']), ranged(['b', 'c'])), []);
  assert.deepStrictEqual(after(ranged(['a', 'b']), ranged(['c'], []), ranged(['b', 'c'])), ['LL-90'], 'a is gone, untold');
  assert.deepStrictEqual(after(ranged(['a', 'b']), ranged([], ['a']), ranged(['b', 'c'])), ['LL-90'], 'c came, untold');
});

test('LL-72, LL-74, LL-7 and LL-90 find date ranges that are skipped wrongly', () => {
  assert.ok(alone(ranged([]).replace('CAN-SKIP-UNTIL=12.0,', '')).includes('LL-72'));
  assert.ok(alone(ranged(['a']).replace(',CAN-SKIP-DATERANGES=YES', '')).includes('LL-74'));
  assert.ok(alone(ranged(['a'], []).replace('VERSION:10', 'VERSION:9')).includes('LL-7'));
  assert.ok(ids(rules.delta(readMedia(ranged(['a'], ['a'])))).includes('LL-90'));
});

function pair(was, is) {
  const known = new Map([...was.segments, was.open].map((segment) => [segment.msn, segment]));
  return ids(rules.after(was, is, known));
}

test('revisions that follow each other give no finding', () => {
  assert.deepStrictEqual(pair(readMedia(playlist()), readMedia(playlist({ openParts: 3 }))), []);
  assert.deepStrictEqual(pair(readMedia(playlist({ openParts: 4 })), readMedia(playlist({ first: 801, openParts: 1 }))), []);
  assert.deepStrictEqual(pair(readMedia(playlist()), readMedia(playlist({ openParts: 3, skip: 24 }))), []);
});

for (const [rule, what, text] of [
  ['LL-10', 'an edge that goes back', playlist({ openParts: 1 })],
  ['LL-13', 'a target duration that changes', playlist({ openParts: 3 }).replace('TARGETDURATION:2', 'TARGETDURATION:3')],
  ['LL-21', 'a media sequence that goes back', playlist({ first: 799, count: 31, openParts: 3 })],
  ['LL-23', 'a number with another address', playlist({ openParts: 3 }).replace('805.m4s', 'other.m4s')],
  ['LL-38', 'a discontinuity sequence that jumps', playlist({ openParts: 3 }).replace('DISCONTINUITY-SEQUENCE:0', 'DISCONTINUITY-SEQUENCE:1')],
  ['LL-68', 'a part that changes', playlist({ openParts: 3 }).replace('URI="829.0.m4s",INDEPENDENT=YES', 'URI="829.0.m4s"')],
  ['LL-77', 'a hint that was not kept', playlist({ openParts: 3 }).replace('DURATION=0.50000,URI="830.2', 'DURATION=0.50000,URI="x830.2')],
  ['LL-26', 'a window of four segments', playlist({ first: 827, count: 4, openParts: 3 })],
]) {
  test(`${rule} finds ${what}`, () => assert.ok(pair(readMedia(playlist()), readMedia(text)).includes(rule), String(pair(readMedia(playlist()), readMedia(text)))));
}

test('LL-77 finds a hint whose segment closed without it', () => {
  const was = readMedia(playlist({ openParts: 4 }).replace('URI="831.0.m4s"', 'URI="830.4.m4s"'));
  assert.strictEqual(rules.droppedHint(was, readMedia(playlist({ first: 801, openParts: 1 }))), '830.4.m4s');
  assert.strictEqual(rules.droppedHint(readMedia(playlist({ openParts: 4 })), readMedia(playlist({ first: 801, openParts: 1 }))), null);
});

for (const [what, late, expected] of [['a pause of 1.5 s between parts', 0, ['LL-32']], ['no pause where the machine was late by as much', 1400, []]]) {
  test(`LL-32 finds ${what}`, () => {
    const found = [];
    let told = 0;
    const client = { request: async () => { throw new Error('nothing is fetched here'); } };
    const follower = new Follower({ client, url, others, options: { slack: 0.5, late: () => told }, report: (rule) => found.push(rule) });
    follower.take(Object.assign(readMedia(playlist({ openParts: 1 })), { at: 1000, sent: 1000 }));
    told = late;
    follower.take(Object.assign(readMedia(playlist({ openParts: 2 })), { at: 2500, sent: 1000 }));
    assert.deepStrictEqual(found, expected);
  });
}

test('LL-93: a delta onto the playlist before it is the full playlist', () => {
  const full = readMedia(playlist({ first: 801 }));
  const merged = merge(readMedia(playlist()).segments, readMedia(playlist({ first: 801, skip: 24 })));
  assert.deepStrictEqual(merged.map(({ msn, uri }) => [msn, uri]), full.segments.map(({ msn, uri }) => [msn, uri]));
  assert.strictEqual(merge(readMedia(playlist({ first: 700 })).segments, readMedia(playlist({ first: 801, skip: 24 }))), null);
});

test('LL-88 finds a delta that skips too much', () => {
  assert.deepStrictEqual(ids(rules.delta(readMedia(playlist({ skip: 25 })))), ['LL-88']);
});
