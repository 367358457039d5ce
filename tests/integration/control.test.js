// Channels that are declared by the API: published to, changed by two at once, kept over a kill -9, taken back.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const Ajv = require('ajv/dist/2020');
const addFormats = require('ajv-formats');
const { Server, endAll, run, copy, binary } = require('./harness');
const { source, pushRtmp, ffprobe } = require('./media');

const pushers = [];
after(async () => { for (const pusher of pushers) await pusher.stop('SIGKILL'); });
after(endAll);

const tokens = { boss: 'admin', night: 'operate', wall: 'read' };
const sha256 = (text) => crypto.createHash('sha256').update(text).digest('hex');
const admin = { tokens: Object.entries(tokens).map(([name, role]) => ({ name, role, sha256: sha256(name) })) };
// Without "*": a channel that nobody declares is refused.
const config = { admin, channels: { studio: { ...copy(), keys: ['of-the-file'] } } };
const settings = { ...copy(), keys: ['kick'], grace: '120s' };
const validator = new Ajv({ strict: true, allErrors: true });
addFormats(validator);
validator.addVocabulary(['openapi', 'info', 'servers', 'tags', 'security', 'paths', 'components']);
before(() => {
  validator.addSchema(JSON.parse(fs.readFileSync(path.join(__dirname, '../../src/api/openapi.json'), 'utf8')), 'description');
});

