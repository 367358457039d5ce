// What a channel publishes is in a bucket while it is live, and plays from there.
// Suite: beside others.
'use strict';
const { test, after } = require('node:test');
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const { Server, endAll, descendants, exists, run, copy, binary } = require('./harness');
const { source, pushRtmp } = require('./media');
const { S3Server } = require('./s3_server');
const { readMedia, readMultivariant } = require('../../tools/judge/playlist');

const bucket = new S3Server({ bucket: 'match-media', keys: { EDGEKEY: 'EDGE/SECRET+1' }, region: 'eu-west-1' });
let server;
let pusher;
after(async () => {
  await pusher?.stop('SIGKILL');
  await server?.stop();
  await bucket.close();
});
after(endAll);

const key = (name) => `live/match/${name}`;
const list = (rendition) => readMedia(bucket.text(key(`${rendition}/index.m3u8`)));
const listed = (rendition) => (bucket.text(key(`${rendition}/index.m3u8`)) ? list(rendition).segments : []);
const renditions = () => readMultivariant(bucket.text(key('index.m3u8')));
const names = () => [...renditions().variants.map(({ uri }) => uri), ...renditions().media.filter(({ URI }) => URI).map(({ URI }) => URI)].map((uri) => path.dirname(uri));
const events = async () => JSON.parse((await server.admin('/api/v1/events?after=0')).text).events.filter(({ type }) => type.endsWith('.upload'));

// Not spawnSync: the bucket is in this process.
const upload = (...words) => new Promise((resolve) => {
  execFile(binary, ['upload', ...words, '--config', server.file], { timeout: 60000 }, (error, stdout, stderr) => resolve({ status: error ? error.code : 0, stdout, stderr }));
});

test('segments, then playlists, then the multivariant playlist; the same bytes; ffmpeg plays it', async () => {
  await bucket.listen();
  bucket.skew = 3600_000;
  const keys = path.join(fs.mkdtempSync(path.join(require('node:os').tmpdir(), 'kickoff-keys-')), 'keys');
  fs.writeFileSync(keys, '[default]\naws_access_key_id = EDGEKEY\naws_secret_access_key = EDGE/SECRET+1\n');
  const upload = { url: 's3://match-media/live', endpoint: bucket.endpoint, region: 'eu-west-1', credentials_file: keys };
  server = await Server.start({ channels: { '*': { ...copy(), segment: '1s', part: '250ms', window: '60s', upload } } });
  pusher = pushRtmp(source({ rate: '25', gop: 25 }), server.rtmp('match'));
  await server.until('three segments are in the bucket', () => bucket.text(key('index.m3u8')) && names().every((name) => listed(name).length >= 3));
  // A clock that is an hour off was refused once, and then made up for.
  assert.ok(bucket.refused.length > 0 && bucket.refused.every((why) => why === 'RequestTimeTooSkewed'), bucket.refused.join());
  for (const name of names()) {
    const { segments } = list(name);
    for (const { uri, map } of segments) {
      const object = bucket.objects.get(`/match-media/${key(`${name}/${uri}`)}`);
      const served = await fetch(new URL(`${name}/${uri}`, server.playlist('match')));
      assert.ok(object.body.equals(Buffer.from(await served.arrayBuffer())), `${name}/${uri}`);
      assert.strictEqual(object.type, served.headers.get('content-type'));
      assert.match(object.cache, /immutable/);
      assert.ok(bucket.objects.has(`/match-media/${key(`${name}/${map}`)}`));
    }
    const first = bucket.order.indexOf(`/match-media/${key(`${name}/index.m3u8`)}`);
    assert.ok(bucket.order.indexOf(`/match-media/${key(`${name}/${segments[0].uri}`)}`) < first);
    assert.ok(first < bucket.order.indexOf(`/match-media/${key('index.m3u8')}`));
  }
  const { stderr } = await promisify(execFile)('ffmpeg', ['-v', 'error', '-i', `${bucket.endpoint}/match-media/${key('index.m3u8')}`, '-t', '2', '-f', 'null', '-']);
  assert.strictEqual(stderr, '');
});

