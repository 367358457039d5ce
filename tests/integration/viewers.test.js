// Correctness under load: the load generator's viewers against a real server, and against servers that do wrong, so that "no errors" means something.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const http = require('node:http');
const path = require('node:path');
const { Server, copy, endAll, leftOut, run, root } = require('./harness');
const { source, pushRtmp } = require('./media');

const viewers = path.join(root, 'build/bench/viewers/kickoff-viewers');
let server;
let publisher;

before(async () => {
  source();
  server = await Server.start({ log: { level: 'warn' }, channels: { '*': copy({ segment: '1s' }) } });
  publisher = pushRtmp(source(), server.rtmp('crowd'));
  await server.live('crowd');
  // Delta updates are worth asking for once there is something to skip.
  await server.until('a playlist can be skipped in', async () => (await server.web('/live/crowd/source/index.m3u8?_HLS_skip=YES')).text.includes('EXT-X-SKIP'));
});
after(async () => {
  await publisher.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// → {code, result (its JSON), text}
async function watch(url, ...options) {
  const child = run(viewers, ['--json', '-', ...options, url]);
  let text = '';
  child.child.stdout.on('data', (data) => { text += data; });
  const { code } = await child.ended;
  return { code, result: code === 2 ? null : JSON.parse(text), text: child.output() };
}

// How smoothly they play is the machine's affair, and bench/fanout's to measure.
async function assertAllRight(url, ...options) {
  const { code, result, text } = await watch(url, ...options);
  assert.strictEqual(code, 0, text);
  assert.deepStrictEqual(result.errors_by_kind, {});
  return result;
}

test('400 viewers over HTTP/1.1 and HTTP/2, players of two kinds that come and go, get every part and the same bytes', async () => {
  const plain = server.playlist('crowd');
  const [h1, h2] = await Promise.all([
    assertAllRight(plain, '--viewers', '300', '--duration', '10', '--join-rate', '200', '--churn', '0.05'),
    assertAllRight(plain, '--viewers', '100', '--duration', '10', '--join-rate', '100', '--churn', '0.05', '--http', '2', '--per-connection', '10'),
  ]);
  // Two renditions of half as many parts as each viewer there could have had, were the machine idle.
  assert.ok(h1.parts > 300 * 2 * 2 * 10 * 0.5, `${h1.parts} parts`);
  assert.ok(h2.parts > 100 * 2 * 2 * 10 * 0.5, `${h2.parts} parts`);
  assert.ok(h1.left > 0 && h2.left > 0 && h1.joins > 0, 'some left and others came');
  assert.ok(h1.deltas > 0 && h1.deltas < h1.playlists, 'some ask for delta updates');
  assert.ok(h1.rounds >= 15, `${h1.rounds} rounds`);
});

test('20 viewers over TLS and HTTP/2, one connection each', async () => {
  const result = await assertAllRight(server.playlist('crowd', true), '--viewers', '20', '--duration', '4', '--http', '2');
  assert.ok(result.parts > 20 * 2 * 2 * 4 * 0.5, `${result.parts} parts`);
});

test('a crowd that waits for playlists, one that waits for parts, and one that joins', async () => {
  const plain = server.playlist('crowd');
  const reload = await assertAllRight(plain, '--mode', 'reload', '--viewers', '500', '--rtt', '20', '--duration', '3', '--processes', '2', '--server-pid', String(server.process.child.pid));
  assert.ok(reload.woken > 500 && reload.server_cpu.seconds > 0, `${reload.woken} woken`);
  assert.ok(reload.last_after_first_ms.rounds > 0, 'rounds that all took part in');
  const part = await assertAllRight(plain, '--mode', 'part', '--viewers', '100', '--duration', '3', '--http', '2', '--per-connection', '50');
  assert.ok(part.parts > 100, `${part.parts} parts`);
  const join = await assertAllRight(server.playlist('crowd', true), '--mode', 'join', '--join-rate', '50', '--duration', '3', '--resume');
  assert.ok(join.joins > 50 && join.resumed > 50, `${join.joins} joins, ${join.resumed} resumed`);
});

// A channel made up as it goes, of two renditions without dates: four parts of 200 ms a segment. `twist(url, body, count)` may return something else than the body, or null to hang up.
async function makeUp(twist) {
  const began = Date.now();
  const published = () => 24 + Math.floor((Date.now() - began) / 200);
  const counts = new Map();
  const playlist = (rendition) => {
    const parts = published();
    const lines = ['#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-TARGETDURATION:1', '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.6',
      '#EXT-X-PART-INF:PART-TARGET=0.2', '#EXT-X-MEDIA-SEQUENCE:0', '#EXT-X-MAP:URI="init.mp4"'];
    for (let i = 0; i < parts; ++i) {
      lines.push(`#EXT-X-PART:DURATION=0.2,URI="${i >> 2}.${i % 4}.m4s",INDEPENDENT=YES`);
      if (i % 4 === 3) lines.push('#EXTINF:0.8,', `${i >> 2}.m4s`);
    }
    lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${parts >> 2}.${parts % 4}.m4s"`);
    lines.push(`#EXT-X-RENDITION-REPORT:URI="../${rendition === 'v' ? 'w' : 'v'}/index.m3u8",LAST-MSN=${(parts - 1) >> 2},LAST-PART=${(parts - 1) % 4}`, '');
    return lines.join('\n');
  };
  const body = async (url) => {
    if (url.pathname === '/index.m3u8') return '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv/index.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nw/index.m3u8\n';
    if (url.pathname.endsWith('/init.mp4')) return 'init';
    const part = /(\d+)\.(\d)\.m4s$/.exec(url.pathname);
    const wanted = part ? 4 * part[1] + Number(part[2]) : 4 * (url.searchParams.get('_HLS_msn') ?? 0) + Number(url.searchParams.get('_HLS_part') ?? 0);
    while (published() <= wanted) await new Promise((resolve) => setTimeout(resolve, 5));
    return part ? `....styp${url.pathname}${'x'.repeat(2000)}` : playlist(url.pathname[1]);
  };
  const channel = http.createServer(async (request, response) => {
    const url = new URL(request.url, 'http://x');
    counts.set(request.url, (counts.get(request.url) ?? 0) + 1);
    const twisted = twist(url, await body(url), counts.get(request.url));
    if (twisted === null) {
      response.writeHead(200, { 'Content-Length': 9999 });
      response.write('....styp');
      setTimeout(() => response.destroy(), 20);
    } else if (typeof twisted === 'number') {
      response.writeHead(twisted, { 'Content-Length': 0 }).end();
    } else {
      response.writeHead(200, { 'Content-Length': Buffer.byteLength(twisted) }).end(twisted);
    }
  });
  await new Promise((resolve) => channel.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${channel.address().port}/index.m3u8`, close: () => { channel.closeAllConnections(); channel.close(); } };
}

const isPart = (url) => /\.\d\.m4s$/.test(url.pathname);
const isReload = (url) => url.searchParams.has('_HLS_msn');
let kept;
// A segment that ends after two parts, and nothing of the next one yet, for who asked for its third part.
function shortened(url, body) {
  const msn = url.searchParams.get('_HLS_msn');
  if (url.searchParams.get('_HLS_part') !== '2') return body;
  return `${body.slice(0, body.indexOf(`#EXT-X-PART:DURATION=0.2,URI="${msn}.2.m4s"`))}#EXTINF:0.4,\n${msn}.m4s\n`;
}

const wrongs = [
  ['nothing wrong', null, (url, body) => body],
  ['other bytes for the second viewer that asks for a part', 'wrong_bytes', (url, body, count) => (isPart(url) && url.pathname.endsWith('.2.m4s') && count === 2 ? `${body}!` : body)],
  ['a playlist from a second ago', 'stale', (url, body) => { if (!isReload(url)) return body; kept ??= body; return kept; }],
  ['a playlist without the part that was asked for', 'missing_part', shortened],
  ['a part that is not found', 'status_404', (url, body) => (url.pathname.endsWith('.3.m4s') ? 404 : body)],
  ['a hint at another part than is listed then', 'protocol', (url, body) => (url.pathname.endsWith('.m3u8') ? body.replace(/HINT:TYPE=PART,URI="/, '$&../v/../v/0.0.m4s?') : body)],
  ['a part that breaks off', 'closed', (url, body, count) => (url.pathname.endsWith('.1.m4s') && count === 1 ? null : body)],
  ['a part that is no media', 'wrong_bytes', (url, body) => (isPart(url) ? body.slice(8) : body)],
];
test('the generator tells', { concurrency: 4 }, async (t) => {
  await Promise.all(wrongs.map(([wrong, kind, twist]) => {
    const what = `of ${wrong}`;
    return t.test(what, { skip: leftOut(what) }, async () => {
      const channel = await makeUp(twist);
      const { code, result, text } = await watch(channel.url, '--viewers', '6', '--warmup', '0.5', '--duration', '2.5', '--switch-every', '0.7').finally(channel.close);
      assert.ok(result.switches > 0, `${result.switches} switches`);
      assert.strictEqual(code, kind === null ? 0 : 1, text);
      if (kind !== null) assert.ok(result.errors_by_kind[kind]?.count > 0, text);
    });
  }));
});

test('the generator tells what it does not know and how many processes it needs', async () => {
  assert.strictEqual((await watch('http://127.0.0.1:1/index.m3u8', '--no-such')).code, 2);
  assert.strictEqual((await watch('http://192.0.2.1/index.m3u8')).code, 2);
  const few = await watch('http://127.0.0.1:1/index.m3u8', '--viewers', '9000000', '--mode', 'reload');
  assert.strictEqual(few.code, 2);
  assert.match(few.text, /descriptors are needed in each process and \d+ are allowed: use --processes \d+ or more/);
  const nobody = await watch('http://127.0.0.1:1/index.m3u8', '--viewers', '1', '--duration', '1', '--warmup', '0');
  assert.strictEqual(nobody.code, 1);
  assert.ok(nobody.result.errors_by_kind.connect.count > 0);
});
