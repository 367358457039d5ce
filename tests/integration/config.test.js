// Bad configurations and environments: exit status and one line that says where and what to do.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { Server, endAll, run, binary, root, certificate, copy, freeTcp, sleep } = require('./harness');

let directory;
before(() => { directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-config-')); });
after(() => fs.rmSync(directory, { recursive: true, force: true }));
after(endAll);

async function check(text, { env = {}, program = binary } = {}) {
  const file = path.join(directory, 'bad.yaml');
  fs.writeFileSync(file, text);
  const child = run(program, ['check', file], { cwd: '/', env: { ...process.env, ...env } });
  const { code } = await child.ended;
  return { code, output: child.output(), file };
}

test('the sample configuration is accepted', async () => {
  const child = run(binary, ['check', path.join(root, 'conf/kickoff.yaml')]);
  assert.strictEqual((await child.ended).code, 0, child.output());
});
test('the sample configuration is what `kickoff config` prints', async () => {
  const child = run(binary, ['config']);
  assert.strictEqual((await child.ended).code, 0);
  assert.strictEqual(child.output(), fs.readFileSync(path.join(root, 'conf/kickoff.yaml'), 'utf8'));
});
for (const [what, text, place, word] of [
  ['a typo names the nearest key', 'http:\n  prot: 8080\n', '2:3', 'port'],
  ['a typo at the top', 'chanels: {}\n', '1:1', 'channels'],
  ['a key given twice', 'http:\n  port: 8080\n  port: 8081\n', '3:3', 'port'],
  ['a port out of range', 'http:\n  port: 80800\n', '2:9', 'port'],
  ['a duration without a unit', 'channels:\n  "*":\n    segment: 2\n', '3:14', 'unit'],
  ['a part longer than half a segment', 'channels:\n  "*":\n    segment: 1s\n    part: 900ms\n', '3:5', 'part'],
  ['a passphrase of nine characters (SR-8)', 'channels:\n  a:\n    srt:\n      passphrase: ninechars\n', '', '10'],
  ['a loudness for audio that is copied', 'channels:\n  a:\n    audio: {mode: copy, loudness: -23 LUFS}\n', '3:12', 'mode: copy leaves audio as loud as it is'],
  ['an unknown codec', 'channels:\n  a:\n    ladder:\n      - {height: 720, bitrate: 2M, codec: vp8}\n', '4:', 'codec'],
  ['YAML that is none', 'http: [\n', '', ''],
  ['an empty file', '', '', 'has no keys'],
  ['a file of comments', '# http: {}\n', '', 'has no keys'],
  ['bytes that are no text', '\u0000\u0001', '1:1', 'UTF-8'],
  ['a second document', 'http: {}\n---\nchannels: {}\n', '2:1', 'second document'],
  ['two listeners on one port', 'http:\n  port: 8081\n', '1:1', 'admin.port'],
  ['a listener on a name', 'http:\n  listen: localhost\n', '2:11', 'IP address'],
  ['a preset that no encoder has', 'channels:\n  a:\n    ladder:\n      - {height: 720, bitrate: 2M, preset: fastest}\n', '4:', 'ultrafast'],
  ['a certificate that is missing', 'http:\n  certificate: /nowhere/a.pem\n  key: /nowhere/b.pem\n', '', '/nowhere/a.pem'],
  ['a publish key that no stream id can hold', `channels:\n  a:\n    keys: [${'k'.repeat(425)}]\n`, '3:12', 'SRT'],
  ['a publish key that is empty', 'channels:\n  a:\n    keys: [""]\n', '3:12', 'one character'],
  ['pages that are missing', 'web_directory: nowhere\n', '', 'web_directory'],
  ['a state directory that cannot be made', 'state_directory: nowhere/state\n', '', 'state_directory'],
  ['an address of another machine', 'rtmp:\n  listen: 203.0.113.1\n', '', 'rtmp.listen'],
  ['a channel name with a slash', 'channels:\n  a/b: {}\n', '2:3', 'letters'],
]) {
  test(`check refuses ${what}`, async () => {
    const { code, output, file } = await check(text);
    assert.strictEqual(code, 2, output);
    assert.ok(output.includes(`${file}:${place}`), `no place ${place} in: ${output}`);
    assert.ok(output.includes(word), `no word ${word} in: ${output}`);
  });
}
test('check refuses an installation without kickoff-worker', async () => {
  const lonely = path.join(directory, 'bin', 'kickoff');
  fs.mkdirSync(path.dirname(lonely), { recursive: true });
  fs.copyFileSync(binary, lonely);
  fs.chmodSync(lonely, 0o755);
  const { code, output } = await check(`web_directory: ${root}/web\n`, { program: lonely });
  assert.strictEqual(code, 2, output);
  assert.ok(output.includes(`${path.dirname(lonely)}/kickoff-worker`), output);
});
for (const [what, text, env, code, words] of [
  ['good values', '{}\n', { KICKOFF_HTTP_PORT: '18080', KICKOFF_CHANNELS_DEFAULT_SEGMENT: '1s' }, 0, 'good'],
  ['a value that makes the file good', 'http:\n  port: 8081\n', { KICKOFF_ADMIN_PORT: '18081' }, 0, 'good'],
  ['a value out of range', '{}\n', { KICKOFF_HTTP_PORT: '80800' }, 2, 'environment variable KICKOFF_HTTP_PORT: port has to be'],
  ['a value that contradicts the file', 'http:\n  port: 18080\n', { KICKOFF_ADMIN_PORT: '18080' }, 2, 'admin.port is 18080'],
  ['a name with a typo', '{}\n', { KICKOFF_HTPP_PORT: '18080' }, 0, 'warning: environment variable KICKOFF_HTPP_PORT sets no key; did you mean KICKOFF_HTTP_PORT?'],
  ['a key of "*" where the file has none', 'channels:\n  a: {}\n', { KICKOFF_CHANNELS_DEFAULT_GRACE: '1s' }, 2, 'KICKOFF_CHANNELS_DEFAULT_GRACE'],
]) {
  test(`check reads the environment: ${what}`, async () => {
    const result = await check(text, { env });
    assert.strictEqual(result.code, code, result.output);
    assert.ok(result.output.includes(words), result.output);
  });
}
test('relative paths of a file are relative to it, whatever the working directory', async () => {
  const own = fs.mkdtempSync(path.join(directory, 'relative-'));
  const { cert, key } = certificate(own);
  fs.writeFileSync(path.join(own, 'keys'), 'one\n');
  const text = (to) => `http: {certificate: ${to(cert)}, key: ${to(key)}}\nchannels: {a: {keys_file: ${to(path.join(own, 'keys'))}}}\n`;
  const good = await check(text((file) => path.relative(directory, file)));
  assert.strictEqual(good.code, 0, good.output);
  const bad = await check(text((file) => path.basename(file)));
  assert.strictEqual(bad.code, 2, bad.output);
});
test('bad usage exits with 2, version with 0', async () => {
  for (const args of [[], ['serve'], ['fly'], ['check'], ['config', 'x'], ['health']]) assert.strictEqual((await run(binary, args).ended).code, 2, String(args));
  const version = run(binary, ['version']);
  assert.strictEqual((await version.ended).code, 0);
  assert.match(version.output(), /^kickoff \d+\.\d+\.\d+/);
});

// A server that cannot start: exit 1 and a line with `words`.
async function assertFault(config, words, program = binary) {
  await assert.rejects(async () => {
    const server = await Server.start(config, { program });
    await server.stop();
  }, (error) => {
    for (const word of words) assert.ok(error.message.includes(word), `no "${word}" in: ${error.message}`);
    return true;
  });
}
test('a port in use is named', async () => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.on('listening', resolve));
  const { port } = other.address();
  await assertFault({ rtmp: { port } }, [String(port)]);
  await assertFault({ http: { port } }, [String(port)]);
  other.close();
});
test('a missing certificate is named', async () => {
  await assertFault({ http: { certificate: '/nowhere/cert.pem', key: '/nowhere/key.pem' } }, ['/nowhere/cert.pem']);
});
test('a missing kickoff-worker is named', async () => {
  const lonely = path.join(directory, 'kickoff');
  fs.copyFileSync(binary, lonely);
  fs.chmodSync(lonely, 0o755);
  await assertFault({}, ['kickoff-worker'], lonely);
});

