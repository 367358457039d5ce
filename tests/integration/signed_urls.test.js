// Signed cookies and signed URLs of Amazon CloudFront, made as its Developer Guide shows with Node's cryptography: what they open, what
// they do not, and that players need nothing but cookies.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Server, endAll, copy, run } = require('./harness');
const { source, pushRtmp } = require('./media');

const host = 'https://live.example.com';
const now = () => Math.floor(Date.now() / 1000);
// Developer Guide, "Create a signature for a signed cookie": '+', '=' and '/' are replaced by '-', '_' and '~'.
const encoded = (bytes) => Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-signed-'));
function signer(id, type) {
  const { publicKey, privateKey } = type === 'ec' ? crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }) : crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const file = path.join(directory, `${id}.pem`);
  fs.writeFileSync(file, publicKey.export({ format: 'pem', type: 'spki' }));
  return { id, file, privateKey };
}
const policyOf = (resource, { expires = now() + 3600, from, network } = {}) => JSON.stringify({
  Statement: [{
    Resource: resource,
    Condition: {
      DateLessThan: { 'AWS:EpochTime': expires }, ...(from && { DateGreaterThan: { 'AWS:EpochTime': from } }), ...(network && { IpAddress: { 'AWS:SourceIp': network } }),
    },
  }],
});
// {Policy, Signature, 'Key-Pair-Id'[, 'Hash-Algorithm']}
function custom(by, policy, hash) {
  const fields = { Policy: encoded(policy), Signature: encoded(crypto.sign(hash === 'SHA256' ? 'sha256' : 'sha1', Buffer.from(policy), by.privateKey)), 'Key-Pair-Id': by.id };
  return hash ? { ...fields, 'Hash-Algorithm': hash } : fields;
}
function canned(by, url, expires = now() + 3600) {
  const policy = policyOf(url, { expires });
  return { Expires: expires, Signature: encoded(crypto.sign('sha1', Buffer.from(policy), by.privateKey)), 'Key-Pair-Id': by.id };
}
const cookieOf = (fields) => Object.entries(fields).map(([name, value]) => `CloudFront-${name}=${value}`).join('; ');
const queryOf = (fields) => Object.entries(fields).map(([name, value]) => `${name}=${value}`).join('&');

const rsa = signer('KRSA', 'rsa');
const ec = signer('KEC', 'ec');
const index = '/live/match/index.m3u8';
const all = `${host}/live/match/*`;
let server;
let pusher;
const keysOf = (...signers) => signers.map(({ id, file }) => `${id}=${file}`);
const withCookies = (route, fields) => server.web(route, { headers: { cookie: cookieOf(fields) } });
const results = (result) => server.metric('kickoff_token_requests_total', { result });