test('beside the server, what is damaged in the bucket is found and put back', async () => {
  const found = (result) => JSON.parse(result.stdout).channels[0];
  bucket.page = 3;
  const right = await upload('check', 'match');
  assert.strictEqual(right.status, 0, right.stdout + right.stderr);
  assert.match(right.stdout, /^match +\d+ +\d+ +\d+ {2}right$/m);

  const [name, other] = names();
  const pick = (rendition, at) => key(`${rendition}/${list(rendition).segments[at].uri}`);
  const [lost, torn, init] = [pick(name, 0), pick(other, 1), key(`${other}/${list(other).segments[0].map}`)];
  const before = new Map([lost, torn, init].map((at) => [at, { ...bucket.objects.get(`/match-media/${at}`) }]));
  bucket.objects.delete(`/match-media/${lost}`);
  bucket.objects.delete(`/match-media/${init}`);
  bucket.objects.get(`/match-media/${torn}`).body = before.get(torn).body.subarray(1);
  bucket.objects.get(`/match-media/${key('index.m3u8')}`).type = 'text/plain';
  const wrong = await upload('check', 'all', '--json');
  assert.strictEqual(wrong.status, 1);
  const faults = Object.fromEntries(found(wrong).findings.map(({ object, fault }) => [`live/${object}`, fault]));
  assert.deepStrictEqual(faults, { [lost]: 'missing', [init]: 'missing', [torn]: 'bytes', [key('index.m3u8')]: 'headers' });
  assert.strictEqual(JSON.parse(wrong.stdout).right, false);
  assert.ok(!bucket.objects.has(`/match-media/${lost}`), 'check changes nothing');

  const repaired = await upload('repair', 'match', '--json');
  assert.strictEqual(repaired.status, 0, repaired.stdout + repaired.stderr);
  assert.strictEqual(found(repaired).repaired, 4);
  for (const [at, { body, type, cache }] of before) {
    const object = bucket.objects.get(`/match-media/${at}`);
    assert.ok(object.body.equals(body), at);
    assert.deepStrictEqual([object.type, object.cache], [type, cache]);
  }
  assert.strictEqual((await upload('check', 'match', '--fetch')).status, 0);
  bucket.down = true;
  const away = await upload('check', 'match');
  bucket.down = false;
  assert.strictEqual(away.status, 1);
  assert.match(away.stderr, /^kickoff: upload: match: s3:\/\/match-media\/live cannot be read: 503 SlowDown/m);
});

test('while the bucket is away, and the server is killed meanwhile, nothing is lost', async () => {
  bucket.down = true;
  await server.until('the upload fails', async () => (await server.metric('kickoff_upload_failing', { channel: 'match' })) === 1);
  const raised = (await events()).at(-1);
  assert.match(JSON.stringify(raised), /slow_down: 503 SlowDown: SlowDown & no more/);
  assert.ok((await server.metric('kickoff_upload_failed_total', { channel: 'match', reason: 'slow_down' })) > 0);
  const pids = [server.process.child.pid, ...descendants(server.process.child.pid)];
  for (const pid of pids) {
    try { process.kill(pid, 'SIGKILL'); } catch { /* it went with its parent */ }
  }
  await server.process.ended;
  await server.until('all processes are gone', () => !pids.some(exists), 10000);
  await pusher.stop('SIGKILL');
  const before = listed('v1').length ? 'v1' : names()[0];
  const newest = Number.parseInt(listed(before).at(-1).uri, 10);
  server.process = run(binary, ['serve', '--config', server.file], { env: process.env });
  await server.until('it is alive again', async () => (await server.admin('/livez')).status === 200, 30000);
  pusher = pushRtmp(source({ rate: '25', gop: 25 }), server.rtmp('match'));
  bucket.down = false;
  await server.until('the upload goes on', () => Number.parseInt(listed(before).at(-1).uri, 10) > newest + 3);
  for (const name of names()) {
    const { segments } = list(name);
    const numbers = segments.map(({ uri }) => Number.parseInt(uri, 10));
    assert.deepStrictEqual(numbers, numbers.map((_, i) => numbers[0] + i), name);
    for (const { uri } of segments) assert.ok(bucket.objects.has(`/match-media/${key(`${name}/${uri}`)}`), uri);
    assert.doesNotMatch(bucket.text(key(`${name}/index.m3u8`)), /EXT-X-GAP|EXT-X-PART|PRELOAD-HINT/);
  }
  assert.strictEqual(await server.metric('kickoff_upload_gap_segments_total', { channel: 'match' }), 0);
  const checked = await upload('check', 'match', '--fetch');
  assert.strictEqual(checked.status, 0, checked.stdout + checked.stderr);
});