test('health needs no more of the file than the administration address', async () => {
  const server = await Server.start();
  const health = async (text, env = {}) => {
    const file = path.join(directory, 'health.yaml');
    fs.rmSync(file, { force: true });
    if (text !== null) fs.writeFileSync(file, text);
    const child = run(binary, ['health', '--config', file], { cwd: '/', env: { ...process.env, ...env } });
    return { code: (await child.ended).code, output: child.output() };
  };
  const section = `admin: {port: ${server.ports.admin}}\n`;
  for (const text of [
    section,
    `http: {prot: 1, certificate: /nowhere/a.pem, key: /nowhere/b.pem}\nchannels: {a/b: {keys_file: /nowhere/keys}}\n${section}`,
    `http: [\n\t]\n${section}rtmp: {port: [\n`,
  ]) assert.deepStrictEqual(await health(text), { code: 0, output: '' }, text);
  const missing = await health(null, { KICKOFF_ADMIN_PORT: String(server.ports.admin) });
  assert.strictEqual(missing.code, 0, missing.output);
  assert.match(missing.output, /warning: .*health.yaml: cannot be read: No such file or directory; 127.0.0.1 port \d+ is asked/);
  await server.stop();
  const ended = await health(section);
  assert.strictEqual(ended.code, 1);
  assert.match(ended.output, /not healthy: 127.0.0.1 port \d+: Connection refused/);
});

