// Webhooks: receivers of other makes get the events, signed as the Standard Webhooks specification says; some are dead, some hang.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const { Server, endAll, run, copy, binary } = require('./harness');
const { source, pushRtmp } = require('./media');

const token = 'the-token-of-operations';
const secrets = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`);

// Any of the signatures of the header is that of this secret. Written from the specification, with node's own functions.
function isSigned({ headers, body }, secret) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const wanted = crypto.createHmac('sha256', key).update(content).digest();
  return headers['webhook-signature'].split(' ').some((one) => {
    const [version, text] = one.split(',');
    const got = Buffer.from(text, 'base64');
    return version === 'v1' && got.length === wanted.length && crypto.timingSafeEqual(got, wanted);
  });
}

// A receiver. answer(request) → a status, or undefined: it never answers. got: {headers, body, event, status}.
class Receiver {
  static async start(answer) {
    const receiver = new Receiver();
    receiver.got = [];
    receiver.answer = answer;
    receiver.server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (data) => { body += data; });
      request.on('end', () => {
        const one = { headers: request.headers, body, event: JSON.parse(body) };
        one.status = receiver.answer(one);
        receiver.got.push(one);
        if (one.status === undefined) return;
        response.writeHead(one.status, one.status === 307 ? { location: `http://127.0.0.1:${receiver.elsewhere}/` } : {});
        response.end('x'.repeat(100000)); // of which nothing is wanted
      });
    });
    await new Promise((resolve) => { receiver.server.listen(0, '127.0.0.1', resolve); });
    receiver.url = `http://127.0.0.1:${receiver.server.address().port}/hook?token=${token}`;
    return receiver;
  }
  types() { return this.got.filter(({ status }) => status < 300).map(({ event }) => event.type.replace('live.kickoff.', '')); }
  taken() { return this.got.filter(({ status }) => status < 300).map(({ event }) => event); }
  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let server;
let good;
let moody;
let hanging;
const pushers = [];

async function reload(change) {
  const seen = server.log().split('configuration reloaded').length;
  server.config = { ...server.config, ...change };
  fs.writeFileSync(server.file, JSON.stringify(server.config));
  server.process.child.kill('SIGHUP');
  await server.until('the reload', () => server.log().split('configuration reloaded').length > seen);
}
const state = async (name) => JSON.parse((await server.admin('/api/v1/webhooks')).text).webhooks.find((one) => one.name === name);
const replay = (name) => server.get(`http://127.0.0.1:${server.ports.admin}/api/v1/webhooks/${name}/replay`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });

before(async () => {
  good = await Receiver.start(() => 204);
  moody = await Receiver.start(() => 204);
  hanging = await Receiver.start(() => undefined);
  const gone = await Receiver.start(() => 204);
  gone.stop();
  const hash = crypto.createHash('sha256').update(token).digest('hex');
  server = await Server.start({
    channels: { '*': copy() },
    admin: { tokens: [{ name: 'operations', role: 'operate', sha256: hash }] },
    webhooks: [
      { name: 'dead', url: gone.url, timeout: '1s' },
      { name: 'hanging', url: hanging.url, timeout: '60s' },
      { name: 'good', url: good.url, secret_env: 'HOOK_SECRET' },
      { name: 'moody', url: moody.url, types: ['publisher.', 'config.'] },
    ],
  }, { env: { HOOK_SECRET: secrets[0] } });
});
after(async () => {
  for (const pusher of pushers) await pusher.stop('SIGKILL');
  for (const receiver of [good, moody, hanging]) receiver.stop();
});
after(endAll);

