// `kickoff journal`: a real journal checked, damaged, repaired and exported, and the export judged by others.
// Suite: beside others.
'use strict';
const { test, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const HLS = require('hls-parser');
const { Server, endAll, descendants, exists, run, copy, sleep, binary } = require('./harness');
const { source, pushRtmp } = require('./media');
const { readMedia, readMultivariant } = require('../../tools/judge/playlist');

const servers = [];
after(() => Promise.all(servers.map((server) => server.stop())));
after(endAll);

const kickoff = (...words) => spawnSync(binary, ['journal', ...words], { encoding: 'utf8', timeout: 60000 });
const formatOf = (file) => JSON.parse(execFileSync('ffprobe', ['-v', 'error', '-of', 'json', '-show_format', file], { encoding: 'utf8' })).format;
// Decoded to its end, every frame.
const complaintsOf = (file) => spawnSync('ffmpeg', ['-nostdin', '-v', 'error', ...(file.endsWith('.m3u8') ? ['-allowed_extensions', 'ALL'] : []), '-i', file, '-map', '0:v', '-map', '0:a?', '-f', 'null', '-'], { encoding: 'utf8' }).stderr;

async function kill(server) {
  const pids = [server.process.child.pid, ...descendants(server.process.child.pid)];
  for (const pid of pids) {
    try { process.kill(pid, 'SIGKILL'); } catch { /* it went with its parent */ }
  }
  await server.process.ended;
  await server.until('all processes are gone', () => !pids.some(exists), 10000);
}

// All playlists below a directory, as hls-parser and we read them.
function readExport(directory) {
  HLS.setOptions({ strictMode: true });
  const text = fs.readFileSync(path.join(directory, 'index.m3u8'), 'utf8');
  HLS.parse(text);
  const list = readMultivariant(text);
  const uris = [...new Set([...list.variants.map(({ uri }) => uri), ...list.media.map(({ URI }) => URI).filter(Boolean)])];
  return uris.map((uri) => {
    const media = fs.readFileSync(path.join(directory, uri), 'utf8');
    HLS.parse(media);
    return { uri, folder: path.join(directory, path.dirname(uri)), ...readMedia(media) };
  });
}

test('a journal is checked, exported beside its server, damaged, repaired and served again', async () => {
  const token = 'of-the-test';
  const server = await Server.start({ channels: { '*': copy({ subtitles: [{ from: 'api', language: 'en' }] }) } }, { env: { KICKOFF_ADMIN_TOKEN: token } });
  servers.push(server);
  const pusher = pushRtmp(source({ rate: '25', gop: 50 }), server.rtmp('match'));
  await server.live('match');
  const mark = (id) => fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/match/markers`, {
    method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ id, class: 'com.example.goal', duration: 1 }),
  });
  await server.until('the channel takes markers', async () => (await mark('goal-1')).ok);
  await sleep(9000);

  const checked = kickoff('check', '--config', server.file, '--json');
  assert.strictEqual(checked.status, 0, checked.stdout + checked.stderr);
  const told = JSON.parse(checked.stdout);
  assert.ok(told.sound && told.channels[0].channel === 'match' && told.channels[0].files[0].records > 20, checked.stdout);
  assert.match(kickoff('check', '--config', server.file).stdout, /^\d{8}T\d{6}\.\d{6}Z\.journal +\d+ 2\S+Z 2\S+Z +\d+ {2}sound$/m);
  const refused = kickoff('repair', '--config', server.file);
  assert.strictEqual(refused.status, 1);
  assert.match(refused.stderr, /in use by a server/);

  const output = path.join(server.directory, 'vod');
  const exported = kickoff('export', '--config', server.file, 'match', '--output', output, '--mp4');
  assert.strictEqual(exported.status, 0, exported.stderr);
  const lists = readExport(output);
  assert.strictEqual(lists.length, 3, 'video, audio and text');
  for (const { uri, folder, segments, ended, text } of lists) {
    assert.ok(ended && /EXT-X-PLAYLIST-TYPE:VOD/.test(text) && !/EXT-X-PART|PRELOAD|SERVER-CONTROL/.test(text), `${uri}:\n${text}`);
    assert.ok(segments.length >= 3, uri);
    assert.match(text, /EXT-X-DATERANGE:ID="goal-1"/);
    assert.deepStrictEqual(segments.map(({ msn }) => msn), lists[0].segments.map(({ msn }) => msn), 'the same numbers in all');
    for (const segment of segments) {
      const served = await fetch(new URL(`${path.dirname(uri)}/${segment.uri}`, server.playlist('match')));
      if (served.status === 200) assert.ok(Buffer.from(await served.arrayBuffer()).equals(fs.readFileSync(path.join(folder, segment.uri))), segment.uri);
    }
  }
  assert.strictEqual(complaintsOf(path.join(output, 'index.m3u8')), '');
  for (const name of ['source.mp4', 'a1.mp4']) {
    const { start_time: start, duration } = formatOf(path.join(output, name));
    assert.ok(Number(start) >= 0 && Number(start) < 1 && Number(duration) > 4, `${name} starts at ${start} and lasts ${duration} s`);
  }
  assert.strictEqual(complaintsOf(path.join(output, 'source.mp4')), '');
  assert.strictEqual(kickoff('export', '--config', server.file, 'match', '--output', output).status, 1, 'not into what holds something');

  await kill(server);
  await pusher.stop('SIGKILL');
  const directory = path.join(server.directory, 'state/journal');
  const file = path.join(directory, 'match', fs.readdirSync(path.join(directory, 'match')).sort().at(-1));
  const bytes = fs.readFileSync(file);
  bytes[Math.floor(bytes.length / 3)] ^= 0xff;
  fs.writeFileSync(file, bytes.subarray(0, -5));
  const damaged = kickoff('check', directory);
  assert.strictEqual(damaged.status, 1, damaged.stdout);
  assert.match(damaged.stdout, /torn: \d+ bytes from byte \d+, it ends within a record; damaged: \d+ bytes in 1 place/);
  const repaired = kickoff('repair', directory, 'match');
  assert.strictEqual(repaired.status, 0, repaired.stderr);
  assert.ok(fs.existsSync(`${file}.damaged`));
  assert.strictEqual(kickoff('check', directory).status, 0);
  server.process = run(binary, ['serve', '--config', server.file], { env: process.env });
  await server.until('it is alive again', async () => (await server.admin('/livez')).status === 200, 30000);
  assert.strictEqual(await server.metric('kickoff_journal_restored_channels'), 1);
  assert.ok(readMedia((await server.web('/live/match/source/index.m3u8')).text).segments.length >= 3, 'what stands behind the damage is served too');
});

test('what is asked for wrongly is told, with the usage', () => {
  for (const [words, said] of [
    [[], /check, repair or export\?/],
    [['mend', '/tmp'], /no such command: mend/],
    [['check'], /needs DIRECTORY or --config FILE/],
    [['check', '/tmp', '--mp4'], /check does not take --mp4/],
    [['check', '/nowhere/at/all'], /is no directory/],
    [['export', '/tmp', 'match'], /needs --output DIR/],
    [['export', '/tmp', 'match', '--output', '/tmp/x', '--from', 'noon'], /--from: "noon" is no time/],
    [['export', '/tmp', 'match', '--output', '/tmp/x', '--from', '2026-11-30T02:00:00Z', '--to=2026-11-30T01:00:00Z'], /--to is not later/],
    [['check', '--config', '/nowhere.yaml'], /\/nowhere\.yaml/],
  ]) {
    const { status, stderr } = kickoff(...words);
    assert.strictEqual(status, 2, words.join(' '));
    assert.match(stderr, said, words.join(' '));
  }
});
