// The server behind a cache that behaves as CloudFront does (conf/cdn/varnish.vcl), and what it says to caches: rules CF-* and
// CC-*. KICKOFF_CDN_VIEWERS (200): how many watch at once.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const net = require('node:net');
const { Server, endAll, copy, sleep } = require('./harness');
const { source, pushRtmp } = require('./media');
const { startVarnish } = require('./varnish');
const { Crowd, next } = require('./crowd');
const { Client } = require('../../tools/judge/client');
const { readMedia } = require('../../tools/judge/playlist');

const viewers = Number(process.env.KICKOFF_CDN_VIEWERS ?? 200);
const rendition = '/live/match/source/';
let server;
let cdn; // as CloudFront comes: errors kept for 10 s
let tuned; // as docs/cdn.md has it: for 1 s
let client;
const pushers = {};
before(async () => {
  source();
  server = await Server.start({ http: { loops: 2 }, channels: { over: copy({ grace: '1s' }), '*': copy() } });
  pushers.over = pushRtmp(source(), server.rtmp('over'));
  pushers.match = pushRtmp(source(), server.rtmp('match'));
  [cdn, tuned] = await Promise.all([startVarnish(server.ports.http), startVarnish(server.ports.http, { errorTtl: 1 })]);
  client = new Client();
  await server.live('over');
  await server.live('match');
  for (const name of ['over', 'match']) await server.until('a whole segment is listed', async () => (await playlist(`/live/${name}/source/index.m3u8`)).segments.some(({ gap }) => !gap));
  await pushers.over.stop('SIGKILL');
});
after(async () => {
  client?.close();
  await Promise.all([...Object.values(pushers).map((pusher) => pusher.stop('SIGKILL')), cdn?.stop(), tuned?.stop()]);
  if (server.alive()) assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const origin = (path, options) => client.request(`http://127.0.0.1:${server.ports.http}${path}`, options);
const through = (cache, path, options) => client.request(cache.origin + path, options);
const playlist = async (path = `${rendition}index.m3u8`) => readMedia((await origin(path)).body.toString());
const gzip = { headers: { 'accept-encoding': 'gzip' } };
// Requests that the origin has answered, by kind of object, all loops: {multivariant, playlist, part, init, …}.
async function answered() {
  const sums = {};
  for (const [, kind, count] of (await server.admin('/metrics')).text.matchAll(/^kickoff_http_requests_total\{.*object="(\w+)".*\} (\d+)$/gm)) sums[kind] = (sums[kind] ?? 0) + Number(count);
  return sums;
}
const since = async (then) => Object.fromEntries(Object.entries(await answered()).map(([kind, count]) => [kind, count - then[kind]]));
// The directives for a playlist that does not exist yet, of the part that comes `ahead` parts from now (four a segment).
async function coming(ahead = 1) {
  const [open, parts] = next(await playlist());
  const index = parts + ahead - 1;
  const [msn, part] = [open + Math.floor(index / 4), index % 4];
  return { query: `_HLS_msn=${msn}&_HLS_part=${part}`, msn, part };
}

test(`${viewers} viewers cost the origin one request an object`, async (t) => {
  const crowd = new Crowd(cdn.origin, 'match');
  const beginning = await answered();
  const began = Date.now();
  const joined = await Promise.all(Array.from({ length: viewers }, () => crowd.join()));
  const joining = await since(beginning);
  // What lasts for a second is asked for again every second.
  const rounds = 1 + Math.floor((Date.now() - began) / 1000);
  t.diagnostic(`joined in ${rounds} s by ${crowd.requests} requests: the origin answered ${JSON.stringify(joining)}`);
  assert.strictEqual(joining.init, crowd.asked.init.size);
  assert.ok(joining.multivariant >= 1 && joining.multivariant <= rounds + 1, `${joining.multivariant} multivariant playlists in ${rounds} s`);
  assert.ok(joining.playlist >= 2 && joining.playlist <= 2 * (rounds + 1), `${joining.playlist} playlists in ${rounds} s`);
  assert.deepStrictEqual([joining.part, joining.segment, joining.other], [0, 0, 0]);

  const watching = await answered();
  crowd.asked.playlist.clear();
  let parked = 0;
  const sampler = setInterval(async () => { parked = Math.max(parked, await server.metric('kickoff_http_parked_requests')); }, 400);
  await Promise.all(joined.flat().map((one) => crowd.watch(one, 14)));
  clearInterval(sampler);
  const now = await since(watching);
  t.diagnostic(`watched by ${crowd.requests} requests for ${crowd.asked.part.size} parts and ${crowd.asked.playlist.size} playlists: the origin answered ${JSON.stringify(now)}, ${parked} parked at most`);
  assert.deepStrictEqual(crowd.faults, []); // a hinted part is never a 404, which this cache would keep for 10 s (CF-10)
  assert.ok(crowd.asked.part.size >= 28, 'there were parts');
  const { playlist, part, ...others } = now;
  assert.deepStrictEqual([playlist, part], [crowd.asked.playlist.size, crowd.asked.part.size]);
  assert.deepStrictEqual(Object.entries(others).filter(([, count]) => count !== 0), []);
  assert.ok(parked <= 12, `${parked} requests parked at the origin`);
  crowd.close();
});

test('order and foreign parameters neither make an object nor change a body (CF-6, CF-7, CF-27)', async () => {
  await server.until('there is enough to skip', async () => (await origin(`${rendition}index.m3u8?_HLS_msn=1&_HLS_skip=YES`)).body.includes('EXT-X-SKIP'));
  const before = await answered();
  const { msn, part } = await coming(3);
  const [m, p, s] = [`_HLS_msn=${msn}`, `_HLS_part=${part}`, '_HLS_skip=YES'];
  const cmcd = `CMCD=${encodeURIComponent('bl=2100,br=958,ot=m,sf=h,sid="6e2fb550",st=l')}`;
  const queries = [[m, p, s], [s, m, p], [m, p, s, cmcd], [cmcd, s, p, m], [p, 'session=a1', m, s], ['token=x%26_HLS_part%3D9', p, s, m], [m, 'session=b2', cmcd, p, '_HLS_other=1', s], ['a', m, '', p, s]];
  const direct = queries.slice(0, 4).map((query) => origin(`${rendition}index.m3u8?${query.join('&')}`));
  const cached = queries.map((query) => through(cdn, `${rendition}index.m3u8?${query.join('&')}`));
  const answers = await Promise.all([...direct, ...cached]);
  for (const { status, url, body } of answers) {
    assert.strictEqual(status, 200, url);
    assert.ok(body.equals(answers[0].body), `another body for ${url}`);
  }
  assert.match(answers[0].body.toString(), /EXT-X-SKIP/);
  assert.strictEqual((await since(before)).playlist, 1 + direct.length + 1); // coming() asked once
  const headers = { 'CMCD-Request': 'mtp=25400', 'CMCD-Session': 'sid="6e2fb550"' };
  const file = `${rendition}${msn}.${part}.m4s`;
  const [plain, ...more] = [await origin(file), await origin(`${file}?${cmcd}`), await origin(file, { headers }), await through(cdn, `${file}?session=c3`, { headers })];
  for (const { body, status } of more) assert.ok(status === 200 && body.equals(plain.body));
});

// The table of D2, a row a test, asked at the origin itself. CC-3 and CC-13 are about playlists and DASH that the server has not.
const cacheControl = async (path, options) => (await origin(path, options)).headers['cache-control'];
const live = (seconds) => `max-age=1${seconds > 1 ? `, s-maxage=${seconds}` : ''}, stale-if-error=0`; // LL-124, CF-11
const immutable = 'max-age=1209600, immutable';
const rows = [
  ['CC-1: a live multivariant playlist for half a target duration', async () => assert.strictEqual(await cacheControl('/live/match/index.m3u8'), 'max-age=1')],
  ['CC-2: a media playlist without directives for a second', async () => assert.strictEqual(await cacheControl(`${rendition}index.m3u8`), live(1))],
  ['CC-4: a blocking playlist by segment and part for six target durations in a CDN, a second in a player (LL-124)', async () => {
    const { query } = await coming();
    for (const more of ['', '&_HLS_skip=YES']) assert.strictEqual(await cacheControl(`${rendition}index.m3u8?${query}${more}`), live(12));
  }],
  ['CC-5: a blocking playlist by segment alone for a second until the segment is whole', async () => {
    const { msn } = await coming();
    // Answered at its first part, so that it cannot be whole yet.
    assert.strictEqual(await cacheControl(`${rendition}index.m3u8?_HLS_msn=${msn + 1}`), live(1));
    assert.strictEqual(await cacheControl(`${rendition}index.m3u8?_HLS_msn=${msn - 2}`), live(12));
  }],
  ['LL-127: playlists that have ended for two seconds, as the channel may come back', async () => {
    const path = '/live/over/source/index.m3u8';
    await server.until('the channel has ended', async () => (await origin(path)).body.includes('#EXT-X-ENDLIST'));
    for (const ended of [path, `${path}?_HLS_msn=9`, '/live/over/index.m3u8']) assert.strictEqual(await cacheControl(ended), 'max-age=1, s-maxage=2');
  }],
  ['CC-7: parts and segments for two weeks, unasked', async () => {
    const { segments, open } = await playlist();
    const segment = segments.findLast(({ gap, parts }) => !gap && parts.length > 0);
    assert.ok(segment, `no whole segment before ${open.msn}`);
    for (const file of [segment.uri, ...segment.parts.map(({ uri }) => uri)]) assert.strictEqual(await cacheControl(rendition + file), immutable);
  }],
  ['CC-8: an init section for two weeks, unasked', async () => assert.strictEqual(await cacheControl(rendition + (await playlist()).segments.at(-1).map), immutable)],
  ['CC-9: a 400 for a second', async () => {
    const { msn } = await coming();
    for (const query of ['_HLS_part=1', '_HLS_msn=x', `_HLS_msn=${msn}&_HLS_msn=${msn + 1}`, `_HLS_msn=${msn + 9}`, `_HLS_msn=${msn + 1}&_HLS_part=99`]) {
      const { status, headers } = await origin(`${rendition}index.m3u8?${query}`);
      assert.deepStrictEqual([status, headers['cache-control']], [400, 'max-age=1'], query);
    }
  }],
  ['CC-10: a 404 for a second where the part may come soon, else for a target duration', async () => {
    const { msn } = await coming();
    for (const [file, lifetime] of [[`source/${msn + 1}.3.m4s`, 1], [`source/${msn + 1}.m4s`, 1], [`source/${msn + 50}.0.m4s`, 2], ['v4320/index.m3u8', 2], ['source/init-00000000.mp4', 2]]) {
      const { status, headers } = await origin(`/live/match/${file}`);
      assert.deepStrictEqual([status, headers['cache-control']], [404, `max-age=${lifetime}`], file);
    }
  }],
  ['CC-11: a 503 not at all, and to be tried again', async () => {
    const small = await Server.start({ http: { max_connections: 1, loops: 1 } });
    const holder = net.connect(small.ports.http, '127.0.0.1');
    const other = new Client();
    const full = await small.until('it is full', async () => {
      const answer = await other.request(`http://127.0.0.1:${small.ports.http}/live/a/index.m3u8`);
      return answer.status === 503 && answer;
    });
    assert.deepStrictEqual([full.headers['cache-control'], full.headers['retry-after']], ['no-store', '1']);
    holder.destroy();
    other.close();
    await small.stop();
  }],
  ['CC-12: nothing of the administration port', async () => {
    for (const route of ['/metrics', '/livez', '/api/v1/channels', '/', '/nothing']) assert.strictEqual((await server.admin(route)).headers.get('cache-control'), 'no-store', route);
  }],
];
for (const [name, run] of rows) test(name, run);

test('no answer is without Cache-Control, and none below 500 is uncacheable (CF-5, CF-9)', async () => {
  const { segments } = await playlist();
  const { msn } = await coming();
  const segment = rendition + segments.findLast(({ gap, parts }) => !gap && parts.length > 0).uri;
  const { etag } = (await origin(segment)).headers;
  const paths = ['/', '/play/match', '/web/play.js', '/web/none.js', '/nothing', '/live', '/live/', '/live/match', '/live/match/', '/live/none/index.m3u8', '/live/none/source/index.m3u8', '/live/match/source/',
    '/live/match/source/x.mp4', '/live/match/source/01.m4s', '/live/match/index.m3u8', '/live/MATCH/index.m3u8', `${rendition}index.m3u8`, `${rendition}index.m3u8?_HLS_msn=${msn}`, `${rendition}index.m3u8?_HLS_part=0`,
    '/live/over/index.m3u8', '/live/over/source/index.m3u8', '/live/over/source/9.0.m4s', segment, `${rendition}${msn + 1}.2.m4s`, `${rendition}${msn + 99}.m4s`];
  const options = [{}, gzip, { method: 'HEAD' }, { method: 'OPTIONS' }, { method: 'POST' }, { headers: { range: 'bytes=0-9' } }, { headers: { range: 'bytes=99999999-' } }, { headers: { 'if-none-match': etag } }];
  const statuses = new Set();
  const answers = await Promise.all(paths.flatMap((path) => options.map(async (option) => [path, option, await origin(path, option)])));
  for (const [path, option, { status, headers }] of answers) {
    statuses.add(status);
    const value = headers['cache-control'];
    const name = `${status} to ${option.method ?? 'GET'} ${path} ${JSON.stringify(option.headers ?? {})}: ${value}`;
    assert.ok(status < 500, name);
    assert.match(value ?? '', /^max-age=[1-9]\d*(, immutable|(, s-maxage=[1-9]\d*)?(, stale-if-error=0)?)$/, name);
    assert.ok(!headers.age && !headers['set-cookie'] && !headers.location, `LL-119, LL-117: ${name}`);
    assert.match(headers.vary ?? 'Accept-Encoding', /^Accept-Encoding$/, name);
  }
  assert.deepStrictEqual([...statuses].sort(), [200, 204, 206, 304, 400, 404, 405, 416]);
});

test('what is no request at all is answered with Cache-Control too (CF-9, CF-20)', async () => {
  for (const [status, text] of [[400, 'garbage\r\n\r\n'], [414, `GET /${'x'.repeat(70000)} HTTP/1.1\r\nHost: a\r\n\r\n`], [431, `GET / HTTP/1.1\r\nHost: a\r\n${'X-Y: z\r\n'.repeat(20000)}\r\n`], [400, 'GET / HTTP/3.0\r\nHost: a\r\n\r\n']]) {
    const answer = await new Promise((resolve) => {
      let all = '';
      const socket = net.connect(server.ports.http, '127.0.0.1', () => socket.write(text)).on('data', (data) => { all += data; }).on('close', () => resolve(all)).on('error', () => {});
    });
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), text.slice(0, 40));
    assert.match(answer, /^Cache-Control: max-age=1\r$|^Cache-Control: no-store\r$/mi, answer.slice(0, 400));
  }
});

