// publish_hook: an operator's program says who may publish, over RTMP and SRT; it allows, refuses, is slow, or is not there.
// Suite: beside others.
'use strict';
const { test, before, beforeEach, after } = require('node:test');
const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const { Server, endAll, copy } = require('./harness');
const { source, pushRtmp, pushSrt } = require('./media');
const { shaken, publishing } = require('./rtmp_client');

const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const key = 'a-key-that-nobody-may-see';

// A program of an operator's. answer(question) → {status, body, type}, or undefined: it never answers; or a promise of that.
class Program {
  static async start() {
    const program = new Program();
    program.asked = []; // {headers, body, question}
    program.server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (data) => { body += data; });
      request.on('end', async () => {
        const question = JSON.parse(body);
        program.asked.push({ headers: request.headers, body, question });
        const said = await program.answer(question);
        if (said === undefined) return;
        response.writeHead(said.status, { 'content-type': said.type ?? 'application/json' });
        response.end(said.body ?? '');
      });
    });
    await new Promise((resolve) => { program.server.listen(0, '127.0.0.1', resolve); });
    program.url = `http://127.0.0.1:${program.server.address().port}/may`;
    return program;
  }
  of(channel) { return this.asked.filter(({ question }) => question.channel === channel); }
  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
const allow = () => ({ status: 200, body: '{"allow": true}' });
const deny = () => ({ status: 200, body: '{"allow": false, "reason": "no rights for this match"}' });
// Written from the specification of Standard Webhooks, with node's own functions.
function isSigned({ headers, body }) {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const wanted = crypto.createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64')).update(content).digest('base64');
  return headers['webhook-signature'] === `v1,${wanted}`;
}

let server;
let program;
const pushers = [];
const push = (pusher) => { pushers.push(pusher); return pusher; };
const rtmp = (channel) => push(pushRtmp(source(), server.rtmp(channel, `?key=${key}`)));
const srt = (channel) => push(pushSrt(source({ format: 'ts' }), server.srt(`#!::r=live/${channel},m=publish,s=${key}`)));
const events = async (type, channel) => JSON.parse((await server.admin(`/api/v1/events?limit=1000&type=${type}&channel=${channel}`)).text).events;
const connected = async (channel) => (await events('publisher.connected', channel)).length;
const decisions = (decision, from) => server.metric('kickoff_publish_hook_publishers_total', { decision, from });

// The keys of publish_hook that differ from those of the start.
async function reload(change) {
  const seen = server.log().split('configuration reloaded').length;
  server.config.publish_hook = { ...server.config.publish_hook, url: program.url, timeout: '5s', on_timeout: 'deny', cache: '60s', ...change };
  fs.writeFileSync(server.file, JSON.stringify(server.config));
  server.process.child.kill('SIGHUP');
  await server.until('the reload', () => server.log().split('configuration reloaded').length > seen);
}
// The publisher ends by itself, and no channel had it. → the event
async function refused(pusher, channel) {
  await server.until(`${channel} is refused`, async () => (await events('publisher.refused', channel)).length > 0);
  await pusher.ended;
  assert.strictEqual(await connected(channel), 0);
  assert.strictEqual((await server.web(`/live/${channel}/index.m3u8`)).status, 404);
  return (await events('publisher.refused', channel)).at(-1);
}

before(async () => {
  program = await Program.start();
  server = await Server.start({
    channels: { '*': copy({ keys: [key] }) },
    publish_hook: { url: program.url, secret_env: 'HOOK', timeout: '5s' },
  }, { env: { HOOK: secret } });
});
beforeEach(async () => {
  program.answer = allow;
  for (const pusher of pushers.splice(0)) await pusher.stop('SIGKILL');
});
after(async () => {
  for (const pusher of pushers) await pusher.stop('SIGKILL');
  program.stop();
});
after(endAll);

test('a publisher that is allowed is live, over RTMP and SRT; the question is signed and has no key', async () => {
  for (const [channel, protocol] of [['one', 'rtmp'], ['two', 'srt']]) {
    (protocol === 'rtmp' ? rtmp : srt)(channel);
    await server.live(channel);
    const [request, ...more] = program.of(channel);
    assert.strictEqual(more.length, 0);
    assert.ok(isSigned(request));
    const { peer, encoder, ...question } = request.question;
    assert.deepStrictEqual(question, {
      type: 'live.kickoff.publish', channel, protocol, feed: 'primary', key_sha256: crypto.createHash('sha256').update(key).digest('hex'),
    });
    assert.match(peer, /^127\.0\.0\.1:\d+$/);
    assert.ok(encoder.length > 0);
    assert.ok(!request.body.includes(key));
  }
  assert.ok(await decisions('allowed', 'answer') >= 2);
});

test('a publisher that is refused is disconnected, over RTMP with the reason and over SRT', async () => {
  program.answer = deny;
  const first = rtmp('three');
  for (const [channel, pusher] of [['three', first], ['four', srt('four')]]) {
    const { data } = await refused(pusher, channel);
    assert.deepStrictEqual([data.reason, data.text], ['hook', 'no rights for this match']);
  }
  assert.match(first.output(), /no rights for this match/, 'ffmpeg shows it');
  assert.match(server.log(), /publisher refused by publish_hook/);
  assert.ok(!server.log().includes(key));
  assert.strictEqual(await server.metric('kickoff_publish_hook_failed_total'), 0);
});

