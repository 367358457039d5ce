// The event log over restarts: kill -9, a disk that is full, files that were damaged. What readers and operators see of it.
// Suite: beside others.
'use strict';
const { test, after } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { Server, endAll, run, copy, binary } = require('./harness');
const { source, pushRtmp } = require('./media');

const pushers = [];
after(async () => { for (const pusher of pushers) await pusher.stop('SIGKILL'); });
after(endAll);

const page = async (server, query = '') => JSON.parse((await server.admin(`/api/v1/events?limit=1000${query}`)).text);
const find = (events, type, more = () => true) => events.find((event) => event.type === `live.kickoff.${type}` && more(event));
const directory = (server) => path.join(server.directory, 'state', 'events');
const lines = (server) => fs.readdirSync(directory(server)).filter((name) => name.endsWith('.jsonl')).sort()
  .flatMap((name) => fs.readFileSync(path.join(directory(server), name), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line)));

async function startAgain(server) {
  server.process = run(binary, ['serve', '--config', server.file], {});
  await server.until('it is alive again', async () => (await server.admin('/livez')).status === 200);
}
async function killAndStart(server, between = () => {}) {
  await server.process.stop('SIGKILL');
  await between();
  await startAgain(server);
}
async function outage(server, channel) {
  const pusher = pushRtmp(source(), server.rtmp(channel));
  pushers.push(pusher);
  await server.live(channel);
  await pusher.stop('SIGKILL');
  return server.until('the outage is raised', async () => find((await page(server)).events, 'outage', ({ state, subject }) => state === 'raised' && subject === `channels/${channel}`));
}
// The server-sent events from one on, until `count` have come.
async function stream(server, from, count) {
  const answer = await fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/events`, { headers: { accept: 'text/event-stream', 'last-event-id': from }, signal: AbortSignal.timeout(30000) });
  let text = '';
  for await (const chunk of answer.body) {
    text += Buffer.from(chunk).toString();
    if (text.split('\ndata: {"specversion').length > count) break;
  }
  return { missed: /^event: missed$/m.test(text), ids: [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1])) };
}

test('after kill -9 a reader goes on where it was, and what was raised is cleared by the restart', async () => {
  const server = await Server.start({ channels: { '*': { ...copy(), grace: '120s' } } });
  const raised = await outage(server, 'final');
  const before = await page(server);
  await server.until('it is in the file', () => lines(server).some(({ sequence }) => Number(sequence) === before.newest));
  await killAndStart(server);
  await server.until('it is ready', async () => find((await page(server, `&after=${before.newest}`)).events, 'instance.started'));
  const since = await page(server, `&after=${before.newest}`);
  assert.strictEqual(since.missed, false);
  const cleared = find(since.events, 'outage', ({ state }) => state === 'cleared');
  assert.deepStrictEqual([cleared.id, cleared.data, cleared.source], [raised.id, { reason: 'restart' }, `${raised.source}#cleared`]);
  const all = await page(server);
  assert.deepStrictEqual(all.events.slice(0, before.events.length), before.events, 'what was told is told again, word for word');
  const sequences = all.events.map(({ sequence }) => Number(sequence));
  assert.deepStrictEqual(sequences, [...new Set(sequences)].sort((a, b) => a - b));
  const from = Number(before.events[0].sequence);
  const heard = await stream(server, String(from), all.events.length - 1);
  assert.deepStrictEqual(heard, { missed: false, ids: sequences.filter((sequence) => sequence > from).slice(0, heard.ids.length) });
  assert.strictEqual((await page(server, `&after=${before.newest + 5}`)).missed, false, 'a number that may have been lost');
  assert.strictEqual((await page(server, '&after=17')).missed, true);
  await server.process.stop();
  const stopped = await page(server).catch(() => null);
  assert.strictEqual(stopped, null);
  assert.ok(find(lines(server), 'instance.stopping'), 'the last event of a stop is written');
});

