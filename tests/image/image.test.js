// The image of docker/Dockerfile, run as Kubernetes would: read-only root, no root, no capability, process 1, its own network.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { run, endAll, descendants, sleep } = require('../integration/harness');
const { source } = require('../integration/media');

let directory;
let image; // {mount, config: what docker inspect calls Config}
before(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-image-'));
  const sh = (script, ...args) => execFileSync(path.join(__dirname, script), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim().split('\n').pop();
  const mount = sh('build_image', directory, sh('install_tree'));
  image = { mount, config: JSON.parse(fs.readFileSync(path.join(directory, 'image.json'), 'utf8')).Docker.config };
}, { timeout: 1200000 });
after(() => {
  // A change of user takes the signal of a parent's death from the container's process 1: killed with unshare alone it would go on, and
  // hold the pipes that this process reads.
  for (const container of Container.all) container.kill();
  endAll();
  execFileSync('buildah', ['--root', path.join(directory, 'storage'), '--runroot', path.join(directory, 'run'), 'umount', '--all']);
  fs.rmSync(directory, { recursive: true, force: true });
});

class Container {
  static all = [];
  // Starts the image's own command; `environment`: what docker run -e would add.
  static async start(environment = []) {
    const { User, Env, Entrypoint, Cmd, Volumes } = image.config;
    const container = new Container();
    Container.all.push(container);
    container.process = run(path.join(__dirname, 'run_container'), [image.mount, ...User.split(':'), ...Object.keys(Volumes), ...Env, ...environment, '--', ...Entrypoint, ...Cmd]);
    await container.until('the server is ready', () => /"event":"ready"/.test(container.process.output()));
    return container;
  }
  // Of the server, as seen from outside: the only child of unshare.
  pid() {
    const [pid] = descendants(this.process.child.pid);
    return pid && fs.readlinkSync(`/proc/${pid}/exe`).endsWith('/kickoff') ? pid : undefined;
  }
  // Runs a program of this machine in the container's network.
  outside(command, ...args) { return ['nsenter', ['-t', String(this.pid()), '-n', command, ...args]]; }
  // Runs a program of the image in the container, as docker exec does. → {status, text}
  inside(...command) {
    const [uid, gid] = image.config.User.split(':');
    try {
      const env = [...image.config.Env];
      const text = execFileSync('nsenter', ['-t', String(this.pid()), '-a', `--setuid=${uid}`, `--setgid=${gid}`, '--root', '--wd=/', '/usr/bin/env', '-i', ...env, ...command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      return { status: 0, text };
    } catch (error) {
      return { status: error.status, text: `${error.stdout}${error.stderr}` };
    }
  }
  health() { return this.inside(...image.config.Healthcheck.Test.slice(1)); }
  get(url) {
    const [command, args] = this.outside('curl', '-sS', '-m', '30', '-w', '\n%{http_code}', url);
    try {
      const [, text, status] = /^([^]*)\n(\d+)$/.exec(execFileSync(command, args, { encoding: 'latin1', stdio: ['ignore', 'pipe', 'pipe'] }));
      return { status: Number(status), text };
    } catch {
      return { status: 0, text: '' };
    }
  }
  async until(what, condition, patience = 60000) {
    for (const began = Date.now(); ; await sleep(100)) {
      assert.strictEqual(this.process.child.exitCode, null, `it ended: ${this.process.output()}`);
      const value = await condition();
      if (value) return value;
      assert.ok(Date.now() - began < patience, `not in ${patience} ms: ${what}\n${this.process.output().slice(-4000)}`);
    }
  }
  processes() {
    return [this.pid(), ...descendants(this.pid())].map((pid) => {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
      return { pid, name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')), state: stat[stat.lastIndexOf(')') + 2] };
    });
  }
  kill() {
    const pid = descendants(this.process.child.pid).at(0);
    if (pid) process.kill(pid, 'SIGKILL');
  }
  // As docker stop does. → exit status
  async stop() {
    process.kill(this.pid(), image.config.StopSignal ?? 'SIGTERM');
    return (await this.process.ended).code;
  }
}

test('the image says how it is to be run', () => {
  const { User, Entrypoint, Cmd, Healthcheck, StopSignal, ExposedPorts, Volumes, Labels } = image.config;
  assert.match(User, /^[1-9]\d{3,}:[1-9]\d{3,}$/, 'a number that is not root: Kubernetes cannot see what a name is');
  assert.deepStrictEqual(Entrypoint, ['kickoff'], 'no shell: signals reach the server');
  assert.deepStrictEqual(Cmd, ['serve', '--config', '/etc/kickoff/kickoff.yaml']);
  assert.deepStrictEqual(Healthcheck.Test, ['CMD', 'kickoff', 'health', '--config', '/etc/kickoff/kickoff.yaml']);
  assert.strictEqual(StopSignal, 'SIGTERM');
  assert.deepStrictEqual(Object.keys(ExposedPorts).sort(), ['1935/tcp', '1936/tcp', '8080/tcp', '8081/tcp', '8443/tcp', '9000/udp']);
  assert.deepStrictEqual(Object.keys(Volumes), ['/var/lib/kickoff']);
  assert.strictEqual(Labels['org.opencontainers.image.licenses'], 'Apache-2.0 AND GPL-3.0-or-later');
});

test('the image has what the server needs, and no tools to build or to fetch', () => {
  const has = (name) => ['usr/bin', 'usr/sbin', 'usr/local/bin'].some((where) => fs.existsSync(path.join(image.mount, where, name)));
  for (const name of ['kickoff', 'kickoff-worker']) assert.ok(has(name), name);
  for (const name of ['g++', 'gcc', 'make', 'meson', 'node', 'npm', 'git', 'curl', 'wget', 'ffmpeg']) assert.ok(!has(name), name);
  for (const program of ['kickoff', 'kickoff-worker']) {
    assert.doesNotMatch(execFileSync('chroot', [image.mount, 'ldd', `/usr/bin/${program}`], { encoding: 'utf8' }), /not found|srt\.so/, 'one libsrt, of the GnuTLS flavour');
  }
  for (const file of ['LICENSE', 'NOTICE', 'docs/deployment.md']) assert.ok(fs.existsSync(path.join(image.mount, 'usr/share/doc/kickoff', file)), file);
  assert.deepStrictEqual(fs.readdirSync(path.join(image.mount, 'var/lib/apt/lists')), []);
  console.log(`# the image has ${execFileSync('du', ['-sm', image.mount], { encoding: 'utf8' }).split('\t')[0]} MB`);
});

test('a feed plays from a container with a read-only root, without root, as process 1; SIGTERM ends it with 0', async () => {
  const container = await Container.start();
  assert.deepStrictEqual(container.health(), { status: 0, text: '' });
  const status = fs.readFileSync(`/proc/${container.pid()}/status`, 'utf8');
  assert.match(status, /^NSpid:\s+\d+\s+1$/m, 'process 1');
  assert.match(status, /^Uid:\s+10001\s+10001\s+10001\s+10001$/m);
  assert.match(status, /^CapBnd:\s+0+$/m);
  assert.match(container.inside('touch', '/kickoff').text, /Read-only file system/);

  const sender = run(...container.outside('ffmpeg', '-nostdin', '-v', 'warning', '-re', '-stream_loop', '-1', '-i', source(), '-c', 'copy', '-f', 'flv', 'rtmp://127.0.0.1/live/match'));
  const playlist = 'http://127.0.0.1:8080/live/match/index.m3u8';
  await container.until('the playlist comes', () => container.get(playlist).status === 200);
  assert.strictEqual(container.get('http://127.0.0.1:8080/play/match').status, 200);
  const [command, args] = container.outside('ffprobe', '-v', 'error', '-read_intervals', '%+4', '-count_packets', '-show_entries', 'stream=codec_name,nb_read_packets', '-of', 'json', playlist);
  const { streams } = JSON.parse(execFileSync(command, args, { encoding: 'utf8' }));
  assert.deepStrictEqual([...new Set(streams.map((stream) => stream.codec_name))].sort(), ['aac', 'h264']);
  for (const stream of streams) assert.ok(Number(stream.nb_read_packets) > 50, JSON.stringify(stream));
  const media = container.get(playlist).text.split('\n').find((line) => line && !line.startsWith('#'));
  // A channel's first segment begins anywhere in its slot, and may have no more than a part.
  const segments = await container.until('a whole segment is listed', () => {
    const lines = container.get(new URL(media, playlist).href).text.split('\n').filter((line) => /^[^#].*\.m4s/.test(line));
    return lines.length > 1 ? lines : null;
  });
  const segment = container.get(new URL(segments.at(-1), new URL(media, playlist)).href);
  assert.strictEqual(segment.status, 200);
  assert.ok(segment.text.length > 10000);

  // The worker is confined here as well; the server says so where one is not.
  const confined = descendants(container.pid()).filter((pid) => /^Seccomp:\s+2$/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8')));
  assert.strictEqual(confined.length, 1);
  assert.doesNotMatch(container.process.output(), /confined/);
  // From other containers: the port listens on every address of this one.
  assert.match(fs.readFileSync(`/proc/${container.pid()}/net/tcp`, 'utf8'), /00000000:1F91 /);

  // An orphan of a process that entered, as a health check's may be: process 1 waits for it.
  container.inside('sh', '-c', 'sleep 0.2 & :');
  await container.until('no process of another is left', () => container.processes().every(({ name }) => /^k/.test(name)));
  assert.deepStrictEqual(container.processes().filter(({ state }) => state === 'Z'), []);

  assert.strictEqual(await container.stop(), 0, container.process.output());
  await sender.stop('SIGKILL');
});

test('a container whose state cannot be written says so and ends with 1', async () => {
  const { User, Env, Entrypoint, Cmd } = image.config;
  const process = run(path.join(__dirname, 'run_container'), [image.mount, ...User.split(':'), '/mnt', ...Env, 'KICKOFF_STATE_DIRECTORY=/state', '--', ...Entrypoint, ...Cmd]);
  assert.strictEqual((await process.ended).code, 1, process.output());
  assert.match(process.output(), /state directory \/state: Read-only file system/);
});

test('the health check fails where the server is not alive', async () => {
  const container = await Container.start(['KICKOFF_ADMIN_PORT=18081']);
  const asked = container.health(); // of the port that the image's own environment says
  assert.strictEqual(asked.status, 1, asked.text);
  assert.match(asked.text, /not healthy: .*port 8081/);
  assert.strictEqual(await container.stop(), 0);
});
