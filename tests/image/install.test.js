// What `meson install` puts on a machine, and the files for whoever runs it.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Server, endAll, copy, root } = require('../integration/harness');
const { source, pushRtmp } = require('../integration/media');

let tree;
before(() => { tree = execFileSync(path.join(__dirname, 'install_tree'), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim(); });
after(endAll);

function files(directory) {
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const whole = path.join(directory, entry.name);
    return entry.isDirectory() ? files(whole) : [whole];
  });
}
// Both streams of a program that has to end with 0.
function output(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  assert.strictEqual(status, 0, `${command} ${args.join(' ')}: ${error ?? ''}${stdout}${stderr}`);
  return stdout + stderr;
}
const yaml = (file) => JSON.parse(output('/usr/bin/python3', ['-c', 'import json, sys, yaml\nprint(json.dumps(yaml.safe_load(open(sys.argv[1]))))', path.join(root, file)]));

test('it installs the programs, the pages, the configuration, the manual page, the unit and the documentation, and nothing else', () => {
  const docs = files(path.join(root, 'docs')).map((file) => path.relative(path.join(root, 'docs'), file)).filter((name) => /\.(md|png)$/.test(name));
  const page = fs.readdirSync(path.join(root, 'web/operations'));
  assert.deepStrictEqual(files(tree).map((file) => path.relative(tree, file)).sort(), [
    'etc/kickoff/kickoff.yaml',
    'usr/bin/kickoff',
    'usr/bin/kickoff-worker',
    'usr/lib/systemd/system/kickoff.service',
    'usr/lib/sysusers.d/kickoff.conf',
    ...['CHANGELOG.md', 'LICENSE', 'NOTICE', 'README.md', ...docs.map((name) => `docs/${name}`)].map((name) => `usr/share/doc/kickoff/${name}`),
    ...['operations.html', 'play.html', 'play.js', 'style.css', 'vendor/LICENSE', 'vendor/hls.min.js', ...page.map((name) => `operations/${name}`)].map((name) => `usr/share/kickoff/web/${name}`),
    'usr/share/man/man1/kickoff.1',
  ].sort());
});

test('the installed server plays a feed, started in another directory, with the pages of its installation', async () => {
  const server = await Server.start({ web_directory: '', channels: { '*': copy() } }, { program: path.join(tree, 'usr/bin/kickoff') });
  const sender = pushRtmp(source(), server.rtmp('match'));
  await server.live('match');
  assert.match((await server.web('/play/match')).text, /<video/);
  output('ffprobe', ['-v', 'error', '-read_intervals', '%+2', '-show_entries', 'stream=codec_name', server.playlist('match')]);
  await sender.stop('SIGKILL');
  await server.stop();
});

test('the installed configuration is accepted and keeps the state in /var/lib/kickoff', () => {
  const file = path.join(tree, 'etc/kickoff/kickoff.yaml');
  output(path.join(tree, 'usr/bin/kickoff'), ['check', file]);
  assert.match(fs.readFileSync(file, 'utf8'), /^state_directory: \/var\/lib\/kickoff /m);
});

test('an installation over another one leaves a changed configuration alone', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-install-'));
  const install = () => output(path.join(root, 'tools/install_files'), ['/etc/kickoff', '/web'], { env: { ...process.env, DESTDIR: directory, MESON_SOURCE_ROOT: root } });
  const file = (name) => path.join(directory, 'etc/kickoff', name);
  install();
  install();
  assert.deepStrictEqual(fs.readdirSync(file('')), ['kickoff.yaml'], 'unchanged: nothing beside it');
  fs.writeFileSync(file('kickoff.yaml'), 'http: {port: 80}\n');
  install();
  assert.strictEqual(fs.readFileSync(file('kickoff.yaml'), 'utf8'), 'http: {port: 80}\n');
  assert.match(fs.readFileSync(file('kickoff.yaml.new'), 'utf8'), /^state_directory/m);
  fs.rmSync(directory, { recursive: true });
});

test('the manual page has no faults and every command of the program', () => {
  const page = path.join(root, 'docs/kickoff.1');
  assert.strictEqual(output('mandoc', ['-T', 'lint', '-W', 'warning', page]), '');
  const text = output('mandoc', ['-T', 'utf8', page]).replace(/.\x08/g, '');
  const help = output(path.join(tree, 'usr/bin/kickoff'), ['--help']);
  const commands = [...help.matchAll(/^  kickoff (\w+)/gm)].map(([, name]) => name);
  assert.ok(commands.length >= 4, help);
  for (const name of commands) assert.match(text, new RegExp(`^ +kickoff ${name}\\b`, 'm'), name);
});

