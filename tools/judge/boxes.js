// Reads the ISO boxes of init sections and CMAF chunks. Written against the format, not against our writer.
'use strict';

const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'mvex', 'moof', 'traf', 'dinf', 'edts']);

// Returns [{type, start, end, body, children}] with absolute offsets. Throws on a box that overruns.
function readBoxes(buffer, start = 0, end = buffer.length) {
  const boxes = [];
  while (start < end) {
    if (end - start < 8) throw new Error(`${end - start} stray bytes at ${start}`);
    let size = buffer.readUInt32BE(start);
    const type = buffer.toString('latin1', start + 4, start + 8);
    let header = 8;
    if (size === 1) {
      size = Number(buffer.readBigUInt64BE(start + 8));
      header = 16;
    }
    if (size < header || start + size > end) throw new Error(`box ${type} of ${size} bytes at ${start} overruns`);
    const box = { type, start, end: start + size, body: start + header, children: [] };
    if (CONTAINERS.has(type)) box.children = readBoxes(buffer, box.body, box.end);
    boxes.push(box);
    start += size;
  }
  return boxes;
}

function find(boxes, path) {
  const [type, ...rest] = path.split('/');
  const box = boxes.find((candidate) => candidate.type === type);
  return !box || rest.length === 0 ? box : find(box.children, rest.join('/'));
}

const hex = (value, digits = 2) => value.toString(16).toUpperCase().padStart(digits, '0');

// The descriptor of `tag` inside an esds, as [start, end].
function descriptor(buffer, at, end, tag) {
  while (at < end) {
    const found = buffer[at++];
    let size = 0;
    let byte;
    do {
      byte = buffer[at++];
      size = size * 128 + (byte & 0x7f);
    } while (byte & 0x80);
    if (found === tag) return [at, at + size];
    if (found === 0x03) at += 3; // ES_ID and flags, then the inner ones
    else if (found === 0x04) at += 13;
    else at += size;
  }
  throw new Error(`no descriptor ${tag} in esds`);
}

function audioCodec(buffer, config) {
  const [oti] = descriptor(buffer, config.body + 4, config.end, 0x04);
  if (buffer[oti] !== 0x40) return `mp4a.${buffer[oti].toString(16)}`;
  const [specific] = descriptor(buffer, config.body + 4, config.end, 0x05);
  let object = buffer[specific] >> 3;
  if (object === 31) object = 32 + (((buffer[specific] & 7) << 3) | (buffer[specific + 1] >> 5));
  return `mp4a.40.${object}`;
}

function hevcCodec(buffer, config, format) {
  const c = config.body;
  const profile = ['', 'A', 'B', 'C'][buffer[c + 1] >> 6] + (buffer[c + 1] & 0x1f);
  let compatibility = buffer.readUInt32BE(c + 2);
  let reversed = 0;
  for (let i = 0; i < 32; i++, compatibility >>>= 1) reversed = ((reversed << 1) | (compatibility & 1)) >>> 0;
  const constraints = [...buffer.subarray(c + 6, c + 12)];
  while (constraints.length && constraints.at(-1) === 0) constraints.pop();
  const tier = buffer[c + 1] & 0x20 ? 'H' : 'L';
  return [format, profile, reversed.toString(16).toUpperCase(), tier + buffer[c + 12],
    ...constraints.map((byte) => byte.toString(16).toUpperCase())].join('.');
}

function av1Codec(buffer, config) {
  const c = config.body;
  const profile = buffer[c + 1] >> 5;
  const level = buffer[c + 1] & 0x1f;
  const tier = buffer[c + 2] & 0x80 ? 'H' : 'M';
  const depth = buffer[c + 2] & 0x40 ? (buffer[c + 2] & 0x20 ? 12 : 10) : 8;
  return `av01.${profile}.${String(level).padStart(2, '0')}${tier}.${String(depth).padStart(2, '0')}`;
}

// RFC 6381 string recomputed from the sample entry (CM-27 to CM-30).
function codecOf(buffer, format, inner) {
  const config = (type) => inner.find((box) => box.type === type);
  switch (format) {
    case 'avc1': case 'avc3': {
      const c = config('avcC').body;
      return `${format}.${hex(buffer[c + 1]).toLowerCase()}${hex(buffer[c + 2]).toLowerCase()}${hex(buffer[c + 3]).toLowerCase()}`;
    }
    case 'hvc1': case 'hev1': return hevcCodec(buffer, config('hvcC'), format);
    case 'av01': return av1Codec(buffer, config('av1C'));
    case 'mp4a': return audioCodec(buffer, config('esds'));
    default: return format;
  }
}

