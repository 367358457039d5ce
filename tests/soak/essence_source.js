// A feed that carries everything at once: captions (608, 708) and time code in its pictures, 5.1 with a beep in step with them, and, put in
// as it is sent, teletext, splices and timed metadata. The same bytes go to both feeds of a channel, over SRT: a busy machine loses datagrams.
'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { run } = require('../integration/harness');
const { TsSender } = require('../integration/ts_sender');
const { insert } = require('../integration/captions');
const { timed } = require('../integration/time_code_inserter');
const { CueInserter, spliceInsert, id3 } = require('../integration/cue_inserter');
const { TeletextInserter, header, row } = require('../integration/teletext_inserter');

const rate = 25;
const period = 2 * rate; // pictures from one caption, and one subtitle, to the next
const shown = 38; // pictures for which a subtitle is there
const page = 0x888;
const clip = 40; // s that are encoded, and then repeated: whole turns of the square, and whole groups of pictures

// The pictures and the beep are those that lip_sync.js knows. → file
function made(directory, seconds) {
  const stream = path.join(directory, 'pictures.h264');
  const file = path.join(directory, 'everything.ts');
  const ffmpeg = (...args) => execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
  ffmpeg('-f', 'lavfi', '-i', `color=red:size=640x360:rate=${rate}:duration=${clip}[ground];color=white:size=16x16:rate=${rate}:duration=${clip}[square];` +
    "[ground][square]overlay=x='mod(16*n,640)':y=0:shortest=1", '-c:v', 'libx264', '-preset', 'ultrafast', '-sc_threshold', '0', '-x264-params', 'aud=1:pic-struct=1',
  '-pix_fmt', 'yuv420p', '-g', String(period), '-keyint_min', String(period), '-bf', '0', '-b:v', '400k', '-f', 'h264', stream);
  const pictures = Buffer.concat(Array(Math.ceil(seconds / clip)).fill(fs.readFileSync(stream)));
  fs.writeFileSync(stream, timed(insert(pictures, false, period), { rate, start: 10 * 3600 * 1000 }));
  ffmpeg('-r', String(rate), '-f', 'h264', '-i', stream, '-f', 'lavfi', '-i', `sine=frequency=440:beep_factor=4:sample_rate=48000:duration=${seconds},pan=5.1|FL=c0|FR=c0|FC=.5*c0|LFE=0*c0|BL=.5*c0|BR=.5*c0`,
    '-c:v', 'copy', '-c:a', 'ac3', '-b:a', '384k', '-f', 'mpegts', file);
  fs.rmSync(stream);
  return file;
}

function pages(picture) {
  const at = picture % period;
  if (at === 0) return [header(page), row(page, 20, `PICTURE ${String(picture).padStart(5, '0')}`)];
  return at === shown ? [header(page)] : null;
}

class Source extends TsSender {
  // addresses: of SRT, by feed.
  constructor(file, addresses) {
    super(file);
    const feeds = Object.entries(addresses).map(([name, address]) => [name, run('srt-live-transmit', ['-q', '-chunk:1316', 'file://con', address], { stdio: ['pipe', 'ignore', 'pipe'] })]);
    for (const [, { child }] of feeds) child.stdin.on('error', () => {}); // its end is seen as a feed that is lost
    Object.assign(this, { feeds: Object.fromEntries(feeds), lost: new Set(), splices: [], tags: [], teletext: new TeletextInserter(pages), cues: new CueInserter() });
    this.spoil((packet) => this.teletext.packet(packet).flatMap((one) => this.cues.packet(one)));
  }
  flush() {
    const bytes = Buffer.concat(this.queue);
    this.queue = [];
    for (const [name, { child }] of Object.entries(this.feeds)) if (!this.lost.has(name)) child.stdin.write(bytes);
  }
  async stop() {
    await super.stop();
    await Promise.all(Object.values(this.feeds).map((feed) => feed.stop('SIGKILL')));
  }
  // The number of the picture at a PTS, a fraction between two.
  pictureOf(pts) { return this.teletext.pictures - 1 + (pts - this.teletext.newest) * rate / 90000; }
  // A break of `seconds` that begins 4 s from now, said three times over a second and a half, and its end likewise.
  async announce(seconds) {
    const pts = this.cues.newest + 4 * 90000;
    const id = 100 + this.splices.length;
    const splice = { id, picture: this.pictureOf(pts), seconds, out: spliceInsert({ id, pts, seconds }), back: spliceInsert({ id, pts: pts + seconds * 90000, out: false }) };
    this.splices.push(splice);
    for (const section of [splice.out, splice.back]) {
      for (let i = 0; i < 3; i++) {
        this.cues.send(section);
        await new Promise((resolve) => { setTimeout(resolve, 500); });
      }
    }
  }
  tag() {
    const pts = this.cues.newest + 90000;
    this.tags.push({ picture: this.pictureOf(pts), data: this.cues.sendTag(id3('number', String(this.tags.length)), pts) });
  }
}

module.exports = { made, Source, rate, period };
