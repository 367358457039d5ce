// A server that is killed and started again on the same state directory serves the same window, and its channels continue.
// Suite: beside others.
'use strict';
const { test, after } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { Server, endAll, leftOut, descendants, exists, run, copy, sleep, binary } = require('./harness');
const { source, pushRtmp } = require('./media');
const { assertLive } = require('./judge_channel');
const { readMedia, readMultivariant } = require('../../tools/judge/playlist');

const pushers = [];
const servers = [];
after(async () => {
  await Promise.all(pushers.map((pusher) => pusher.stop('SIGKILL')));
  await Promise.all(servers.map((server) => server.stop()));
});
after(endAll);

async function start(config = {}, options = {}) {
  const server = await Server.start({ channels: { '*': copy() }, ...config }, options);
  servers.push(server);
  return server;
}
async function push(server, channel) {
  const pusher = pushRtmp(source({ rate: '25', gop: 50 }), server.rtmp(channel));
  pushers.push(pusher);
  await server.live(channel);
  return pusher;
}

// The server and all its processes at once, as a power cut or the kernel would; then the same again on the same ports.
async function kill(server) {
  const pids = [server.process.child.pid, ...descendants(server.process.child.pid)];
  for (const pid of pids) {
    try { process.kill(pid, 'SIGKILL'); } catch { /* it went with its parent */ }
  }
  await server.process.ended;
  await server.until('all processes are gone', () => !pids.some(exists), 10000);
}
async function restart(server) {
  server.process = run(binary, ['serve', '--config', server.file], { env: process.env });
  await server.until('it is alive again', async () => (await server.admin('/livez')).status === 200, 30000);
}

async function media(server, channel) {
  const list = readMultivariant((await server.web(`/live/${channel}/index.m3u8`)).text);
  const urls = [...list.variants.map(({ uri }) => uri), ...list.media.filter(({ URI }) => URI).map(({ URI }) => URI)].map((uri) => new URL(uri, server.playlist(channel)));
  return Promise.all(urls.map(async (url) => ({ url, ...readMedia((await server.get(url)).text) })));
}
const bytes = async (url) => {
  const answer = await fetch(url);
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
};
// Every segment of every playlist, fetched.
async function everything(server, channel) {
  const all = new Map();
  for (const { url, segments } of await media(server, channel)) {
    for (const { uri } of segments) {
      const address = new URL(uri, url).href;
      const answer = await bytes(address);
      if (answer.status === 200) all.set(address, answer.body);
    }
  }
  return all;
}
const newestFile = (server, channel) => {
  const directory = path.join(server.directory, 'state/journal', channel);
  return path.join(directory, fs.readdirSync(directory).sort().at(-1));
};