test('events arrive signed, once, in the order of each subject, while one receiver hangs and another is not there', async () => {
  for (const channel of ['one', 'two']) pushers.push(pushRtmp(source(), server.rtmp(channel)));
  for (const channel of ['one', 'two']) {
    await server.until(`the events of ${channel}`, () => good.taken().some(({ subject, type }) => subject === `channels/${channel}` && type.endsWith('worker.started')));
  }
  for (const pusher of pushers.splice(0)) await pusher.stop('SIGKILL');
  await server.until('both have gone', () => good.types().filter((type) => type === 'publisher.disconnected').length === 2);
  await server.until('nothing waits', async () => (await state('good')).waiting === 0);
  const log = JSON.parse((await server.admin('/api/v1/events?limit=1000')).text).events;
  await server.until('all that the log has', () => log.every(({ sequence }) => good.taken().some((event) => event.sequence === sequence)));
  for (const subject of new Set(log.map((event) => event.subject))) {
    const sequences = (events) => events.filter((event) => event.subject === subject).map(({ sequence }) => sequence);
    assert.deepStrictEqual(sequences(good.taken()).slice(0, sequences(log).length), sequences(log), subject);
  }
  const ids = good.got.map(({ headers }) => headers['webhook-id']);
  assert.strictEqual(new Set(ids).size, ids.length, 'each has an id of its own');
  for (const one of good.got) {
    assert.strictEqual(one.headers['content-type'], 'application/cloudevents+json; charset=utf-8');
    assert.ok(isSigned(one, secrets[0]));
    assert.ok(!isSigned({ ...one, body: one.body.replace('1.0', '1.1') }, secrets[0]));
    assert.ok(Math.abs(Date.now() / 1000 - Number(one.headers['webhook-timestamp'])) < 300);
    assert.strictEqual(one.event.specversion, '1.0');
  }
  assert.ok(good.types().includes('instance.started'));
  const dead = await state('dead');
  assert.strictEqual(dead.delivered_total, 0);
  assert.ok(dead.failed_total.network >= 1, JSON.stringify(dead));
  assert.ok(dead.waiting >= log.length - 1, 'nothing is lost');
  assert.doesNotMatch(JSON.stringify(await state('good')), new RegExp(token), 'the URL may be a secret');
  assert.doesNotMatch(server.log(), new RegExp(token));
  assert.ok(await server.metric('kickoff_webhook_delivered_total', { webhook: 'good' }) >= log.length);
  assert.ok(await server.metric('kickoff_webhook_waiting', { webhook: 'hanging' }) >= 1);
});
test('what is not taken comes again, with the same id, and a redirect is not followed', async () => {
  await server.until('nothing waits', async () => (await state('moody')).waiting === 0);
  const other = await Receiver.start(() => 204);
  moody.elsewhere = other.server.address().port;
  const statuses = [500, 307, 204];
  const from = moody.got.length;
  moody.answer = () => statuses.shift() ?? 204;
  await reload({});
  await server.until('the reload has arrived', () => moody.got.slice(from).some(({ status }) => status === 204));
  const tries = moody.got.slice(from);
  assert.deepStrictEqual(tries.map(({ status }) => status).slice(0, 3), [500, 307, 204]);
  assert.strictEqual(new Set(tries.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size, 1);
  assert.strictEqual(other.got.length, 0);
  assert.ok(moody.types().every((type) => /^(publisher|config)\./.test(type)), moody.types().join());
  other.stop();
});
test('a receiver that answers 410 gets nothing more until its dead letters are replayed', async () => {
  moody.answer = () => 410;
  await reload({});
  await server.until('it is gone', async () => (await state('moody')).state === 'gone');
  const asked = moody.got.length;
  await server.until('the others are told', () => good.taken().some(({ type, state: end, data }) => type === 'live.kickoff.webhook' && end === 'raised' && data.webhook === 'moody' && data.reason === 'HTTP 410'));
  await reload({});
  assert.strictEqual(moody.got.length, asked);
  const before410 = await state('moody');
  assert.strictEqual(before410.dead_letters.at(-1).type, 'live.kickoff.config.reload');
  assert.strictEqual(before410.dropped_total.gone, 1);
  assert.strictEqual((await server.get(`http://127.0.0.1:${server.ports.admin}/api/v1/webhooks/moody/replay`, { method: 'POST' })).status, 401);
  assert.strictEqual((await replay('nobody')).status, 404);
  moody.answer = () => 200;
  assert.deepStrictEqual(JSON.parse((await replay('moody')).text), { replayed: before410.dead });
  await server.until('it takes them', async () => (await state('moody')).state === 'working');
  await server.until('the others are told', () => good.taken().some(({ type, state: end, data }) => type === 'live.kickoff.webhook' && end === 'cleared' && data.webhook === 'moody'));
});
test('a reload brings another secret, a new webhook, and takes one away', async () => {
  fs.writeFileSync(`${server.directory}/secrets`, `${secrets[1]}\n`);
  const fresh = await Receiver.start(() => 200);
  await reload({ webhooks: [{ name: 'good', url: good.url, secret_file: `${server.directory}/secrets`, secrets: [secrets[0]] }, { name: 'fresh', url: fresh.url }] });
  await reload({});
  await server.until('the new one has it', () => fresh.types().includes('config.reload'));
  await server.until('the rotated one has it', () => isSigned(good.got.at(-1), secrets[1]));
  assert.ok(isSigned(good.got.at(-1), secrets[0]), 'both sign');
  assert.strictEqual(fresh.got.at(-1).headers['webhook-signature'], undefined);
  assert.deepStrictEqual(JSON.parse((await server.admin('/api/v1/webhooks')).text).webhooks.map(({ name }) => name), ['good', 'fresh']);
  fresh.stop();
});
test('the last event tells of the stop, and nothing waits for the receivers that do not answer', async () => {
  await reload({ webhooks: [{ name: 'hanging', url: hanging.url, timeout: '60s' }, { name: 'good', url: good.url }] });
  assert.strictEqual((await server.stop()).code, 0);
  assert.ok(good.types().includes('instance.stopping'), good.types().join());
});

test('after kill -9 receivers get what they had not taken, under the same ids, and dead letters are known', async () => {
  const slow = await Receiver.start(() => 503);
  const ended = await Receiver.start(() => 410);
  const works = await Receiver.start(() => 200);
  server = await Server.start({
    channels: { '*': copy() },
    admin: { tokens: [{ name: 'operations', role: 'operate', sha256: crypto.createHash('sha256').update(token).digest('hex') }] },
    webhooks: [{ name: 'slow', url: slow.url }, { name: 'ended', url: ended.url, types: ['config.'] }, { name: 'works', url: works.url }],
  });
  for (let i = 0; i < 5; i++) await reload({});
  const reloads = async () => JSON.parse((await server.admin('/api/v1/events?limit=1000&type=config.reload')).text).events;
  await server.until('all are told', async () => works.types().filter((type) => type === 'config.reload').length === 5 && (await state('ended')).state === 'gone');
  const before = await reloads();
  const tried = new Map(slow.got.map(({ headers, event }) => [event.sequence, headers['webhook-id']]));
  assert.ok(tried.size >= 1);
  const file = `${server.directory}/state/events/webhooks`;
  const letters = (await state('ended')).dead;
  await server.until('their positions are written', () => {
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    const [, upTo] = /^webhook (\d+) works\nend$/m.exec(text) ?? [];
    return Number(upTo) >= Number(before.at(-1).sequence) && /^dead /m.test(text);
  });
  await server.process.stop('SIGKILL');
  const from = works.got.length;
  slow.answer = () => 200;
  server.process = run(binary, ['serve', '--config', server.file], {});
  await server.until('it is alive again', async () => (await server.admin('/livez')).status === 200);
  await server.until('all of before', () => before.every(({ sequence }) => slow.taken().some((event) => event.sequence === sequence)));
  await server.until('and of now', () => slow.types().filter((type) => type === 'instance.started').length === 2);
  const sequences = slow.taken().filter(({ subject }) => subject === undefined).map(({ sequence }) => sequence);
  assert.deepStrictEqual(sequences, [...sequences].sort(), 'in order');
  for (const { headers, event } of slow.got) if (tried.has(event.sequence)) assert.strictEqual(headers['webhook-id'], tried.get(event.sequence));
  await server.until('the other one has the news', () => works.got.slice(from).some(({ event }) => event.type === 'live.kickoff.instance.started'));
  const again = works.got.slice(from).filter(({ event }) => before.some(({ sequence }) => sequence === event.sequence));
  assert.strictEqual(again.length, 0, 'what was delivered, and written down as that, is not sent again');
  assert.strictEqual((await state('ended')).dead, letters);
  ended.answer = () => 200;
  assert.deepStrictEqual(JSON.parse((await replay('ended')).text), { replayed: letters });
  await server.until('they are taken', () => ended.types().length === letters);
  assert.strictEqual((await server.stop()).code, 0);
  for (const receiver of [slow, ended, works]) receiver.stop();
});
