// Edges that find their origins in a real etcd.
// Suite: beside others.
'use strict';
const { test, after } = require('node:test');
const assert = require('node:assert');
const HLS = require('hls-parser');
const { Server, binary, endAll, run, copy, freeTcp } = require('./harness');
const { source, pushRtmp, decodeErrors } = require('./media');
const { Etcd } = require('./etcd_server');

HLS.setOptions({ strictMode: true, silent: true });
const started = [];
const publishers = [];
let etcd;

const site = () => ({ relay: { secrets: ['a-secret-of-origins-and-edges'] }, etcd: { endpoints: [etcd.url], prefix: '/site' } });
const keyOf = (server) => `/site/origins/http://127.0.0.1:${server.ports.http}`;

async function start(config) {
  const server = await Server.start(config);
  started.push(server);
  return server;
}
async function startOrigin(more = {}) {
  const port = await freeTcp();
  const base = site();
  const server = await start({ ...base, relay: { ...base.relay, announce: `http://127.0.0.1:${port}` }, http: { port }, channels: { '*': copy({ window: '20s' }) }, ...more });
  server.ports.http = port;
  return server;
}
async function publish(server, channel) {
  publishers.push(pushRtmp(source(), server.rtmp(channel)));
  await server.live(channel);
}
const newest = async (server, channel) => {
  const { status, text } = await server.web(`/live/${channel}/source/index.m3u8`);
  assert.strictEqual(status, 200);
  const numbers = HLS.parse(text).segments.filter(({ duration }) => duration).map(({ mediaSequenceNumber }) => mediaSequenceNumber);
  return numbers.at(-1) ?? 0;
};
async function goesOn(server, channel) {
  const before = await newest(server, channel);
  await server.until(`${channel} goes on`, async () => await newest(server, channel) > before + 1);
}
const pulls = (edge) => edge.metric('kickoff_edge_pulls_total');

after(async () => {
  await Promise.all(publishers.map((publisher) => publisher.stop('SIGKILL')));
  await Promise.all(started.filter((server) => server.alive()).map((server) => server.stop()));
  await etcd?.stop();
});
after(endAll);

test('an edge without an origin in its configuration finds them in etcd', async (t) => {
  etcd = await Etcd.start();
  const edge = await start({ ...site(), edge: { discover: true } });
  let first;
  let second;

  await t.test('while there is none nothing can be had, and that is no 404', async () => {
    await edge.until('it watches', async () => (await edge.metric('kickoff_registry_watching')) === 1);
    assert.strictEqual((await edge.web('/live/match/index.m3u8')).status, 503);
    assert.strictEqual(await edge.metric('kickoff_registry_origins'), 0);
  });

  await t.test('the first that is announced is asked, without a restart', async () => {
    first = await startOrigin();
    await publish(first, 'match');
    await edge.live('match');
    assert.strictEqual(await decodeErrors(edge.playlist('match')), '');
    await first.until('its channel is announced', async () => JSON.parse(await etcd.get(keyOf(first))).channels.includes('match'));
    assert.deepStrictEqual(JSON.parse(await etcd.get(keyOf(first))), { channels: ['match'], url: `http://127.0.0.1:${first.ports.http}` });
    assert.strictEqual(await first.metric('kickoff_registry_announced'), 1);
    assert.strictEqual(await edge.metric('kickoff_registry_origins'), 1);
  });

  await t.test('of two, the one that has the channel is asked', async () => {
    second = await startOrigin({ drain: '6s' });
    await publish(second, 'other');
    await second.until('its channel is announced', async () => JSON.parse(await etcd.get(keyOf(second))).channels.includes('other'));
    await edge.until('the edge has heard of both', async () => (await edge.metric('kickoff_registry_origins')) === 2);
    // The watch brings the channel as it brought the origin; what is asked before that costs the first one a refusal at most.
    const before = await pulls(edge);
    await edge.live('other');
    assert.ok(await pulls(edge) <= before + 2);
    assert.strictEqual(await first.metric('kickoff_relay_edges'), 1, 'match alone');
    assert.strictEqual(await second.metric('kickoff_relay_edges'), 1, 'other alone');
  });

  await t.test('the first is killed: the edge plays on with the second, and etcd forgets the first', async () => {
    await publish(second, 'match');
    await goesOn(edge, 'match');
    await first.process.stop('SIGKILL');
    await goesOn(edge, 'match');
    await edge.until('its lease has run out', async () => (await edge.metric('kickoff_registry_origins')) === 1);
    assert.strictEqual(await etcd.get(keyOf(first)), undefined);
    await edge.until('that it was lost is no alarm any more', async () => (await edge.metric('kickoff_edge_origin_lost')) === 0);
    await goesOn(edge, 'match');
  });

  await t.test('etcd is gone: what plays goes on, and what is known is used', async () => {
    await etcd.kill();
    await edge.until('it says so', async () => (await edge.metric('kickoff_registry_watching')) === 0);
    for (const server of [edge, second]) {
      await server.until('that etcd is gone is told', async () => (await server.metric('kickoff_registry_reachable')) === 0);
    }
    await publish(second, 'late');
    await edge.live('late');
    await second.until('its lease has run out, as far as it knows', async () => (await second.metric('kickoff_registry_announced')) === 0);
    await goesOn(edge, 'match');
    assert.strictEqual(await edge.metric('kickoff_registry_origins'), 1);
  });

  await t.test('etcd is back, with a new origin', async () => {
    await etcd.begin();
    await edge.until('it watches again', async () => (await edge.metric('kickoff_registry_watching')) === 1);
    await second.until('it is announced again', async () => (await second.metric('kickoff_registry_announced')) === 1);
    assert.ok(JSON.parse(await etcd.get(keyOf(second))).channels.includes('late'));
    first.process = run(binary, ['serve', '--config', first.file], { env: process.env });
    await edge.until('the first is back', async () => (await edge.metric('kickoff_registry_origins')) === 2);
    await goesOn(edge, 'match');
    assert.strictEqual(await edge.metric('kickoff_registry_refused_total'), 0);
  });

  await t.test('garbage, and the edge itself, are refused', async () => {
    await etcd.put('/site/origins/http://nobody', 'garbage');
    await edge.until('the garbage is counted', async () => (await edge.metric('kickoff_registry_refused_total')) === 1);
    assert.match(edge.log(), /what etcd has of an origin is not used/);
    await etcd.put(keyOf(edge), JSON.stringify({ url: `http://127.0.0.1:${edge.ports.http}`, channels: ['nothing'] }));
    await edge.until('it has heard of itself', async () => (await edge.metric('kickoff_registry_origins')) === 3);
    assert.strictEqual((await edge.web('/live/nothing/index.m3u8')).status, 404);
    assert.match(edge.log(), /a loop/);
    await goesOn(edge, 'match');
  });

  await t.test('an origin that drains is gone from etcd at once, and still answers', async () => {
    const stopped = second.stop();
    await second.until('its key is gone', async () => (await etcd.get(keyOf(second))) === undefined, 5000);
    assert.strictEqual((await second.web('/live/match/index.m3u8')).status, 200);
    assert.strictEqual((await stopped).code, 0);
  });
});
