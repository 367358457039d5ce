// Feeds whose pictures carry captions, and what of them is in the pictures that viewers get.
'use strict';
const { execFileSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const execFile = require('node:util').promisify(require('node:child_process').execFile);
const { seiUnit } = require('./sei');

const kept = path.join(os.tmpdir(), 'kickoff-test-media');

const odd = (byte) => (byte.toString(2).replaceAll('0', '').length % 2 ? byte : byte | 0x80);
const field1 = (first, second) => [0xfc, odd(first), odd(second)];
const nothing = (kind) => [kind, 0x80, 0x80];

// CEA-608 of channel CC1, a pair a picture: every two seconds a line rolls up, "PICTURE 00050".
function* line21(period) {
  for (let picture = 0; ; picture += period) {
    const text = `PICTURE ${String(picture).padStart(5, '0')} `;
    for (const control of [0x25, 0x2d, 0x70]) {
      yield field1(0x14, control);
      yield field1(0x14, control);
    }
    for (let at = 0; at < text.length; at += 2) yield field1(text.charCodeAt(at), text.charCodeAt(at + 1));
    for (let rest = period - 6 - text.length / 2; rest > 0; rest--) yield nothing(0xfc);
  }
}
// CEA-708: a packet a picture, whose two characters for service 1 are the picture's number in base 94. `codes`: for service 2.
function digital(number, codes = []) {
  const bytes = [0x22, 0x21 + Math.floor(number / 94) % 94, 0x21 + number % 94, ...(codes.length ? [2 << 5 | codes.length, ...codes] : [])];
  if (bytes.length % 2 === 0) bytes.push(0);
  const packet = [(number % 4) << 6 | (bytes.length + 1) / 2, ...bytes];
  return Array.from({ length: packet.length / 2 }, (_, i) => [i === 0 ? 0xff : 0xfe, packet[2 * i], packet[2 * i + 1]]);
}
// Pop-on captions for a service of CEA-708, "PICTURE 00060" and a line of characters of all its sets: written from picture 60 on, shown
// from 75 on, gone at 105.
const popOn = { second: '♪ Café™ 한', korean: '한글자막', shown: 15, gone: 45 };
function windows(number, period, korean = false) {
  const latin = (text) => [...Buffer.from(text, 'latin1')];
  const name = String(number - number % period).padStart(5, '0');
  switch (number % period) {
    case 0: return [0x98, 0x00, 20, 0, 0x01, 31, 0x00, ...latin(`PICTURE ${name}`)]; // define window 0, hidden, of two rows
    case 1: if (korean) return [0x80, 0x0d, 0x18, 0xc7, 0xd1, 0x18, 0xb1, 0xdb, 0x18, 0xc0, 0xda, 0x18, 0xb8, 0xb7]; // EUC-KR
      return [0x80, 0x0d, 0x7f, ...latin(' Caf\xe9'), 0x10, 0x39, 0x20, 0x18, 0xd5, 0x5c];
    case popOn.shown: return [0x89, 0x01];
    case popOn.gone: return [0x8c, 0x01];
    default: return [];
  }
}
// The number of each whole packet of `digital` among triplets, in their order.
function numbersIn(triplets) {
  const numbers = [];
  for (let at = 0; at + 3 <= triplets.length; at += 3) {
    if (triplets[at] !== 0xff) continue;
    let next = at + 3;
    while (next + 3 <= triplets.length && (triplets[next] & 3) < 2) next += 3; // line 21 may lie between
    if (triplets[next] === 0xfe) numbers.push(94 * (triplets[next + 1] - 0x21) + triplets[next + 2] - 0x21);
  }
  return numbers;
}
// The text of CC1 among triplets, without control codes.
function textIn(triplets) {
  let text = '';
  for (let at = 0; at + 3 <= triplets.length; at += 3) {
    const pair = [triplets[at + 1] & 0x7f, triplets[at + 2] & 0x7f];
    if ((triplets[at] & 7) === 4 && pair[0] >= 0x20) text += String.fromCharCode(...pair.filter((byte) => byte >= 0x20));
  }
  return text;
}

function sei(triplets, hevc) {
  const message = [0xb5, 0x00, 0x31, ...Buffer.from('GA94'), 0x03, 0xc0 | triplets.length, 0xff, ...triplets.flat(), 0xff];
  return seiUnit(4, message, hevc);
}
// Puts captions in front of the first slice of each access unit, each of which begins with a delimiter. REQUIRES: pictures are coded in
// the order in which they are shown.
function insert(stream, hevc, period, codes = () => []) {
  const pieces = [];
  const pairs = line21(period);
  let number = 0;
  let wanted = false;
  let from = 0;
  for (let at = stream.indexOf('000001', 0, 'hex'); at >= 0; at = stream.indexOf('000001', at + 3, 'hex')) {
    const type = hevc ? stream[at + 3] >> 1 & 0x3f : stream[at + 3] & 0x1f;
    if (type === (hevc ? 35 : 9)) wanted = true;
    if (!wanted || !(hevc ? type < 32 : type >= 1 && type <= 5)) continue;
    const begin = stream[at - 1] === 0 ? at - 1 : at;
    pieces.push(stream.subarray(from, begin), sei([pairs.next().value, nothing(0xfd), ...digital(number, codes(number))], hevc));
    number++;
    from = begin;
    wanted = false;
  }
  return Buffer.concat([...pieces, stream.subarray(from)]);
}

// A transport stream of a moving picture with captions. given: rate, codec 'h264'|'hevc', interlaced, seconds, size; windows: with those of
// `windows` for service 2, in Korean if that is 'korean'.
function captioned(given = {}) {
  const o = { rate: 30, codec: 'h264', interlaced: false, seconds: 60, size: '426x240', ...given };
  fs.mkdirSync(kept, { recursive: true });
  const file = path.join(kept, `captions-${crypto.createHash('sha1').update(JSON.stringify(o)).digest('hex').slice(0, 12)}.ts`);
  if (fs.existsSync(file)) return file;
  const hevc = o.codec === 'hevc';
  const part = `${file}.${process.pid}`;
  const common = ['-pix_fmt', 'yuv420p', '-g', String(2 * o.rate), '-bf', '0', '-b:v', '400k', '-an'];
  const coder = hevc ? ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', `log-level=error:bframes=0:scenecut=0:aud=1:repeat-headers=1:keyint=${2 * o.rate}`]
    : ['-c:v', 'libx264', '-preset', 'ultrafast', '-sc_threshold', '0', '-x264-params', `aud=1${o.interlaced ? ':tff=1' : ''}`, ...(o.interlaced ? ['-flags', '+ildct+ilme'] : [])];
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=size=${o.size}:rate=${o.rate}:duration=${o.seconds}`, ...coder, ...common, '-f', o.codec, part]);
  fs.writeFileSync(part, insert(fs.readFileSync(part), hevc, 2 * o.rate, o.windows ? (number) => windows(number, 2 * o.rate, o.windows === 'korean') : () => []));
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-r', String(o.rate), '-f', o.codec, '-i', part, '-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${o.seconds}`,
    '-c:v', 'copy', '-c:a', 'aac', '-b:a', '128k', '-f', 'mpegts', `${part}.ts`]);
  fs.rmSync(part);
  fs.renameSync(`${part}.ts`, file);
  return file;
}

// The caption triplets of an MP4 file, in the order in which its pictures are shown, as ffmpeg's decoder reads them.
async function tripletsIn(bytes) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-captions-'));
  try {
    fs.writeFileSync(path.join(directory, 'rung.mp4'), bytes);
    const { stdout } = await execFile('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', `movie=${directory}/rung.mp4[out0+subcc]`, '-map', '0:s', '-c', 'copy', '-f', 'data', '-'],
      { encoding: 'buffer', maxBuffer: 1 << 26, timeout: 90000 });
    return stdout;
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

// The same of a media playlist's segments.
async function triplets(url) {
  const text = await (await fetch(url)).text();
  const names = [/#EXT-X-MAP:URI="([^"]+)"/.exec(text)[1], ...text.split('\n').filter((line) => line && !line.startsWith('#'))];
  const bytes = await Promise.all(names.map(async (name) => Buffer.from(await (await fetch(new URL(name, url))).arrayBuffer())));
  return tripletsIn(Buffer.concat(bytes));
}

module.exports = { captioned, insert, triplets, tripletsIn, numbersIn, textIn, digital, windows, popOn };
