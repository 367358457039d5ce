// The administration port: its description, who may change what, and under which names it answers.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { createConfig, lintFromString } = require('@redocly/openapi-core');
const Ajv = require('ajv/dist/2020');
const addFormats = require('ajv-formats');
const { Server, endAll, descendants, copy } = require('./harness');
const { source, pushRtmp } = require('./media');

const secret = { read: 'token-that-reads', operate: 'token-that-operates', environment: 'token-of-the-environment', file: 'token-of-a-file' };
const sha256 = (text) => crypto.createHash('sha256').update(text).digest('hex');
const kick = (channel) => `/api/v1/channels/${channel}/publisher`;

let server;
let pusher;
let validator;
before(async () => {
  const file = path.join(fs.mkdtempSync(path.join(require('node:os').tmpdir(), 'kickoff-token-')), 'token');
  fs.writeFileSync(file, `${secret.file}\n`);
  server = await Server.start({
    channels: { '*': copy({ thumbnails: '1s' }) },
    admin: {
      hosts: ['kickoff.test', '*.media.svc'],
      tokens: [
        { name: 'wall', sha256: sha256(secret.read), role: 'read' },
        { name: 'operations', sha256: sha256(secret.operate).toUpperCase(), role: 'operate' },
        { name: 'past', sha256: sha256('old'), role: 'admin', expires: '2026-01-01' },
        { name: 'mounted', file, role: 'operate', expires: '2999-12-31T23:59:59Z' },
      ],
    },
  }, { env: { KICKOFF_ADMIN_TOKEN: secret.environment } });
  pusher = pushRtmp(source(), server.rtmp('match'));
  await server.live('match');
  validator = new Ajv({ strict: true, allErrors: true });
  addFormats(validator);
  validator.addVocabulary(['openapi', 'info', 'servers', 'tags', 'security', 'paths', 'components']);
  validator.addSchema(JSON.parse((await server.admin('/api/v1/openapi.json')).text), 'description');
});
after(async () => {
  await pusher?.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

// What a client that sets any header gets: fetch sets Host itself.
function ask(method, route, { token, headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: '127.0.0.1', port: server.ports.admin, method, path: route,
      // node sends the body of a DELETE without its length.
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-length': body.length }), ...headers },
    }, (answer) => {
      let text = '';
      answer.on('data', (data) => { text += data; });
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
function assertFits(schema, text) {
  const valid = validator.validate(`description#/components/schemas/${schema}`, JSON.parse(text));
  assert.ok(valid, `${validator.errorsText()}\n${text}`);
}
function assertProblem(answer, status) {
  assert.strictEqual(answer.status, status, answer.text);
  assert.strictEqual(answer.headers['content-type'], 'application/problem+json');
  assertFits('Problem', answer.text);
  assert.strictEqual(JSON.parse(answer.text).status, status);
}

test('a linter finds nothing to say about the OpenAPI document', async () => {
  const { status, text, headers } = await server.admin('/api/v1/openapi.json');
  assert.strictEqual(status, 200);
  assert.match(headers.get('content-type'), /^application\/json/);
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config });
  assert.deepStrictEqual(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`), []);
});
test('the linter does find faults', async () => {
  const document = JSON.parse((await server.admin('/api/v1/openapi.json')).text);
  delete document.components.schemas.Problem;
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: 'openapi.json', config });
  assert.ok(problems.some(({ ruleId }) => ruleId === 'no-unresolved-refs'));
});
test('every GET answers as described', async () => {
  const document = JSON.parse((await server.admin('/api/v1/openapi.json')).text);
  let checked = 0;
  await server.until('there is a thumbnail', async () => (await ask('GET', '/api/v1/channels/match/thumbnail.jpg')).status === 200);
  const order = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z', destination: 'disk:nothing' };
  const job = await ask('POST', '/api/v1/channels/match/harvest', { token: secret.operate, body: JSON.stringify(order) });
  assert.strictEqual(job.status, 202, job.text);
  assertFits('Job', job.text);
  const check = await ask('POST', '/api/v1/channels/match/check', { token: secret.operate, body: JSON.stringify({ seconds: 5 }) });
  assert.strictEqual(check.status, 202, check.text);
  assertFits('Check', check.text);
  // Of a channel of its own: of the one that lives it would change the settings.
  const declared = await ask('PUT', '/api/v1/channels/declared/settings', { token: secret.environment, body: JSON.stringify({ window: '30s' }) });
  assert.strictEqual(declared.status, 201, declared.text);
  assertFits('ChannelChange', declared.text);
  for (const [template, { get }] of Object.entries(document.paths)) {
    if (!get) continue;
    const token = get.security && secret.environment;
    const route = template.replace('{name}/settings', 'declared/settings').replace('{name}', 'match').replace('{id}', JSON.parse(job.text).id).replace('{file}', 'main.mjs');
    if (token) assert.strictEqual((await ask('GET', route)).status, 401, route);
    const answer = await ask('GET', route, { token });
    assert.strictEqual(answer.status, 200, route);
    const [type] = Object.keys(get.responses['200'].content);
    assert.strictEqual(answer.headers['content-type'].split(';')[0], type, route);
    const schema = get.responses['200'].content[type].schema.$ref?.split('/').at(-1);
    if (schema) assertFits(schema, answer.text);
    checked++;
    const head = await ask('HEAD', route, { token });
    assert.deepStrictEqual([head.status, head.text], [200, ''], route);
  }
  assert.ok(checked >= 7);
});
test('what is described of a channel is what is live', async () => {
  const text = await server.until('a rendition is ready', async () => {
    const answer = (await server.admin('/api/v1/channels')).text;
    return JSON.parse(answer).channels[0].renditions.some(({ edge }) => edge) && answer;
  });
  assertFits('Channels', text);
  const wrong = JSON.parse(text);
  assert.strictEqual(wrong.channels[0].feed.protocol, 'rtmp');
  wrong.channels[0].state = 'dead';
  assert.ok(!validator.validate('description#/components/schemas/Channels', wrong), 'the schema can be failed');
});
test('without a token that may, nobody is disconnected', async () => {
  const missing = await ask('DELETE', kick('match'));
  assertProblem(missing, 401);
  assert.match(missing.headers['www-authenticate'], /^Bearer realm=/);
  for (const token of ['wrong', 'old', sha256(secret.operate)]) {
    const answer = await ask('DELETE', kick('match'), { token });
    assertProblem(answer, 401);
    assert.match(answer.headers['www-authenticate'], /invalid_token/);
  }
  const small = await ask('DELETE', kick('match'), { token: secret.read });
  assertProblem(small, 403);
  assert.match(small.headers['www-authenticate'], /scope="operate"/);
  assert.ok(pusher.child.exitCode === null, 'the publisher is still there');
});
test('unknown paths, methods and feeds are reported as such', async () => {
  assertProblem(await ask('GET', '/api/v1/nothing'), 404);
  const method = await ask('POST', '/api/v1/channels', { token: secret.operate });
  assertProblem(method, 405);
  assert.strictEqual(method.headers.allow, 'GET, HEAD');
  assert.strictEqual((await ask('GET', kick('match'))).headers.allow, 'DELETE');
  assertProblem(await ask('DELETE', `${kick('match')}?feed=other`, { token: secret.operate }), 400);
  assertProblem(await ask('DELETE', `${kick('match')}?feed=%zz`, { token: secret.operate }), 400);
  assertProblem(await ask('DELETE', kick('nobody'), { token: secret.operate }), 404);
});
test('a body is read up to 64 KiB', async () => {
  assertProblem(await ask('DELETE', kick('nobody'), { token: secret.operate, body: 'x'.repeat(65536) }), 404);
  assertProblem(await ask('DELETE', kick('nobody'), { token: secret.operate, body: 'x'.repeat(65537) }), 413);
});
test('names that are not ours are refused, addresses and names of admin.hosts are not', async () => {
  for (const host of ['evil.example', 'evil.example:8081', 'a.kickoff.test', 'media.svc', 'localhost.evil.example']) {
    assert.strictEqual((await ask('GET', '/metrics', { headers: { host } })).status, 421, host);
  }
  for (const host of ['kickoff.test', 'KICKOFF.test:80', 'kickoff-0.media.svc:8081', '10.0.0.7:8081', '[fd00::7]', 'localhost']) {
    assert.strictEqual((await ask('GET', '/metrics', { headers: { host } })).status, 200, host);
  }
  assertProblem(await ask('DELETE', kick('match'), { token: secret.operate, headers: { host: 'evil.example' } }), 421);
});
test('a page of another origin changes nothing', async () => {
  for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1']) {
    assertProblem(await ask('DELETE', kick('match'), { token: secret.operate, headers: { origin } }), 403);
  }
  assertProblem(await ask('DELETE', kick('nobody'), { token: secret.operate, headers: { origin: `http://127.0.0.1:${server.ports.admin}` } }), 404);
});
test('who publishes can be disconnected, and may come back', async () => {
  const done = await ask('DELETE', kick('match'), { token: secret.operate });
  assert.deepStrictEqual([done.status, done.text, done.headers['content-length']], [204, '', undefined]);
  await pusher.ended;
  await server.until('the channel is in grace', async () => JSON.parse((await server.admin('/api/v1/channels')).text).channels[0].state === 'grace');
  assertFits('Channels', (await server.admin('/api/v1/channels')).text);
  assertProblem(await ask('DELETE', kick('match'), { token: secret.operate }), 409);
  assert.match(server.log(), /"event":"publisher gone","channel":"match","feed":"primary","reason":"[^"]*operator/);
  const audit = server.log().split('\n').map((line) => { try { return JSON.parse(line); } catch { return {}; } })
    .find((line) => line.tag === 'api' && line.by === 'operations' && line.status === 204);
  assert.ok(audit && audit.method === 'DELETE' && audit.path === kick('match'), server.log(20));
  pusher = pushRtmp(source(), server.rtmp('match'));
  await server.until('it publishes again', async () => JSON.parse((await server.admin('/api/v1/channels')).text).channels[0].state === 'live');
});
test('tokens of a file and of the environment are good, and no child has the environment’s', async () => {
  assertProblem(await ask('DELETE', kick('nobody'), { token: secret.file }), 404);
  assertProblem(await ask('DELETE', kick('nobody'), { token: secret.environment }), 404);
  const children = descendants(server.process.child.pid);
  assert.ok(children.length >= 1);
  for (const pid of [server.process.child.pid, ...children]) {
    let environment = '';
    try { environment = fs.readFileSync(`/proc/${pid}/environ`, 'latin1'); } catch { /* it went meanwhile */ }
    assert.ok(!environment.includes(secret.environment), `pid ${pid}`);
  }
});
test('a token that is taken out of the file is refused after SIGHUP', async () => {
  const tokens = server.config.admin.tokens.filter(({ name }) => name !== 'operations');
  fs.writeFileSync(server.file, JSON.stringify({ ...server.config, admin: { ...server.config.admin, tokens } }));
  server.process.child.kill('SIGHUP');
  await server.until('the token is refused', async () => (await ask('DELETE', kick('nobody'), { token: secret.operate })).status === 401);
  assertProblem(await ask('DELETE', kick('nobody'), { token: secret.environment }), 404);
});
test('what has happened is in the event log in order, as CloudEvents, and comes live to who listens', async () => {
  const stream = { text: '' };
  const request = http.get({ host: '127.0.0.1', port: server.ports.admin, path: '/api/v1/events?type=feed.', headers: { accept: 'text/event-stream' } }, (answer) => {
    stream.type = answer.headers['content-type'];
    answer.on('data', (data) => { stream.text += data; });
  });
  await server.until('the stream is open', () => stream.text.startsWith('retry: '), 5000);
  const backup = pushRtmp(source(), server.rtmp('match', '?feed=backup'));
  try {
    await server.until('the backup has media', async () => JSON.parse((await server.admin('/api/v1/channels')).text).channels[0].feeds.some(({ name, video }) => name === 'backup' && video));
    await pusher.stop('SIGKILL');
    await server.until('the switch is told', () => stream.text.includes('\ndata: '), 10000);
  } finally {
    request.destroy();
    await backup.stop('SIGKILL');
  }
  const outages = async () => JSON.parse((await server.admin('/api/v1/events?type=outage')).text).events.map(({ state }) => state).join();
  await server.until('the outage is told', async () => (await outages()).endsWith('raised'), 10000);
  pusher = pushRtmp(source(), server.rtmp('match'));
  await server.until('its end is told', async () => (await outages()).endsWith('cleared'), 20000);
  assert.strictEqual(stream.type, 'text/event-stream');
  const [, id, live] = /id: (\d+)\ndata: (.*)\n\n/.exec(stream.text);
  assertFits('Event', live);
  assert.deepStrictEqual(JSON.parse(live).data, { from: 'primary', to: 'backup', reason: 'lost' });

  const all = (await server.admin('/api/v1/events?channel=match&limit=1000')).text;
  assertFits('Events', all);
  const page = JSON.parse(all);
  assert.strictEqual(page.missed, false);
  const told = page.events.map(({ type, state, data }) => [type.replace('live.kickoff.', ''), state, data.feed ?? data.reason].filter(Boolean).join(' '));
  // The test before had an operator disconnect the only publisher, which came back.
  const story = ['publisher.connected primary', 'worker.started', 'publisher.disconnected primary', 'publisher.connected primary',
    'publisher.connected backup', 'publisher.disconnected primary', 'feed.switch lost', 'publisher.disconnected backup', 'outage raised', 'publisher.connected primary',
    'outage cleared media'];
  let at = 0;
  for (const event of told) if (event === story[at]) at++;
  assert.strictEqual(story[at], undefined, told.join('\n'));
  const [raised, cleared] = ['raised', 'cleared'].map((end) => page.events.find(({ type, state }) => type === 'live.kickoff.outage' && state === end));
  assert.strictEqual(raised.id, cleared.id);
  assert.notStrictEqual(raised.source, cleared.source);
  assert.ok(cleared.data.seconds > 0 && cleared.data.seconds < 60, JSON.stringify(cleared));
  const sequences = page.events.map(({ sequence }) => Number(sequence));
  assert.deepStrictEqual(sequences, [...sequences].sort((a, b) => a - b));
  const reload = JSON.parse((await server.admin('/api/v1/events?type=config.')).text).events.at(-1);
  assert.strictEqual(reload.data.result, 'applied');
  const after = JSON.parse((await server.admin(`/api/v1/events?after=${Number(id) - 1}&limit=1`)).text);
  assert.strictEqual(after.events[0].id, id);
  assert.strictEqual(JSON.parse((await server.admin(`/api/v1/events?after=${after.newest}`)).text).next, after.newest);
  assertProblem(await ask('GET', '/api/v1/events?after=x'), 400);
  assert.ok(await server.metric('kickoff_events_total', { type: 'live.kickoff.feed.switch' }) >= 1);
  assert.ok(!all.includes('127.0.0.1'), 'no address');
});
test('requests and refusals are counted, and no token is shown', async () => {
  const { text } = await server.admin('/metrics');
  for (const [reason, least] of [['host', 6], ['origin', 3], ['no_path', 1], ['method', 2], ['missing_token', 1], ['unknown_token', 2], ['expired_token', 1], ['role', 1], ['too_large', 1], ['malformed', 1]]) {
    assert.ok(await server.metric('kickoff_admin_refusals_total', { reason }) >= least, reason);
  }
  const route = { method: 'DELETE', route: '/api/v1/channels/{name}/publisher' };
  assert.strictEqual(await server.metric('kickoff_admin_requests_total', { ...route, code: '2xx' }), 1);
  assert.ok(await server.metric('kickoff_admin_requests_total', { ...route, code: '4xx' }) >= 8);
  assert.ok(await server.metric('kickoff_admin_connections') >= 1);
  assert.ok(await server.metric('kickoff_admin_request_duration_seconds_count') > 10);
  for (const token of Object.values(secret)) assert.ok(!text.includes(token) && !server.log().includes(token), 'a token is told');
});
