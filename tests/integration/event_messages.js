// Event messages (emsg) in front of the chunks of a segment, read byte by byte.
'use strict';
const assert = require('node:assert');

// The events in front of chunks: {scheme, at: UTC in ms, duration: s or null, id, data}.
function eventsIn(bytes) {
  const found = [];
  for (let at = 0; at + 8 <= bytes.length; at += bytes.readUInt32BE(at)) {
    if (bytes.toString('latin1', at + 4, at + 8) !== 'emsg') continue;
    assert.strictEqual(bytes[at + 8], 1, 'version');
    const timescale = bytes.readUInt32BE(at + 12);
    const lasts = bytes.readUInt32BE(at + 24);
    const schemeEnd = bytes.indexOf(0, at + 32);
    const data = bytes.subarray(bytes.indexOf(0, schemeEnd + 1) + 1, at + bytes.readUInt32BE(at));
    found.push({ scheme: bytes.toString('latin1', at + 32, schemeEnd), at: Number(bytes.readBigUInt64BE(at + 16)) * 1000 / timescale,
      duration: lasts === 0xffffffff ? null : lasts / timescale, id: bytes.readUInt32BE(at + 28), data });
  }
  return found;
}

module.exports = { eventsIn };
