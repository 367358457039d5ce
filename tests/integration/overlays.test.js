// Overlays: a logo and a clock over encoded pictures, by configuration and by API.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const execFile = require('node:util').promisify(require('node:child_process').execFile);
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Server, endAll } = require('./harness');
const { source, pushRtmp } = require('./media');

const token = 'token-of-operations';
const red = { ground: 'red', rate: '25', gop: 50, bitrate: '400k' };
let server;
let directory;
let publisher;

before(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-overlays-'));
  const image = path.join(directory, 'white.png');
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'color=white:size=64x64', '-frames:v', '1', '-pix_fmt', 'rgba', image]);
  server = await Server.start({
    channels: { match: { part: '200ms', ladder: [{ height: 180, bitrate: '400k', preset: 'ultrafast' }],
      overlays: [{ id: 'logo', image, position: 'top-left', margin: '0%', width: '25%', enabled: false },
        { id: 'clock', text: '{utc}', position: 'bottom-left', line: '10%' }] } },
  }, { env: { KICKOFF_ADMIN_TOKEN: token } });
  publisher = pushRtmp(source(red), server.rtmp('match'));
  await server.live('match');
});
after(async () => {
  await publisher.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
  fs.rmSync(directory, { recursive: true });
});
after(endAll);

// Luma of the newest segment's first picture: where the logo lies, beside it, and the brightest of the clock.
async function newest() {
  const list = (await server.get(server.playlist('match'))).text;
  const uri = new URL(list.match(/RESOLUTION=320x180[^\n]*\n([^\n]+)/)[1], server.playlist('match')).href;
  const { stdout: raw } = await execFile('ffmpeg', ['-nostdin', '-v', 'error', '-live_start_index', '-1', '-i', uri, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'gray', '-'], { encoding: 'buffer' });
  let clock = 0;
  for (let y = 140; y < 180; ++y) for (let x = 0; x < 200; ++x) clock = Math.max(clock, raw[320 * y + x]);
  return { logo: raw[320 * 20 + 20] > 200, beside: raw[320 * 20 + 120] > 200, clock: clock > 200 };
}
const order = (method, id, body) => server.get(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/match/overlays/${id}`, { method, headers: { authorization: `Bearer ${token}` }, ...(body && { body: JSON.stringify(body) }) });
const becomes = (wanted) => server.until(`the picture is ${JSON.stringify(wanted)}`, async () => JSON.stringify(await newest()) === JSON.stringify(wanted));

test('overlays come and go without a discontinuity', async () => {
  await becomes({ logo: false, beside: false, clock: true });
  assert.strictEqual((await order('PUT', 'logo', { on: true })).status, 204);
  await becomes({ logo: true, beside: false, clock: true });
  assert.strictEqual((await order('PUT', 'clock', { on: false })).status, 204);
  assert.strictEqual((await order('DELETE', 'logo')).status, 204);
  await becomes({ logo: false, beside: false, clock: false });
  const uri = (await server.get(server.playlist('match'))).text.match(/RESOLUTION=320x180[^\n]*\n([^\n]+)/)[1];
  assert.doesNotMatch((await server.get(new URL(uri, server.playlist('match')).href)).text, /EXT-X-DISCONTINUITY\n/);
});
