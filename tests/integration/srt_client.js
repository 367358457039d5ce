// The handshake packets of an SRT caller (version 5), for peers that end there.
'use strict';

// A group of bytes for which the protocol counts in words of 32 bits, each turned round: a stream id.
function words(text) {
  const bytes = Buffer.alloc(Math.ceil(text.length / 4) * 4);
  bytes.write(text);
  return bytes.swap32();
}
function extension(type, content) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(content.length / 4, 2);
  return Buffer.concat([head, content]);
}

// The first packet of a caller (induction), or with the server's answer to that the second one (conclusion) with a stream id.
function handshake(answer, streamId) {
  const packet = Buffer.alloc(64);
  packet.writeUInt32BE(0x80000000, 0); // control packet, handshake
  packet.writeUInt32BE(answer ? 5 : 4, 16);
  packet.writeUInt16BE(answer ? 5 : 2, 22); // extensions: HSREQ and CONFIG; in the first packet a fixed number
  packet.writeUInt32BE(1234567, 24); // first sequence number
  packet.writeUInt32BE(1500, 28);
  packet.writeUInt32BE(8192, 32);
  packet.writeInt32BE(answer ? -1 : 1, 36);
  packet.writeUInt32BE(4711, 40); // socket
  if (!answer) return packet;
  answer.copy(packet, 44, 44, 48); // cookie
  packet.writeUInt32LE(0x7f000001, 48);
  const request = Buffer.alloc(12);
  request.writeUInt32BE(0x010501, 0);
  request.writeUInt32BE(0xbf, 4);
  request.writeUInt16BE(120, 8);
  request.writeUInt16BE(120, 10);
  return Buffer.concat([packet, extension(1, request), extension(5, words(streamId))]);
}

module.exports = { handshake };