test('ten kills in a row lose nothing that was written, and numbers never fall', async () => {
  const server = await Server.start();
  const told = new Map();
  for (let i = 0; i < 10; i++) {
    await server.until('it has started', async () => find((await page(server)).events.filter(({ sequence }) => !told.has(sequence)), 'instance.started'));
    for (const event of (await page(server)).events) told.set(event.sequence, event);
    await killAndStart(server);
  }
  const { events } = await page(server);
  for (const event of told.values()) assert.deepStrictEqual(events.find(({ sequence }) => sequence === event.sequence), event);
  const sequences = lines(server).filter(({ sequence }) => sequence).map(({ sequence }) => Number(sequence));
  assert.deepStrictEqual(sequences, [...new Set(sequences)].sort((a, b) => a - b));
  assert.strictEqual(fs.readdirSync(directory(server)).filter((name) => name.endsWith('.jsonl')).length, 1);
});

test('a torn tail is cut off, garbage is passed over with a warning, and readers are told of the hole', async () => {
  const server = await Server.start();
  await server.until('it has started', async () => find((await page(server)).events, 'instance.started'));
  const first = (await page(server)).newest;
  server.process.child.kill('SIGHUP');
  await server.until('two more events are in the file', async () => {
    server.process.child.kill('SIGHUP');
    return lines(server).filter(({ sequence }) => Number(sequence) > first).length >= 2;
  });
  await killAndStart(server, () => {
    const [name] = fs.readdirSync(directory(server)).filter((one) => one.endsWith('.jsonl'));
    const file = path.join(directory(server), name);
    const text = fs.readFileSync(file, 'utf8').split('\n').map((line) => (line.includes(`"sequence":"${String(first + 1).padStart(20, '0')}"`) ? 'no event' : line)).join('\n');
    assert.match(text, /^no event$/m);
    fs.writeFileSync(file, `${text}{"specversion":"1.0","id":"1`);
  });
  await server.until('it has started again', async () => find((await page(server, `&after=${first}`)).events, 'instance.started'));
  assert.match(server.log(), /lines of the event log cannot be read/);
  const since = await page(server, `&after=${first}`);
  assert.strictEqual(since.missed, true);
  const text = fs.readdirSync(directory(server)).filter((name) => name.endsWith('.jsonl')).map((name) => fs.readFileSync(path.join(directory(server), name), 'utf8')).join('');
  assert.doesNotMatch(text, /"id":"1\{/);
  assert.ok(text.endsWith('\n'));
});

test('a disk that takes nothing costs the file and not the log, and is written again when it does', async () => {
  const server = await Server.start();
  await server.until('it has started', async () => find((await page(server)).events, 'instance.started'));
  const away = `${directory(server)}-away`;
  await server.process.stop('SIGTERM');
  fs.renameSync(directory(server), away);
  fs.writeFileSync(directory(server), 'a file in the place of the directory');
  await startAgain(server);
  assert.match(server.log(), /events are kept in memory only/);
  assert.strictEqual(await server.metric('kickoff_event_log_failing'), 1);
  await server.until('it serves', async () => find((await page(server)).events, 'instance.started'));
  await server.process.stop('SIGTERM');
  fs.rmSync(directory(server));
  fs.renameSync(away, directory(server));
  await startAgain(server);
  const { events } = await page(server);
  assert.ok(find(events, 'instance.stopping'), 'what was before');
  // And while it runs: the directory goes away and comes back.
  fs.renameSync(directory(server), away);
  const [name] = fs.readdirSync(away).filter((one) => one.endsWith('.jsonl'));
  const size = fs.statSync(path.join(away, name)).size;
  server.process.child.kill('SIGHUP');
  await server.until('the reload', async () => find((await page(server)).events, 'config.reload'));
  await server.until('it is in the file that is open', () => fs.statSync(path.join(away, name)).size > size);
  fs.renameSync(away, directory(server));
});

test('a second server of the state directory keeps its events in memory', async () => {
  const server = await Server.start();
  const other = await Server.start({ journal: { enabled: false } });
  other.config.state_directory = path.join(server.directory, 'state');
  fs.writeFileSync(other.file, JSON.stringify(other.config));
  await other.process.stop('SIGTERM');
  await startAgain(other);
  assert.match(other.log(), /events are kept in memory only.*another process has it/);
  assert.ok((await page(other)).newest > 0);
});
