// What players post of themselves (CMCD version 2, event mode): hls.js's own sender, and bodies by hand.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const http2 = require('node:http2');
const { Server, endAll, copy } = require('./harness');
const { source, pushRtmp } = require('./media');

let server;
let pusher;
before(async () => {
  server = await Server.start({ http: { loops: 2 }, channels: { '*': copy() } });
  pusher = pushRtmp(source(), server.rtmp('match'));
  await server.live('match');
});
after(async () => {
  await pusher?.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const said = (name) => server.metric(`kickoff_viewer_${name}`, { channel: 'match' });
const url = (path = '/cmcd') => `http://127.0.0.1:${server.ports.http}${path}`;
const post = (body, { path, type = 'application/cmcd' } = {}) => fetch(url(path), { method: 'POST', headers: { 'content-type': type }, body });

test("hls.js's reports of events are counted for the channel that is its content", async () => {
  // hls.js asks for no more of a browser here than these: its loader is never asked for media.
  globalThis.self = globalThis;
  globalThis.location = { href: 'http://page.example/' };
  const Hls = require('hls.js');
  class Silent {
    stats = {};
    load() {}
    abort() {}
    destroy() {}
  }
  const answers = [];
  const loader = async ({ url: target, ...options }) => {
    const answer = await fetch(target, options);
    answers.push(answer.status);
    return answer;
  };
  const hls = new Hls({ enableWorker: false, loader: Silent, cmcd: { version: 2, contentId: 'match', loader, eventTargets: [{ url: url(), events: ['ps', 't', 'bc', 'e'], interval: 30, batchSize: 2 }] } });
  hls.loadSource(server.playlist('match'));
  hls.trigger(Hls.Events.LEVEL_SWITCHING, { bitrate: 3_200_000 });
  hls.trigger(Hls.Events.ERROR, { fatal: true, type: 'networkError', details: 'fragLoadError' });
  hls.destroy();
  await server.until('hls.js has told of its start, bitrate and error', async () => await said('event_reports_total') >= 4);
  assert.ok(answers.length >= 2 && answers.every((status) => status === 204), answers.join());
  assert.strictEqual(await said('reports_malformed_total'), 0);
  assert.strictEqual(Math.round(await said('sessions')), 1);
  assert.strictEqual(await said('bitrate_bits_per_second_sum') % 3_200_000, 0);
  assert.ok(await said('bitrate_bits_per_second_count') >= 1);
});

test('stalls, latency and start are counted, of a batch, whoever is malformed in it', async () => {
  const before = { stalls: await said('stalls_total'), malformed: await said('reports_malformed_total') };
  const lines = ['cid="match",e=ps,ltc=2400,msd=700,sid="p5",sta=p,ts=1,v=2', 'cid="match",e=ps,ltc=9000,sid="p95",sta=r,ts=2,v=2', 'cid="match",bsd=(1500),e=ps,sid="p95",sta=p,ts=3,v=2', 'e=t,bl=x'];
  assert.strictEqual((await post(`${lines.join('\n')}\n`, { path: '/cmcd/match' })).status, 204);
  assert.strictEqual(await said('stalls_total') - before.stalls, 1);
  assert.strictEqual(await said('stalled_seconds_total'), 1.5);
  assert.strictEqual(await said('reports_malformed_total') - before.malformed, 1);
  assert.strictEqual(await said('latency_seconds_count'), 2);
  assert.strictEqual(await said('latency_seconds_sum'), 11.4);
  assert.strictEqual(await said('start_seconds_count'), 1);
});

test('what cannot be counted is refused with what to do', async () => {
  for (const [status, about, body, options] of [
    [400, /cid of each report/, 'cid="other",e=t'],
    [404, /No such channel/, 'e=t', { path: '/cmcd/other' }],
    [400, /No line of the body/, '[{"e":"t"}]', { path: '/cmcd/match' }],
    [400, /no report/, '\n', { path: '/cmcd/match' }],
    [415, /application\/cmcd/, '[]', { type: 'application/json' }],
    [413, /too large/, 'e=t\n'.repeat(5000), { path: '/cmcd/match' }],
  ]) {
    const answer = await post(body, options);
    assert.strictEqual(answer.status, status, about);
    assert.match(await answer.text(), about);
    assert.strictEqual(answer.headers.get('access-control-allow-origin'), '*', about);
  }
  assert.strictEqual((await fetch(url())).status, 405);
  assert.ok(Number.isNaN(await server.metric('kickoff_viewer_sessions', { channel: 'other' })), 'a stranger makes no channel');
  assert.ok(await server.metric('kickoff_http_reports_lost_total') >= 1);
});

test('a page of another origin may post, and a player over HTTP/2 too', async () => {
  const preflight = await fetch(url(), { method: 'OPTIONS', headers: { origin: 'https://page.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } });
  assert.strictEqual(preflight.status, 204);
  assert.match(preflight.headers.get('access-control-allow-methods'), /POST/);
  assert.match(preflight.headers.get('access-control-allow-headers'), /Content-Type/);
  const before = await said('event_reports_total');
  const session = http2.connect(`http://127.0.0.1:${server.ports.http}`);
  const stream = session.request({ ':method': 'POST', ':path': '/cmcd', 'content-type': 'application/cmcd' });
  stream.end('cid="match",e=t,sid="h2"\n');
  const [headers] = await require('node:events').once(stream, 'response');
  session.destroy();
  assert.strictEqual(headers[':status'], 204);
  assert.strictEqual(await said('event_reports_total') - before, 1);
});

test('other addresses take no posts', async () => {
  assert.strictEqual((await fetch(server.playlist('match'))).status, 200);
  assert.strictEqual((await fetch(server.playlist('match'), { method: 'POST', body: 'e=t' })).status, 405);
});
