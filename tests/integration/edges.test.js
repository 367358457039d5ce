// Edges: one origin with real feeds, an edge behind it and an edge behind that. What they serve is compared byte by byte.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const HLS = require('hls-parser');
const { Server, binary, endAll, run, copy } = require('./harness');
const { source, pushRtmp, decodeErrors } = require('./media');

HLS.setOptions({ strictMode: true, silent: true });
const secret = 'a-secret-of-origins-and-edges';
const relay = { secrets: [secret] };
const edgeOf = (...origins) => ({ relay, edge: { origins: origins.map((origin) => `http://127.0.0.1:${origin.ports.http}`) } });
const started = [];
const publishers = [];

async function start(config, options) {
  const server = await Server.start(config, options);
  started.push(server);
  return server;
}
// With another one's port for viewers, which that one has no more.
async function startInPlaceOf(gone, config) {
  const server = await start({ ...config, http: { port: gone.ports.http } });
  server.ports.http = gone.ports.http;
  return server;
}
// As it was, with its journal.
async function restart(server) {
  server.process = run(binary, ['serve', '--config', server.file], { env: process.env });
  await server.until('it is alive', async () => (await server.admin('/livez')).status === 200);
}
async function publish(server, channel) {
  const publisher = pushRtmp(source(), server.rtmp(channel));
  publishers.push(publisher);
  await server.live(channel);
  return publisher;
}
const renditions = (multivariant) => [...new Set(multivariant.match(/[a-z0-9_-]+(?=\/index\.m3u8)/g))];
const listed = (playlist) => [...playlist.matchAll(/^(?!#)(\S+\.m4s)$/gm)].map(([, uri]) => uri);
const parts = (playlist) => [...playlist.matchAll(/EXT-X-PART:.*URI="([^"]+)"/g)].map(([, uri]) => uri);
async function bytes(server, route) {
  const answer = await fetch(`http://127.0.0.1:${server.ports.http}${route}`);
  assert.strictEqual(answer.status, 200, route);
  return Buffer.from(await answer.arrayBuffer());
}

// Every playlist that all have of one instant, and each segment, part and init that it lists.
async function assertSame(servers, channel) {
  const [first, ...others] = servers;
  const multivariant = (await first.web(`/live/${channel}/index.m3u8`)).text;
  for (const other of others) assert.strictEqual((await other.web(`/live/${channel}/index.m3u8`)).text, multivariant);
  let compared = 0;
  for (const rendition of renditions(multivariant)) {
    const at = `/live/${channel}/${rendition}`;
    const texts = await first.until(`all have the same instant of ${rendition}`, async () => {
      const all = await Promise.all(servers.map(async (server) => (await server.web(`${at}/index.m3u8`)).text));
      return all.every((text) => text === all[0]) && listed(all[0]).length >= 3 ? all : null;
    });
    const uris = [...listed(texts[0]).slice(-6), ...parts(texts[0]), /URI="(init[^"]+)"/.exec(texts[0])[1]];
    for (const uri of uris) {
      const whole = await bytes(first, `${at}/${uri}`);
      for (const other of others) assert.ok(whole.equals(await bytes(other, `${at}/${uri}`)), `${rendition}/${uri}`);
      ++compared;
    }
  }
  assert.ok(compared > 10, `${compared} objects`);
}

after(async () => {
  await Promise.all(publishers.map((publisher) => publisher.stop('SIGKILL')));
  await Promise.all(started.filter((server) => server.alive()).map((server) => server.stop()));
});
after(endAll);

test('an edge, and an edge behind it, serve what the origin does', async (t) => {
  const origin = await start({ relay, channels: { ladder: { ladder: [{ name: 'v180', height: 180, bitrate: '300k' }] }, '*': copy() } });
  const edge = await start(edgeOf(origin));
  const second = await start(edgeOf(edge));
  await publish(origin, 'match');
  await publish(origin, 'ladder');

  await t.test('the same playlists, segments, parts and inits, of a copy and of a ladder', async () => {
    for (const channel of ['match', 'ladder']) {
      await Promise.all([edge.live(channel), second.live(channel)]);
      await assertSame([origin, edge, second], channel);
    }
    assert.strictEqual(await edge.metric('kickoff_edge_pulls_total'), 2, 'one pull a channel');
  });
  await t.test('a blocking reload is held at the edge until the part is there', async () => {
    const at = '/live/match/source/index.m3u8';
    const playlist = (await second.web(at)).text;
    const [, msn, part] = /PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(playlist);
    const answer = await second.web(`${at}?_HLS_msn=${msn}&_HLS_part=${part}`);
    assert.strictEqual(answer.status, 200);
    assert.ok(answer.text.includes(`${msn}.${part}.m4s`));
  });
  await t.test('a decoder has nothing to say of what comes through two edges', async () => {
    assert.strictEqual(await decodeErrors(second.playlist('match')), '');
  });
  await t.test('a channel that nobody has is 404, and asking again costs the origin nothing', async () => {
    assert.strictEqual((await edge.web('/live/nothing/index.m3u8')).status, 404);
    const pulls = await edge.metric('kickoff_edge_pulls_total');
    for (let i = 0; i < 20; i++) assert.strictEqual((await edge.web('/live/nothing/index.m3u8')).status, 404);
    assert.ok(await edge.metric('kickoff_edge_pulls_total') < pulls + 15);
    assert.strictEqual((await second.web('/live/nothing/index.m3u8')).status, 404, 'through two edges too');
  });
  await t.test('strangers who guess names cost the origin next to nothing', async () => {
    const asked = async () => origin.metric('kickoff_http_requests_total');
    const before = await asked();
    for (let i = 0; i < 400; i++) assert.strictEqual((await edge.web(`/live/guess${i}/index.m3u8`)).status, 404);
    const cost = await asked() - before;
    assert.ok(cost < 200, `${cost} requests`);
  });
  await t.test('an edge takes no feeds', async () => {
    const publisher = pushRtmp(source(), edge.rtmp('match'));
    assert.notStrictEqual((await publisher.ended).code, 0);
    assert.match(edge.log(), /takes no feeds/);
  });
  await t.test('without the secret there is no log, and with a wrong one no channel', async () => {
    assert.strictEqual((await origin.web('/relay/v1/match')).status, 403);
    const stranger = await start({ ...edgeOf(origin), relay: { secrets: ['another-secret-of-somebody'] } });
    assert.strictEqual((await stranger.web('/live/match/index.m3u8')).status, 503);
    assert.match(stranger.log(), /refuses the secret/);
    assert.ok(!origin.log().includes(secret) && !edge.log().includes(secret), 'no secret is logged');
  });
  await t.test('edges that are killed have the same again once they are back', async () => {
    await edge.process.stop('SIGKILL');
    await origin.until('the second edge keeps what it has', async () => (await second.web('/live/match/index.m3u8')).status === 200);
    const back = await startInPlaceOf(edge, edgeOf(origin));
    await back.live('match');
    await assertSame([origin, back, second], 'match');
  });
  await t.test('where the origin is gone no edge says that there is no such channel', async () => {
    await origin.process.stop('SIGKILL');
    assert.strictEqual((await second.web('/live/unheard/index.m3u8')).status, 503);
  });
});

test('an edge that is its own origin, and edges in a ring, refuse the loop', async () => {
  const first = await start(edgeOf({ ports: { http: 1 } }));
  const ring = await start(edgeOf(first));
  await first.stop();
  const closed = await startInPlaceOf(first, edgeOf(ring));
  assert.ok([404, 503].includes((await closed.web('/live/match/index.m3u8')).status));
  await closed.until('the loop is seen', () => /a loop/.test(closed.log() + ring.log()));
});

test('where an origin dies that shares its log with none, viewers of the edge go on behind a discontinuity', async () => {
  const short = { relay, channels: { '*': copy({ window: '20s' }) } };
  const origins = [await start(short), await start(short)];
  for (const origin of origins) await publish(origin, 'match');
  const edge = await start(edgeOf(...origins));
  await edge.live('match');
  const names = ['source', 'a1'];
  const read = async (name) => HLS.parse((await edge.web(`/live/match/${name}/index.m3u8`)).text);
  const closed = (list) => list.segments.filter(({ duration }) => duration).map(({ uri }) => uri);
  for (const name of names) await edge.until(`a full window of ${name}`, async () => closed(await read(name)).length >= 6);
  const seen = {};
  for (const name of names) {
    const uri = closed(await read(name)).at(-1);
    seen[name] = { uri, whole: await bytes(edge, `/live/match/${name}/${uri}`), sequence: 0, numbers: new Map() };
  }
  await origins[0].process.stop('SIGKILL');
  const served = async (name) => {
    const { uri, whole } = seen[name];
    assert.ok(whole.equals(await bytes(edge, `/live/match/${name}/${uri}`)), `${name}/${uri} is what it was`);
  };
  // What every playlist has to be, from the loss until the discontinuity has left it.
  const follow = async (name) => {
    const list = await read(name);
    const of = seen[name];
    assert.strictEqual(list.endlist, false);
    assert.ok(list.mediaSequenceBase >= of.sequence, 'numbers do not fall');
    of.sequence = list.mediaSequenceBase;
    // One of which there is a hint alone may still get the discontinuity.
    const begun = list.segments.filter(({ duration, parts: some }) => duration || some.some(({ hint }) => !hint));
    for (const { mediaSequenceNumber: number, discontinuitySequence } of begun) {
      assert.strictEqual(discontinuitySequence, of.numbers.get(number) ?? discontinuitySequence, `the discontinuity number of ${name} ${number}`);
      of.numbers.set(number, discontinuitySequence);
    }
    return list;
  };
  let first;
  for (const name of names) {
    const list = await edge.until(`the other origin's ${name} is listed`, async () => {
      const now = await follow(name);
      return now.segments.some(({ discontinuity, duration }) => discontinuity && duration) ? now : null;
    });
    assert.ok(closed(list).includes(seen[name].uri), `${name}: what was listed stays listed`);
    assert.strictEqual(list.discontinuitySequenceBase ?? 0, 0);
    const at = list.segments.filter(({ discontinuity }) => discontinuity).map(({ mediaSequenceNumber }) => mediaSequenceNumber);
    assert.strictEqual(at.length, 1, 'one discontinuity');
    first ??= at[0];
    assert.strictEqual(at[0], first, 'in every rendition at the same segment');
    await served(name);
  }
  for (const name of names) {
    const list = await edge.until(`${name}: the discontinuity has left the playlist`, async () => {
      const now = await follow(name);
      return now.mediaSequenceBase > first ? now : null;
    });
    assert.strictEqual(list.discontinuitySequenceBase, 1);
    assert.ok(!closed(list).includes(seen[name].uri));
    await served(name);
  }
  assert.strictEqual(await edge.metric('kickoff_edge_restarts_total'), 1);
  assert.strictEqual(await edge.metric('kickoff_edge_origin_lost', { origin: '0' }), 1);
});

test('viewers of an edge go on when its origin, which has a journal, is killed and comes back', async () => {
  const origin = await start({ relay, channels: { '*': copy({ grace: '30s' }) } });
  await publish(origin, 'match');
  const edge = await start(edgeOf(origin));
  await edge.live('match');
  const at = '/live/match/source/index.m3u8';
  await edge.until('there are segments', async () => listed((await edge.web(at)).text).length >= 10);
  await origin.process.stop('SIGKILL');
  const { text: kept } = await edge.web(at);
  const newest = Number(listed(kept).at(-1).split('.')[0]);
  assert.strictEqual((await edge.web(`/live/match/source/${listed(kept).at(-1)}`)).status, 200, 'what it has it serves');
  await edge.until('the loss is told', async () => (await edge.metric('kickoff_edge_origin_lost')) === 1);
  const window = (await Promise.all(listed(kept).map((uri) => bytes(edge, `${at.replace('index.m3u8', '')}${uri}`)))).reduce((sum, { length }) => sum + length, 0);
  const brought = async () => edge.metric('kickoff_edge_bytes_total');
  const before = await brought();
  await restart(origin);
  await edge.until('it is connected again', async () => (await edge.metric('kickoff_edge_origin_lost')) === 0);
  const cost = await brought() - before;
  assert.ok(cost < window / 2, `of a window of ${window} bytes ${cost} came again`);
  await publish(origin, 'match');
  await edge.until('the edge is past what it had', async () => listed((await edge.web(at)).text).some((uri) => Number(uri.split('.')[0]) > newest));
  const { text } = await edge.web(at);
  assert.ok(text.includes(listed(kept).at(-1)), 'what it had is still there');
  assert.strictEqual(await edge.metric('kickoff_edge_restarts_total'), 0, 'it is the same log');
  await assertSame([origin, edge], 'match');
});
