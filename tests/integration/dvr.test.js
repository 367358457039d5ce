// Media that memory has let go is served from the journal's files: the same bytes, over every protocol, and after a kill.
// Suite: beside others.
'use strict';
const { test, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const { Server, endAll, leftOut, descendants, exists, run, copy, sleep, binary } = require('./harness');
const { source, pushRtmp } = require('./media');
const { readMedia, readMultivariant } = require('../../tools/judge/playlist');

const pushers = [];
const servers = [];
after(async () => {
  await Promise.all(pushers.map((pusher) => pusher.stop('SIGKILL')));
  await Promise.all(servers.map((server) => server.stop()));
});
after(endAll);

const bytes = async (url, headers = {}) => {
  const answer = await fetch(url, { headers });
  return { status: answer.status, etag: answer.headers.get('etag'), body: Buffer.from(await answer.arrayBuffer()) };
};
async function segmentsOf(server, channel) {
  const list = readMultivariant((await server.web(`/live/${channel}/index.m3u8`)).text);
  const lists = [...list.variants.map(({ uri }) => uri), ...list.media.filter(({ URI }) => URI).map(({ URI }) => URI)].map((uri) => new URL(uri, server.playlist(channel)));
  const all = await Promise.all(lists.map(async (url) => readMedia((await server.get(url)).text).segments.map(({ uri }) => new URL(uri, url).href)));
  return all.flat();
}
const curl = (url, ...options) => execFileSync('curl', ['-s', '-k', ...options, url], { maxBuffer: 1 << 28 });

const cases = [
  ['a segment has the same bytes from memory, from the journal, over HTTP/2 and TLS, in ranges, and after kill -9', async () => {
    const server = await Server.start({ channels: { '*': copy({ window: '90s', window_memory: '20s' }) } });
    servers.push(server);
    const pusher = pushRtmp(source({ rate: '25', gop: 50 }), server.rtmp('match'));
    pushers.push(pusher);
    await server.live('match');
    // Fetched as they appear, when memory still has them.
    const fresh = new Map();
    for (const end = Date.now() + 50000; Date.now() < end; await sleep(1000)) {
      for (const url of await segmentsOf(server, 'match')) {
        if (!fresh.has(url)) fresh.set(url, await bytes(url));
      }
    }
    assert.strictEqual(await server.metric('kickoff_http_journal_bytes_total'), 0, 'all of that was in memory');
    assert.ok(fresh.size >= 40, `${fresh.size} segments`);
    const expectSame = async (what) => {
      for (const [url, { etag, body }] of fresh) {
        const again = await bytes(url);
        assert.strictEqual(again.status, 200, `${what}: ${url}`);
        assert.ok(again.body.equals(body), `${what}: other bytes in ${url}`);
        assert.strictEqual(again.etag, etag, `${what}: ${url}`);
      }
    };
    await expectSame('a while later');
    const read = await server.metric('kickoff_http_journal_bytes_total');
    const size = [...fresh.values()].reduce((sum, { body }) => sum + body.length, 0);
    assert.ok(read > size / 3, `${read} of ${size} bytes came from the journal`);
    const [old, { body }] = [...fresh].sort(([, a], [, b]) => b.body.length - a.body.length).find(([url]) => [...fresh.keys()].indexOf(url) < 10);
    const secure = old.replace('http://', 'https://').replace(`:${server.ports.http}`, `:${server.ports.tls}`);
    assert.ok(curl(old, '--http2-prior-knowledge').equals(body), 'HTTP/2');
    assert.ok(curl(secure, '--http2').equals(body), 'HTTP/2 over TLS');
    assert.ok(curl(secure, '--http1.1').equals(body), 'HTTP/1.1 over TLS');
    for (const [first, last] of [[0, 0], [100, 70000], [body.length - 10, body.length - 1]]) {
      const part = await bytes(old, { range: `bytes=${first}-${last}` });
      assert.strictEqual(part.status, 206);
      assert.ok(part.body.equals(body.subarray(first, last + 1)), `bytes ${first} to ${last}`);
    }
    assert.strictEqual((await bytes(old, { 'if-none-match': fresh.get(old).etag })).status, 304);

    const pids = [server.process.child.pid, ...descendants(server.process.child.pid)];
    for (const pid of pids) {
      try { process.kill(pid, 'SIGKILL'); } catch { /* it went with its parent */ }
    }
    await server.process.ended;
    await server.until('all processes are gone', () => !pids.some(exists), 10000);
    await pusher.stop('SIGKILL');
    server.process = run(binary, ['serve', '--config', server.file], { env: process.env });
    await server.until('it is alive again', async () => (await server.admin('/livez')).status === 200, 30000);
    await expectSame('after the kill');
    assert.ok(await server.metric('kickoff_http_journal_bytes_total') > size / 3);
    assert.strictEqual(await server.metric('kickoff_http_journal_failed_total'), 0);
  }],
];
test('a window beyond memory', { concurrency: true }, (t) => Promise.all(cases.map(([what, run]) => t.test(what, { skip: leftOut(what) }, run))));
