// I-frame playlists: of encoded rungs and of copies, read as hls-parser does, and each byte range decoded by ffmpeg.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const HLS = require('hls-parser');
const { Server, endAll, leftOut, copy } = require('./harness');
const { source, pushRtmp, pushSrt } = require('./media');

HLS.setOptions({ strictMode: true, silent: true });
let server;
const running = [];
before(async () => {
  const h264 = source({ gop: 60, bframes: 2 });
  server = await Server.start({ channels: {
    ladder: { iframes: true, ladder: [{ height: 360, bitrate: '600k', preset: 'ultrafast' }, { name: 'low', height: 180, bitrate: '200k', codec: 'hevc', preset: 'ultrafast' }] },
    copied: copy({ iframes: true }),
    hevc: copy({ iframes: true }),
    sparse: copy({ iframes: true }),
    without: copy(),
  } });
  running.push(pushRtmp(h264, server.rtmp('ladder')), pushRtmp(h264, server.rtmp('copied')), pushRtmp(h264, server.rtmp('without')),
    pushSrt(source({ gop: 25, rate: '25', codec: 'hevc', format: 'ts' }), server.srt('#!::r=live/hevc,m=publish')),
    pushRtmp(source({ gop: 150, keys: 'lt(mod(t,5),0.6)' }), server.rtmp('sparse')));
  for (const name of ['ladder', 'copied', 'hevc', 'sparse', 'without']) await server.live(name);
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const names = { ladder: ['v360', 'low'], copied: ['source'], hevc: ['source'] };
const playlist = (channel, rendition, query = '') => server.web(`/live/${channel}/${rendition}/iframes.m3u8${query}`);
const parsed = async (channel, rendition) => HLS.parse((await playlist(channel, rendition)).text);
async function entries(channel, rendition, least) {
  let found;
  await server.until(`${least} entries of ${channel} ${rendition}`, async () => (found = (await parsed(channel, rendition)).segments).length >= least);
  return found;
}
async function bytes(channel, rendition, uri, range) {
  const answer = await fetch(`http://127.0.0.1:${server.ports.http}/live/${channel}/${rendition}/${uri}`, range && { headers: { range: `bytes=${range.offset}-${range.offset + range.length - 1}` } });
  assert.strictEqual(answer.status, range ? 206 : 200);
  return Buffer.from(await answer.arrayBuffer());
}
// The pictures of an entry as ffprobe decodes it, and what it complains about.
async function decoded(channel, rendition, entry) {
  const file = path.join(server.directory, 'entry.mp4');
  const media = await bytes(channel, rendition, entry.uri, entry.byterange);
  assert.strictEqual(media.length, entry.byterange.length);
  fs.writeFileSync(file, Buffer.concat([await bytes(channel, rendition, entry.map.uri), media]));
  const { stdout, stderr } = spawnSync('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=pts_time,pict_type,width,height', '-of', 'json', file], { encoding: 'utf8' });
  return { frames: JSON.parse(stdout).frames ?? [], complaints: stderr };
}

const cases = {
  'are named once for each video rendition, with what players need': async () => {
    for (const [channel, renditions] of Object.entries(names)) {
      const { text } = await server.web(`/live/${channel}/index.m3u8`);
      const { variants } = HLS.parse(text);
      const iframes = variants.filter(({ isIFrameOnly }) => isIFrameOnly);
      assert.deepStrictEqual(iframes.map(({ uri }) => uri).sort(), renditions.map((name) => `${name}/iframes.m3u8`).sort());
      for (const iframe of iframes) {
        const whole = variants.find(({ uri }) => uri === iframe.uri.replace('iframes', 'index'));
        assert.deepStrictEqual(iframe.resolution, whole.resolution);
        assert.strictEqual(iframe.codecs, whole.codecs.split(',')[0]);
      }
      assert.doesNotMatch(text, /I-FRAME-STREAM-INF.*(FRAME-RATE|AUDIO|CLOSED-CAPTIONS)/);
    }
  },
  'have exactly one picture in each byte range, at its date': async () => {
    for (const [channel, renditions] of Object.entries(names)) {
      for (const rendition of renditions) {
        for (const entry of (await entries(channel, rendition, 4)).slice(-4)) {
          const { frames, complaints } = await decoded(channel, rendition, entry);
          assert.strictEqual(frames.length, 1, `${channel} ${rendition} ${entry.uri}: ${frames.length} pictures ${complaints}`);
          assert.strictEqual(frames[0].pict_type, 'I');
          const late = Number(frames[0].pts_time) - entry.programDateTime.getTime() / 1000;
          assert.ok(Math.abs(late) < 0.15, `${channel} ${rendition} ${entry.uri}: ${late} s after its date`);
        }
      }
    }
  },
  'list the segments of the media playlist, and follow it': async () => {
    await entries('ladder', 'v360', 4);
    const [iframes, media] = [await parsed('ladder', 'v360'), HLS.parse((await server.web('/live/ladder/v360/index.m3u8')).text)];
    assert.ok(iframes.isIFrame);
    assert.strictEqual(iframes.targetDuration, media.targetDuration);
    for (const entry of iframes.segments) {
      const segment = media.segments.find(({ uri }) => uri === entry.uri);
      if (!segment) continue; // it has left, or closed in between
      assert.strictEqual(segment.mediaSequenceNumber, entry.mediaSequenceNumber);
      assert.strictEqual(segment.duration, entry.duration);
      assert.deepStrictEqual(segment.programDateTime, entry.programDateTime);
    }
    const next = iframes.segments.at(-1).mediaSequenceNumber + 1;
    const { status, text, headers } = await playlist('ladder', 'v360', `?_HLS_msn=${next}`);
    assert.strictEqual(status, 200);
    assert.match(headers.get('cache-control'), /s-maxage=12/);
    assert.ok(HLS.parse(text).segments.some(({ mediaSequenceNumber }) => mediaSequenceNumber === next));
  },
  'need no more than their BANDWIDTH': async () => {
    for (const [channel, renditions] of Object.entries(names)) {
      const { variants } = HLS.parse((await server.web(`/live/${channel}/index.m3u8`)).text);
      for (const rendition of renditions) {
        const { bandwidth } = variants.find(({ uri }) => uri === `${rendition}/iframes.m3u8`);
        const rates = (await entries(channel, rendition, 4)).map(({ byterange, duration }) => (byterange.length * 8) / duration);
        assert.ok(Math.max(...rates) <= bandwidth, `${channel} ${rendition}: ${Math.max(...rates)} of ${bandwidth} bit/s`);
      }
    }
  },
  'have a gap where a segment of a copy has no key frame': async () => {
    // Each 5 s there are key frames alone for longer than a part lasts, so that a part begins with one of them; segments of 2 s.
    await server.until('both are listed', async () => /EXT-X-GAP[^]*EXT-X-BYTERANGE[^]*EXT-X-GAP/.test((await playlist('sparse', 'source')).text));
    const { text } = await playlist('sparse', 'source');
    assert.match(text, /#EXT-X-VERSION:8\n/);
    for (const entry of HLS.parse(text).segments.filter(({ gap }) => !gap).slice(-2)) {
      assert.strictEqual((await decoded('sparse', 'source', entry)).frames.length, 1);
    }
  },
  'are not there unless the configuration asks for them': async () => {
    assert.strictEqual((await playlist('without', 'source')).status, 404);
    assert.strictEqual((await playlist('ladder', 'a1')).status, 404);
    assert.doesNotMatch((await server.web('/live/without/index.m3u8')).text, /I-FRAME/);
  },
};
for (const [name, run] of Object.entries(cases)) {
  const what = `I-frame playlists ${name}`;
  test(what, { skip: leftOut(what) }, run);
}
