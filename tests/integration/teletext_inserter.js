// Puts DVB teletext into a transport stream that ffmpeg makes, as an inserter of subtitles does: a PID of its own in the PMT with its
// pages, and pages on it, each with the PTS of a picture. [EN 300 472, EN 300 706]
'use strict';
const { CueInserter } = require('./cue_inserter');

const teletextPid = 0x221;
const bitmapPid = 0x222;
const hammingBytes = [0x15, 0x02, 0x49, 0x5e, 0x64, 0x73, 0x38, 0x2f, 0xd0, 0xc7, 0x8c, 0x9b, 0xa1, 0xb6, 0xfd, 0xea];
const ones = (byte) => byte.toString(2).replaceAll('0', '').length;
const withParity = (byte) => (ones(byte & 0x7f) % 2 ? byte & 0x7f : byte & 0x7f | 0x80);
const reversed = (byte) => parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2);

// The 42 bytes of a packet: its address, then `bytes`, then blanks.
function line(magazine, row, bytes) {
  const out = Buffer.alloc(42, withParity(0x20));
  out.set([hammingBytes[magazine & 7 | (row & 1) << 3], hammingBytes[row >> 1], ...bytes].slice(0, 42));
  return out;
}
// page: 0x888 is 888. national: as sent, C12 first. It erases what was there, and is a subtitle.
function header(page, national = 0) {
  const nibbles = [page & 15, page >> 4 & 15, 0, 8, 0, 8, 1, national << 1];
  return line(page >> 8, 0, nibbles.map((nibble) => hammingBytes[nibble]));
}
// Of double height, in a box, in a colour.
const row = (page, number, text) => line(page >> 8, number, [...Buffer.from(`  \x0d\x0b\x0b\x03${text}\x0a\x0a`, 'latin1')].map(withParity));

// The data field of a PES packet: EBU data units, filled up as its length wants.
function units(lines) {
  const all = lines.map((bytes) => Buffer.from([0x03, 44, 0xe7, 0xe4, ...[...bytes].map(reversed)]));
  while ((1 + all.length * 46 + 45) % 184) all.push(Buffer.from([0xff, 44, ...Buffer.alloc(44, 0xff)]));
  return Buffer.concat([Buffer.from([0x10]), ...all]);
}
// With a header of 45 bytes. Units: pts in ticks of 90 kHz, below 2 ** 33.
function pes(pts, data) {
  const head = Buffer.alloc(45, 0xff);
  const length = head.length + data.length - 6;
  const high = Math.floor(pts / 2 ** 30);
  head.set([0, 0, 1, 0xbd, length >> 8, length & 255, 0x84, 0x80, 0x24,
    0x21 | high << 1, pts >>> 22 & 0xff, pts >>> 14 & 0xfe | 1, pts >>> 7 & 0xff, pts << 1 & 0xfe | 1]);
  return Buffer.concat([head, data]);
}

class TeletextInserter extends CueInserter {
  // pages: (number of the picture) → [lines] for the page that is shown from it on, or nothing.
  constructor(pages) {
    super();
    Object.assign(this, { pages, pictures: 0 });
  }
  entry() {
    const described = [...Buffer.from('eng'), 0x10, 0x88, ...Buffer.from('deu'), 0x28, 0x89];
    const bitmaps = [...Buffer.from('fra'), 0x10, 0, 1, 0, 1];
    return Buffer.from([0x06, 0xe0 | teletextPid >> 8, teletextPid & 255, 0xf0, 2 + described.length, 0x56, described.length, ...described,
      0x06, 0xe0 | bitmapPid >> 8, bitmapPid & 255, 0xf0, 2 + bitmaps.length, 0x59, bitmaps.length, ...bitmaps]);
  }
  note(bytes) {
    super.note(bytes);
    const lines = this.pages(this.pictures++);
    if (lines) this.send(pes(this.newest, units(lines)));
  }
  packets(whole) {
    const out = [];
    for (let at = 0; at < whole.length; at += 184) {
      out.push(Buffer.concat([Buffer.from([0x47, (at === 0 ? 0x40 : 0) | teletextPid >> 8, teletextPid & 255, 0x10 | this.counter]), whole.subarray(at, at + 184)]));
      this.counter = this.counter + 1 & 15;
    }
    return out;
  }
}

module.exports = { TeletextInserter, header, row };