// Each has a server of its own.
const cases = [
  ['kill -9: the window is served again byte for byte, is held, and the encoder continues it', async () => {
    const server = await start();
    const first = await push(server, 'match');
    await sleep(12000);
    const before = await everything(server, 'match');
    const [playlist] = await media(server, 'match');
    assert.ok(before.size >= 8, `${before.size} segments`);
    await kill(server);
    await first.stop('SIGKILL');
    await sleep(3000);
    await restart(server);
    for (const [address, body] of before) {
      const again = await bytes(address);
      assert.strictEqual(again.status, 200, address);
      assert.ok(again.body.equals(body), `${address}: other bytes`);
    }
    assert.strictEqual(await server.metric('kickoff_journal_restored_channels'), 1);
    const checking = assertLive(server.playlist('match'), { seconds: 15, independent: false, probes: false });
    await sleep(3000);
    await push(server, 'match');
    await checking;
    const [after] = await media(server, 'match');
    assert.ok(!/GAP/.test(after.text), `the absence is filled with media:\n${after.text}`);
    assert.ok(!after.text.includes('EXT-X-DISCONTINUITY\n'), 'no discontinuity');
    assert.ok(after.segments.at(-1).msn > playlist.segments.at(-1).msn + 4, 'numbering continues');
    for (const segment of after.segments) assert.strictEqual(segment.msn, Math.floor((Date.parse(segment.date) + 20) / 2000), `segment ${segment.msn} of ${segment.date}`);
    const uris = new Map(playlist.segments.map(({ msn, uri }) => [msn, uri]));
    for (const { msn, uri } of after.segments) if (uris.has(msn)) assert.strictEqual(uri, uris.get(msn));
  }],
  ['kill -9 of a ladder with text, I-frames, images, audio alone and cuts at splices: likewise', async () => {
    const rich = { ladder: [{ height: 360, bitrate: '600k', preset: 'ultrafast' }], subtitles: [{ from: 'api', language: 'en' }], iframes: true, images: true, audio_only: true, splice_cuts: true, markers: { emsg: 'all' } };
    const token = 'of-the-test';
    const server = await start({ channels: { rich } }, { env: { KICKOFF_ADMIN_TOKEN: token } });
    const first = await push(server, 'rich');
    const say = (text) => fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/rich/captions/en`, {
      method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ text }),
    });
    await sleep(6000);
    const said = await say('Before.');
    assert.ok(said.ok, await said.text());
    await sleep(7000);
    const before = await everything(server, 'rich');
    for (const [image] of (await server.web('/live/rich/images/index.m3u8')).text.matchAll(/^\d+\.jpg$/gm)) {
      const address = new URL(`images/${image}`, server.playlist('rich')).href;
      const { status, body } = await bytes(address);
      if (status === 200) before.set(address, body);
    }
    assert.ok([...before.keys()].some((address) => address.endsWith('.jpg')), 'images are among them');
    const lists = (await server.web('/live/rich/index.m3u8')).text;
    assert.ok([...before.keys()].some((address) => address.endsWith('.vtt')) && [...before.values()].some((body) => body.includes('Before.')), 'text is among them');
    await kill(server);
    await first.stop('SIGKILL');
    await restart(server);
    for (const [address, body] of before) {
      const again = await bytes(address);
      assert.strictEqual(again.status, 200, address);
      assert.ok(again.body.equals(body), `${address}: other bytes`);
    }
    assert.strictEqual((await server.web('/live/rich/index.m3u8')).text, lists, 'MV-28');
    const checking = assertLive(server.playlist('rich'), { seconds: 15, independent: false, probes: false });
    await push(server, 'rich');
    await checking;
    for (const { url, text } of await media(server, 'rich')) assert.ok(!/GAP|EXT-X-DISCONTINUITY\n/.test(text), `${url}:\n${text}`);
    const keys = (await server.web('/live/rich/v360/iframes.m3u8')).text;
    assert.ok((keys.match(/BYTERANGE/g) ?? []).length >= 8, keys);
  }],
  ['a torn tail is cut, and what stands before it is served', async () => {
    const server = await start();
    await push(server, 'torn');
    await sleep(8000);
    const before = await everything(server, 'torn');
    await kill(server);
    const file = newestFile(server, 'torn');
    fs.truncateSync(file, fs.statSync(file).size - 7);
    fs.appendFileSync(file, Buffer.alloc(100, 0xff));
    await restart(server);
    let same = 0;
    for (const [address, body] of before) same += Number((await bytes(address)).body.equals(body));
    assert.ok(same >= before.size - 2, `${same} of ${before.size} segments`);
    assert.match(server.log(), /a journal was damaged/);
  }],
  ['without a journal a channel is gone with its server', async () => {
    const server = await start({ journal: { enabled: false } });
    await push(server, 'short');
    await sleep(3000);
    await kill(server);
    await restart(server);
    assert.strictEqual((await server.web('/live/short/index.m3u8')).status, 404);
    assert.ok(!fs.existsSync(path.join(server.directory, 'state/journal')));
  }],
  ['a journal that cannot be written costs the journal alone', async () => {
    const broken = fs.mkdtempSync('/tmp/kickoff-journal-');
    fs.writeFileSync(path.join(broken, 'full'), 'a file in its place');
    const server = await start({ journal: { directory: path.join(broken, 'full') } });
    await push(server, 'match');
    await sleep(4000);
    await assertLive(server.playlist('match'), { seconds: 8, independent: false, probes: false });
    assert.match(server.log(), /there is no journal/);
    fs.rmSync(broken, { recursive: true });
  }],
  ['a directory of a channel that cannot be written gives up that journal, and says so once', async () => {
    const server = await start();
    fs.writeFileSync(path.join(server.directory, 'state/journal/match'), 'a file in its place');
    await push(server, 'match');
    await push(server, 'other');
    await server.until('it is given up', async () => await server.metric('kickoff_journal_given_up', { channel: 'match' }) === 1);
    assert.strictEqual(await server.metric('kickoff_journal_given_up', { channel: 'other' }), 0);
    const events = JSON.parse((await server.admin('/api/v1/events?type=live.kickoff.journal')).text).events ?? [];
    assert.strictEqual(events.filter(({ type }) => type === 'live.kickoff.journal').length, 1);
    fs.unlinkSync(path.join(server.directory, 'state/journal/match'));
    await server.until('it is written again', async () => await server.metric('kickoff_journal_given_up', { channel: 'match' }) === 0);
    await assertLive(server.playlist('match'), { seconds: 6, independent: false, probes: false });
  }],
];
test('the journal', { concurrency: true }, (t) => Promise.all(cases.map(([what, run]) => t.test(what, { skip: leftOut(what) }, run))));
