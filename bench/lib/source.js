// The benches' picture: moving detail with grain, and a 12-bit binary counter of frames in its top left corner (blocks of a
// eighteenth of the height, lowest bit first), so that a frame can be identified after any number of encodings.
'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const bits = 12;

// → path of an MP4: H.264 High without B-frames, key frame each second, AAC. Kept in the temporary directory.
function source({ width = 1280, height = 720, rate = 30, bitrate = '4M', seconds = 60 } = {}) {
  const file = path.join(os.tmpdir(), `kickoff-bench-${width}x${height}-${rate}-${bitrate}-${seconds}.mp4`);
  if (fs.existsSync(file)) return file;
  const side = Math.floor(height / 18);
  const blocks = Array.from({ length: bits }, (_, bit) => `drawbox=x=${bit * side}:y=0:w=${side}:h=${side}:color=white:t=fill:enable='mod(floor(n/${2 ** bit}),2)'`);
  const graph = [`mandelbrot=size=${width}x${height}:rate=${rate}[zoom]`, `testsrc2=size=${width / 2}x${height / 2}:rate=${rate}[inset]`,
    `[zoom][inset]overlay=x='mod(40*t\\,${width / 2})':y=${height / 3},noise=alls=4:allf=t,drawbox=x=0:y=0:w=${bits * side}:h=${side}:color=black:t=fill,${blocks.join(',')},format=yuv420p`].join(';');
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-filter_complex', graph, '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000',
    '-t', String(seconds), '-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-bf', '0', '-g', String(rate), '-keyint_min', String(rate), '-sc_threshold', '0',
    '-b:v', bitrate, '-maxrate', bitrate, '-bufsize', bitrate, '-c:a', 'aac', '-b:a', '128k', '-ac', '2', '-movflags', '+faststart', `${file}.part.mp4`], { stdio: ['ignore', 'inherit', 'inherit'] });
  fs.renameSync(`${file}.part.mp4`, file);
  return file;
}

// The counter in a picture of brightness values, one byte a pixel.
function counterOf(luma, width, height) {
  const side = Math.floor(height / 18);
  let value = 0;
  for (let bit = 0; bit < bits; bit++) {
    const x = Math.floor((bit + 0.5) * side);
    if (luma[Math.floor(side / 2) * width + x] > 128) value += 2 ** bit;
  }
  return value;
}

module.exports = { source, counterOf, bits };
