// Supplemental enhancement information as a NAL unit of a byte stream. [H.264 7.3.2.3, H.265 7.3.2.4]
'use strict';

// With emulation prevention: no start code stands within. [H.264 7.4.1]
function escaped(bytes) {
  const out = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out.push(byte);
  }
  return out;
}

// One message, of less than 255 bytes.
function seiUnit(type, payload, hevc) {
  return Buffer.from([0, 0, 0, 1, ...(hevc ? [0x4e, 0x01] : [0x06]), ...escaped([type, payload.length, ...payload, 0x80])]);
}

module.exports = { seiUnit };
