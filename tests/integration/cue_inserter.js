// Puts splice information (SCTE-35) and timed metadata (ID3) into a transport stream that ffmpeg makes: PIDs of their own in the PMT,
// one registered as CUEI, with sections on it, and one with PES packets, each a tag.
'use strict';
const packetSize = 188;
const cuePid = 500;
const tagPid = 501;
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

// An ID3v2.4 tag with one text of the sender's own.
function id3(description, value) {
  const size = (bytes) => Buffer.from([21, 14, 7, 0].map((shift) => bytes >> shift & 0x7f));
  const body = Buffer.concat([Buffer.from([3]), Buffer.from(`${description}\0${value}`)]);
  return Buffer.concat([Buffer.from('ID3\x04\0\0'), size(body.length + 10), Buffer.from('TXXX'), size(body.length), Buffer.from([0, 0]), body]);
}

class CueInserter {
  constructor() { Object.assign(this, { waiting: [], tags: [], counter: 0, tagCounter: 0, pmt: null, video: null, newest: null }); }
  // For TsSender.spoil(): what is sent in place of a packet.
  packet(bytes) {
    const pid = (bytes[1] & 0x1f) << 8 | bytes[2];
    const start = (bytes[1] & 0x40) !== 0;
    if (pid === 0 && start) this.pmt = (bytes[15] & 0x1f) << 8 | bytes[16];
    if (pid === this.pmt && start) return [this.addToPmt(bytes)];
    if (start && pid === this.video) this.note(bytes);
    return [bytes, ...this.waiting.splice(0).flatMap((cue) => this.packets(cue)), ...this.tags.splice(0).flatMap((tag) => this.tagPackets(tag))];
  }
  // What is added to the PMT.
  entry() {
    return Buffer.from([0x86, 0xe0 | cuePid >> 8, cuePid & 255, 0xf0, 6, 5, 4, ...Buffer.from('CUEI'),
      0x15, 0xe0 | tagPid >> 8, tagPid & 255, 0xf0, 15, 0x26, 13, 0xff, 0xff, ...Buffer.from('ID3 '), 0xff, ...Buffer.from('ID3 '), 0, 0x0f]);
  }
  // Behind the next packet of the stream. Returns the section.
  send(bytes) {
    this.waiting.push(bytes);
    return bytes;
  }
  // A tag at a PTS. Returns the tag.
  sendTag(tag, pts) {
    this.tags.push({ tag, pts });
    return tag;
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
  // Unlike sections, PES packets are stuffed in front.
  tagPackets({ tag, pts }) {
    const value = Math.round(pts);
    const time = [0x21 | Math.floor(value / 2 ** 29) & 0x0e, value / 2 ** 22 & 255, value / 2 ** 14 & 254 | 1, value / 2 ** 7 & 255, value * 2 & 254 | 1];
    const pes = Buffer.concat([Buffer.from([0, 0, 1, 0xbd, tag.length + 8 >> 8, tag.length + 8 & 255, 0x84, 0x80, 5, ...time]), tag]);
    const out = [];
    for (let at = 0; at < pes.length; at += 184) {
      const piece = pes.subarray(at, at + 184);
      const stuffing = 184 - piece.length;
      const field = Buffer.alloc(stuffing, 0xff);
      if (stuffing > 0) field[0] = stuffing - 1;
      if (stuffing > 1) field[1] = 0;
      const head = Buffer.from([0x47, (at === 0 ? 0x40 : 0) | tagPid >> 8, tagPid & 255, (stuffing > 0 ? 0x30 : 0x10) | this.tagCounter]);
      this.tagCounter = this.tagCounter + 1 & 15;
      out.push(Buffer.concat([head, field, piece]));
    }
    return out;
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

module.exports = { CueInserter, sealed, id3, spliceInsert, timeSignal, section };
