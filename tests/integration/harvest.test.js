// Live to video on demand by the administration port: onto the disk and into a bucket, judged by others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const HLS = require('hls-parser');
const { Server, endAll, copy, descendants, exists, run, binary } = require('./harness');
const { source, pushRtmp } = require('./media');
const { S3Server } = require('./s3_server');
const { readMedia, readMultivariant } = require('../../tools/judge/playlist');

const token = 'of-the-test';
const bucket = new S3Server({ bucket: 'match-media', keys: { EDGEKEY: 'EDGE/SECRET+1' }, region: 'eu-west-1' });
const began = Date.now();
let server;
let pusher;
after(async () => {
  await pusher?.stop('SIGKILL');
  await server?.stop();
  await bucket.close();
});
after(endAll);

async function ask(method, route, body, bearer = token) {
  const answer = await fetch(`http://127.0.0.1:${server.ports.admin}${route}`, {
    method, headers: { ...(bearer && { authorization: `Bearer ${bearer}` }) }, ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, type: answer.headers.get('content-type'), location: answer.headers.get('location'), body: text ? JSON.parse(text) : {} };
}
const harvest = (body, bearer) => ask('POST', '/api/v1/channels/match/harvest', body, bearer);
const utc = (time) => new Date(time).toISOString();
// A job when it is over.
async function whenOver({ status, location, body }) {
  assert.strictEqual(status, 202, JSON.stringify(body));
  let job;
  await server.until('the job is over', async () => {
    job = (await ask('GET', location)).body;
    return !['waiting', 'running'].includes(job.state);
  });
  return job;
}
const events = async () => JSON.parse((await server.admin('/api/v1/events?after=0&limit=1000&type=job.')).text).events;
// What the event log says of a job's end.
async function whenTold(job) {
  let told = [];
  await server.until('its end is an event', async () => (told = (await events()).filter(({ data }) => data.job === job.id)).length > 0);
  assert.strictEqual(told.length, 1, JSON.stringify(told));
  assert.deepStrictEqual([told[0].type, told[0].subject, told[0].data.kind], [`live.kickoff.job.${job.state}`, 'channels/match', 'harvest']);
  return told[0].data;
}
// The server and all its processes at once; then the same again on the same ports. The encoder is not started again.
async function killAndRestart(meanwhile = () => {}) {
  const pids = [server.process.child.pid, ...descendants(server.process.child.pid)];
  for (const pid of pids) {
    try { process.kill(pid, 'SIGKILL'); } catch { /* it went with its parent */ }
  }
  await server.process.ended;
  await server.until('all processes are gone', () => !pids.some(exists), 10000);
  await meanwhile();
  await again();
}
async function again() {
  server.process = run(binary, ['serve', '--config', server.file], { env: { ...process.env, KICKOFF_ADMIN_TOKEN: token } });
  await server.until('it is alive again', async () => (await server.admin('/livez')).status === 200, 30000);
}
// Decoded to its end, every frame.
const complaintsOf = async (url, ...words) => (await promisify(execFile)('ffmpeg', ['-nostdin', '-v', 'error', ...words, '-i', url, '-map', '0:v', '-map', '0:a?', '-f', 'null', '-'])).stderr;
const probe = async (file) => JSON.parse((await promisify(execFile)('ffprobe', ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', file])).stdout);

// All media playlists of a presentation, as hls-parser in strict mode and we read them. `read`: bytes of a file by its name.
function readPresentation(read) {
  HLS.setOptions({ strictMode: true });
  const text = read('index.m3u8').toString();
  HLS.parse(text);
  const { variants, media } = readMultivariant(text);
  const uris = [...new Set([...variants.map(({ uri }) => uri), ...media.map(({ URI }) => URI).filter(Boolean)])];
  return uris.map((uri) => {
    const list = read(uri).toString();
    HLS.parse(list);
    return { uri, folder: path.dirname(uri), ...readMedia(list) };
  });
}
// What holds of each of them; returns them.
async function assertWhole(read) {
  const lists = readPresentation(read);
  assert.strictEqual(lists.length, 3, 'video, audio and text');
  let served = 0;
  for (const { uri, folder, segments, ended, text } of lists) {
    assert.ok(ended && /EXT-X-PLAYLIST-TYPE:VOD/.test(text) && !/EXT-X-PART|PRELOAD|SERVER-CONTROL/.test(text), `${uri}:\n${text}`);
    assert.match(text, /EXT-X-PROGRAM-DATE-TIME/);
    assert.match(text, /EXT-X-DATERANGE:ID="goal-1"/);
    const numbers = segments.map(({ msn }) => msn);
    assert.deepStrictEqual(numbers, numbers.map((_, i) => numbers[0] + i), `${uri}: numbers go on`);
    assert.deepStrictEqual(numbers, lists[0].segments.map(({ msn }) => msn), 'the same numbers in all');
    for (const segment of segments) {
      const live = await fetch(new URL(`${folder}/${segment.uri}`, server.playlist('match')));
      if (live.status !== 200) continue;
      assert.ok(Buffer.from(await live.arrayBuffer()).equals(read(`${folder}/${segment.uri}`)), segment.uri);
      served++;
    }
    if (segments.some(({ map }) => map)) assert.ok(read(`${folder}/${segments[0].map}`).length > 100);
  }
  assert.ok(served > 0, 'some are still live, and are the same bytes');
  const words = lists.flatMap(({ folder, segments }) => segments.filter(({ uri }) => uri.endsWith('.vtt')).map(({ uri }) => read(`${folder}/${uri}`).toString()));
  assert.ok(words.some((text) => text.includes('What a goal')), 'the caption is there');
  return lists;
}

before(async () => {
  await bucket.listen();
  const keys = path.join(fs.mkdtempSync(path.join(require('node:os').tmpdir(), 'kickoff-keys-')), 'keys');
  fs.writeFileSync(keys, '[default]\naws_access_key_id = EDGEKEY\naws_secret_access_key = EDGE/SECRET+1\n');
  const upload = { url: 's3://match-media/live', endpoint: bucket.endpoint, region: 'eu-west-1', credentials_file: keys };
  const channel = copy({ segment: '1s', part: '250ms', window: '60s', subtitles: [{ from: 'api', language: 'en' }] });
  server = await Server.start({ channels: { match: { ...channel, upload }, '*': channel } }, { env: { KICKOFF_ADMIN_TOKEN: token } });
  pusher = pushRtmp(source({ rate: '25', gop: 25 }), server.rtmp('match'));
  await server.live('match');
  await server.until('the channel takes markers', async () => (await ask('POST', '/api/v1/channels/match/markers', { id: 'goal-1', class: 'com.example.goal', duration: 1 })).status === 201);
  assert.strictEqual((await ask('POST', '/api/v1/channels/match/captions/en', { text: 'What a goal', duration: 2 })).status, 201);
  await server.until('six segments are there', async () => {
    const { variants } = readMultivariant((await server.web('/live/match/index.m3u8')).text);
    return readMedia((await server.web(`/live/match/${variants[0].uri}`)).text).segments.length >= 8;
  });
});

test('a stretch becomes a presentation on the disk, with MP4s, beside the live output', async () => {
  const job = await whenOver(await harvest({ start: utc(began - 3600_000), end: utc(Date.now()), destination: 'disk:first-half', mp4: true }));
  assert.strictEqual(job.state, 'done', JSON.stringify(job));
  assert.strictEqual(job.location, path.join(server.directory, 'state/harvest/match/first-half/index.m3u8'));
  const folder = path.dirname(job.location);
  const lists = await assertWhole((name) => fs.readFileSync(path.join(folder, name)));
  assert.strictEqual(job.result.segments, lists[0].segments.length);
  assert.ok(job.result.segments >= 5 && job.result.renditions === 3 && job.result.gaps === 0, JSON.stringify(job.result));
  const told = await whenTold(job);
  assert.deepStrictEqual([told.location, told.segments, told.holes], [job.location, job.result.segments, job.result.holes.length]);
  // The hour before was not published: a hole, and it ends where the first segment begins.
  assert.strictEqual(job.result.holes[0].end, job.result.start);
  assert.strictEqual(await complaintsOf(job.location, '-allowed_extensions', 'ALL'), '');
  for (const name of ['source.mp4', 'a1.mp4']) {
    const { format, streams } = await probe(path.join(folder, name));
    assert.ok(Number(format.start_time) < 1 && Number(format.duration) >= job.result.segments - 2, `${name}: ${JSON.stringify(format)}`);
    assert.strictEqual(streams.length, 1);
  }
  assert.ok(!fs.existsSync(`${folder}.new`));
});

test('a stretch becomes a presentation in the bucket of the upload', async () => {
  const started = await harvest({ start: utc(began), end: utc(Date.now()), destination: 's3:first-half' });
  const job = await whenOver(started);
  assert.strictEqual(job.state, 'done', JSON.stringify(job));
  assert.strictEqual(job.location, 's3://match-media/live/match/vod/first-half/index.m3u8');
  const folder = '/match-media/live/match/vod/first-half';
  const lists = await assertWhole((name) => bucket.objects.get(`${folder}/${name}`).body);
  for (const { folder: name, segments } of lists) {
    const object = bucket.objects.get(`${folder}/${name}/${segments[0].uri}`);
    assert.match(object.type, /^(video\/mp4|audio\/mp4|text\/vtt)$/);
    assert.match(object.cache, /immutable/);
  }
  assert.strictEqual(bucket.order.filter((name) => name.startsWith(folder)).at(-1), `${folder}/index.m3u8`);
  assert.strictEqual(await complaintsOf(`${bucket.endpoint}${folder}/index.m3u8`), '');
});

test('what cannot be harvested is told', async () => {
  const good = { start: utc(began), end: utc(Date.now()), destination: 'disk:again' };
  assert.strictEqual((await harvest(good, '')).status, 401);
  for (const [wrong, said] of [
    [{ end: good.start }, /"end\\?" has to be after/],
    [{ end: utc(Date.now() + 600_000) }, /later than now/],
    [{ destination: 'disk:../../etc' }, /"destination/],
    [{ destination: 's3:x', mp4: true }, /mp4\\?" is made on disk/],
    [{ start: 'yesterday' }, /instants such as/],
  ]) {
    const { status, type, body } = await harvest({ ...good, ...wrong });
    assert.strictEqual(status, 400, JSON.stringify(wrong));
    assert.strictEqual(type, 'application/problem+json');
    assert.match(body.detail, said);
  }
  assert.strictEqual((await ask('POST', '/api/v1/channels/other/harvest', { ...good, destination: 's3:x' })).status, 409);
  const empty = await whenOver(await harvest({ start: utc(began - 7200_000), end: utc(began - 3600_000), destination: 'disk:empty' }));
  assert.deepStrictEqual([empty.state, empty.problem.status], ['failed', 404]);
  assert.match(empty.problem.detail, /the journal of channel match has no media between/);
  assert.match((await whenTold(empty)).reason, /not_found/);
  assert.strictEqual((await whenOver(await harvest(good))).state, 'done');
  const twice = await whenOver(await harvest(good));
  assert.deepStrictEqual([twice.state, twice.problem.status], ['failed', 409]);
  assert.strictEqual((await ask('DELETE', `/api/v1/jobs/${twice.id}`)).status, 409);
  assert.strictEqual((await ask('GET', '/api/v1/jobs/1')).status, 404);
  const made = fs.readdirSync(path.join(server.directory, 'state/harvest/match'));
  assert.ok(made.includes('again') && made.every((name) => name !== 'empty' && !name.endsWith('.new')), made.join());
});

test('jobs are listed, the newest first', async () => {
  const order = { start: utc(began), end: utc(Date.now()) };
  await whenOver(await harvest({ ...order, destination: 'disk:older' }));
  await whenOver(await harvest({ ...order, destination: 'disk:newer' }));
  const { jobs } = (await ask('GET', '/api/v1/jobs', undefined, '')).body;
  assert.deepStrictEqual(jobs.slice(0, 2).map(({ state, destination }) => [state, destination]), [['done', 'disk:newer'], ['done', 'disk:older']]);
  assert.deepStrictEqual(jobs.map(({ id }) => Number(id)).sort((a, b) => b - a), jobs.map(({ id }) => Number(id)));
  for (const { ordered, began: begins, ended } of jobs) assert.ok(ordered <= begins && begins <= ended);
});

test('metrics tell of the jobs', async () => {
  const { jobs } = (await ask('GET', '/api/v1/jobs')).body;
  for (const outcome of ['done', 'failed', 'canceled']) {
    assert.strictEqual(await server.metric('kickoff_jobs_total', { kind: 'harvest', outcome }), jobs.filter(({ state }) => state === outcome).length, outcome);
  }
  assert.strictEqual(await server.metric('kickoff_jobs_running'), 0);
  assert.strictEqual(await server.metric('kickoff_jobs_bytes_total'), jobs.reduce((sum, { bytes }) => sum + bytes, 0));
  assert.ok((await server.metric('kickoff_jobs_seconds_total')) > 0);
});

// Last: the encoder is not started again.
test('killed in the middle, jobs go on with the next start, and the multivariant playlist comes last', async () => {
  const order = { start: utc(began), end: utc(Date.now()) };
  const older = (await ask('GET', '/api/v1/jobs')).body.jobs;
  const folder = '/match-media/live/match/vod/killed';
  const there = () => [...bucket.objects.keys()].filter((name) => name.startsWith(folder));
  // The bucket takes one rendition and a half, then nothing more.
  let puts = 0;
  bucket.refuses = (name) => name.startsWith(folder) && ++puts > 7;
  const inBucket = await harvest({ ...order, destination: 's3:killed' });
  const onDisk = await harvest({ ...order, destination: 'disk:killed' });
  assert.deepStrictEqual([inBucket.status, onDisk.status], [202, 202]);
  await server.until('some of it is there', () => there().length === 7);
  assert.deepStrictEqual((await ask('GET', inBucket.location)).body.state, 'running');
  await killAndRestart(() => assert.ok(!bucket.objects.has(`${folder}/index.m3u8`)));
  // It waits for the bucket again, and is killed again.
  await server.until('it runs again', async () => (await ask('GET', inBucket.location)).body.state === 'running');
  await killAndRestart(() => { bucket.refuses = () => false; });
  const [first, second] = [await whenOver(inBucket), await whenOver(onDisk)];
  assert.deepStrictEqual([first.state, second.state], ['done', 'done'], JSON.stringify([first, second]));
  assert.deepStrictEqual(first.result, second.result);
  const put = bucket.order.filter((name) => name.startsWith(folder));
  assert.strictEqual(put.indexOf(`${folder}/index.m3u8`), put.length - 1, 'the multivariant playlist once, and last');
  assert.strictEqual(await complaintsOf(`${bucket.endpoint}${folder}/index.m3u8`), '');
  assert.strictEqual(await complaintsOf(second.location, '-allowed_extensions', 'ALL'), '');
  const onDiskFolder = path.dirname(second.location);
  for (const name of there().map((at) => at.slice(folder.length + 1))) {
    assert.ok(fs.readFileSync(path.join(onDiskFolder, name)).equals(bucket.objects.get(`${folder}/${name}`).body), name);
  }
  assert.ok(!fs.existsSync(`${onDiskFolder}.new`));
  for (const job of [first, second]) assert.strictEqual((await whenTold(job)).segments, job.result.segments);
  for (const job of older) assert.deepStrictEqual((await ask('GET', `/api/v1/jobs/${job.id}`)).body, job, 'those that were over keep their answers');
});

test('an orderly stop keeps a job that runs for the next start', async () => {
  bucket.down = true;
  const started = await harvest({ start: utc(began), end: utc(Date.now()), destination: 's3:stopped' });
  await server.until('it runs', async () => (await ask('GET', started.location)).body.state === 'running');
  assert.strictEqual((await server.process.stop('SIGTERM')).code, 0);
  bucket.down = false;
  await again();
  assert.strictEqual((await whenOver(started)).state, 'done');
  assert.ok(bucket.objects.has('/match-media/live/match/vod/stopped/index.m3u8'));
});
