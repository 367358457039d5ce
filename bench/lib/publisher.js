// Publishes a file in real time with ffmpeg and notes when each frame left: the same process writes every frame to a pipe
// as well, flushed, and the clock is read when it arrives there.
'use strict';
const crypto = require('node:crypto');
const { spawn } = require('node:child_process');
const { readChunks } = require('../../tools/judge/boxes');

const now = () => performance.timeOrigin + performance.now(); // ms since 1970, with fraction
const isSlice = (type) => type === 1 || type === 5;
const hash = (slices) => crypto.createHash('md5').update(slices).digest('latin1');

// Cuts an Annex B stream into access units, each known by the hash of its slices.
class AccessUnits {
  constructor(onUnit) {
    Object.assign(this, { onUnit, pending: Buffer.alloc(0), at: 0, slices: [] });
  }
  feed(data, at) {
    this.pending = Buffer.concat([this.pending, data]);
    for (;;) {
      const begin = this.pending.indexOf('\0\0\x01', 0, 'latin1');
      const end = begin < 0 ? -1 : this.pending.indexOf('\0\0\x01', begin + 3, 'latin1');
      if (end < 0) break;
      let last = end;
      while (last > begin && this.pending[last - 1] === 0) last -= 1;
      this.unit(this.pending.subarray(begin + 3, last), this.at);
      this.pending = this.pending.subarray(end);
      this.at = at;
    }
    if (this.at === 0) this.at = at;
    this.last = at;
  }
  // A slice that starts a picture (first_mb_in_slice 0: its first bit is 1) ends the picture before.
  unit(nal, at) {
    if (!isSlice(nal[0] & 31)) return;
    if (nal[1] & 0x80) this.flush();
    this.slices.push(Buffer.from(nal));
    this.sliceAt ??= at;
  }
  flush() {
    if (this.slices.length) this.onUnit(hash(Buffer.concat(this.slices)), this.sliceAt);
    this.slices = [];
    this.sliceAt = undefined;
  }
}

// The hashes of the frames in a CMAF part.
function framesOfPart(bytes, init) {
  const { chunks } = readChunks(bytes, init);
  const frames = [];
  let mdat = bytes.indexOf('mdat', 0, 'latin1') + 4;
  for (const { size } of chunks[0].samples) {
    const slices = [];
    for (let at = mdat; at < mdat + size;) {
      const length = bytes.readUInt32BE(at);
      if (isSlice(bytes[at + 4] & 31)) slices.push(bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    frames.push(hash(Buffer.concat(slices)));
    mdat += size;
  }
  return frames;
}
// The hashes of the frames in an Annex B stream.
function framesOfAnnexB(bytes) {
  const frames = [];
  const units = new AccessUnits((id) => frames.push(id));
  units.feed(Buffer.concat([bytes, Buffer.from([0, 0, 1, 9, 0, 0, 1])]), 1);
  units.flush();
  return frames;
}

// → {times: Map of hash to the times (ms since 1970) at which that frame left, order: [ms], first, stop()}
function publish(file, output) {
  const child = spawn('ffmpeg', ['-nostdin', '-v', 'error', '-re', '-stream_loop', '-1', '-i', file, '-map', '0', '-c', 'copy', ...output,
    '-map', '0:v', '-c', 'copy', '-bsf:v', 'h264_mp4toannexb', '-flush_packets', '1', '-f', 'h264', 'pipe:1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const publisher = { times: new Map(), order: [], first: null, child };
  const units = new AccessUnits((id, at) => {
    publisher.first ??= at;
    publisher.order.push(at);
    publisher.times.set(id, [...(publisher.times.get(id) ?? []), at]);
  });
  child.stdout.on('data', (data) => units.feed(data, now()));
  publisher.stop = () => new Promise((resolve) => { child.on('close', resolve); child.kill('SIGKILL'); });
  // ms between a frame's leaving and `at`; undefined for a frame that never left.
  publisher.age = (id, at) => {
    const left = publisher.times.get(id)?.filter((time) => time <= at).at(-1);
    return left === undefined ? undefined : at - left;
  };
  return publisher;
}

module.exports = { publish, framesOfPart, framesOfAnnexB, now };
