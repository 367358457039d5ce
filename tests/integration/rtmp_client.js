// As much of an RTMP client as hostile peers and relays need, byte by byte: its messages may lie.
'use strict';
const crypto = require('node:crypto');
const net = require('node:net');

const u24 = (value) => Buffer.from([value >> 16, (value >> 8) & 255, value & 255]);
const u32 = (value) => { const b = Buffer.alloc(4); b.writeUInt32BE(value); return b; };
// One RTMP message of `type`, in chunks of 128 bytes; `length` may lie.
function message(type, body, length = body.length, stream = 0) {
  const id = Buffer.alloc(4);
  id.writeUInt32LE(stream);
  const pieces = [Buffer.concat([Buffer.from([3]), u24(0), u24(length), Buffer.from([type]), id])];
  for (let at = 0; at < body.length; at += 128) {
    if (at) pieces.push(Buffer.from([0xc3]));
    pieces.push(body.subarray(at, at + 128));
  }
  return Buffer.concat(pieces);
}
const string = (text) => Buffer.concat([Buffer.from([2, text.length >> 8, text.length & 255]), Buffer.from(text)]);
const number = (value) => { const b = Buffer.alloc(9); b.writeDoubleBE(value, 1); return b; };
const nothing = Buffer.from([5]);
const object = (members) => Buffer.concat([Buffer.from([3]), ...Object.entries(members).map(([name, text]) => Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), string(text)])), Buffer.from([0, 0, 9])]);

const hello = () => Buffer.concat([Buffer.from([3]), crypto.randomBytes(1536).fill(0, 0, 8)]);

// A socket to the RTMP port, past the handshake. Resolves when the server has sent S0 S1 S2.
async function shaken(port, patience = 30000) {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(hello());
  let received = 0;
  await new Promise((resolve, reject) => {
    socket.on('data', (data) => { received += data.length; if (received >= 3073) resolve(); });
    socket.on('close', () => reject(new Error('closed in the handshake')));
    setTimeout(() => reject(new Error(`handshake: ${received} bytes in ${patience} ms`)), patience).unref();
  });
  socket.write(Buffer.alloc(1536));
  return socket;
}

// All that an encoder says up to its publish, without waiting for answers.
function publishing(channel, key) {
  const connect = Buffer.concat([string('connect'), number(1), object({ app: 'live', tcUrl: 'rtmp://127.0.0.1/live' })]);
  return Buffer.concat([message(20, connect), message(20, Buffer.concat([string('createStream'), number(2), nothing])),
    message(20, Buffer.concat([string('publish'), number(3), nothing, string(`${channel}?key=${key}`), string('live')]), undefined, 1)]);
}

// The tags of an FLV file. → [{type, time (ms), body}]
function tagsOf(flv) {
  const tags = [];
  for (let at = 13; at + 11 <= flv.length;) {
    const size = flv.readUIntBE(at + 1, 3);
    tags.push({ type: flv[at], time: flv.readUIntBE(at + 4, 3) + flv[at + 7] * 2 ** 24, body: flv.subarray(at + 11, at + 11 + size) });
    at += 15 + size;
  }
  return tags;
}

// Publishes an FLV file of less than four hours as a relay does that had kept the first `kept` ms of it: those at once, what follows in
// real time. `more`: further messages, {type, time (ms), body}, among those of the file. → {stop()}, which cuts the connection.
async function relayFlv(port, channel, flv, { kept = 0, key = '', more = [] } = {}) {
  const socket = await shaken(port);
  socket.write(publishing(channel, key));
  const tags = [...tagsOf(flv), ...more].sort((a, b) => a.time - b.time);
  const begun = Date.now();
  let sent = 0;
  const send = () => {
    for (const due = Date.now() - begun + kept; sent < tags.length && tags[sent].time <= due; sent++) {
      const chunks = message(tags[sent].type, tags[sent].body, undefined, 1);
      chunks.writeUIntBE(tags[sent].time, 1, 3);
      socket.write(chunks);
    }
  };
  send();
  const timer = setInterval(send, 5);
  return { stop: () => { clearInterval(timer); socket.destroy(); } };
}

module.exports = { relayFlv, u24, u32, message, string, number, object, hello, shaken, publishing };
