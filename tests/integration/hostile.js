#!/usr/bin/env node
// A program of its own: keeps very many hostile connections at a server until it gets SIGTERM, then prints what became of them as JSON:
//   node hostile.js RTMP-PORT HTTP-PORT SRT-PORT TIMES
// Each kind is there `share` times for each of TIMES hundred; one that the server closes comes again after `again` ms.
// Loopback only. The channel "locked" has to need a key.
'use strict';
const dgram = require('node:dgram');
const net = require('node:net');
const { message, hello, shaken, publishing } = require('./rtmp_client');
const { handshake } = require('./srt_client');

const [rtmp, http, srt, times] = process.argv.slice(2).map(Number);
const again = 2000;
const patience = 120000;

function tcp(port, first) {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  if (first) socket.write(first);
  return socket;
}
// Sends a byte of `bytes` each half second.
function trickle(socket, bytes) {
  let sent = 0;
  const timer = setInterval(() => socket.write(bytes.subarray(sent % bytes.length, (sent++ % bytes.length) + 1)), 500);
  socket.on('close', () => clearInterval(timer));
  return socket;
}
// A UDP socket counts as one connection that is closed 5 s later: nothing at the server says when it has gone.
function datagrams(send) {
  const socket = dgram.createSocket('udp4');
  socket.on('error', () => {});
  send(socket, (bytes) => socket.send(bytes, srt, '127.0.0.1'));
  setTimeout(() => socket.close(), 5000);
  return socket;
}

const kinds = {
  'rtmp half open': [20, () => tcp(rtmp, hello().subarray(0, 700))],
  'rtmp slow': [10, () => trickle(tcp(rtmp), hello())],
  'rtmp wrong key': [10, async () => { const socket = await shaken(rtmp, patience); socket.write(publishing('locked', 'wrong')); return socket; }],
  'rtmp oversize': [10, async () => { const socket = await shaken(rtmp, patience); socket.write(message(20, Buffer.alloc(4096), 0xffffff)); return socket; }],
  'http half open': [15, () => tcp(http)],
  'http slow': [10, () => trickle(tcp(http, 'GET / HTTP/1.1\r\n'), Buffer.from('x: y\r\n'))],
  'http oversize': [10, () => tcp(http, `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(100000)}\r\n\r\n`)],
  'srt half open': [5, () => datagrams((socket, send) => send(handshake()))],
  'srt wrong key': [5, () => datagrams((socket, send) => {
    send(handshake());
    socket.once('message', (answer) => send(handshake(answer, '#!::r=live/locked,m=publish,s=wrong')));
  })],
  'srt oversize': [5, () => datagrams((socket, send) => { for (let i = 0; i < 4; i++) send(Buffer.concat([handshake(), Buffer.alloc(60000)])); })],
};

const tally = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, { opened: 0, closed: 0, failed: 0 }]));
async function keep(kind, make) {
  tally[kind].opened += 1;
  try {
    const socket = await make();
    if (!socket.destroyed) await new Promise((resolve) => { socket.on('close', resolve); socket.resume?.(); });
    tally[kind].closed += 1;
  } catch {
    tally[kind].failed += 1;
  }
  setTimeout(keep, again, kind, make);
}

for (const [kind, [share, make]] of Object.entries(kinds)) {
  // Not all in one turn: they come within two seconds.
  for (let i = 0; i < share * times; i++) setTimeout(keep, Math.random() * 2000, kind, make);
}
process.on('SIGTERM', () => { console.log(JSON.stringify(tally)); process.exit(0); });
