// Viewer tokens, made by an independent maker: how they are shown, what real players do with them, and what no token may do.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { Server, endAll, binary, copy, run } = require('./harness');
const { source, pushRtmp } = require('./media');

const encoded = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);
// A key of an issuer: {jwk: what the server gets, sign(text)}.
function issuer(kid, alg) {
  if (alg === 'HS256') {
    const secret = crypto.randomBytes(32);
    return { kid, alg, jwk: { kty: 'oct', kid, k: secret.toString('base64url') }, sign: (text) => crypto.createHmac('sha256', secret).update(text).digest() };
  }
  const { publicKey, privateKey } = alg === 'ES256' ? crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }) : crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = alg === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' } : privateKey;
  return { kid, alg, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }, sign: (text) => crypto.sign('sha256', Buffer.from(text), key) };
}
function make(by, claims = {}, head = {}) {
  const text = `${encoded({ alg: by.alg, kid: by.kid, typ: 'JWT', ...head })}.${encoded({ channels: ['match'], exp: now() + 3600, ...claims })}`;
  return `${text}.${by.sign(text).toString('base64url')}`;
}

const es = issuer('es', 'ES256');
const rs = issuer('rs', 'RS256');
const hs = issuer('hs', 'HS256');
const next = issuer('next', 'ES256');
let server;
let pushers;
const keysDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-tokens-'));
const keysFile = path.join(keysDirectory, 'jwks.json');
const writeKeys = (file, ...keys) => fs.writeFileSync(file, JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
const get = (token, route = '/live/match/index.m3u8', options = {}) => server.web(token ? `/t/${token}${route}` : route, options);
const refusals = (result) => server.metric('kickoff_token_requests_total', { result });

async function reload() {
  const seen = server.log().split('configuration reloaded').length;
  server.process.child.kill('SIGHUP');
  await server.until('the reload', () => server.log().split('configuration reloaded').length > seen);
}

before(async () => {
  writeKeys(keysFile, es, rs);
  server = await Server.start({
    http: { tokens: { algorithms: ['ES256', 'RS256', 'HS256'], jwks_file: keysFile, keys: [JSON.stringify(hs.jwk)], leeway: '0s' } },
    channels: { match: copy({ tokens: 'required' }), open: copy() },
  });
  pushers = ['match', 'open'].map((name) => pushRtmp(source(), server.rtmp(name)));
  await server.until('the channel is live', async () => (await get(make(es), '/live/match/index.m3u8')).text.includes('EXT-X-STREAM-INF'));
  await server.live('open');
});
after(async () => {
  for (const pusher of pushers) await pusher.stop('SIGKILL');
  fs.rmSync(keysDirectory, { recursive: true, force: true });
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

test('without a token every object of the channel is 401, no cache keeps it, and a page may read why', async () => {
  for (const route of ['/live/match/index.m3u8', '/live/match/v1/index.m3u8', '/live/match/thumb.jpg']) {
    const answer = await get(null, route);
    assert.strictEqual(answer.status, 401, route);
    assert.strictEqual(answer.headers.get('cache-control'), 'no-store');
    assert.strictEqual(answer.headers.get('access-control-allow-origin'), '*');
    assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
    assert.match(answer.text, /needs a token/);
  }
  assert.strictEqual((await server.web('/live/open/index.m3u8')).status, 200, 'the other channel is open');
  assert.strictEqual((await server.web('/live/match/index.m3u8', { method: 'OPTIONS' })).status, 204);
});
test('tokens of each algorithm are good, in the path, a header or a cookie', async () => {
  for (const by of [es, rs, hs]) {
    const token = make(by);
    assert.strictEqual((await get(token)).status, 200, by.alg);
    assert.strictEqual((await get(null, undefined, { headers: { authorization: `Bearer ${token}` } })).status, 200, by.alg);
    assert.strictEqual((await get(null, undefined, { headers: { cookie: `a=b; kickoff_token=${token}` } })).status, 200, by.alg);
  }
});
test('every URI of the playlists stays below the token, and none is good without it', async () => {
  const token = make(es);
  const base = new URL(`http://127.0.0.1:${server.ports.http}/t/${token}/live/match/index.m3u8`);
  const urisOf = (text) => [...text.matchAll(/URI="([^"]+)"/g)].map(([, uri]) => uri).concat(text.split('\n').filter((line) => line && !line.startsWith('#')));
  let seen = 0;
  for (const list of urisOf((await server.get(base)).text).map((uri) => new URL(uri, base))) {
    for (const uri of urisOf((await server.get(list)).text).slice(-6)) {
      const object = new URL(uri, list);
      assert.ok(object.pathname.startsWith(`/t/${token}/live/match/`), object.pathname);
      assert.strictEqual((await server.get(object)).status, 200, uri);
      const bare = await server.web(object.pathname.slice(3 + token.length) + object.search);
      assert.strictEqual(bare.status, 401, uri);
      seen++;
    }
  }
  assert.ok(seen >= 6, `${seen} objects`);
});
test('ffmpeg plays with the token in the path, in a header and in a cookie, and not without', async () => {
  const play = async (url, ...args) => {
    const child = run('ffmpeg', ['-nostdin', '-v', 'error', ...args, '-i', url, '-t', '2', '-f', 'null', '-']);
    const timer = setTimeout(() => child.child.kill('SIGKILL'), 120000);
    const { code } = await child.ended;
    clearTimeout(timer);
    return { code, text: child.output() };
  };
  const bare = server.playlist('match');
  const token = make(es);
  for (const way of [[bare.replace('/live/', `/t/${token}/live/`)], [bare, '-headers', `Authorization: Bearer ${token}\r\n`], [bare, '-headers', `Cookie: kickoff_token=${token}\r\n`]]) {
    const { code, text } = await play(...way);
    assert.strictEqual(code, 0, `${way.slice(1, 2)} ${text}`);
  }
  const refused = await play(bare);
  assert.notStrictEqual(refused.code, 0);
  assert.match(refused.text, /401/);
});
test('a token that expires ends a player in the middle, with 401', async () => {
  const token = make(es, { exp: now() + 3 });
  const multivariant = (await get(token)).text;
  const uri = multivariant.split('\n').find((line) => line && !line.startsWith('#'));
  const route = `/live/match/${uri}`;
  assert.strictEqual((await get(token, route)).status, 200);
  const answer = await server.until('it expires', async () => { const one = await get(token, route); return one.status === 200 ? null : one; });
  assert.strictEqual(answer.status, 401);
  assert.match(answer.text, /expired/);
});
test('what is good for another channel, network or time is refused with its reason', async () => {
  const cases = [
    [make(es, { channels: ['other'] }), 403, 'channel'], [make(es, { channels: ['mat'] }), 403, 'channel'], [make(es, { networks: ['192.0.2.0/24'] }), 403, 'network'],
    [make(es, { exp: now() - 1 }), 401, 'expired'], [make(es, { nbf: now() + 60 }), 401, 'not_yet'], [make(es, { exp: undefined }), 401, 'malformed'],
    [make(es, { channels: undefined }), 401, 'malformed'], [make(es, { aud: 'somebody else' }), 401, 'audience'],
    [make(issuer('unknown', 'ES256')), 401, 'unknown_key'], [make(issuer('es', 'ES256')), 401, 'signature'], ['no.good.token', 401, 'malformed'],
  ];
  for (const [token, status, reason] of cases) {
    const before = await refusals(reason);
    const answer = await get(token);
    assert.strictEqual(answer.status, status, reason);
    assert.strictEqual(answer.headers.get('cache-control'), 'no-store', reason);
    assert.strictEqual(await refusals(reason), before + 1, `${reason} is counted`);
  }
  for (const claims of [{ channels: ['mat*'] }, { channel: '*' }, { networks: ['127.0.0.0/8'] }]) assert.strictEqual((await get(make(es, claims))).status, 200);
});
test('no algorithm can be mixed up: none, HS256 with a public key, another family', async () => {
  const claims = encoded({ channels: ['*'], exp: now() + 3600 });
  const withSecret = (secret, kid) => {
    const text = `${encoded({ alg: 'HS256', kid })}.${claims}`;
    return `${text}.${crypto.createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const forged = [`${encoded({ alg: 'none' })}.${claims}.`, `${encoded({ alg: 'None', kid: 'es' })}.${claims}.AAAA`];
  for (const by of [es, rs]) {
    const pem = by.publicKey.export({ format: 'pem', type: 'spki' });
    const secrets = [pem, pem.trim(), by.publicKey.export({ format: 'der', type: 'spki' }), JSON.stringify(by.jwk), by.jwk.n ?? by.jwk.x];
    for (const secret of secrets) forged.push(withSecret(secret, by.kid), withSecret(secret));
  }
  forged.push(make({ ...es, alg: 'RS256' }), make({ ...rs, alg: 'ES256' }), make({ ...hs, alg: 'ES256' }), make({ ...hs, kid: 'es' }));
  for (const token of forged) assert.strictEqual((await get(token)).status, 401, Buffer.from(token.split('.')[0], 'base64url').toString());
});
test('keys are rotated in their file: both are good while they overlap, and an old one ends its tokens', async () => {
  const [old, young] = [make(es), make(next)];
  assert.strictEqual((await get(young)).status, 401);
  writeKeys(keysFile, es, rs, next);
  await server.until('the next key is good', async () => (await get(young)).status === 200);
  assert.strictEqual((await get(old)).status, 200);
  fs.writeFileSync(keysFile, '{"keys": [{"kty": "EC"');
  server.process.child.kill('SIGHUP');
  await server.until('a broken file is refused', () => server.log().includes('configuration not reloaded'));
  assert.strictEqual((await get(young)).status, 200, 'and the keys stay');
  writeKeys(keysFile, next);
  await reload();
  await server.until('the old key is not good', async () => (await get(old)).status === 401);
  assert.strictEqual((await get(young)).status, 200);
});
test('keys come from a URL too: a new one when a token shows it, and the old ones stay while the issuer is down', async () => {
  const [first, second] = [issuer('first', 'ES256'), issuer('second', 'RS256')];
  let keys = [first];
  const asked = [];
  const web = http.createServer((request, response) => {
    asked.push(request.url);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  });
  await new Promise((resolve) => web.listen(0, '127.0.0.1', resolve));
  server.config.http.tokens.jwks_url = `http://127.0.0.1:${web.address().port}/jwks`;
  fs.writeFileSync(server.file, JSON.stringify(server.config));
  await reload();
  await server.until('its key is good', async () => (await get(make(first))).status === 200);
  assert.deepStrictEqual(asked, ['/jwks']);
  assert.strictEqual((await get(make(next))).status, 200, "and the file's");
  keys = [first, second];
  await server.until('the next key is fetched when a token shows it', async () => (await get(make(second))).status === 200);
  assert.strictEqual(asked.length, 2);
  web.closeAllConnections();
  await new Promise((resolve) => web.close(resolve));
  await server.until('a request fails', async () => { await get(make(issuer('third', 'ES256'))); return await server.metric('kickoff_token_key_fetches_failed_total') >= 1; });
  for (const by of [first, second, next]) assert.strictEqual((await get(make(by))).status, 200, by.kid);
  assert.strictEqual(await server.metric('kickoff_token_keys'), 4);
});
test('the keys of a URL are kept over a restart while it is gone, and a damaged or old file is refused', async () => {
  const web = http.createServer((request, response) => response.end(JSON.stringify({ keys: [es.jwk] })));
  await new Promise((resolve) => web.listen(0, '127.0.0.1', resolve));
  const config = { http: { tokens: { algorithms: ['ES256'], jwks_url: `http://127.0.0.1:${web.address().port}/jwks` } }, channels: { match: copy({ tokens: 'required' }) } };
  const one = await Server.start(config);
  try {
    const kept = path.join(one.directory, 'state/token_keys.json');
    const state = (name) => one.metric('kickoff_token_kept_keys', { state: name });
    // What a viewer with a good token is told: 404, for nothing is pushed.
    const asked = async (by) => (await one.web(`/t/${make(by)}/live/match/index.m3u8`)).status;
    const restart = async () => {
      one.process.child.kill('SIGKILL');
      await one.process.ended;
      one.process = run(binary, ['serve', '--config', one.file]);
      await one.until('it is alive again', async () => (await one.admin('/livez')).status === 200);
    };
    await one.until('the key is good', async () => await asked(es) !== 503);
    const good = await asked(es);
    assert.ok([200, 404].includes(good), `${good}`);
    assert.strictEqual(await state('unused'), 1);
    assert.strictEqual(fs.statSync(kept).mode & 0o777, 0o600);
    web.closeAllConnections();
    await new Promise((resolve) => web.close(resolve));

    await restart();
    await one.until('the URL is asked in vain', async () => await one.metric('kickoff_token_key_fetches_failed_total') >= 1);
    assert.strictEqual(await asked(es), good);
    assert.strictEqual(await asked(issuer('es', 'ES256')), 401, 'signatures are checked');
    assert.strictEqual(await state('used'), 1);
    const age = now() - await one.metric('kickoff_token_keys_fetched_timestamp_seconds');
    assert.ok(age >= 0 && age < 3600, `${age} s`);
    assert.match(one.log(), /keys of tokens are those that were kept.*"age_s"/);

    const whole = fs.readFileSync(kept, 'utf8');
    fs.writeFileSync(kept, whole.replace(es.jwk.x.slice(0, 8), 'AAAAAAAA'));
    await restart();
    await one.until('there are no keys', async () => await asked(es) === 503);
    assert.strictEqual(await state('damaged'), 1);
    assert.match(one.log(), /kept keys of tokens are not used.*is damaged/);

    const old = JSON.parse(whole);
    old.fetched_us -= 25 * 3600 * 1e6;
    old.sha256 = crypto.createHash('sha256').update(`${old.url}\n${old.fetched_us}\n${old.jwks}`).digest('hex');
    fs.writeFileSync(kept, JSON.stringify(old));
    await restart();
    await one.until('there are no keys', async () => await asked(es) === 503);
    assert.strictEqual(await state('too_old'), 1);
    assert.match(one.log(), /kept keys of tokens are not used.* s old/);
  } finally {
    web.close();
    await one.stop();
  }
});
test('a signature is checked once for a token, and no token is in the log or the metrics', async () => {
  const token = make(next);
  const checks = await server.metric('kickoff_token_checks_total');
  const hits = await server.metric('kickoff_token_cache_hits_total');
  for (let i = 0; i < 40; i++) assert.strictEqual((await get(token)).status, 200);
  // A serve loop each: the connections that fetch makes may meet every one of them.
  const loops = await server.metric('kickoff_http_parked_requests').then(async () => new Set((await server.admin('/metrics')).text.match(/kickoff_token_checks_total\{loop="\d+"/g)).size);
  const checked = await server.metric('kickoff_token_checks_total') - checks;
  assert.ok(checked >= 1 && checked <= loops, `${checked} checks on ${loops} loops`);
  assert.strictEqual(await server.metric('kickoff_token_cache_hits_total') - hits, 40 - checked);
  const texts = [server.log(), (await server.admin('/metrics')).text, (await server.admin('/api/v1/channels')).text];
  for (const text of texts) assert.ok(!text.includes(token) && !text.includes(token.split('.')[2]));
});
