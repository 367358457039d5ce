// The player page at a server that refuses another viewer: it says so, tries again when Retry-After says, and then plays.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const net = require('node:net');
const { Server, endAll, copy } = require('../integration/harness');
const { source, pushRtmp } = require('../integration/media');
const { Client } = require('../../tools/judge/client');
const { measureIn, lateIn, late: lateHere } = require('../integration/lateness');
const { launch } = require('./browser');

let server;
let browser;
let pusher;
let held = []; // connections that take the headroom
before(async () => {
  source();
  server = await Server.start({ http: { loops: 1, max_connections: 60, admission: { refuse_joins_below: 50 } }, channels: { '*': copy() } });
  pusher = pushRtmp(source(), server.rtmp('match'));
  [browser] = await Promise.all([launch(), server.live('match')]);
});
after(async () => {
  for (const socket of held) socket.destroy();
  await browser?.close();
  await pusher?.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// What somebody new is answered. → {status, headers}
async function join() {
  const somebody = new Client();
  const answer = await somebody.request(server.playlist('match'));
  somebody.close();
  return answer;
}

// Until the next refusal will say 2 s, the shortest of the values from 2 to 5.
async function fill() {
  held = Array.from({ length: 40 }, () => net.connect(server.ports.http, '127.0.0.1').on('error', () => {}));
  await server.until('joins are refused', async () => {
    const { status, headers } = await join();
    return status === 503 && headers['retry-after'] === '5';
  });
}

test('a viewer who is refused sees why, waits as long as the server said, and then sees the picture', async () => {
  await fill();
  const page = await browser.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  const answers = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname === '/live/match/index.m3u8') answers.push({ at: Date.now(), status: response.status(), after: Number(response.headers()['retry-after']) });
  });
  // Half of the chance by which viewers who were turned away at once come back one by one.
  await page.addInitScript(() => { Math.random = () => 0.5; });
  await measureIn(page);
  await page.goto(`http://127.0.0.1:${server.ports.http}/play/match`);
  await page.waitForFunction(() => window.kickoff.refusals >= 1);
  assert.match(await page.locator('#message').innerText(), /^Very many viewers are joining right now\. .* Trying again (in [123] s\.|…)$/);
  assert.strictEqual(await page.locator('#state').innerText(), 'waiting');
  if (process.env.KICKOFF_SCREENSHOTS) await page.screenshot({ path: `${process.env.KICKOFF_SCREENSHOTS}/busy.png` });
  // It counts down.
  const shown = await page.locator('#countdown').innerText();
  await page.waitForFunction((text) => document.getElementById('countdown').innerText !== text, shown);

  for (const socket of held) socket.destroy();
  await page.waitForFunction(() => window.kickoff.startup, null, { timeout: 60000 });
  await page.waitForFunction(() => document.getElementById('message').hidden && window.kickoff.state === 'live', null, { timeout: 60000 });
  const { refusals } = await page.evaluate(() => window.kickoff);
  // If the machine was slow to free the headroom, the page was refused more than once.
  assert.deepStrictEqual(answers.map(({ status }) => status), [...Array(refusals).fill(503), 200]);
  assert.strictEqual(answers[0].after, 2);
  const late = (await lateIn(page) + lateHere()) / 1000;
  for (const [i, { at, after: asked }] of answers.slice(0, -1).entries()) {
    const waited = (answers[i + 1].at - at) / 1000;
    assert.ok(waited >= asked && waited < 1.5 * asked + 1 + late, `came back after ${waited.toFixed(2)} s, asked to wait for ${asked} and up to as long again; timers were late by ${late.toFixed(2)} s`);
  }
  assert.deepStrictEqual(faults, []);
  await page.close();
});