test('an encoder that comes back within the cache time is not asked about again', async () => {
  await reload({});
  for (const [index, channel] of ['five', 'five', 'six', 'six'].entries()) {
    const pusher = (channel === 'five' ? rtmp : srt)(channel);
    await server.until('it publishes', async () => await connected(channel) === 1 + index % 2);
    await pusher.stop('SIGKILL');
    await server.until('it has gone', async () => (await events('publisher.disconnected', channel)).length === 1 + index % 2);
    assert.strictEqual(program.of(channel).length, 1);
  }
  assert.ok(await decisions('allowed', 'cache') >= 2);
  program.answer = deny;
  for (let i = 0; i < 2; i++) await refused(rtmp('seven'), 'seven');
  assert.strictEqual(program.of('seven').length, 1, 'a refusal is kept, too');
});

test('a reload that changes the URL asks the other program, and empties the cache', async () => {
  const other = await Program.start();
  try {
    other.answer = deny;
    await reload({});
    const first = rtmp('eight');
    await server.until('it publishes', async () => await connected('eight') === 1);
    await first.stop('SIGKILL');
    await reload({ url: other.url });
    const again = rtmp('eight');
    await server.until('it is refused', async () => (await events('publisher.refused', 'eight')).length === 1);
    await again.ended;
    assert.deepStrictEqual([program.of('eight').length, other.of('eight').length], [1, 1]);
    await reload({ url: '' });
    rtmp('nine');
    await server.live('nine');
    assert.deepStrictEqual([program.of('nine').length, other.of('nine').length], [0, 0], 'without a URL nobody is asked');
  } finally {
    other.stop();
  }
});

test('what is sent while the answer is awaited is used, and nobody else waits', async () => {
  await reload({});
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  program.answer = async ({ channel }) => { if (channel === 'slow') await released; return allow(); };
  srt('slow');
  await server.until('it is asked about', () => program.of('slow').length === 1);
  rtmp('quick');
  await server.until('the other one publishes', async () => await connected('quick') === 1);
  assert.strictEqual(await connected('slow'), 0, 'it still waits');
  assert.strictEqual(await server.metric('kickoff_publish_hook_open'), 1);
  release();
  await server.live('slow');
  assert.strictEqual(await server.metric('kickoff_publish_hook_open'), 0);
});

test('without an answer in time on_timeout decides, and a reload changes it', async () => {
  program.answer = () => undefined;
  await reload({ timeout: '500ms', on_timeout: 'deny' });
  const failed = await server.metric('kickoff_publish_hook_failed_total');
  for (const [channel, pusher] of [['ten', rtmp('ten')], ['eleven', srt('eleven')]]) {
    assert.strictEqual((await refused(pusher, channel)).data.reason, 'hook_unanswered');
  }
  assert.match(server.log(), /publish_hook does not answer/);
  assert.strictEqual(await server.metric('kickoff_publish_hook_failed_total'), failed + 2);
  await reload({ timeout: '500ms', on_timeout: 'allow' });
  for (const channel of ['twelve', 'thirteen']) {
    (channel === 'twelve' ? rtmp : srt)(channel);
    await server.live(channel);
  }
  assert.strictEqual(await decisions('allowed', 'none'), 2);
});

test('a program that is not there, and one that answers with a page, have not answered', async () => {
  const gone = await Program.start();
  gone.stop();
  await reload({ url: gone.url });
  assert.strictEqual((await refused(rtmp('fourteen'), 'fourteen')).data.reason, 'hook_unanswered');
  await reload({});
  program.answer = () => ({ status: 200, type: 'text/html', body: '<html>Sign in</html>' });
  const { data } = await refused(rtmp('fifteen'), 'fifteen');
  assert.strictEqual(data.reason, 'hook_unanswered');
  assert.match(data.text, /no JSON object/);
});

test('a publisher that goes away while its question is open leaves nothing behind', async () => {
  await reload({});
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  program.answer = async ({ channel }) => { if (channel.startsWith('left')) await released; return allow(); };
  const left = [['left-rtmp', rtmp('left-rtmp')], ['left-srt', srt('left-srt')]];
  for (const [channel] of left) await server.until('it is asked about', () => program.of(channel).length === 1);
  for (const [, pusher] of left) await pusher.stop();
  await server.until('the connection is closed', async () => await server.metric('kickoff_rtmp_connections') === 0);
  release();
  await server.until('both are answered', async () => await server.metric('kickoff_publish_hook_open') === 0);
  assert.strictEqual(await connected('left-rtmp'), 0);
  // The library may be told of the end after the answer.
  await server.until('nobody publishes', async () => await connected('left-srt') === (await events('publisher.disconnected', 'left-srt')).length);
  rtmp('after');
  await server.live('after');
});

test('of a flood 64 questions are open at most, and the rest is decided at once', async () => {
  await reload({ timeout: '5s', on_timeout: 'deny' });
  program.answer = () => undefined;
  const before = program.asked.length;
  const sockets = [];
  try {
    for (let i = 0; i < 100; i++) {
      const socket = await shaken(server.ports.rtmp);
      socket.write(publishing(`flood-${i}`, key));
      sockets.push(socket);
    }
    await server.until('some are decided without a question', async () => await server.metric('kickoff_publish_hook_overflow_total') > 0);
    assert.ok(await server.metric('kickoff_publish_hook_open') <= 64);
    await server.until('all are answered', async () => await server.metric('kickoff_publish_hook_open') === 0);
    const overflow = await server.metric('kickoff_publish_hook_overflow_total');
    await server.until('all are asked about or decided', async () => program.asked.length - before + overflow >= 100);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  program.answer = allow;
  rtmp('later');
  await server.live('later');
});

test('a wrong key is refused without a question', async () => {
  const count = program.asked.length;
  await push(pushRtmp(source(), server.rtmp('sixteen', '?key=wrong'))).ended;
  await push(pushSrt(source({ format: 'ts' }), server.srt('#!::r=live/sixteen,m=publish,s=wrong'))).ended;
  assert.strictEqual(program.asked.length, count);
});
