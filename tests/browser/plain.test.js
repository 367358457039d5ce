// Players that others ship, at the versions that sites run, each as it comes: hls.js 1.4, 1.5 and 1.7, Shaka 4 and 5, video.js 8.
// They play a channel, and a new event under the address of one that has ended. No case asserts how fast: a player that is stuck
// stays so, one on a busy machine plays on.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, leftOut, copy, sleep } = require('../integration/harness');
const { source, pushRtmp } = require('../integration/media');
const { launch, servePages, picture } = require('./browser');

const names = ['hls14', 'hls15', 'hls17', 'shaka4', 'shaka5', 'vjs'];
const patience = 60000; // ms; for what a stuck player never does
const file = () => source({ rate: '25', gop: 50, size: '320x180', bitrate: '400k' });
let server;
let pages;
let browser;
const running = new Map();
before(async () => {
  file();
  server = await Server.start({ channels: { '*': copy(), ...Object.fromEntries(names.map((name) => [`end-${name}`, copy({ grace: '1s' })])) } });
  [pages, browser] = await Promise.all([servePages(), launch()]);
});
after(async () => {
  await browser?.close();
  pages?.close();
  await Promise.all([...running.values()].map((pusher) => pusher.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

async function publish(channel) {
  running.set(channel, pushRtmp(file(), server.rtmp(channel)));
  await server.live(channel);
}
async function leave(channel) {
  await running.get(channel).stop('SIGKILL');
  running.delete(channel);
}

async function open(player, channel) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${pages.origin}/plain.html?player=${player}&url=${encodeURIComponent(server.playlist(channel))}`);
  return page;
}
const look = (page) => page.evaluate(() => {
  const video = document.querySelector('video');
  return { time: video.currentTime, ...window.plain };
});
// Until the picture has moved in five seconds one after another.
async function plays(page, what) {
  const began = Date.now();
  for (let { time: last } = await look(page), moving = 0; moving < 5;) {
    const state = await look(page);
    assert.ok(Date.now() - began < patience, `${what}: it stands still: ${JSON.stringify(state)}`);
    await sleep(1000);
    const { time } = await look(page);
    moving = time > last + 0.1 ? moving + 1 : 0;
    last = time;
  }
}

// Each has a channel and a page of its own.
test('the next event', { concurrency: 3 }, async (t) => {
  await Promise.all(names.map((player) => {
    const what = `${player} plays a channel, and the next event under the same address`;
    return t.test(what, { skip: leftOut(what) }, async () => {
      const channel = `end-${player}`;
      await publish(channel);
      await sleep(5000); // a running channel: closed segments
      const page = await open(player, channel);
      await plays(page, 'at first');
      const { mean, spread } = await picture(page);
      assert.ok(mean > 20 && spread > 20, `the picture is of brightness ${mean.toFixed(0)} ± ${spread.toFixed(0)}`);

      await leave(channel);
      await page.waitForFunction(() => window.plain.over, null, { timeout: patience });
      // Shaka 4 waits for ever for media after the end, whatever it plays in a Chromium of today (its issue 9149).
      if (player !== 'shaka4') await page.waitForFunction(() => window.plain.ended > 0, null, { timeout: patience });
      await publish(channel);
      await page.waitForFunction(() => window.plain.starts === 2, null, { timeout: patience });
      await plays(page, 'the next event');
      await leave(channel);
      await page.context().close();
    });
  }));
});

// A publisher's absence is filled with media: no player notices more than that the picture stands still.
for (const group of [names.slice(0, 3), names.slice(3)]) {
  test(`${group.join(', ')} play on while the publisher is away for 2, 6 and 15 s`, async () => {
    const channel = `away-${group[0]}`;
    await publish(channel);
    await sleep(5000);
    const pages = await Promise.all(group.map((player) => open(player, channel)));
    await Promise.all(pages.map((page, i) => plays(page, `${group[i]}, before`)));
    for (const seconds of [2, 6, 15]) {
      await leave(channel);
      await sleep(seconds * 1000);
      await publish(channel);
      await Promise.all(pages.map((page, i) => plays(page, `${group[i]}, after ${seconds} s`)));
    }
    for (const [i, page] of pages.entries()) {
      const { starts, errors } = await look(page);
      assert.strictEqual(starts, 1, `${group[i]} was not started anew`);
      assert.deepStrictEqual(errors.filter((error) => /fatal|page:|start:/.test(error)), [], group[i]);
      await page.context().close();
    }
    await leave(channel);
  });
}
