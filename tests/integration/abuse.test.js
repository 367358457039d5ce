// Hostile and broken peers before any authorisation: nothing crashes, nothing grows, the live channel plays on.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const crypto = require('node:crypto');
const dgram = require('node:dgram');
const http2 = require('node:http2');
const net = require('node:net');
const tls = require('node:tls');
const path = require('node:path');
const { Server, endAll, copy, run, sleep } = require('./harness');
const { source, pushRtmp } = require('./media');
const { u24, u32, message, string, number, shaken: open } = require('./rtmp_client');
const { assertLive } = require('./judge_channel');
const { late } = require('./lateness');
const { partLateness } = require('./part_lateness');

let server;
let pusher;
before(async () => {
  server = await Server.start({ channels: { '*': copy(), locked: copy({ keys: ['the-right-one'] }) } });
  pusher = pushRtmp(source(), server.rtmp('steady'));
  await server.live('steady');
});
after(async () => {
  await assertLive(server.playlist('steady'), { seconds: 6, probes: false });
  await pusher.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const shaken = () => open(server.ports.rtmp);
// → ms until the server closed the socket.
function closed(socket, patience = 60000) {
  const began = Date.now();
  return new Promise((resolve, reject) => {
    if (socket.closed) return resolve(0);
    socket.on('close', () => resolve(Date.now() - began));
    socket.resume();
    setTimeout(() => reject(new Error(`still open after ${patience} ms`)), patience).unref();
  });
}
async function unharmed() {
  assert.ok(server.alive(), `the server lives:\n${server.log(20)}`);
  assert.strictEqual((await server.admin('/livez')).status, 200);
  assert.strictEqual((await server.web('/live/steady/index.m3u8')).status, 200);
}

test('AMF nested 1,000,000 deep (RT-43)', async () => {
  const socket = await shaken();
  const deep = Buffer.alloc(4_000_000);
  for (let i = 0; i < 1_000_000; i++) deep.set([3, 0, 1, 97], i * 4); // object { a: object { a: …
  socket.write(message(20, Buffer.concat([string('connect'), number(1), deep])));
  await closed(socket);
  await unharmed();
});
test('AMF objects that never end, arrays that claim 2^32-1 members', async () => {
  for (const body of [
    Buffer.concat([string('connect'), number(1), Buffer.from([3]), Buffer.from([0, 3]), Buffer.from('app')]),
    Buffer.concat([string('connect'), number(1), Buffer.from([8]), u32(0xffffffff)]),
    Buffer.concat([string('connect'), number(1), Buffer.from([10]), u32(0xffffffff)]),
    Buffer.concat([string('connect'), number(1), Buffer.from([12]), u32(0xffffffff)]),
    Buffer.from([2, 255]),
  ]) {
    const socket = await shaken();
    socket.end(message(20, body));
    await closed(socket);
  }
  await unharmed();
});
test('chunk sizes 0 and 2^32-1 (RT-9)', async () => {
  for (const size of [0, 0xffffffff]) {
    const socket = await shaken();
    socket.write(message(1, u32(size)));
    socket.write(message(20, Buffer.concat([string('connect'), number(1), Buffer.from([5])])));
    await closed(socket);
  }
  await unharmed();
});
test('16 MiB declared and never sent cost nothing (RT-41)', async () => {
  const before = server.memory();
  const sockets = await Promise.all(Array.from({ length: 100 }, shaken));
  for (const socket of sockets) socket.write(message(20, Buffer.alloc(64), 0xffffff));
  await sleep(500);
  const grown = server.memory() - before;
  assert.ok(grown < 24 << 20, `grew by ${(grown / 1e6).toFixed(1)} MB`);
  await Promise.all(sockets.map((socket) => closed(socket)));
  await unharmed();
});
test('1,000 half-open handshakes: dropped within 5 s, at most 4 KiB each (RT-40)', async () => {
  const before = server.memory();
  const lateBefore = late();
  const sockets = [];
  for (let i = 0; i < 1000; i++) {
    const socket = net.connect(server.ports.rtmp, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(700)]));
    sockets.push(socket);
  }
  await sleep(1000);
  const grown = (server.memory() - before) / 1000;
  assert.ok(grown < 8192, `${grown.toFixed(0)} bytes each, allocator included`);
  const times = await Promise.all(sockets.map((socket) => closed(socket)));
  const excused = late() - lateBefore;
  assert.ok(Math.max(...times) < 6000 + excused, `the last after ${Math.max(...times)} ms, this process was late by ${excused.toFixed(0)} ms`);
  await unharmed();
});
test('garbage on every port', async () => {
  for (const port of ['http', 'tls', 'admin', 'rtmp', 'rtmps']) {
    for (const bytes of [crypto.randomBytes(70000), Buffer.alloc(70000), Buffer.alloc(70000, 255), Buffer.from('GET / HTTP/1.1\r\n'.repeat(5000)), Buffer.from('\x16\x03\x01\xff\xff' + 'x'.repeat(70000), 'latin1')]) {
      const socket = net.connect(server.ports[port], '127.0.0.1');
      socket.on('error', () => {});
      socket.write(bytes);
      await closed(socket);
    }
  }
  const socket = dgram.createSocket('udp4');
  for (let i = 0; i < 2000; i++) socket.send(crypto.randomBytes(i % 1400), server.ports.srt, '127.0.0.1');
  await sleep(200);
  socket.close();
  await unharmed();
});
test('plain RTMP on the TLS port and TLS on the plain port fail cleanly (RT-27)', async () => {
  const plain = net.connect(server.ports.rtmps, '127.0.0.1');
  plain.on('error', () => {});
  plain.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(1536)]));
  await closed(plain);
  const secure = tls.connect({ port: server.ports.rtmp, host: '127.0.0.1', rejectUnauthorized: false });
  secure.on('error', () => {});
  await closed(secure);
  await unharmed();
});

