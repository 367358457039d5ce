// Puts SMPTE time code into coded video and into FLV: clock timestamps in the picture timing SEI of H.264, the time code SEI of HEVC, and
// the RTMP data message "onFI". [H.264 D.1.3, H.265 D.2.27]
'use strict';
const { string, object } = require('./rtmp_client');
const { seiUnit } = require('./sei');

const day = 24 * 3600 * 1000;

// The code of an instant of the day, in ms: {hours, minutes, seconds, frames}.
function codeAt(ms, rate) {
  const time = (ms % day + day) % day;
  return { hours: Math.floor(time / 3600000), minutes: Math.floor(time / 60000) % 60, seconds: Math.floor(time / 1000) % 60, frames: Math.floor(time % 1000 * rate / 1000 + 1e-6) };
}
const textOf = ({ hours, minutes, seconds, frames }) => [hours, minutes, seconds, frames].map((value) => String(value).padStart(2, '0')).join(':');

// fields: [[bits, value]]. The payload of an SEI message ends with a one and zeros where it is no whole number of bytes.
function packed(fields) {
  let bits = fields.map(([count, value]) => value.toString(2).padStart(count, '0')).join('');
  if (bits.length % 8) bits = `${bits}1`.padEnd(Math.ceil((bits.length + 1) / 8) * 8, '0');
  return bits.match(/.{8}/g).map((byte) => parseInt(byte, 2));
}
function sei({ hours, minutes, seconds, frames }, hevc) {
  const clock = (bits) => [[5, 0], [1, 1], [1, 0], [1, 0], [bits, frames], [6, seconds], [6, minutes], [5, hours]];
  // A sequence of H.264 without HRD parameters has no delays, and a time_offset of 24 bits.
  const payload = packed(hevc ? [[2, 1], [1, 1], [1, 0], ...clock(9), [5, 0]] : [[4, 0], [1, 1], [2, 0], [1, 1], ...clock(8), [24, 0]]);
  return seiUnit(hevc ? 136 : 1, payload, hevc);
}

// A byte stream with a code in front of the first slice of each access unit, each of which begins with a delimiter; H.264's picture timing
// messages of the encoder, which have none, are left out. start: the time of day of the first picture, in ms.
// REQUIRES: pictures are coded in the order in which they are shown; H.264's sequence parameter set has pic_struct_present_flag.
function timed(stream, { hevc = false, rate, start }) {
  const pieces = [];
  let number = 0;
  let wanted = false;
  let begin = 0;
  for (let at = stream.indexOf('000001', 0, 'hex'); at >= 0;) {
    const next = stream.indexOf('000001', at + 3, 'hex');
    const end = next < 0 ? stream.length : next - (stream[next - 1] === 0 ? 1 : 0);
    const type = hevc ? stream[at + 3] >> 1 & 0x3f : stream[at + 3] & 0x1f;
    if (type === (hevc ? 35 : 9)) wanted = true;
    if (wanted && (hevc ? type < 32 : type >= 1 && type <= 5)) {
      pieces.push(sei(codeAt(start + 1000 * number++ / rate, rate), hevc));
      wanted = false;
    }
    if (hevc || type !== 6 || stream[at + 4] !== 1) pieces.push(stream.subarray(begin, end));
    begin = end;
    at = next;
  }
  return Buffer.concat(pieces);
}

// An FLV file with a message "onFI" in front of the first tag, and then every `every` ms. start: as above, of the file's time 0.
function timedFlv(flv, { rate, start, every = 500 }) {
  const pieces = [flv.subarray(0, 13)];
  let due = 0;
  for (let at = 13; at + 11 <= flv.length;) {
    const size = flv.readUIntBE(at + 1, 3);
    const time = flv.readUIntBE(at + 4, 3) + flv[at + 7] * 2 ** 24;
    if (time >= due) {
      const body = Buffer.concat([string('onFI'), object({ sd: '01-01-2026', st: '00:00:00.000', tc: textOf(codeAt(start + time, rate)) })]);
      const tag = Buffer.alloc(11 + body.length + 4);
      tag[0] = 18;
      tag.writeUIntBE(body.length, 1, 3);
      tag.writeUIntBE(time & 0xffffff, 4, 3);
      tag[7] = time >>> 24;
      body.copy(tag, 11);
      tag.writeUInt32BE(11 + body.length, 11 + body.length);
      pieces.push(tag);
      due = time + every;
    }
    pieces.push(flv.subarray(at, at + 15 + size));
    at += 15 + size;
  }
  return Buffer.concat(pieces);
}

module.exports = { timed, timedFlv, codeAt, textOf };
