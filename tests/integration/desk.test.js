// The desk's commands: `kickoff channel`, `feed`, `events` and the others against a server that runs.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Server, endAll, binary, run, copy } = require('./harness');
const { source, pushRtmp } = require('./media');

const secret = 'token-of-the-desk';
const text = 'Back soon: "Zürich"';
let server;
let pusher;
before(async () => {
  server = await Server.start({ channels: { match: copy({ slate_text: text }), idle: copy() } }, { env: { KICKOFF_ADMIN_TOKEN: secret } });
  pusher = pushRtmp(source(), server.rtmp('match'));
  await server.live('match');
});
after(async () => {
  await pusher?.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// `kickoff WORDS…` at the server, with that token. → {code, out, err}
async function kickoff(words, { token = '', at = ['--server', `http://127.0.0.1:${server.ports.admin}/`] } = {}) {
  const child = run(binary, [...words, ...at], { env: { ...process.env, KICKOFF_ADMIN_TOKEN: token } });
  let [out, err] = ['', ''];
  child.child.stdout.on('data', (data) => { out += data; });
  child.child.stderr.on('data', (data) => { err += data; });
  const { code } = await child.ended;
  return { code, out, err };
}

test('channels are a table for people and the API\'s answer for pipes', async () => {
  const table = await kickoff(['channel', 'list', '--table']);
  assert.deepStrictEqual({ code: table.code, err: table.err }, { code: 0, err: '' });
  assert.match(table.out, /^CHANNEL +STATE +SHOWN .*\nmatch +live +primary +\d+ +H\.264 640x360/m);
  const piped = JSON.parse((await kickoff(['channel', 'list'])).out);
  const asked = JSON.parse((await server.admin('/api/v1/channels')).text);
  assert.deepStrictEqual(piped.channels.map(({ name, state }) => [name, state]), asked.channels.map(({ name, state }) => [name, state]));
  const one = await kickoff(['channel', 'show', 'match', '--table']);
  assert.match(one.out, /\nprimary +yes +\d+ +rtmp /);
  assert.match(one.out, /\nsource +video +yes +\d+ /);
  const none = await kickoff(['channel', 'show', 'nobody']);
  assert.deepStrictEqual(none, { code: 1, out: '', err: 'kickoff: there is no channel nobody\n' });
});

test('the port is found by the server\'s configuration', async () => {
  const found = await kickoff(['instance', '--table'], { at: ['--config', server.file] });
  assert.strictEqual(found.code, 0, found.err);
  assert.match(found.out, /^HEADROOM +\d+ %$/m);
});

test('an order needs a token, from the environment or from a file', async () => {
  const without = await kickoff(['channel', 'slate', 'match', 'on']);
  assert.strictEqual(without.code, 1);
  assert.match(without.err, /the server answered 401: .*KICKOFF_ADMIN_TOKEN or --token-file/);
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-desk-')), 'token');
  fs.writeFileSync(file, `${secret}\n`);
  const on = await kickoff(['channel', 'slate', 'match', 'on', '--reason', 'rain & "wind"', '--for', '600', '--token-file', file, '--table']);
  assert.deepStrictEqual(on, { code: 0, out: 'the order holds; copied video holds its last picture: a slate would need another decoder\n', err: '' });
  const slate = async () => JSON.parse((await server.admin('/api/v1/channels')).text).channels.find(({ name }) => name === 'match').slate;
  assert.deepStrictEqual([(await slate()).ordered, (await slate()).reason], [true, 'rain & "wind"']);
  await server.until('the table says so', async () => /^match .*the slate is ordered$/m.test((await kickoff(['channel', 'list', '--table'])).out));
  assert.deepStrictEqual(await kickoff(['channel', 'slate', 'match', 'off'], { token: secret }), { code: 0, out: '', err: '' });
  assert.strictEqual((await slate()).ordered, false);
  const missing = await kickoff(['channel', 'list', '--token-file', `${file}-none`]);
  assert.strictEqual(missing.code, 2);
  assert.match(missing.err, /token-none/);
});

test('what the server refuses is told in its words', async () => {
  const refused = await kickoff(['feed', 'switch', 'match', 'backup'], { token: secret });
  assert.strictEqual(refused.code, 1);
  assert.match(refused.err, /^kickoff: http:\/\/127\.0\.0\.1:\d+: the server answered 409: .*backup/);
  assert.match((await kickoff(['webhook', 'replay', 'nobody'], { token: secret })).err, /answered 404/);
});

test('alarms are listed and silenced, and what was published is harvested by a job', async () => {
  assert.match((await kickoff(['alarm', 'list', '--table'])).out, /^no alarms$|^ID +SINCE +SEVERITY/m);
  assert.deepStrictEqual(await kickoff(['alarm', 'silence', 'feed.fault', '--for', '60', '--channel', 'match', '--reason', 'rain', '--table'], { token: secret }), { code: 0, out: 'it is silenced\n', err: '' });
  const { silences } = JSON.parse((await kickoff(['alarm', 'list'])).out);
  assert.deepStrictEqual(silences.map(({ alarm, channel, reason }) => [alarm, channel, reason]), [['feed.fault', 'match', 'rain']]);
  assert.strictEqual((await kickoff(['alarm', 'unsilence', 'feed.fault', '--channel', 'match'], { token: secret })).code, 0);
  assert.match((await kickoff(['alarm', 'unsilence', 'feed.fault', '--channel', 'match'], { token: secret })).err, /answered 409/);
  const at = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
  const ordered = await kickoff(['channel', 'harvest', 'match', '--start', at(60), '--end', at(1), '--to', 'disk:first'], { token: secret });
  assert.strictEqual(ordered.code, 0, ordered.err);
  const { id } = JSON.parse(ordered.out);
  const job = async () => JSON.parse((await kickoff(['job', 'list'])).out).jobs.find((one) => one.id === id);
  await server.until('the job is over', async () => ['done', 'failed'].includes((await job()).state));
  assert.strictEqual((await job()).state, 'done', JSON.stringify(await job()));
  assert.match((await kickoff(['job', 'list', '--table'])).out, new RegExp(`^${id} +done +match .*/match/first/index.m3u8$`, 'm'));
  assert.match((await kickoff(['job', 'cancel', id], { token: secret })).err, /answered 409/);
});

test('a server that is not there is told, with its address', async () => {
  const gone = await kickoff(['channel', 'list'], { at: ['--server', 'http://127.0.0.1:1'] });
  assert.strictEqual(gone.code, 1);
  assert.match(gone.err, /^kickoff: http:\/\/127\.0\.0\.1:1: .*connect/i);
});

test('events are the newest, those after a number, or those to come', async () => {
  const lines = ({ out }) => out.trim().split('\n').map((line) => JSON.parse(line));
  const all = lines(await kickoff(['events']));
  const known = JSON.parse((await server.admin('/api/v1/events?limit=1000')).text).events;
  assert.deepStrictEqual(all.map(({ id }) => id), known.map(({ id }) => id));
  assert.deepStrictEqual(lines(await kickoff(['events', '--limit', '1'])), known.slice(-1));
  assert.deepStrictEqual(lines(await kickoff(['events', '--after', known[0].id, '--limit', '2'])), known.slice(1, 3));
  assert.match((await kickoff(['events', '--channel', 'match', '--type', 'publisher.', '--table'])).out, /publisher\.connected {2}channels\/match .*protocol=rtmp/);
  const follower = run(binary, ['events', '--follow', '--limit', '1', '--server', `http://127.0.0.1:${server.ports.admin}`]);
  await server.until('it shows the newest', () => follower.output().includes(known.at(-1).id));
  assert.strictEqual((await kickoff(['feed', 'disconnect', 'match'], { token: secret })).code, 0);
  await server.until('it shows what comes', () => follower.output().includes('live.kickoff.publisher.disconnected'));
  await follower.stop('SIGINT');
});

test('the script for bash completes', async () => {
  const { code, out } = await kickoff(['completion', 'bash'], { at: [] });
  assert.strictEqual(code, 0);
  const tried = run('bash', ['-c', `${out}\nCOMP_WORDS=(kickoff channel s)\nCOMP_CWORD=2\n_kickoff\necho "\${COMPREPLY[@]}"`]);
  assert.strictEqual((await tried.ended).code, 0);
  assert.strictEqual(tried.output().trim(), 'show slate settings');
});