// One track's init section: {timescale, handler, format, codec, width, height, sampleRate, channels, defaults, boxes}.
function readInit(buffer) {
  const boxes = readBoxes(buffer);
  const tracks = find(boxes, 'moov')?.children.filter((box) => box.type === 'trak') ?? [];
  if (boxes[0]?.type !== 'ftyp' || boxes[1]?.type !== 'moov') throw new Error('CM-1: not ftyp and moov');
  if (tracks.length !== 1) throw new Error(`CM-3: ${tracks.length} tracks`);
  const mdhd = find(tracks[0].children, 'mdia/mdhd');
  const hdlr = find(tracks[0].children, 'mdia/hdlr');
  const stsd = find(tracks[0].children, 'mdia/minf/stbl/stsd');
  const trex = find(boxes, 'moov/mvex/trex');
  if (!mdhd || !hdlr || !stsd || !trex) throw new Error('CM-2: mdhd, hdlr, stsd or trex is missing');
  const entry = stsd.body + 8;
  const format = buffer.toString('latin1', entry + 4, entry + 8);
  const handler = buffer.toString('latin1', hdlr.body + 8, hdlr.body + 12);
  const video = handler === 'vide';
  const inner = readBoxes(buffer, entry + (video ? 86 : 36), entry + buffer.readUInt32BE(entry));
  const brands = [];
  for (let at = boxes[0].body; at < boxes[0].end; at += at === boxes[0].body ? 8 : 4) brands.push(buffer.toString('latin1', at, at + 4));
  return {
    handler, format, brands,
    timescale: buffer.readUInt32BE(mdhd.body + (buffer[mdhd.body] === 1 ? 20 : 12)),
    codec: codecOf(buffer, format, inner),
    entryBoxes: inner.map((box) => box.type),
    width: video ? buffer.readUInt16BE(entry + 32) : 0,
    height: video ? buffer.readUInt16BE(entry + 34) : 0,
    channels: video ? 0 : buffer.readUInt16BE(entry + 24),
    sampleRate: video ? 0 : buffer.readUInt32BE(entry + 32) >>> 16,
    defaultDuration: buffer.readUInt32BE(trex.body + 12),
    defaultFlags: buffer.readUInt32BE(trex.body + 20),
  };
}

function readTrun(buffer, trun, defaults) {
  const flags = buffer.readUIntBE(trun.body + 1, 3);
  const count = buffer.readUInt32BE(trun.body + 4);
  let at = trun.body + 8;
  const dataOffset = flags & 0x1 ? buffer.readInt32BE(at) : 0;
  if (flags & 0x1) at += 4;
  const first = flags & 0x4 ? buffer.readUInt32BE(at) : null;
  if (flags & 0x4) at += 4;
  const samples = [];
  const next = () => {
    at += 4;
    return buffer.readUInt32BE(at - 4);
  };
  for (let i = 0; i < count; i++) {
    const sample = { ...defaults };
    if (flags & 0x100) sample.duration = next();
    if (flags & 0x200) sample.size = next();
    if (flags & 0x400) sample.flags = next();
    if (flags & 0x800) sample.offset = buffer[trun.body] === 1 ? next() | 0 : next();
    if (i === 0 && first !== null) sample.flags = first;
    sample.sync = (sample.flags & 0x10000) === 0;
    samples.push(sample);
  }
  if (at !== trun.end) throw new Error(`trun has ${trun.end - at} stray bytes`);
  return { samples, dataOffset };
}

// The chunks of a part or segment: [{sequence, decodeTime, duration, samples, problems: [[rule, text]]}].
function readChunks(buffer, init) {
  const boxes = readBoxes(buffer);
  const chunks = [];
  for (const [index, moof] of boxes.entries()) {
    if (moof.type !== 'moof') continue;
    const problems = [];
    const trafs = moof.children.filter((box) => box.type === 'traf');
    if (trafs.length !== 1) throw new Error(`CM-10: ${trafs.length} traf in a moof`);
    const mfhd = find(moof.children, 'mfhd');
    const tfhd = find(trafs[0].children, 'tfhd');
    const tfdt = find(trafs[0].children, 'tfdt');
    const truns = trafs[0].children.filter((box) => box.type === 'trun');
    if (!mfhd || !tfhd || !tfdt || truns.length !== 1) throw new Error('CM-10/CM-11: mfhd, tfhd, tfdt or the one trun is missing');
    const flags = buffer.readUIntBE(tfhd.body + 1, 3);
    if (!(flags & 0x20000) || flags & 0x1) problems.push(['CM-10', 'not default-base-is-moof, or a base data offset']);
    if (buffer[tfdt.body] !== 1) problems.push(['CM-11', 'tfdt is not version 1']);
    let at = tfhd.body + 8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0);
    const defaults = { duration: init.defaultDuration, size: 0, flags: init.defaultFlags, offset: 0 };
    for (const [bit, key] of [[0x8, 'duration'], [0x10, 'size'], [0x20, 'flags']]) {
      if (!(flags & bit)) continue;
      defaults[key] = buffer.readUInt32BE(at);
      at += 4;
    }
    const { samples, dataOffset } = readTrun(buffer, truns[0], defaults);
    const mdat = boxes[index + 1];
    const bytes = samples.reduce((sum, sample) => sum + sample.size, 0);
    if (mdat?.type !== 'mdat') problems.push(['CM-9', 'no mdat after moof']);
    else if (moof.start + dataOffset !== mdat.body || bytes !== mdat.end - mdat.body) {
      problems.push(['CM-25', `samples of ${bytes} bytes at ${moof.start + dataOffset}, mdat of ${mdat.end - mdat.body} at ${mdat.body}`]);
    }
    if (samples.some((sample) => sample.duration === 0 || sample.duration > 0x7fffffff)) problems.push(['CM-26', 'a sample of duration 0 or below']);
    chunks.push({
      sequence: buffer.readUInt32BE(mfhd.body + 4),
      decodeTime: buffer.readBigUInt64BE(tfdt.body + 4),
      duration: samples.reduce((sum, sample) => sum + sample.duration, 0),
      samples, problems,
    });
  }
  return { chunks, types: boxes.map((box) => box.type) };
}

module.exports = { readInit, readChunks, readBoxes };
