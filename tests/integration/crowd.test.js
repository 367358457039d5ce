// The crowd judged: it joins a channel whose first playlist has parts and no closed segment.
'use strict';
const { test } = require('node:test');
const assert = require('node:assert');
const http = require('node:http');
const { Crowd } = require('./crowd');

// A channel of one rendition: its playlist has `segments` closed segments before the open one. → its origin
async function channel(t, segments) {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-TARGETDURATION:2', '#EXT-X-PART-INF:PART-TARGET=0.5', '#EXT-X-MEDIA-SEQUENCE:800', '#EXT-X-MAP:URI="init-1.mp4"'];
  for (let i = 0; i < segments; i++) lines.push('#EXTINF:2.00000,', `${800 + i}.m4s`);
  const open = 800 + segments;
  lines.push(`#EXT-X-PART:DURATION=0.50000,URI="${open}.0.m4s",INDEPENDENT=YES`, `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${open}.1.m4s"`, '');
  const bodies = { '/live/match/index.m3u8': '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nsource/index.m3u8\n', '/live/match/source/index.m3u8': lines.join('\n'), '/live/match/source/init-1.mp4': 'init' };
  const server = http.createServer((request, response) => {
    const body = bodies[request.url];
    response.writeHead(body ? 200 : 404, { etag: `"${request.url}"` }).end(body ?? '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => { server.closeAllConnections(); server.close(); });
  return `http://127.0.0.1:${server.address().port}`;
}

for (const segments of [0, 1]) {
  test(`a viewer joins at a playlist of ${segments} closed segments and fetches its init section`, async (t) => {
    const crowd = new Crowd(await channel(t, segments), 'match');
    t.after(() => crowd.close());
    const [{ path }] = await crowd.join();
    assert.strictEqual(path, '/live/match/source/index.m3u8');
    assert.deepStrictEqual([...crowd.asked.init.keys()], ['/live/match/source/init-1.mp4']);
    assert.deepStrictEqual(crowd.faults, []);
  });
}