test('a certificate is made at the first start and kept', async () => {
  const server = await Server.start();
  const files = fs.readdirSync(path.join(server.directory, 'state'));
  assert.ok(files.some((name) => name.endsWith('.crt')), files.join());
  await server.stop();
});
test('TLS 1.2 and 1.3 with ALPN; a certificate of one’s own is served', async () => {
  const { cert, key } = certificate(directory);
  const server = await Server.start({ http: { certificate: cert, key } });
  const tls = require('node:tls');
  const hello = (options) => new Promise((resolve, reject) => {
    const socket = tls.connect({ port: server.ports.tls, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
      resolve({ version: socket.getProtocol(), alpn: socket.alpnProtocol, print: socket.getPeerCertificate().fingerprint256 });
      socket.destroy();
    });
    socket.on('error', reject);
  });
  const own = new (require('node:crypto').X509Certificate)(fs.readFileSync(cert)).fingerprint256;
  assert.deepStrictEqual(await hello({ ALPNProtocols: ['h2', 'http/1.1'] }), { version: 'TLSv1.3', alpn: 'h2', print: own });
  assert.deepStrictEqual(await hello({ ALPNProtocols: ['http/1.1'], maxVersion: 'TLSv1.2' }), { version: 'TLSv1.2', alpn: 'http/1.1', print: own });
  await assert.rejects(hello({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
  await server.stop();
});
test('serve needs no repository around it; the environment wins over the file, after SIGHUP too', async () => {
  const [http, admin, other] = [await freeTcp(), await freeTcp(), await freeTcp()];
  const file = path.join(directory, 'elsewhere.yaml');
  const text = `http: {port: ${other}, tls_port: 0}\nadmin: {port: ${admin}}\nrtmp: {port: 0, tls_port: 0}\nsrt: {port: 0}\n`;
  fs.writeFileSync(file, text);
  const env = { ...process.env, KICKOFF_HTTP_PORT: String(http), KICKOFF_LOG_FORMAT: 'json' };
  const server = run(binary, ['serve', '--config', file], { cwd: '/', env });
  const until = async (what, condition) => {
    for (const began = Date.now(); !(await condition()); await sleep(100)) {
      assert.ok(server.child.exitCode === null && Date.now() - began < 30000, `${what} did not come: ${server.output()}`);
    }
  };
  const status = (url) => fetch(url).then((answer) => answer.status, () => 0);
  await until('the page', async () => await status(`http://127.0.0.1:${http}/play/x`) === 200);
  assert.strictEqual(await status(`http://127.0.0.1:${other}/play/x`), 0);
  assert.ok(fs.existsSync(path.join(directory, 'state')), 'the state directory is beside the file');
  fs.writeFileSync(file, text.replace(String(other), '1'));
  server.child.kill('SIGHUP');
  await until('the reload', () => server.output().includes('configuration reloaded'));
  assert.ok(!server.output().includes('http.port'), 'the environment keeps the port, so that none differs');
  assert.strictEqual((await server.stop()).code, 0);
});
test('SIGHUP applies a good configuration and keeps the old one on a bad', async () => {
  const server = await Server.start({ channels: { '*': copy() } });
  fs.writeFileSync(server.file, 'http: [\n');
  server.process.child.kill('SIGHUP');
  await server.until('the log tells the fault', () => server.log().includes(server.file));
  assert.strictEqual((await server.admin('/livez')).status, 200);
  fs.writeFileSync(server.file, JSON.stringify({ ...server.config, channels: { '*': copy({ keys: ['fresh-key'] }) } }));
  server.process.child.kill('SIGHUP');
  await server.until('the log tells of the new one', () => server.log().includes('configuration reloaded'));
  const { source, pushRtmp } = require('./media');
  const pusher = pushRtmp(source(), server.rtmp('later', '?key=fresh-key'));
  await server.live('later');
  await pusher.stop();
  assert.strictEqual((await server.stop()).code, 0);
});
test('SIGTERM and SIGINT end with 0 and leave no process behind', async () => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const server = await Server.start();
    const { descendants, exists } = require('./harness');
    const children = descendants(server.process.child.pid);
    const { code } = await server.process.stop(signal);
    assert.strictEqual(code, 0, server.log(20));
    await server.until('its processes are gone', () => !children.some(exists));
    await server.stop();
  }
});
