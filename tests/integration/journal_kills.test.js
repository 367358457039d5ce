// kill -9 at random moments, again and again, with a player that never stops: what it was given once stays what it was.
// KICKOFF_KILLS: how often (a few in the suite; 50 by hand). KICKOFF_KILL_SEED: that of the moments; without it another one each time.
// Suite: beside others.
'use strict';
const { test, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, descendants, exists, run, copy, sleep, binary } = require('./harness');
const { source, pushRtmp } = require('./media');
const { readMedia, readMultivariant } = require('../../tools/judge/playlist');

const kills = Number(process.env.KICKOFF_KILLS ?? 3);
const seed = Number(process.env.KICKOFF_KILL_SEED ?? Date.now() % 1_000_000);
const started = []; // watchers and encoders: a case that fails leaves them
after(() => { for (const one of started) one.over = true; });
after(endAll);

// Numbers from 0 to 1, the same ones for the same seed (mulberry32).
function numbers(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// An encoder that connects again whenever it was cut off, unless it is away.
class Encoder {
  constructor(url) {
    Object.assign(this, { url, away: false, over: false });
    started.push(this);
    this.ended = this.loop();
  }
  async loop() {
    while (!this.over) {
      if (!this.away) {
        this.pusher = pushRtmp(source({ rate: '25', gop: 50 }), this.url);
        await this.pusher.ended;
      }
      await sleep(200);
    }
  }
  async leave() {
    this.away = true;
    await this.pusher?.stop('SIGKILL');
  }
  async stop() {
    this.over = true;
    await this.leave();
    await this.ended;
  }
}

// One rendition as a player sees it, over all restarts: blocking reloads at the live edge, each part and segment fetched once.
class Watcher {
  constructor(url, problems) {
    Object.assign(this, { url, problems, known: new Map(), sequence: -1, discontinuities: -1, compared: 0, fetched: 0, lists: 0, over: false, next: '' });
    started.push(this);
    this.ended = this.loop();
  }
  async get(url) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(30000) });
    return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
  }
  // Takes or compares an object. A miss is for the caller to judge.
  async object(uri) {
    const { status, body } = await this.get(new URL(uri, this.url).href);
    if (status !== 200) return status;
    const before = this.known.get(uri);
    if (before === undefined) this.known.set(uri, body);
    else if (!before.equals(body)) this.problems.push(`${this.url}: ${uri} has other bytes: ${before.length}, then ${body.length}`);
    this.compared += before !== undefined;
    this.fetched += 1;
    return status;
  }
  // Still: on a slow machine a new session may have begun since, and a busy server answers 503.
  async listed(uri) {
    const { list } = await this.list();
    return (list?.segments ?? []).some((segment) => segment.uri === uri || segment.parts.some((part) => part.uri === uri)) && await this.object(uri) !== 200;
  }
  async list(query = '') {
    const { status, body } = await this.get(this.url + query);
    if (status !== 200) return { status };
    const list = readMedia(body.toString());
    this.lists += 1;
    if (list.first < this.sequence) this.problems.push(`${this.url}: EXT-X-MEDIA-SEQUENCE fell from ${this.sequence} to ${list.first}`);
    if (list.discontinuitySequence < this.discontinuities) this.problems.push(`${this.url}: EXT-X-DISCONTINUITY-SEQUENCE fell from ${this.discontinuities} to ${list.discontinuitySequence}`);
    this.sequence = list.first;
    this.discontinuities = list.discontinuitySequence;
    return { status, list };
  }
  async loop() {
    while (!this.over) {
      try {
        const { list } = await this.list(this.next);
        this.next = '';
        if (!list) {
          await sleep(100);
          continue;
        }
        for (const segment of [...list.segments, list.open]) {
          const uris = [...segment.parts.filter(({ gap }) => !gap).map(({ uri }) => uri), ...(segment.uri && !segment.gap ? [segment.uri] : [])];
          for (const uri of uris) if (!this.known.has(uri)) await this.object(uri);
        }
        const [hint] = list.hints.filter(({ TYPE }) => TYPE === 'PART');
        const [, msn, part] = /^(\d+)\.(\d+)\./.exec(hint?.URI ?? '') ?? [];
        if (msn) this.next = `?_HLS_msn=${msn}&_HLS_part=${part}`;
      } catch { // the server is gone
        this.next = '';
        await sleep(50);
      }
    }
  }
  // All that is listed now against what was given before; what was given must be there.
  async compare(where) {
    const { status, list } = await this.list();
    if (status !== 200) return this.problems.push(`${where}: ${this.url} is ${status}`);
    for (const { uri, gap, parts } of list.segments) {
      if (gap && this.known.has(uri)) this.problems.push(`${where}: ${this.url}: ${uri} was media and is a gap`);
      for (const at of [uri, ...parts.map((part) => part.uri)]) {
        if (!this.known.has(at)) continue;
        const answer = await this.object(at);
        if (answer !== 200 && await this.listed(at)) this.problems.push(`${where}: ${this.url}: ${at} was there and is ${answer}`);
      }
    }
  }
  async stop() {
    this.over = true;
    await this.ended;
  }
}

async function kill(server) {
  const pids = [server.process.child.pid, ...descendants(server.process.child.pid)];
  for (const pid of pids) {
    try { process.kill(pid, 'SIGKILL'); } catch { /* it went with its parent */ }
  }
  await server.process.ended;
  await server.until('all processes are gone', () => !pids.some(exists), 10000);
}
const spawn = (server) => { server.process = run(binary, ['serve', '--config', server.file], { env: process.env }); };

test(`killed ${kills} times at random moments (seed ${seed}), nothing that a player was given changes`, async () => {
  const random = numbers(seed);
  const server = await Server.start({ channels: { '*': copy() } });
  const encoder = new Encoder(server.rtmp('match'));
  const problems = [];
  await server.live('match');
  const { variants, media } = readMultivariant((await server.web('/live/match/index.m3u8')).text);
  const uris = [...variants, ...media.map(({ URI: uri }) => ({ uri }))].map(({ uri }) => uri).filter(Boolean);
  const watchers = uris.map((uri) => new Watcher(new URL(uri, server.playlist('match')).href, problems));
  for (let i = 1; i <= kills; i++) {
    await sleep(500 + random() * 3500);
    const where = `kill ${i}`;
    const leaves = random() < 0.3;
    if (leaves) await encoder.leave();
    if (leaves) await sleep(random() * 1000);
    await kill(server);
    if (random() < 0.25) { // and once more while it starts
      spawn(server);
      await sleep(random() * 1000);
      await kill(server);
    }
    await sleep(random() * 1500);
    spawn(server);
    await server.until('it is alive again', async () => (await server.admin('/livez')).status === 200, 30000);
    await Promise.all(watchers.map((watcher) => watcher.compare(where)));
    encoder.away = false;
    assert.deepStrictEqual(problems, [], `${where}, seed ${seed}:\n${server.log(20)}`);
  }
  await sleep(2500);
  await Promise.all(watchers.map((watcher) => watcher.compare('at the end')));
  await Promise.all(watchers.map((watcher) => watcher.stop()));
  await encoder.stop();
  await server.stop();
  const sum = (name) => watchers.reduce((total, watcher) => total + watcher[name], 0);
  console.log(`seed ${seed}: ${kills} kills, ${sum('lists')} playlists, ${sum('fetched')} objects fetched, ${sum('compared')} compared with what they had been`);
  assert.deepStrictEqual(problems, [], `seed ${seed}`);
  assert.ok(sum('compared') >= 10 * kills, 'something was compared');
});
