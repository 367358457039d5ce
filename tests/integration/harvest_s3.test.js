// Live to video on demand into a real S3 (radosgw), by a way that fails: never a presentation of which something is missing.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const HLS = require('hls-parser');
const { Server, endAll, copy } = require('./harness');
const { source, pushRtmp } = require('./media');
const { Radosgw, Way } = require('./radosgw');

const token = 'of-the-test';
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-harvest-s3-'));
const began = Date.now();
let gateway;
let way;
let server;
const pushers = [];
before(async () => {
  gateway = await Radosgw.start({ key: 'EDGEKEY', secret: 'EDGE/SECRET+1' });
  for (const name of ['match-media', 'short-lived']) assert.strictEqual((await gateway.ask('PUT', `/${name}`)).status, 200);
  way = new Way(gateway);
  await way.listen();
  const keys = (name, secret) => {
    fs.writeFileSync(path.join(scratch, name), `[default]\naws_access_key_id = EDGEKEY\naws_secret_access_key = ${secret}\n`);
    return path.join(scratch, name);
  };
  const right = keys('right', 'EDGE/SECRET+1');
  const channel = (bucket, file) => ({
    ...copy({ segment: '1s', part: '250ms', window: '60s' }), upload: { url: `s3://${bucket}/live`, endpoint: way.endpoint, region: 'us-east-1', credentials_file: file },
  });
  server = await Server.start({
    channels: { match: channel('match-media', right), stranger: channel('match-media', keys('wrong', 'another')), lost: channel('short-lived', right) },
  }, { env: { KICKOFF_ADMIN_TOKEN: token } });
  for (const name of ['match', 'stranger', 'lost']) pushers.push(pushRtmp(source({ rate: '25', gop: 25 }), server.rtmp(name)));
  for (const name of ['match', 'stranger', 'lost']) await server.live(name);
  await new Promise((resolve) => setTimeout(resolve, 8000)); // of media
});
after(async () => {
  for (const pusher of pushers) await pusher.stop('SIGKILL');
  await server?.stop();
  await way?.close();
  await gateway?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});
after(endAll);

async function ask(method, route, body) {
  const answer = await fetch(`http://127.0.0.1:${server.ports.admin}${route}`, { method, headers: { authorization: `Bearer ${token}` }, ...(body && { body: JSON.stringify(body) }) });
  return { status: answer.status, location: answer.headers.get('location'), body: JSON.parse(await answer.text()) };
}
async function harvest(channel, name) {
  const started = await ask('POST', `/api/v1/channels/${channel}/harvest`, { start: new Date(began).toISOString(), end: new Date().toISOString(), destination: `s3:${name}` });
  assert.strictEqual(started.status, 202, JSON.stringify(started));
  return started.location;
}
async function whenOver(location) {
  let job;
  await server.until('the job is over', async () => !['waiting', 'running'].includes((job = (await ask('GET', location)).body).state), 200000);
  return job;
}
const isVod = (name) => (request) => request.method === 'PUT' && request.url.includes(`/vod/${name}/`);
const namesOf = async (channel, name, bucket = 'match-media') => (await gateway.list(bucket, `live/${channel}/vod/${name}/`)).map((at) => at.name);

// All of a harvest, fetched by another implementation, parsed by another, decoded by a third.
async function assertWhole(name) {
  const folder = `live/match/vod/${name}`;
  const directory = path.join(scratch, name);
  for (const object of await namesOf('match', name)) {
    const file = path.join(directory, object.slice(folder.length + 1));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const { status, headers, body } = await gateway.ask('GET', `/match-media/${object}`);
    assert.strictEqual(status, 200, object);
    assert.match(headers.get('cache-control'), object.endsWith('.m3u8') ? /max-age=300/ : /immutable/);
    fs.writeFileSync(file, body);
  }
  HLS.setOptions({ strictMode: true });
  const { variants } = HLS.parse(fs.readFileSync(path.join(directory, 'index.m3u8'), 'utf8'));
  for (const { uri } of variants) {
    const list = HLS.parse(fs.readFileSync(path.join(directory, uri), 'utf8'));
    assert.ok(list.endlist && list.segments.length >= 3, uri);
    for (const segment of list.segments) assert.ok(fs.statSync(path.join(directory, path.dirname(uri), segment.uri)).size > 0);
  }
  const { stderr } = await promisify(execFile)('ffmpeg', ['-nostdin', '-v', 'error', '-allowed_extensions', 'ALL', '-i', path.join(directory, 'index.m3u8'), '-map', '0:v', '-map', '0:a?', '-f', 'null', '-']);
  assert.strictEqual(stderr, '');
  const puts = way.puts.filter((at) => at.includes(`/vod/${name}/`));
  assert.strictEqual(puts.indexOf(`/match-media/${folder}/index.m3u8`), puts.length - 1, 'the multivariant playlist once, and last');
}

test('a harvest is in the bucket, whole', async () => {
  const job = await whenOver(await harvest('match', 'plain'));
  assert.strictEqual(job.state, 'done', JSON.stringify(job));
  await assertWhole('plain');
});

test('a gateway that asks to wait, and connections that end in the middle, cost time alone', async () => {
  let count = 0;
  const faults = ['busy', undefined, 'cut'];
  way.faults = 0;
  way.fault = (request) => (isVod('faulty')(request) && count < 12 ? faults[count++ % 3] : undefined);
  const job = await whenOver(await harvest('match', 'faulty'));
  way.fault = () => undefined;
  assert.strictEqual(job.state, 'done', JSON.stringify(job));
  assert.ok(way.faults >= 8, `${way.faults} faults`);
  await assertWhole('faulty');
});

test('wrong keys fail the job with what the gateway says', async () => {
  const job = await whenOver(await harvest('stranger', 'denied'));
  assert.strictEqual(job.state, 'failed');
  assert.match(job.problem.detail, /s3:\/\/match-media\/live: 403 (SignatureDoesNotMatch|AccessDenied)/);
  assert.deepStrictEqual(await namesOf('stranger', 'denied'), []);
});

test('a bucket that goes in the middle fails the job, and no multivariant playlist is left', async () => {
  let puts = 0;
  way.fault = (request) => (isVod('gone')(request) && ++puts > 4 ? 'busy' : undefined);
  const location = await harvest('lost', 'gone');
  await server.until('some of it is there', async () => (await namesOf('lost', 'gone', 'short-lived')).length > 0);
  const upload = way.fault;
  way.fault = (request) => (request.method === 'PUT' && request.url.startsWith('/short-lived/') ? 'busy' : upload(request));
  assert.strictEqual(await gateway.remove('short-lived'), 204);
  way.fault = () => undefined;
  const job = await whenOver(location);
  assert.strictEqual(job.state, 'failed', JSON.stringify(job));
  assert.match(job.problem.detail, /404 NoSuchBucket/);
  assert.ok(!way.puts.includes('/short-lived/live/lost/vod/gone/index.m3u8'));
  const again = await whenOver(await harvest('lost', 'later'));
  assert.strictEqual(again.problem.status, 500);
  assert.match(again.problem.detail, /s3:\/\/short-lived\/live: 404 NoSuchBucket/, 'not that the journal has no media');
});