before(async () => {
  server = await Server.start({
    http: { tokens: { leeway: '0s', cloudfront: { keys: keysOf(rsa, ec), urls: [host] } } },
    channels: { match: copy({ tokens: 'required' }), other: copy({ tokens: 'required' }) },
  });
  pusher = pushRtmp(source(), server.rtmp('match'));
  await server.until('the channel is live', async () => (await withCookies(index, custom(rsa, policyOf(all)))).text.includes('EXT-X-STREAM-INF'));
});
after(async () => {
  await pusher.stop('SIGKILL');
  fs.rmSync(directory, { recursive: true, force: true });
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

test('cookies open every object, by RSA and ECDSA, SHA-1 and SHA-256', async () => {
  const media = (await withCookies(index, custom(rsa, policyOf(all)))).text.split('\n').find((line) => line && !line.startsWith('#'));
  for (const fields of [custom(rsa, policyOf(all)), custom(ec, policyOf(all)), custom(rsa, policyOf(all), 'SHA256'), custom(ec, policyOf(all), 'SHA256'), custom(rsa, policyOf('http*://live.?xample.com/*/match/*'))]) {
    assert.strictEqual((await withCookies(index, fields)).status, 200);
    const playlist = await withCookies(`/live/match/${media}`, fields);
    assert.strictEqual(playlist.status, 200);
    const msn = Number(/MEDIA-SEQUENCE:(\d+)/.exec(playlist.text)[1]);
    const blocking = await withCookies(`/live/match/${media}?_HLS_msn=${msn}&_HLS_part=0`, fields);
    assert.strictEqual(blocking.status, 200, 'delivery directives');
    for (const text of [playlist.text, blocking.text]) assert.ok(!/Signature|Policy|Key-Pair/.test(text), 'nothing of it is in a playlist');
  }
});
test('a signed URL opens what it names, and its query is no part of what is served', async () => {
  const bare = (await withCookies(index, custom(rsa, policyOf(all)))).text;
  const fields = custom(ec, policyOf(all));
  const answer = await server.web(`${index}?${queryOf(fields)}`);
  assert.strictEqual(answer.status, 200);
  assert.strictEqual(answer.text, bare);
  const media = bare.split('\n').find((line) => line && !line.startsWith('#'));
  assert.strictEqual((await server.web(`/live/match/${media}`)).status, 401, 'the relative URI of a playlist has no signature');
  assert.strictEqual((await server.web(`/live/match/${media}?_HLS_msn=1&${queryOf(fields)}`)).status, 200);
  assert.strictEqual((await server.web(`${index}?${queryOf(fields).replace('Policy=', 'Policy=%')}`)).status, 401);
  const one = canned(rsa, `${host}${index}`);
  assert.strictEqual((await server.web(`${index}?${queryOf(one)}`)).status, 200);
  assert.strictEqual((await withCookies(index, one)).status, 200);
  assert.strictEqual((await server.web(`/live/match/${media}?${queryOf(one)}`)).status, 401, 'a canned policy is for one URL');
});
test('what is good for another URL, network or time is refused with its reason, as of other tokens', async () => {
  const stranger = signer('STRANGER', 'rsa');
  const changed = custom(rsa, policyOf(all));
  changed.Policy = encoded(policyOf(all, { expires: now() + 7200 }));
  const cases = [
    [custom(rsa, policyOf(`${host}/live/other/*`)), 403, 'channel'], [custom(rsa, policyOf('https://other.example.com/*')), 403, 'channel'],
    [custom(rsa, policyOf(all, { network: '192.0.2.0/24' })), 403, 'network'], [custom(rsa, policyOf(all, { expires: now() - 1 })), 401, 'expired'],
    [custom(rsa, policyOf(all, { from: now() + 60 })), 401, 'not_yet'], [custom(stranger, policyOf(all)), 401, 'unknown_key'],
    [custom({ ...stranger, id: 'KRSA' }, policyOf(all)), 401, 'signature'], [changed, 401, 'signature'], [canned(rsa, `${host}/live/other/index.m3u8`), 401, 'signature'],
    [custom(rsa, policyOf(all).replace('DateLessThan', 'DateMoreThan')), 401, 'malformed'], [{ Policy: 'x' }, 401, 'malformed'], [{}, 401, 'missing'],
  ];
  for (const [fields, status, reason] of cases) {
    const before = await results(reason);
    const answer = await withCookies(index, fields);
    assert.strictEqual(answer.status, status, reason);
    assert.strictEqual(answer.headers.get('cache-control'), 'no-store', reason);
    assert.strictEqual(await results(reason), before + 1, `${reason} is counted`);
  }
  assert.strictEqual((await withCookies(index, custom(rsa, policyOf(all, { network: '127.0.0.9/8', from: now() - 60 })))).status, 200);
});
test('ffmpeg plays with cookies alone', async () => {
  const player = run('ffmpeg', ['-nostdin', '-v', 'error', '-headers', `Cookie: ${cookieOf(custom(ec, policyOf(all)))}\r\n`, '-i', server.playlist('match'), '-t', '2', '-f', 'null', '-']);
  const timer = setTimeout(() => player.child.kill('SIGKILL'), 120000);
  const { code } = await player.ended;
  clearTimeout(timer);
  assert.strictEqual(code, 0, player.output());
});
test('keys are rotated by a reload, and no signature is in the log or the metrics', async () => {
  const next = signer('KNEXT', 'ec');
  const [old, young] = [custom(rsa, policyOf(all)), custom(next, policyOf(all))];
  assert.strictEqual((await withCookies(index, young)).status, 401);
  server.config.http.tokens.cloudfront.keys = keysOf(ec, next);
  fs.writeFileSync(server.file, JSON.stringify(server.config));
  server.process.child.kill('SIGHUP');
  await server.until('the next key is good', async () => (await withCookies(index, young)).status === 200);
  await server.until('the old key is not', async () => (await withCookies(index, old)).status === 401);
  for (const text of [server.log(), (await server.admin('/metrics')).text]) {
    for (const fields of [old, young]) assert.ok(!text.includes(fields.Signature) && !text.includes(fields.Policy));
  }
});
