// The origin lock: who is no CDN gets 403, over every protocol, and secrets are rotated while viewers watch.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { Server, endAll, copy } = require('./harness');
const { source, pushRtmp } = require('./media');

const secret = 'the-first-secret-of-the-cdn';
const next = 'the-second-secret-of-the-cdn';
let server;
let directory;
let pusher;
const inside = (name) => path.join(directory, name);
const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe', cwd: directory });

// An authority, and a certificate for clients that it signs: NAME.crt, NAME.key.
function authority(name) {
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.crt`);
}
function certificate(name, signer) {
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  fs.writeFileSync(inside('client.ext'), 'extendedKeyUsage=clientAuth\n');
  openssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${signer}.crt`, '-CAkey', `${signer}.key`, '-CAcreateserial', '-days', '1', '-extfile', 'client.ext', '-out', `${name}.crt`);
}
// What curl sees: {status, headers}. Status 0: the handshake failed.
function curl(url, ...args) {
  try {
    const text = execFileSync('curl', ['-skD', '-', '-o', '/dev/null', '-m', '20', ...args, url]).toString();
    return { status: Number(/^HTTP\/\S+ (\d+)/.exec(text)[1]), headers: text.toLowerCase() };
  } catch {
    return { status: 0, headers: '' };
  }
}
const plain = () => `http://127.0.0.1:${server.ports.http}/live/match/index.m3u8`;
const secure = () => server.playlist('match', true);
const shown = (what) => ['-H', `X-Origin-Verify: ${what}`];
const client = (name) => ['--cert', inside(`${name}.crt`), '--key', inside(`${name}.key`)];

async function reload(lock) {
  const seen = server.log().split('configuration reloaded').length;
  fs.writeFileSync(server.file, JSON.stringify({ ...server.config, http: { ...server.config.http, origin_lock: lock } }));
  server.process.child.kill('SIGHUP');
  await server.until('the reload', () => server.log().split('configuration reloaded').length > seen);
}

before(async () => {
  server = await Server.start({ channels: { '*': copy() }, http: { origin_lock: { secrets_env: 'ORIGIN_SECRETS' } } }, { env: { ORIGIN_SECRETS: secret } });
  directory = server.directory;
  pusher = pushRtmp(source(), server.rtmp('match'));
  await server.until('the channel is live', () => curl(plain(), ...shown(secret)).status === 200);
});
after(async () => {
  await pusher.stop('SIGKILL');
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

test('without the secret every answer is 403, and no cache keeps it', async () => {
  const ways = [[plain()], [plain(), '--http2-prior-knowledge'], [secure(), '--http1.1'], [secure(), '--http2'], [plain(), ...shown('guessed')], [plain(), '-I'], [plain(), '-X', 'OPTIONS'],
    [`http://127.0.0.1:${server.ports.http}/play/match`]];
  for (const way of ways) {
    const { status, headers } = curl(...way);
    assert.strictEqual(status, 403, way.join(' '));
    assert.match(headers, /cache-control: no-store/, way.join(' '));
    assert.doesNotMatch(headers, /max-age/, way.join(' '));
  }
  assert.ok(await server.metric('kickoff_http_refusals_total', { cause: 'locked' }) >= ways.length);
  for (const way of ways.slice(0, 4)) assert.strictEqual(curl(...way, ...shown(secret)).status, 200, way.join(' '));
});
test('a rotation: both secrets are good while the CDN changes over, then the old one is not', async () => {
  fs.writeFileSync(inside('secrets'), `${secret}\n${next}\n`);
  await reload({ secrets_file: inside('secrets') });
  await server.until('the next secret is good', () => curl(plain(), ...shown(next)).status === 200);
  assert.strictEqual(curl(plain(), ...shown(secret)).status, 200);
  await reload({ secrets: [next] });
  await server.until('the old one is not', () => curl(plain(), ...shown(secret)).status === 403);
  assert.strictEqual(curl(plain(), ...shown(next)).status, 200);
  assert.ok(!server.log().includes(secret) && !server.log().includes(next), 'no secret is logged');
});
test('a client certificate of the authority is as good as a secret, another ends the handshake', async () => {
  for (const name of ['cdn-authority', 'other-authority']) authority(name);
  certificate('cdn', 'cdn-authority');
  certificate('stranger', 'other-authority');
  await reload({ secrets: [next], client_ca: inside('cdn-authority.crt') });
  await server.until('certificates count', () => curl(secure(), ...client('cdn')).status === 200);
  assert.strictEqual(curl(secure(), '--tls-max', '1.2', ...client('cdn')).status, 200);
  assert.strictEqual(curl(secure()).status, 403, 'none');
  assert.strictEqual(curl(secure(), ...shown(next)).status, 200, 'none, but the secret');
  assert.strictEqual(curl(secure(), ...client('stranger')).status, 0);
  assert.ok(await server.metric('kickoff_tls_failures_total', { kind: 'client_certificate' }) >= 1);
});
