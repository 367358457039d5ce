// The configurations of deploy/ and docker/ by the server itself: accepted as they are mounted, and probed as Kubernetes does.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { run, endAll, binary, certificate, freeTcp, freeUdp, sleep } = require('./harness');
const { render } = require('../deploy/kustomize');
const { text } = require('../deploy/templates');

let directory;
before(() => { directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-deploy-')); });
after(() => fs.rmSync(directory, { recursive: true, force: true }));
after(endAll);

const objectOf = (overlay, kinds, server = 'kickoff-origin') => render(`deploy/kubernetes/${overlay}`).find(({ kind, metadata }) => kinds.includes(kind) && metadata.name === server);
const configurationOf = (overlay, server) => objectOf(overlay, ['ConfigMap'], server).data['kickoff.yaml'];
// As a ConfigMap is mounted: the file is a link into a directory that is a link.
function mounted(name, configuration) {
  const mount = path.join(directory, name);
  fs.mkdirSync(path.join(mount, '..1'), { recursive: true });
  fs.writeFileSync(path.join(mount, '..1/kickoff.yaml'), configuration);
  fs.symlinkSync('..1', path.join(mount, '..data'));
  fs.symlinkSync('..data/kickoff.yaml', path.join(mount, 'kickoff.yaml'));
  return path.join(mount, 'kickoff.yaml');
}
// What a pod or container of these variables is given.
const samples = {
  KICKOFF_KEYS: 'a-publish-key', KICKOFF_ADMIN_TOKEN: 'an-administration-token', KICKOFF_ORIGIN_SECRETS: '0123456789abcdef0123456789abcdef',
  KICKOFF_RELAY_SECRETS: 'fedcba9876543210fedcba9876543210', KICKOFF_FEED_PRIMARY: 'srt://127.0.0.1:7001?passphrase=ten-letters', KICKOFF_FEED_BACKUP: 'srt://127.0.0.1:7002?passphrase=ten-letters',
};
const machine = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KICKOFF_')));
const given = (names) => ({ ...machine, KICKOFF_STATE_DIRECTORY: path.join(directory, 'state'), ...Object.fromEntries(names.map((name) => [name, samples[name]])) });
const namesOf = (overlay, server) => objectOf(overlay, ['StatefulSet', 'Deployment'], server).spec.template.spec.containers[0].env.map(({ name }) => name);

for (const [name, configuration, names] of [
  ...['base', 'overlays/small', 'overlays/match-night'].map((overlay) => [overlay, () => configurationOf(overlay), () => namesOf(overlay)]),
  ['edges', () => configurationOf('overlays/match-night', 'kickoff-edge'), () => namesOf('overlays/match-night', 'kickoff-edge')],
  ['compose', () => text('docker/kickoff.yaml'), () => ['KICKOFF_KEYS', 'KICKOFF_ADMIN_TOKEN']],
]) {
  test(`the configuration of ${name} is accepted with the variables that it is given, without a warning`, async () => {
    const tls = certificate(directory);
    const whole = configuration().replace('/etc/kickoff-tls/tls.crt', tls.cert).replace('/etc/kickoff-tls/tls.key', tls.key);
    const child = run(binary, ['check', mounted(path.basename(name), whole)], { env: given(names()) });
    const { code } = await child.ended;
    assert.strictEqual(code, 0, child.output());
    const said = child.output().split('\n').filter((line) => line && !/cert\.pem expires in \d days/.test(line));
    assert.deepStrictEqual(said.map((line) => line.replace(/^\S+: /, '')), ['good, 1 channel entries']);
  });
}

test('the base is probed by the address of its pod, and drains at SIGTERM', async () => {
  const ports = { HTTP_PORT: await freeTcp(), HTTP_TLS_PORT: await freeTcp(), ADMIN_PORT: await freeTcp(), RTMP_PORT: await freeTcp(), RTMP_TLS_PORT: await freeTcp(), SRT_PORT: await freeUdp() };
  const env = { ...given(namesOf('base')), ...Object.fromEntries(Object.entries(ports).map(([key, port]) => [`KICKOFF_${key}`, String(port)])) };
  const server = run(binary, ['serve', '--config', mounted('running', configurationOf('base'))], { env });
  const probe = (where) => new Promise((resolve) => {
    http.get({ host: '127.0.0.1', port: ports.ADMIN_PORT, path: where, headers: { host: `10.244.1.17:${ports.ADMIN_PORT}`, 'user-agent': 'kube-probe/1.32', connection: 'close' } }, (answer) => { answer.resume(); resolve(answer.statusCode); }).on('error', () => resolve(0));
  });
  for (const began = Date.now(); await probe('/livez') !== 200; await sleep(50)) assert.ok(server.child.exitCode === null && Date.now() - began < 60000, server.output());
  assert.strictEqual(await probe('/readyz'), 200);
  assert.strictEqual(await probe('/metrics'), 200);
  server.child.kill('SIGTERM');
  for (const began = Date.now(); await probe('/readyz') !== 503; await sleep(50)) assert.ok(server.child.exitCode === null && Date.now() - began < 60000, server.output());
  assert.strictEqual(await probe('/livez'), 200);
  assert.strictEqual((await server.stop('SIGTERM')).code, 0, 'a second one ends the wait');
});
