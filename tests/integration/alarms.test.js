// Alarms as operators see them: set and cleared after a while, silenced by a token, also over a kill -9.
// Suite: beside others.
'use strict';
const { test, after } = require('node:test');
const assert = require('node:assert');
const crypto = require('node:crypto');
const path = require('node:path');
const fs = require('node:fs');
const Ajv = require('ajv/dist/2020');
const addFormats = require('ajv-formats');
const { Server, endAll, run, copy, binary } = require('./harness');
const { source, pushRtmp } = require('./media');

const pushers = [];
after(async () => { for (const pusher of pushers) await pusher.stop('SIGKILL'); });
after(endAll);

const token = 'token-of-the-night';
const config = {
  channels: { '*': { ...copy(), grace: '120s' } },
  alarms: { raise_after: '1s', clear_after: '3s', runbook: 'https://wiki.example/runbook' },
  admin: { tokens: [{ name: 'night', sha256: crypto.createHash('sha256').update(token).digest('hex'), role: 'operate' }] },
};
const alarms = async (server) => JSON.parse((await server.admin('/api/v1/alarms')).text);
const outageOf = async (server, channel) => (await alarms(server)).alarms.find((one) => one.alarm === 'outage' && one.channel === channel);
const events = async (server, type) => JSON.parse((await server.admin(`/api/v1/events?limit=1000&type=${type}`)).text).events;
function order(server, id, { method = 'POST', body, query = '', authorization = `Bearer ${token}` } = {}) {
  return fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/alarms/${id}/silence${query}`, { method, headers: authorization ? { authorization } : {}, body: body && JSON.stringify(body) });
}
async function push(server, channel) {
  const pusher = pushRtmp(source(), server.rtmp(channel));
  pushers.push(pusher);
  await server.live(channel);
  return pusher;
}

test('an outage is set, silenced, set again as silenced after kill -9, and cleared', async () => {
  const server = await Server.start(config);
  const validator = new Ajv({ strict: true, allErrors: true });
  addFormats(validator);
  validator.addVocabulary(['openapi', 'info', 'servers', 'tags', 'security', 'paths', 'components']);
  validator.addSchema(JSON.parse((await server.admin('/api/v1/openapi.json')).text), 'description');
  const check = async () => {
    const found = await alarms(server);
    assert.ok(validator.validate('description#/components/schemas/Alarms', found), JSON.stringify(validator.errors));
    return found;
  };
  const channel = 'final';
  const metric = (silenced) => server.metric('kickoff_alarm_set', { alarm: 'outage', channel, severity: 'page', silenced });
  assert.deepStrictEqual((await check()).alarms, []);
  await (await push(server, channel)).stop('SIGKILL');
  const alarm = await server.until('the outage is an alarm', () => outageOf(server, channel));
  assert.strictEqual(alarm.runbook, 'https://wiki.example/runbook#kickoffpictureheld');
  assert.deepStrictEqual([alarm.severity, alarm.lasts, alarm.silence], ['page', true, null]);
  assert.strictEqual((await events(server, 'outage')).find(({ state }) => state === 'raised').id, alarm.id);
  assert.strictEqual(await metric(false), 1);
  await check();

  assert.strictEqual((await order(server, alarm.id, { body: { for: 60 }, authorization: '' })).status, 401);
  assert.strictEqual((await order(server, alarm.id, { body: { for: 0 } })).status, 400);
  assert.strictEqual((await order(server, '1', { body: { for: 60 } })).status, 404);
  assert.strictEqual((await order(server, alarm.id, { body: { for: 3600, reason: 'encoder is being changed' } })).status, 204);
  const { silence } = await outageOf(server, channel);
  assert.deepStrictEqual([silence.by, silence.reason], ['night', 'encoder is being changed']);
  assert.ok(Math.abs(Date.parse(silence.until) - Date.now() - 3600e3) < 60e3, silence.until);
  assert.strictEqual(await metric(true), 1);
  assert.ok(Number.isNaN(await metric(false)));
  const [audit] = await events(server, 'alarm.silence');
  assert.strictEqual(audit.subject, `channels/${channel}`);
  assert.deepStrictEqual(audit.data, { alarm: 'outage', kind: false, action: 'silenced', for_s: 3600, reason: 'encoder is being changed', by: 'night' });
  await check();

  const directory = path.join(server.directory, 'state', 'events');
  await server.until('the order is in the file', () => fs.readdirSync(directory).some((name) => name.endsWith('.jsonl') && fs.readFileSync(path.join(directory, name), 'utf8').includes('alarm.silence')));
  await server.process.stop('SIGKILL');
  server.process = run(binary, ['serve', '--config', server.file], {});
  await server.until('it is alive again', async () => (await server.admin('/livez')).status === 200);
  const again = await server.until('the outage is set again', () => outageOf(server, channel));
  assert.notStrictEqual(again.id, alarm.id);
  assert.deepStrictEqual([again.silence.by, again.silence.reason], [silence.by, silence.reason], 'the silence is of the alarm, whatever its id');
  assert.ok(Math.abs(Date.parse(again.silence.until) - Date.parse(silence.until)) < 1000, `${again.silence.until}, not ${silence.until}`);
  assert.strictEqual((await order(server, again.id, { method: 'DELETE' })).status, 204);
  assert.strictEqual((await order(server, again.id, { method: 'DELETE' })).status, 409);
  assert.strictEqual((await outageOf(server, channel)).silence, null);

  await push(server, channel);
  await server.until('the condition is over, and the alarm is kept for a while', async () => (await outageOf(server, channel))?.lasts === false);
  await server.until('the alarm is cleared', async () => !await outageOf(server, channel));
  assert.strictEqual((await server.stop()).code, 0);
});

test('a kind is silenced of one channel, and the others are loud', async () => {
  const server = await Server.start(config);
  assert.strictEqual((await order(server, 'outage', { body: { for: 3600, channel: 'quiet' } })).status, 204);
  for (const channel of ['quiet', 'loud']) await (await push(server, channel)).stop('SIGKILL');
  await server.until('both are set', async () => (await alarms(server)).alarms.length === 2);
  assert.ok((await outageOf(server, 'quiet')).silence);
  assert.strictEqual((await outageOf(server, 'loud')).silence, null);
  assert.strictEqual(await server.metric('kickoff_alarms', { severity: 'page', silenced: 'true' }), 1);
  assert.strictEqual((await order(server, 'outage', { method: 'DELETE' })).status, 409, 'of all channels there is none');
  assert.strictEqual((await order(server, 'outage', { method: 'DELETE', query: '?channel=quiet' })).status, 204);
  assert.strictEqual((await outageOf(server, 'quiet')).silence, null);
  assert.strictEqual((await server.stop()).code, 0);
});
