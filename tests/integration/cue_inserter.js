// Puts splice information (SCTE-35) into a transport stream that ffmpeg makes: a PID of its own in the PMT, registered as CUEI, and
// sections on it.
'use strict';
const packetSize = 188;
const cuePid = 500;
const wrap = 2n ** 33n;

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? crc << 1 ^ 0x04c11db7 : crc << 1;
  }
  const out = Buffer.alloc(4);
  out.writeUInt32BE(crc >>> 0);
  return out;
}
const sealed = (bytes) => Buffer.concat([bytes, crc32(bytes)]);
const stamp = (pts) => {
  const value = (BigInt(pts) % wrap + wrap) % wrap;
  return Buffer.from([0x7e | Number(value >> 32n), ...[24n, 16n, 8n, 0n].map((shift) => Number(value >> shift & 255n))]);
};
const timeOf = (pts) => { const bytes = stamp(pts); bytes[0] |= 0x80; return bytes; };
const u32 = (value) => { const bytes = Buffer.alloc(4); bytes.writeUInt32BE(value); return bytes; };

// A whole splice_info_section of a command and its descriptors.
function section(type, command, descriptors = Buffer.alloc(0)) {
  const body = Buffer.concat([
    Buffer.from([0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xf0 | command.length >> 8, command.length & 255, type]), command,
    Buffer.from([descriptors.length >> 8, descriptors.length & 255]), descriptors]);
  const length = body.length + 4;
  return sealed(Buffer.concat([Buffer.from([0xfc, 0x30 | length >> 8, length & 255]), body]));
}
// pts: null: at once. seconds: the break's, with autoReturn or without. Without `out`: back to the programme.
function spliceInsert({ id, pts = null, out = true, seconds = null, autoReturn = false, cancel = false }) {
  if (cancel) return section(5, Buffer.concat([u32(id), Buffer.from([0xff])]));
  const flags = (out ? 0x80 : 0) | 0x40 | (seconds === null ? 0 : 0x20) | (pts === null ? 0x10 : 0) | 0x0f;
  const duration = seconds === null ? [] : [stamp(Math.round(seconds * 90000))];
  if (autoReturn) duration[0][0] |= 0x80;
  return section(5, Buffer.concat([u32(id), Buffer.from([0x7f, flags]), ...(pts === null ? [] : [timeOf(pts)]), ...duration, Buffer.from([0, 1, 0, 0])]));
}
function timeSignal({ id, pts, type, seconds = null }) {
  const duration = seconds === null ? [] : [Buffer.from([0]), u32(Math.round(seconds * 90000))];
  const body = Buffer.concat([Buffer.from('CUEI'), u32(id), Buffer.from([0x7f, 0x80 | (seconds === null ? 0 : 0x40) | 0x3f]), ...duration, Buffer.from([0, 0, type, 0, 0])]);
  return section(6, timeOf(pts), Buffer.concat([Buffer.from([2, body.length]), body]));
}

class CueInserter {
  constructor() { Object.assign(this, { waiting: [], counter: 0, pmt: null, video: null, newest: null }); }
  // For TsSender.spoil(): what is sent in place of a packet.
  packet(bytes) {
    const pid = (bytes[1] & 0x1f) << 8 | bytes[2];
    const start = (bytes[1] & 0x40) !== 0;
    if (pid === 0 && start) this.pmt = (bytes[15] & 0x1f) << 8 | bytes[16];
    if (pid === this.pmt && start) return [this.addToPmt(bytes)];
    if (start && pid === this.video) this.note(bytes);
    return [bytes, ...this.waiting.splice(0).flatMap((cue) => this.packets(cue))];
  }
  // What is added to the PMT.
  entry() { return Buffer.from([0x86, 0xe0 | cuePid >> 8, cuePid & 255, 0xf0, 6, 5, 4, ...Buffer.from('CUEI')]); }
  // Behind the next packet of the stream. Returns the section.
  send(bytes) {
    this.waiting.push(bytes);
    return bytes;
  }
  addToPmt(bytes) {
    const length = (bytes[6] & 0x0f) << 8 | bytes[7];
    const old = bytes.subarray(5, 5 + 3 + length - 4);
    const streams = 12 + ((old[10] & 0x0f) << 8 | old[11]);
    for (let at = streams; at < old.length; at += 5 + ((old[at + 3] & 0x0f) << 8 | old[at + 4])) {
      if (this.video === null && [0x1b, 0x24].includes(old[at])) this.video = (old[at + 1] & 0x1f) << 8 | old[at + 2];
    }
    const table = Buffer.concat([old, this.entry()]);
    const total = length + table.length - old.length;
    table[1] = table[1] & 0xf0 | total >> 8;
    table[2] = total & 255;
    const out = Buffer.alloc(packetSize, 0xff);
    Buffer.concat([bytes.subarray(0, 5), sealed(table)]).copy(out);
    return out;
  }
  // The newest PTS of the video. Units: 90 kHz.
  note(bytes) {
    const at = 4 + (bytes[3] & 0x20 ? 1 + bytes[4] : 0);
    if (bytes.readUIntBE(at, 3) !== 1 || !(bytes[at + 7] & 0x80)) return;
    const field = bytes.subarray(at + 9, at + 14);
    this.newest = (field[0] & 0x0e) * 2 ** 29 + (field[1] << 22 | (field[2] & 0xfe) << 14 | field[3] << 7 | field[4] >> 1);
  }
  packets(cue) {
    const out = [];
    const payload = Buffer.concat([Buffer.from([0]), cue]);
    for (let at = 0; at < payload.length; at += 184) {
      const packet = Buffer.alloc(packetSize, 0xff);
      packet.set([0x47, (at === 0 ? 0x40 : 0) | cuePid >> 8, cuePid & 255, 0x10 | this.counter], 0);
      this.counter = this.counter + 1 & 15;
      payload.copy(packet, 4, at, Math.min(at + 184, payload.length));
      out.push(packet);
    }
    return out;
  }
}

module.exports = { CueInserter, spliceInsert, timeSignal, section };
