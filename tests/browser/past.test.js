// The player page with a time of the past, a delay or a view in its address, in real Chromium.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, copy } = require('../integration/harness');
const { source, pushRtmp } = require('../integration/media');
const { launch } = require('./browser');

const delay = 12; // s
let server;
let browser;
let publisher;
before(async () => {
  server = await Server.start({ channels: { match: copy({ window: '5m', views: { calm: { low_latency: false } } }) } });
  publisher = pushRtmp(source(), server.rtmp('match'));
  await server.live('match');
  browser = await launch();
  await server.until('a past to go to', async () => (await dates()).length > 12);
});
after(async () => {
  await browser?.close();
  await publisher.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// When the closed segments begin, in ms.
async function dates() {
  const text = await (await fetch(server.playlist('match').replace('index', 'source/index'))).text();
  return [...text.matchAll(/PROGRAM-DATE-TIME:(\S+)/g)].map(([, date]) => Date.parse(date));
}
const instant = (ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

// asked: parameters, escaped as a page's own URLSearchParams would.
async function open(asked) {
  const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
  await page.goto(`http://127.0.0.1:${server.ports.http}/play/match?${new URLSearchParams(asked)}`);
  return page;
}
const plays = (page) => page.waitForFunction(() => window.kickoff.startup && window.kickoff.state !== 'connecting' && window.kickoff.hls.playingDate, null, { timeout: 60000 });
const seen = (page) => page.evaluate(() => ({
  state: window.kickoff.state, jumps: window.kickoff.jumps, errors: window.kickoff.errors, ends: window.kickoff.ends,
  date: window.kickoff.hls.playingDate?.getTime(), time: document.querySelector('video').currentTime, words: document.getElementById('words').textContent,
  playlists: [...new Set(performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.includes('.m3u8')))],
}));

test('from an instant on the page plays the past, and the button leads to live', async () => {
  const start = (await dates())[1];
  const page = await open({ start: instant(start) });
  await plays(page);
  const first = await seen(page);
  // What was played until it was looked at is all that it may be later than that instant.
  assert.ok(first.date >= start - 3000 && first.date <= start + 1000 * first.time + 1000, `${instant(first.date)} for ${instant(start)}, ${first.time} s played`);
  assert.ok(first.playlists[0].endsWith(`index.m3u8?start=${instant(start)}`), first.playlists[0]);
  await page.waitForFunction((from) => document.querySelector('video').currentTime > from + 5, first.time, { timeout: 60000 });
  const later = await seen(page);
  assert.deepStrictEqual({ state: later.state, jumps: later.jumps, errors: later.errors }, { state: 'playing', jumps: 0, errors: [] });
  assert.ok(Math.abs((later.date - first.date) / 1000 - (later.time - first.time)) < 0.3, 'in one piece');

  await Promise.all([page.waitForURL(/play\/match\??$/), page.click('#live')]);
  await plays(page);
  const live = await seen(page);
  assert.strictEqual(live.state, 'live');
  assert.ok(live.date > (await dates()).at(-3), instant(live.date));
  await page.close();
});

test('a clip plays to its end, and the page waits for nothing', async () => {
  const all = await dates();
  const page = await open({ end: instant(all[5] + 1000), start: instant(all[3]) }); // turned into the playlist's order
  await plays(page);
  const first = await seen(page);
  assert.ok(first.date >= all[3] - 3000 && first.date < all[6], instant(first.date));
  await page.waitForFunction(() => window.kickoff.state === 'ended', null, { timeout: 60000 });
  const last = await seen(page);
  assert.deepStrictEqual({ ends: last.ends, errors: last.errors, words: last.words }, { ends: 0, errors: [], words: 'This is the end of what the address asks for.' });
  const duration = await page.evaluate(() => document.querySelector('video').duration);
  assert.ok(Math.abs(last.time - duration) < 0.2, `${last.time} of ${duration} s`);
  assert.ok(duration < (all[6] - all[2]) / 1000 + 0.5, `${duration} s`);
  await page.close();
});

test('with a delay the page is live, that much later', async () => {
  const page = await open({ delay });
  await plays(page);
  const { state, date, playlists } = await seen(page);
  const newest = (await dates()).at(-1);
  assert.strictEqual(state, 'live');
  assert.ok(date < newest + 4000 - 1000 * delay, `${instant(date)}, the newest segment of live begins at ${instant(newest)}`);
  assert.ok(playlists.every((url) => url.endsWith(`delay=${delay}`)), playlists.join(' '));
  await page.close();
});

test('a view is played, and a refusal names what was asked for', async () => {
  const page = await open({ view: 'calm' });
  await plays(page);
  const { state, playlists } = await seen(page);
  assert.strictEqual(state, 'live');
  assert.ok(playlists.every((url) => url.includes('view=calm')), playlists.join(' '));
  await page.close();

  for (const [asked, status] of [[{ start: 'yesterday' }, 400], [{ view: 'none' }, 404], [{ start: '2001-01-01T00:00:00Z', end: '2001-01-01T01:00:00Z' }, 404]]) {
    const refused = await open(asked);
    await refused.waitForFunction(() => window.kickoff.errors.length, null, { timeout: 60000 });
    const { errors } = await seen(refused);
    const words = new URLSearchParams(asked).toString().replaceAll('%3A', ':');
    assert.strictEqual(errors[0], `Channel “match” has nothing for “${words}” (${status}).`);
    await refused.close();
  }
});
