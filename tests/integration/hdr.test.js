// HDR in encoded rungs, by real HDR10, HLG and SDR feeds over SRT: what a playlist, an init section and the pictures say and show.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const execFile = require('node:util').promisify(require('node:child_process').execFile);
const { Server, endAll, leftOut, sleep } = require('./harness');
const { source, pushSrt } = require('./media');
const { renditions } = require('./judge_channel');

const ladder = [
  { name: 'h360', height: 360, codec: 'hevc', range: 'hdr', bitrate: '500k', preset: 'ultrafast', frame_rate: 10 },
  { name: 'a180', height: 180, codec: 'av1', range: 'hdr', bitrate: '200k', frame_rate: 10 },
  { name: 'v240', height: 240, bitrate: '300k', preset: 'ultrafast', frame_rate: 10 },
];
const feed = { rate: '10', gop: 20, size: '640x360', bitrate: '400k', format: 'ts' };
// HDR reference white, 203 cd/m2 (BT.2408): 58 % of PQ, 75 % of HLG.
const pq = { ...feed, hdr: 'smpte2084', grey: 580, light: true };
const hlg = { ...feed, hdr: 'arib-std-b67', grey: 750 };
const studio = { ...feed, size: '720x576', ground: 'white', pixels: 'yuv422p10le', aspect: '16/15', seconds: 30 };
const sdr = { ...feed, ground: 'white', seconds: 30 };

