// Lip sync of what a player gets, by the sources with a `ground` (media.js): a square moves by its width with every
// frame, and the first of 40 shows it in the second place; a beep sounds with every 25th. So a beep begins with a frame that shows it in
// place 1, 6, 11 …: in the files themselves the two are in step to the sample.
'use strict';
const { run } = require('./harness');

const fives = 5 * 0.04; // s between two such frames

// Seconds by which beeps come after their pictures, the median of the newest segments, modulo 0.2; null if there is nothing to tell by.
async function lipSync(url, height) {
  const child = run('ffmpeg', ['-nostdin', '-v', 'info', '-live_start_index', '-5', '-t', '8', '-i', url,
    '-filter_complex', `[0:v:0]crop=iw:${Math.round(16 * height / 360)}:0:0,scale=40:1:flags=area,format=gray,showinfo[v];[0:a:0]highpass=f=1300:poles=2,highpass=f=1300:poles=2,silencedetect=n=-35dB:d=0.2[a]`,
    '-map', '[v]', '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1', '-map', '[a]', '-f', 'null', '-'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  let said = '';
  child.child.stdout.on('data', (data) => chunks.push(data));
  child.child.stderr.on('data', (data) => { said += data; });
  const timer = setTimeout(() => child.child.kill('SIGKILL'), 60000);
  await child.ended;
  clearTimeout(timer);
  const pixels = Buffer.concat(chunks);
  const times = [...said.matchAll(/showinfo.* pts_time:(\S+)/g)].map((match) => Number(match[1]));
  const beeps = [...said.matchAll(/silence_end: (\S+)/g)].map((match) => Number(match[1]));
  const marked = times.filter((_, i) => {
    const row = pixels.subarray(40 * i, 40 * i + 40);
    return row.length === 40 && row.indexOf(Math.max(...row)) % 5 === 1;
  });
  const skews = beeps.flatMap((beep) => {
    const nearest = marked.reduce((best, time) => (Math.abs(beep - time) < Math.abs(beep - best) ? time : best), Infinity);
    return Math.abs(beep - nearest) <= fives / 2 ? [beep - nearest] : [];
  }).sort((a, b) => a - b);
  return skews.length ? skews[Math.floor(skews.length / 2)] : null;
}

module.exports = { lipSync };