async function ask(server, method, channel, { body, token = 'boss', query = '', headers = {} } = {}) {
  const answer = await fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/${channel}/settings${query}`, {
    method, headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers }, body: body && (typeof body === 'string' ? body : JSON.stringify(body)),
  });
  const text = await answer.text();
  if (text) {
    const schema = answer.status >= 400 ? 'Problem' : method === 'GET' ? 'ChannelDeclaration' : 'ChannelChange';
    assert.ok(validator.validate(`description#/components/schemas/${schema}`, JSON.parse(text)), `${validator.errorsText()}\n${text}`);
  }
  return { status: answer.status, etag: answer.headers.get('etag'), json: text && JSON.parse(text) };
}
async function declarations(server) {
  const answer = await fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/declarations`, { headers: { authorization: 'Bearer wall' } });
  const found = await answer.json();
  assert.ok(validator.validate('description#/components/schemas/Declarations', found), validator.errorsText());
  return found;
}
const file = (server, channel) => path.join(server.directory, 'state', 'channels', `${channel}.json`);
const audits = async (server) => JSON.parse((await server.admin('/api/v1/events?limit=1000&type=channel.settings')).text).events;
async function push(server, channel, query = '?key=kick') {
  const pusher = pushRtmp(source(), server.rtmp(channel, query));
  pushers.push(pusher);
  await server.live(channel);
  return pusher;
}
async function restart(server) {
  await server.process.stop('SIGKILL');
  server.process = run(binary, ['serve', '--config', server.file], {});
  await server.until('it is alive again', async () => (await server.admin('/livez')).status === 200);
}
const denied = (server, channel) => server.until(`${channel} is refused`, async () => {
  const { code } = await Promise.race([pushRtmp(source(), server.rtmp(channel, '?key=kick')).ended, new Promise((resolve) => { setTimeout(resolve, 5000, {}); })]);
  return code !== undefined && code !== 0;
});

test('a channel that the file does not know is declared, plays, outlives kill -9 and is taken back', async () => {
  const server = await Server.start(config);
  await denied(server, 'arena');
  const made = await ask(server, 'PUT', 'arena', { body: settings, headers: { 'if-none-match': '*' } });
  assert.deepStrictEqual([made.status, made.json.action, made.json.dry_run], [201, 'created', false]);
  assert.match(made.etag, /^"[0-9a-f]{32}"$/);
  assert.deepStrictEqual(made.json.changes.find(({ key }) => key === 'keys'), { key: 'keys', when: 'at_once' });
  assert.deepStrictEqual(JSON.parse(fs.readFileSync(file(server, 'arena'), 'utf8')), settings, 'it is on disk when it is answered');
  const pusher = await push(server, 'arena');
  const found = await ffprobe(server.playlist('arena'));
  assert.strictEqual(found.errors, '');
  assert.ok(found.streams.some(({ codec_type: type }) => type === 'video'), JSON.stringify(found.streams));

  const again = await ask(server, 'PUT', 'arena', { body: Object.fromEntries(Object.entries(settings).reverse()) });
  assert.deepStrictEqual([again.status, again.json.action, again.etag], [200, 'unchanged', made.etag]);
  assert.deepStrictEqual((await audits(server)).map(({ subject, data }) => [subject, data.action, data.by]), [['channels/arena', 'created', 'boss']]);
  assert.ok(!JSON.stringify(await audits(server)).includes('kick"'), 'a key is in no event');

  await pusher.stop('SIGKILL');
  await restart(server);
  const got = await ask(server, 'GET', 'arena');
  assert.deepStrictEqual([got.status, got.etag, got.json.in_force, got.json.settings], [200, made.etag, true, settings]);
  await push(server, 'arena');

  assert.strictEqual((await ask(server, 'DELETE', 'arena', { headers: { 'if-match': '"another"' } })).status, 412);
  assert.strictEqual((await ask(server, 'DELETE', 'arena', { headers: { 'if-match': made.etag } })).status, 204);
  assert.ok(!fs.existsSync(file(server, 'arena')));
  assert.strictEqual((await ask(server, 'GET', 'arena')).status, 404);
  assert.strictEqual((await ask(server, 'DELETE', 'arena')).status, 404);
  assert.strictEqual((await server.stop()).code, 0);
});

test('of two admins who began from the same settings one is told so, and a dry run changes nothing', async () => {
  const server = await Server.start(config);
  const { etag } = await ask(server, 'PUT', 'arena', { body: settings });
  const writers = await Promise.all(['a', 'b', 'c', 'd'].map((key) => ask(server, 'PUT', 'arena', { body: { ...settings, keys: [key] }, headers: { 'if-match': etag } })));
  assert.deepStrictEqual(writers.map(({ status }) => status).sort(), [200, 412, 412, 412]);
  const won = writers.find(({ status }) => status === 200);
  for (const lost of writers.filter(({ status }) => status === 412)) assert.strictEqual(lost.etag, won.etag);
  const blind = await ask(server, 'PUT', 'arena', { body: settings });
  assert.deepStrictEqual([blind.status, blind.etag], [428, won.etag]);
  assert.match(blind.json.detail, /If-Match/);
  assert.strictEqual((await ask(server, 'PUT', 'arena', { body: settings, headers: { 'if-none-match': '*' } })).status, 412);

  const before = fs.readFileSync(file(server, 'arena'), 'utf8');
  const dry = await ask(server, 'PUT', 'arena', { body: { ...settings, window: '2m' }, query: '?dry_run=true' });
  assert.deepStrictEqual([dry.status, dry.json.action, dry.json.dry_run, dry.etag], [200, 'changed', true, won.etag]);
  assert.deepStrictEqual(dry.json.changes.find(({ key }) => key === 'window'), { key: 'window', when: 'channel_starts_anew' });
  const gone = await ask(server, 'DELETE', 'arena', { query: '?dry_run=true' });
  assert.deepStrictEqual([gone.status, gone.json.action], [200, 'removed']);
  assert.strictEqual((await ask(server, 'PUT', 'fresh', { body: {}, query: '?dry_run=true' })).status, 200);
  assert.strictEqual(fs.readFileSync(file(server, 'arena'), 'utf8'), before);
  assert.deepStrictEqual((await declarations(server)).declarations.map(({ channel }) => channel), ['arena']);
  assert.strictEqual((await audits(server)).length, 2);
  assert.strictEqual((await server.stop()).code, 0);
});

test('a wrong body is refused with its places, and so are an entry of the file, a small role and a name that is none', async () => {
  const server = await Server.start(config);
  const wrong = await ask(server, 'PUT', 'arena', { body: '{\n  "windw": "2m",\n  "segment": "never"\n}' });
  assert.strictEqual(wrong.status, 400);
  assert.deepStrictEqual(wrong.json.problems.map((line) => line.split(': ')[0]).sort(), ['body:2:3', 'body:3:14']);
  assert.match(wrong.json.detail, /body:2:3: unknown key "windw" in channels\.arena; did you mean "window"\?/);
  assert.match((await ask(server, 'PUT', 'arena', { body: '{"window": }' })).json.detail, /^body:1:12: is no JSON: /);
  assert.strictEqual((await ask(server, 'PUT', 'arena', { body: {}, query: '?dry_run=perhaps' })).status, 400);
  assert.strictEqual((await ask(server, 'PUT', 'a.b', { body: {} })).status, 400);
  assert.strictEqual((await ask(server, 'PUT', 'arena', { body: `{"title": "${'x'.repeat(70000)}"}` })).status, 413);
  const entry = await ask(server, 'PUT', 'studio', { body: settings });
  assert.strictEqual(entry.status, 409);
  assert.ok(entry.json.detail.includes(server.file), entry.json.detail);
  assert.match(entry.json.detail, /SIGHUP/);
  assert.strictEqual((await ask(server, 'DELETE', 'studio')).status, 409);
  assert.match((await ask(server, 'GET', 'studio')).json.detail, /is declared in .*kickoff\.yaml: read it there/);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    assert.strictEqual((await ask(server, method, 'arena', { body: method === 'PUT' ? {} : undefined, token: 'night' })).status, 403, method);
    assert.strictEqual((await ask(server, method, 'arena', { body: method === 'PUT' ? {} : undefined, token: '' })).status, 401, method);
  }
  assert.deepStrictEqual((await declarations(server)).declarations, []);
  assert.strictEqual((await server.stop()).code, 0);
});

test('a damaged file keeps nothing else out, and the file\'s entry counts before a declaration', async () => {
  const server = await Server.start(config);
  for (const channel of ['one', 'two', 'three']) assert.strictEqual((await ask(server, 'PUT', channel, { body: settings })).status, 201);
  fs.writeFileSync(file(server, 'one'), '{"keys": ["ki');
  await restart(server);
  const damaged = await ask(server, 'GET', 'one');
  assert.deepStrictEqual([damaged.status, damaged.json.in_force, damaged.json.settings], [200, false, undefined]);
  assert.ok(damaged.json.problems[0].startsWith(`${file(server, 'one')}:1:`), damaged.json.problems[0]);
  assert.match(server.log(), /a declared channel is not in force.*"channel":"one"/);
  await push(server, 'two');
  assert.strictEqual((await ask(server, 'PUT', 'one', { body: settings })).status, 428, 'a damaged file is not lost by accident');
  assert.strictEqual((await ask(server, 'PUT', 'one', { body: settings, headers: { 'if-match': damaged.etag } })).status, 200);
  assert.strictEqual((await ask(server, 'GET', 'one')).json.in_force, true);

  fs.writeFileSync(server.file, JSON.stringify({ ...server.config, channels: { ...server.config.channels, three: { ...copy(), keys: ['other'] } } }));
  server.process.child.kill('SIGHUP');
  await server.until('the file counts', async () => (await ask(server, 'GET', 'three')).json.in_force === false);
  assert.match((await ask(server, 'GET', 'three')).json.problems[0], /channels\.three stands in .*kickoff\.yaml, and that counts/);
  assert.deepStrictEqual((await declarations(server)).in_file.sort(), ['studio', 'three']);
  assert.strictEqual((await ask(server, 'GET', 'two')).json.in_force, true, 'a reload keeps what is declared');
  await push(server, 'three', '?key=other');
  assert.strictEqual((await server.stop()).code, 0);
});