let server;
const running = [];
const push = (process) => { running.push(process); return process; };
before(async () => {
  for (const media of [pq, hlg, sdr, studio]) source(media);
  server = await Server.start({ channels: { pq: { source: 'copy', ladder }, hlg: { ladder }, sdr: { ladder }, studio: { ladder }, turns: { ladder: ladder.filter(({ name }) => name !== 'a180') } } });
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const ranges = (video) => Object.fromEntries(video.map((one) => [one.uri.split('/')[0], one['VIDEO-RANGE']]));
const named = (video, name) => video.find((one) => one.uri.startsWith(`${name}/`));

// What ffprobe says of a media playlist, and the mean luma of one of its newest pictures, of 8 bits or of 10.
async function shown({ url }) {
  for (let i = 0; i < 300 && (await (await fetch(url)).text()).split('#EXTINF').length < 3; i++) await sleep(100);
  const { stdout } = await execFile('ffprobe', ['-v', 'error', '-show_entries', 'stream=pix_fmt,width,height,sample_aspect_ratio,profile,color_transfer,color_primaries,color_space,color_range', '-show_frames', '-read_intervals', '%+#2', '-select_streams', 'v', '-of', 'json', url], { timeout: 90000 });
  const { streams: [stream], frames } = JSON.parse(stdout);
  const luma = await execFile('ffmpeg', ['-nostdin', '-v', 'error', '-live_start_index', '-1', '-i', url, '-frames:v', '5', '-vf', 'signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-', '-f', 'null', '-'], { timeout: 90000 });
  const side = Object.fromEntries((frames[0].side_data_list ?? []).map((one) => [one.side_data_type, one]));
  return { ...stream, side, luma: Number([...luma.stdout.matchAll(/YAVG=([\d.]+)/g)].at(-1)[1]) };
}

const assertLuma = (found, wanted, tolerance) => assert.ok(Math.abs(found.luma - wanted) <= tolerance, `luma ${found.luma}, not ${wanted}`);
function assertColours(found, format, transfer) {
  const wide = transfer !== 'bt709';
  assert.deepStrictEqual([found.pix_fmt, found.color_transfer, found.color_primaries, found.color_space], [format, transfer, wide ? 'bt2020' : 'bt709', wide ? 'bt2020nc' : 'bt709']);
}

// Boxes of the init section of a media playlist, by name: only their payloads.
async function boxes({ url }, ...names) {
  const uri = (await (await fetch(url)).text()).match(/#EXT-X-MAP:URI="([^"]+)"/)[1];
  const init = Buffer.from(await (await fetch(new URL(uri, url))).arrayBuffer());
  return Object.fromEntries(names.map((name) => {
    const at = init.indexOf(name, 0, 'latin1');
    return [name, at < 0 ? '' : init.subarray(at + 4, at - 4 + init.readUInt32BE(at - 4)).toString('hex')];
  }));
}

// Display primaries G, B, R and white, 1000 to 0.005 cd/m2; MaxCLL 1000, MaxFALL 400.
const display = '33c286c41d4c0bb884d03e803d1340420098968000000032';

const cases = [
  ['PQ: the copy and rungs of HDR stay PQ, the rung of SDR is tone-mapped', async () => {
    push(pushSrt(source(pq), server.srt('#!::r=live/pq,m=publish')));
    await server.live('pq');
    const { video } = await renditions(server.playlist('pq'));
    assert.deepStrictEqual(ranges(video), { v240: 'SDR', source: 'PQ', h360: 'PQ', a180: 'PQ' });
    assert.strictEqual(video[0].uri, 'v240/index.m3u8', 'SDR first, for players that know no ranges');
    assert.match(named(video, 'h360').CODECS, /^hvc1\.2\.4\.L\d+/);
    assert.match(named(video, 'a180').CODECS, /^av01\.0\.\d\dM\.10/);
    assert.match(named(video, 'v240').CODECS, /^avc1\./);
    for (const name of ['source', 'h360', 'a180']) {
      const found = await shown(named(video, name));
      assertColours(found, 'yuv420p10le', 'smpte2084');
      assertLuma(found, 64 + 876 * 0.58, 8);
      assert.deepStrictEqual(await boxes(named(video, name), 'colr', 'mdcv', 'clli'), { colr: '6e636c7800090010000900', mdcv: display, clli: '03e80190' }, name);
    }
    const hevc = (await shown(named(video, 'h360'))).side;
    assert.strictEqual(hevc['Content light level metadata']?.max_content, 1000, 'ffprobe finds it, too');
    assert.match(hevc['Mastering display metadata']?.max_luminance ?? '', /^10000000\/10000$/);
    const tone = await shown(named(video, 'v240'));
    assertColours(tone, 'yuv420p', 'bt709');
    assertLuma(tone, 16 + 219 * 0.9, 6);
    assert.deepStrictEqual(await boxes(named(video, 'v240'), 'mdcv', 'clli'), { mdcv: '', clli: '' });
  }],
  ['HLG stays HLG in rungs of HDR', async () => {
    push(pushSrt(source(hlg), server.srt('#!::r=live/hlg,m=publish')));
    await server.live('hlg');
    const { video } = await renditions(server.playlist('hlg'));
    assert.deepStrictEqual(ranges(video), { v240: 'SDR', h360: 'HLG', a180: 'HLG' });
    const found = await shown(named(video, 'h360'));
    assertColours(found, 'yuv420p10le', 'arib-std-b67');
    assertLuma(found, 64 + 876 * 0.75, 8);
    assertLuma(await shown(named(video, 'v240')), 16 + 219 * 0.9, 6);
  }],
  ['SDR stays SDR in rungs of HDR', async () => {
    push(pushSrt(source(sdr), server.srt('#!::r=live/sdr,m=publish')));
    await server.live('sdr');
    const { video } = await renditions(server.playlist('sdr'));
    assert.deepStrictEqual(ranges(video), { v240: undefined, h360: undefined, a180: undefined }, 'nothing is said where all are SDR');
    const found = await shown(named(video, 'h360'));
    assert.strictEqual(found.pix_fmt, 'yuv420p10le');
    assert.notStrictEqual(found.color_transfer, 'smpte2084');
    assertLuma(found, 940, 8);
  }],
  ['4:2:2 of ten bits, 4:3 in wide pixels, goes into all rungs in its shape', async () => {
    push(pushSrt(source(studio), server.srt('#!::r=live/studio,m=publish')));
    await server.live('studio');
    const { video } = await renditions(server.playlist('studio'));
    assert.deepStrictEqual(video.map((one) => one.RESOLUTION).sort(), ['240x180', '320x240', '480x360']);
    for (const [name, format, white] of [['h360', 'yuv420p10le', 940], ['a180', 'yuv420p10le', 940], ['v240', 'yuv420p', 235]]) {
      const found = await shown(named(video, name));
      assert.deepStrictEqual([found.pix_fmt, found.width * 3, found.sample_aspect_ratio ?? '1:1'], [format, found.height * 4, '1:1'], name);
      assertLuma(found, white, white / 100);
    }
  }],
  ['a feed that comes back in SDR is shown as bright as HDR white, and a rung claims what it began with', async () => {
    const first = push(pushSrt(source(pq), server.srt('#!::r=live/turns,m=publish')));
    await server.live('turns');
    const before = await renditions(server.playlist('turns'));
    assertLuma(await shown(named(before.video, 'h360')), 64 + 876 * 0.58, 8);
    await first.stop();
    push(pushSrt(source(sdr), server.srt('#!::r=live/turns,m=publish')));
    await sleep(9000); // some segments of the second feed
    const { video } = await renditions(server.playlist('turns'));
    assert.deepStrictEqual(ranges(video), { v240: 'SDR', h360: 'PQ' });
    const found = await shown(named(video, 'h360'));
    assertColours(found, 'yuv420p10le', 'smpte2084');
    assertLuma(found, 64 + 876 * 0.58, 8);
    assertLuma(await shown(named(video, 'v240')), 235, 3);
  }],
];
test('HDR', { concurrency: 2 }, async (t) => {
  await Promise.all(cases.map(([what, run]) => t.test(what, { skip: leftOut(what) }, run)));
});