test('a 404 that came too early is gone in time with the error TTL of docs/cdn.md, not with the default', async () => {
  const { msn } = await coming();
  const early = `${rendition}${msn + 1}.3.m4s`;
  const began = Date.now();
  for (const cache of [cdn, tuned]) assert.strictEqual((await through(cache, early)).status, 404);
  assert.strictEqual((await origin(`${rendition}index.m3u8?_HLS_msn=${msn + 1}&_HLS_part=3`)).status, 200);
  await sleep(Math.max(0, began + 1500 - Date.now())); // a 404 lasts one second
  assert.strictEqual((await through(tuned, early)).status, 200);
  const kept = await through(cdn, early);
  if (kept.status === 404) assert.ok(kept.headers.age >= 1 && kept.headers.age <= 10, `age ${kept.headers.age}`);
  else assert.ok(Date.now() - began > 9000, `the cache with CloudFront's default has forgotten after ${Date.now() - began} ms`);
  // By number of part the hinted one is held, never a 404, in a cache with either TTL (CF-10).
  const hint = (await playlist()).hints.find(({ TYPE }) => TYPE === 'PART').URI;
  for (const answer of await Promise.all([cdn, tuned].map((cache) => through(cache, rendition + hint)))) assert.strictEqual(answer.status, 200);
});