// Raw HTTP/1.1 in, status line out.
function raw(text, port = server.ports.http) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.on('data', (data) => { received += data; });
    socket.on('close', () => resolve(received));
    socket.on('error', () => resolve(received));
    setTimeout(() => socket.destroy(), 30000).unref();
  });
}
for (const [what, text, status] of [
  ['a header of 100 KB', `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(100000)}\r\n\r\n`, 431],
  ['a URL of 70 KB', `GET /${'a'.repeat(70000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
  ['two lengths that differ', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc', 400],
  ['a length beside chunked', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  ['HTTP/0.9', 'GET /\r\n\r\n', 400],
  ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nx: b\r\n c\r\nConnection: close\r\n\r\n', 400],
]) {
  test(`HTTP/1.1: ${what} gets ${status}`, async () => {
    const answer = await raw(text);
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), answer.slice(0, 200));
  });
}
test('HTTP/1.1: an unknown path 404, another method 405, each with Cache-Control (CF-9)', async () => {
  const lost = await server.web('/nowhere');
  assert.strictEqual(lost.status, 404);
  assert.ok(lost.headers.get('cache-control'));
  const deleted = await server.web('/live/steady/index.m3u8', { method: 'DELETE' });
  assert.strictEqual(deleted.status, 405);
  assert.ok(deleted.headers.get('cache-control'));
  for (const path of ['/live/steady/../steady/index.m3u8', '/live/steady/%2e%2e/index.m3u8', '/web/../conf/kickoff.yaml', '/web/%2e%2e/conf/kickoff.yaml', '/live//index.m3u8']) {
    assert.match(await raw(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`), /^HTTP\/1.1 (404|400) /, path);
  }
});
test('HTTP/1.1: headers that trickle are cut off', async () => {
  const socket = net.connect(server.ports.http, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\n');
  const timer = setInterval(() => socket.write('x: y\r\n'), 500);
  const before = late();
  const after = await closed(socket);
  clearInterval(timer);
  assert.ok(after < 25000 + late() - before, `after ${after} ms`);
});
test('HTTP/2: rapid resets end the connection, not the server', async () => {
  const session = http2.connect(`http://127.0.0.1:${server.ports.http}`);
  session.on('error', () => {});
  const gone = new Promise((resolve) => { session.on('close', resolve); session.on('goaway', resolve); setTimeout(resolve, 60000).unref(); });
  for (let i = 0; i < 20000 && !session.destroyed; i++) {
    const stream = session.request({ ':path': '/live/steady/index.m3u8' });
    stream.on('error', () => {});
    stream.close(http2.constants.NGHTTP2_CANCEL);
    if (i % 200 === 0) await sleep(1);
  }
  await gone;
  assert.ok(session.destroyed || session.closed, 'the connection was ended');
  await unharmed();
});
test('HTTP/2: endless CONTINUATION frames end the connection', async () => {
  const socket = net.connect(server.ports.http, '127.0.0.1');
  socket.on('error', () => {});
  const frame = (type, flags, stream, body) => Buffer.concat([u24(body.length), Buffer.from([type, flags]), u32(stream), body]);
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, Buffer.alloc(0)), frame(1, 0, 1, Buffer.from([0x82]))]));
  const flood = setInterval(() => { for (let i = 0; i < 50 && !socket.destroyed; i++) socket.write(frame(9, 0, 1, Buffer.from([0x00, 1, 97, 1, 98]))); }, 10);
  await closed(socket);
  clearInterval(flood);
  await unharmed();
});

test('2,000 half-open, slow, wrong-key and oversize connections beside a live channel: its parts come as before', async () => {
  const worst = async (seconds) => {
    const lateBefore = late();
    const parts = (await partLateness(server.playlist('steady'), seconds)).sort((a, b) => a - b);
    return { late: parts.at(-1), median: parts[Math.floor(parts.length / 2)], excused: late() - lateBefore, parts: parts.length };
  };
  const before = server.memory();
  const alone = await worst(15);
  const hostile = run(process.execPath, [path.join(__dirname, 'hostile.js'), ...['rtmp', 'http', 'srt'].map((port) => String(server.ports[port])), '20']);
  await sleep(4000);
  const beside = await worst(15);
  const grown = server.memory() - before;
  await hostile.stop();
  const tally = JSON.parse(hostile.output().trimEnd().split('\n').at(-1));
  for (const [kind, { opened, closed }] of Object.entries(tally)) {
    assert.ok(opened >= 100, `${kind}: ${opened} were opened`);
    if (!/^http (half open|slow)/.test(kind)) assert.ok(closed > 0, `${kind}: none was closed`);
  }
  assert.ok(await server.metric('kickoff_rtmp_denied_total') >= 100, 'wrong keys over RTMP are counted');
  assert.ok(await server.metric('kickoff_srt_refused_total', { code: '1401' }) >= 50, 'and over SRT');
  // Generator, server and this process share the machine: what a busy one adds is measured by this process's own timers.
  const most = 250 + beside.excused;
  assert.ok(beside.late - alone.late < most, `${JSON.stringify(beside)} beside them, ${JSON.stringify(alone)} before`);
  assert.ok(beside.parts > 0.7 * alone.parts, 'no part was left out');
  assert.ok(grown < 64 << 20, `grew by ${(grown / 1e6).toFixed(1)} MB`);
  await unharmed();
});
