// Sources, encoded once and kept in the temporary directory, and the real programs that push them.
'use strict';
const { execFileSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { run } = require('./harness');

const kept = path.join(os.tmpdir(), 'kickoff-test-media');

// One minute of a moving picture with a tone. Options:
//   rate '25', gop (frames), keys: where there are key frames besides, as an expression of ffmpeg's -force_key_frames (H.264), bframes, openGop, codec 'h264'|'hevc'|'mpeg2video', size, video false: none
//   hdr 'smpte2084'|'arib-std-b67': a grey picture of that many tenths of a percent of the signal, `grey`, in 10-bit HEVC of BT.2020;
//     light: with the mastering display and the light levels of HDR10
//   pixels 'yuv422p10le' and the like, aspect of a pixel '16/15', range 'pc' (full), of H.264
//   ground: in place of the test picture one colour, with a white square that moves by its width a frame: see pictures(); grain: with noise
//     over it, so that the bit rate is reached
//   audio 'aac'|'mp2'|'ac3'|'eac3'|'libopus'|null, sampleRate, channels, seconds, format 'mp4'|'ts'
//   lively: the tone's loudness changes six times a second, as no beat does
function source(given = {}) {
  const o = { rate: '30', gop: 60, bframes: 0, openGop: false, codec: 'h264', size: '640x360', bitrate: '800k', video: true, audio: 'aac', sampleRate: 48000, channels: 2, seconds: 60, format: 'mp4', ...given };
  fs.mkdirSync(kept, { recursive: true });
  const file = path.join(kept, `${crypto.createHash('sha1').update(JSON.stringify(o)).digest('hex').slice(0, 12)}.${o.format}`);
  if (fs.existsSync(file)) return file;
  const args = ['-nostdin', '-v', 'error', '-y'];
  if (o.hdr) args.push('-f', 'lavfi', '-i', `color=size=${o.size}:rate=${o.rate}:duration=${o.seconds},format=yuv420p10le,lutyuv=y=${Math.round(64 + 876 * o.grey / 1000)}:u=512:v=512`);
  else if (o.ground) {
    args.push('-f', 'lavfi', '-i', `color=${o.ground}:size=640x360:rate=${o.rate}:duration=${o.seconds}[ground];` +
      `color=white:size=16x16:rate=${o.rate}:duration=${o.seconds}[square];[ground][square]overlay=x='mod(16*n,640)':y=0:shortest=1,scale=${o.size}${o.grain ? ',noise=alls=40:allf=t' : ''}`);
  } else if (o.video) args.push('-f', 'lavfi', '-i', `testsrc2=size=${o.size}:rate=${o.rate}:duration=${o.seconds}`);
  if (o.audio && o.lively) {
    const loudness = 'pow(abs(mod(sin(floor(6*t)*12.9898)*43758.5453,1)),2)';
    args.push('-f', 'lavfi', '-i', `aevalsrc=exprs='0.6*${loudness}*sin(2*PI*440*t)':sample_rate=${o.sampleRate}:duration=${o.seconds}`);
  } else if (o.audio) args.push('-f', 'lavfi', '-i', `sine=frequency=440:beep_factor=4:sample_rate=${o.sampleRate}:duration=${o.seconds}`);
  const rate = ['-b:v', o.bitrate, '-maxrate', o.bitrate, '-bufsize', o.bitrate];
  const common = ['-pix_fmt', o.pixels ?? 'yuv420p', ...(o.aspect ? ['-vf', `setsar=${o.aspect}`] : []), ...(o.range ? ['-color_range', o.range] : []), '-g', String(o.gop), '-bf', String(o.bframes), ...rate];
  if (o.hdr) {
    args.push('-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', `log-level=error:keyint=${o.gop}:min-keyint=${o.gop}:scenecut=0:bframes=0:colorprim=bt2020:transfer=${o.hdr}:colormatrix=bt2020nc${o.light ? ':hdr10=1:max-cll=1000,400:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)' : ''}`, '-pix_fmt', 'yuv420p10le', ...rate);
  } else if (o.video && o.codec === 'h264') {
    args.push('-c:v', 'libx264', '-preset', 'ultrafast', '-sc_threshold', '0', '-keyint_min', String(o.openGop ? 1 : o.gop), ...(o.keys ? ['-force_key_frames', `expr:${o.keys}`] : []), ...common);
    if (o.openGop) args.push('-x264-params', 'open-gop=1');
  } else if (o.video && o.codec === 'hevc') {
    args.push('-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', `log-level=error:keyint=${o.gop}:min-keyint=${o.gop}:scenecut=0:bframes=${o.bframes}:open-gop=0`, '-pix_fmt', 'yuv420p', ...rate);
  } else if (o.video) {
    args.push('-c:v', o.codec, ...common);
  }
  if (o.audio) args.push('-c:a', o.audio, '-b:a', '128k', '-ac', String(o.channels), '-strict', '-2');
  const part = `${file}.${process.pid}`;
  execFileSync('ffmpeg', [...args, '-f', o.format === 'ts' ? 'mpegts' : o.format, part]);
  fs.renameSync(part, file); // two test files may make the same one at once
  return file;
}

// The pictures of `seconds` of a playlist, of sources with a `ground`: [{ground: 'red'|'blue', square}], where the square is at 0 to 39.
// Height: of the rendition. Rate: that many a second, whatever comes; without it those that come. From: the segment, counted from the
// playlist's beginning, or, below 0, from its end.
async function pictures(url, seconds, height, rate, from = 0) {
  const child = run('ffmpeg', ['-nostdin', '-v', 'error', '-live_start_index', String(from), '-i', url, '-t', String(seconds), '-map', '0:v:0',
    ...(rate ? ['-fps_mode', 'cfr', '-r', String(rate)] : ['-fps_mode', 'passthrough']),
    '-vf', `crop=iw:${Math.round(16 * height / 360)}:0:0,scale=40:1:flags=area,format=rgb24`, '-f', 'rawvideo', '-'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  child.child.stdout.on('data', (data) => chunks.push(data));
  await child.ended;
  const bytes = Buffer.concat(chunks);
  const found = [];
  for (let at = 0; at + 120 <= bytes.length; at += 120) {
    const pixels = Array.from({ length: 40 }, (_, x) => [...bytes.subarray(at + 3 * x, at + 3 * x + 3)]);
    const square = pixels.reduce((best, [, green], x) => (green > pixels[best][1] ? x : best), 0);
    const [red, , blue] = pixels[(square + 20) % 40];
    found.push({ ground: red > blue ? 'red' : 'blue', square });
  }
  return found;
}

const again = (file) => ['-nostdin', '-v', 'warning', '-re', '-stream_loop', '-1', '-i', file];

// Pushes with ffmpeg over RTMP or RTMPS until stopped.
function pushRtmp(file, url, more = []) {
  return run('ffmpeg', [...again(file), '-c', 'copy', ...more, '-f', 'flv', '-flvflags', 'no_duration_filesize', url]);
}
// Over SRT as a transport stream.
function pushSrt(file, url, more = []) {
  return run('ffmpeg', [...again(file), '-c', 'copy', ...more, '-f', 'mpegts', '-pes_payload_size', '0', url]);
}

const gstVideo = 'videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=30/1 ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=800 key-int-max=60 ! h264parse';
const gstAudio = 'audiotestsrc is-live=true wave=ticks ! audioconvert ! audioresample ! audio/x-raw,rate=48000,channels=2 ! avenc_aac ! aacparse';
// GStreamer: rtmp2sink and srtsink, encoding as it goes.
function gstRtmp(url) {
  return run('sh', ['-c', `exec gst-launch-1.0 -q ${gstVideo} ! mux. ${gstAudio} ! mux. flvmux name=mux streamable=true ! rtmp2sink location='${url}'`]);
}
function gstSrt(url) {
  return run('sh', ['-c', `exec gst-launch-1.0 -q ${gstVideo} ! mux. ${gstAudio} ! mux. mpegtsmux name=mux alignment=7 ! srtsink uri='${url}'`]);
}

// What ffprobe finds in about `seconds` of a playlist: {streams, packets, errors}. ffprobe 5.1 knows no parts: plain HLS.
async function ffprobe(url, seconds = 4) {
  const child = run('ffprobe', ['-v', 'repeat+error', '-live_start_index', '-3', '-read_intervals', `%+${seconds}`, '-show_entries', 'packet=stream_index,pts_time,dts_time,duration_time,flags:stream=index,codec_type,codec_name,width,height,sample_rate,channels,avg_frame_rate', '-of', 'json', url], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  let text = '';
  child.child.stdout.on('data', (data) => { text += data; });
  child.child.stderr.on('data', (data) => { errors += data; });
  const timer = setTimeout(() => child.child.kill('SIGKILL'), 90000);
  await child.ended;
  clearTimeout(timer);
  try {
    return { ...JSON.parse(text), errors };
  } catch {
    return { streams: [], packets: [], errors: `${errors} no answer from ffprobe` };
  }
}

// Decodes about `seconds` and returns what the decoders complained about. The muxer that takes the frames counts in the guessed
// frame rate: two of a sender that left some out may fall together there. Times are judged by ffprobe's packets.
async function decodeErrors(url, seconds = 5) {
  const child = run('ffmpeg', ['-nostdin', '-v', 'repeat+error', '-live_start_index', '-3', '-i', url, '-t', String(seconds), '-f', 'null', '-']);
  const timer = setTimeout(() => child.child.kill('SIGKILL'), 90000);
  const { code } = await child.ended;
  clearTimeout(timer);
  return `${child.output().replace(/^\[null @ .*\n( *Last message repeated .*\n)*/gm, '')}${code === 0 ? '' : `exit ${code}`}`;
}

module.exports = { source, pictures, pushRtmp, pushSrt, gstRtmp, gstSrt, ffprobe, decodeErrors };