test('codings are kept apart, with an ETag each (CF-14 to CF-16)', async () => {
  const { query } = await coming(3);
  const path = `${rendition}index.m3u8?${query}`;
  const before = await answered();
  const [plain, packed, wide] = await Promise.all([{}, gzip, { headers: { 'accept-encoding': 'br;q=0.9, gzip, deflate' } }].map((option) => through(cdn, path, option)));
  assert.strictEqual((await since(before)).playlist, 2);
  assert.deepStrictEqual([plain, packed, wide].map(({ headers }) => headers['content-encoding']), [undefined, 'gzip', 'gzip']);
  assert.ok(packed.raw.length < plain.raw.length && packed.raw.equals(wide.raw));
  for (const { body, headers, raw } of [packed, wide, plain]) {
    assert.ok(body.equals(plain.body));
    assert.strictEqual(headers['content-length'], String(raw.length));
    assert.strictEqual(headers.vary, 'Accept-Encoding');
    assert.match(headers.etag, /^"/, 'as strong as it left the origin');
  }
  assert.notStrictEqual(packed.headers.etag, plain.headers.etag);
  const small = await through(cdn, '/nothing', gzip);
  assert.deepStrictEqual([small.status, small.headers['content-encoding']], [404, undefined], 'below 1,000 B the cache packs nothing');

  for (const [etag, more] of [[plain.headers.etag, {}], [`W/${plain.headers.etag}`, {}], [packed.headers.etag, gzip.headers]]) {
    for (const ask of [origin, (...rest) => through(cdn, ...rest)]) {
      // The origin's playlist has moved on, the cache's has not.
      const target = ask === origin ? rendition + (await playlist()).segments.at(-1).map : path;
      const tag = ask === origin ? (await origin(target)).headers.etag : etag;
      const same = await ask(target, { headers: { 'if-none-match': tag, ...more } });
      assert.deepStrictEqual([same.status, same.raw.length, Boolean(same.headers['cache-control'])], [304, 0, true], `${target} ${tag}`);
    }
  }
  assert.strictEqual((await through(cdn, path, { headers: { 'if-none-match': '"other"' } })).status, 200);
});

test('an expired copy is asked about by its ETag, and the viewer gets all of it', async () => {
  const path = '/live/match/index.m3u8';
  const first = await through(cdn, path);
  const not = () => server.metric('kickoff_http_requests_total', { object: 'multivariant', code: '3xx' });
  const before = await not();
  await sleep(2100);
  const second = await through(cdn, path);
  assert.strictEqual(await not(), before + 1);
  assert.ok(second.status === 200 && second.body.equals(first.body) && second.body.length > 0);
});

test('HEAD says what GET says (CF-25)', async () => {
  const { query } = await coming();
  const part = rendition + (await playlist()).hints.find(({ TYPE }) => TYPE === 'PART').URI;
  for (const path of [`${rendition}index.m3u8?${query}`, part]) {
    for (const ask of [(...rest) => through(cdn, ...rest), ...(path === part ? [origin] : [])]) {
      const [get, head] = [await ask(path), await ask(path, { method: 'HEAD' })];
      assert.strictEqual(head.raw.length, 0);
      for (const name of ['content-length', 'content-type', 'etag', 'cache-control', 'last-modified', 'access-control-allow-origin']) assert.strictEqual(head.headers[name], get.headers[name], `${name} of ${path}`);
    }
  }
});

test('ranges through the cache are pieces of the whole (CF-24)', async () => {
  const part = rendition + (await playlist()).hints.find(({ TYPE }) => TYPE === 'PART').URI;
  const whole = await origin(part);
  const size = whole.raw.length;
  const before = await answered();
  for (const [ask, requests] of [[(...rest) => through(cdn, ...rest), 1], [origin, 0]]) {
    for (const [range, from, to] of [['0-99', 0, 99], ['100-', 100, size - 1], [`0-${2 ** 53 - 1}`, 0, size - 1], ['-10', size - 10, size - 1]]) {
      const { status, headers, raw } = await ask(part, { headers: { range: `bytes=${range}` } });
      assert.deepStrictEqual([status, headers['content-range']], [206, `bytes ${from}-${to}/${size}`], range);
      assert.ok(raw.equals(whole.raw.subarray(from, to + 1)), range);
    }
    const beyond = await ask(part, { headers: { range: `bytes=${size}-` } });
    assert.deepStrictEqual([beyond.status, beyond.headers['content-range']], [416, `bytes */${size}`]);
    if (requests) assert.strictEqual((await since(before)).part, requests);
  }
});

test('Age is the cache’s, and readable by a page (LL-119, CF-23)', async () => {
  const { query } = await coming();
  const path = `${rendition}index.m3u8?${query}`;
  const first = await through(cdn, path);
  await sleep(1100);
  const again = await through(cdn, path);
  assert.deepStrictEqual([first.headers['x-cache'], again.headers['x-cache']], ['Miss from cloudfront', 'Hit from cloudfront']);
  assert.ok(Number(again.headers.age) >= 1, `age ${again.headers.age}`);
  assert.match(again.headers['access-control-expose-headers'], /\bAge\b/);
  assert.strictEqual((await origin(path)).headers.age, undefined);
});

test('when the origin dies no playlist hides it for longer than it may be kept (CF-11)', async () => {
  const { query } = await coming();
  const known = `${rendition}index.m3u8?${query}`;
  const { msn } = await coming();
  await Promise.all([known, '/live/match/index.m3u8', `${rendition}index.m3u8`].map((path) => through(cdn, path)));
  server.process.child.kill('SIGKILL');
  await server.process.ended;
  const ahead = await through(cdn, `${rendition}index.m3u8?_HLS_msn=${msn + 1}&_HLS_part=0`);
  assert.strictEqual(ahead.status, 502, 'what nobody has asked for yet fails at once');
  for (const began = Date.now(); ; await sleep(100)) {
    const { status, headers } = await through(cdn, `${rendition}index.m3u8`);
    if (status >= 500) break;
    assert.ok(Number(headers.age) <= 1, `a playlist of age ${headers.age} instead of an error`);
    assert.ok(Date.now() - began < 15000, 'no error shows');
  }
  const old = await through(cdn, known);
  assert.ok(old.status === 200 ? Number(old.headers.age) <= 12 : old.status >= 500);
  await sleep(1100);
  const index = await through(cdn, '/live/match/index.m3u8');
  assert.deepStrictEqual([index.status, Number(index.headers.age) >= 1], [200, true], 'a multivariant playlist may stand in: it does not change');
});