test('systemd finds nothing wrong with the unit, and at most 2.0 of exposure', () => {
  const unit = path.join(tree, 'usr/lib/systemd/system/kickoff.service');
  // As if the programs were where the unit says.
  const here = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-unit-')), 'kickoff.service');
  fs.writeFileSync(here, fs.readFileSync(unit, 'utf8').replace('=/usr/bin/', `=${tree}/usr/bin/`));
  const verified = spawnSync('systemd-analyze', ['verify', '--man=no', here], { encoding: 'utf8' });
  assert.strictEqual(verified.stdout + verified.stderr, '', 'it exits with 0 for unknown keys, too');
  const [, exposure] = /Overall exposure level for kickoff\.service: ([\d.]+)/.exec(output('systemd-analyze', ['security', '--offline=true', '--no-pager', unit]));
  assert.ok(Number(exposure) <= 2, `exposure ${exposure}`);
  console.log(`# exposure ${exposure}`);
});

test('YAML files for operators are well formed', () => {
  const rules = '{extends: default, rules: {line-length: {max: 130}, document-start: disable, comments-indentation: disable, braces: {max-spaces-inside: 0}, comments: {min-spaces-from-content: 1}}}';
  output('yamllint', ['-s', '-d', rules, 'docker/compose.yaml', 'deploy/compose', 'docker/kickoff.yaml', 'deploy/prometheus/prometheus.yml', 'deploy/prometheus/kickoff.rules.yml', 'conf/kickoff.yaml'], { cwd: root });
});

test('compose runs the image as tightly as it can be run, and every file that it mounts is there', () => {
  const { services } = yaml('docker/compose.yaml');
  for (const [name, service] of Object.entries(services)) {
    assert.strictEqual(service.read_only, true, name);
    assert.deepStrictEqual(service.cap_drop, ['ALL'], name);
    assert.deepStrictEqual(service.security_opt, ['no-new-privileges:true'], name);
    for (const mount of service.volumes.filter((volume) => volume.startsWith('.'))) {
      assert.ok(fs.existsSync(path.join(root, 'docker', mount.split(':')[0])), mount);
    }
  }
  for (const port of ['8081', '9090']) {
    const published = Object.values(services).flatMap(({ ports }) => ports).filter((each) => each.includes(`${port}:`));
    assert.deepStrictEqual(published, [`127.0.0.1:${port}:${port}`], 'not for the public');
  }
});

test('compose gives Kickoff a configuration that it accepts, and Prometheus one that names it as Kickoff expects', () => {
  const binary = path.join(tree, 'usr/bin/kickoff');
  output(binary, ['check', path.join(root, 'docker/kickoff.yaml')], { env: { ...process.env, KICKOFF_KEYS: 'one,two' } });
  output('promtool', ['check', 'config', path.join(root, 'deploy/prometheus/prometheus.yml')]);
  const [host] = yaml('deploy/prometheus/prometheus.yml').scrape_configs[0].static_configs[0].targets[0].split(':');
  assert.ok(yaml('docker/kickoff.yaml').admin.hosts.includes(host), 'any other name is answered 421');
  assert.ok(Object.keys(yaml('docker/compose.yaml').services).includes(host));
});

// tools/deps with a package database and an archive of the test's: → {status, text}
function deps(installed, inArchive) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-deps-'));
  const program = (name, script) => fs.writeFileSync(path.join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  fs.writeFileSync(path.join(directory, 'version'), installed);
  program('dpkg-query', `case "$*" in *db:Status*) shift 3; printf 'ii  %s\\n' "$@" ;; *) cat ${directory}/version ;; esac`);
  program('apt-get', `case "$*" in *install*) printf %s ${inArchive} >${directory}/version ;; esac`);
  program('sudo', 'exec "$@"');
  const { status, stdout, stderr } = spawnSync(path.join(root, 'tools/deps'), ['build'], { encoding: 'utf8', env: { ...process.env, PATH: `${directory}:${process.env.PATH}` } });
  fs.rmSync(directory, { recursive: true });
  return { status, text: stdout + stderr };
}
const [faulty, fixed] = ['1.5.1-1+deb12u1', '1.5.1-1+deb12u2'];
test('tools/deps takes a libsrt with the fixes as it is, and replaces one without', () => {
  assert.deepStrictEqual(deps(fixed, 'none'), { status: 0, text: '' });
  const replaced = deps(faulty, fixed);
  assert.strictEqual(replaced.status, 0, replaced.text);
  assert.match(replaced.text, /Installing Debian packages:.* libsrt1\.5-gnutls/);
});
test('tools/deps refuses a libsrt without the fixes where the archive has no other', () => {
  const { status, text } = deps(faulty, faulty);
  assert.strictEqual(status, 1, text);
  assert.match(text, /error: libsrt1\.5-gnutls is 1\.5\.1-1\+deb12u1, without the fixes of CVE-2026-55868.*\n.*bookworm-security/);
});
