// The installed unit under a real systemd: a process 1 in namespaces of its own, which has this machine's files under the
// installed tree and no other unit than kickoff.service.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const path = require('node:path');
const { run, endAll, descendants, sleep } = require('../integration/harness');
const { source } = require('../integration/media');

let systemd; // {process, pid}
// Runs a program in systemd's namespaces. → {status, text}
function inside(command, ...args) {
  const { status, stdout, stderr } = spawnSync('nsenter', ['-t', String(systemd.pid), '-a', command, ...args], { encoding: 'utf8', timeout: 60000 });
  return { status, text: stdout + stderr };
}
const show = (property) => inside('systemctl', 'show', 'kickoff', '--value', '-p', property).text.trim();
const log = () => inside('cat', '/run/kickoff.log').text;
async function until(what, condition, patience = 60000) {
  for (const began = Date.now(); ; await sleep(100)) {
    const value = await condition();
    if (value) return value;
    assert.ok(Date.now() - began < patience, `not in ${patience} ms: ${what}\n${systemd.process.output()}\n${inside('systemctl', 'status', '--no-pager', 'kickoff').text}\n${log().slice(-3000)}`);
  }
}

before(async () => {
  const tree = execFileSync(path.join(__dirname, 'install_tree'), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  systemd = { process: run(path.join(__dirname, 'run_systemd'), [tree, 'WatchdogSec=3', 'StandardError=append:/run/kickoff.log']) };
  for (const began = Date.now(); ; await sleep(100)) {
    assert.ok(systemd.process.child.exitCode === null && Date.now() - began < 60000, systemd.process.output());
    systemd.pid = descendants(systemd.process.child.pid)[0];
    if (systemd.pid && show('ActiveState') === 'active') return;
  }
}, { timeout: 120000 });
after(() => {
  if (systemd?.pid) process.kill(systemd.pid, 'SIGKILL'); // process 1 takes all with it
  endAll();
});

test('the unit becomes active once the server is ready, and a feed is transcoded and played in its confinement', async () => {
  assert.strictEqual(show('StatusText'), 'Serving');
  assert.match(log(), /"event":"ready"/);
  const sender = run('nsenter', ['-t', String(systemd.pid), '-n', 'ffmpeg', '-nostdin', '-v', 'error', '-re', '-stream_loop', '-1', '-i', source(), '-c', 'copy', '-f', 'flv', 'rtmp://127.0.0.1/live/match']);
  const playlist = 'http://127.0.0.1:8080/live/match/index.m3u8';
  await until('the playlist comes', () => inside('curl', '-sSf', '-o', '/dev/null', playlist).status === 0);
  const probed = inside('ffprobe', '-v', 'error', '-read_intervals', '%+2', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', playlist);
  assert.deepStrictEqual([...new Set(probed.text.trim().split(/\s+/))].sort(), ['aac', 'h264'], probed.text);
  await sender.stop('SIGKILL');
  // A step of the workers' own confinement that the unit forbade would be logged.
  assert.doesNotMatch(log(), /confined|"level":"error"/);
});

test('systemctl reload reads the configuration again, and a bad one is reported and not taken', async () => {
  assert.strictEqual(inside('systemctl', 'reload', 'kickoff').status, 0);
  await until('the reload ends', () => show('StatusText') === 'Serving; the configuration was read again');
  inside('sh', '-c', 'echo "nonsense: 1" >>/etc/kickoff/kickoff.yaml');
  inside('systemctl', 'reload', 'kickoff');
  await until('the reload is refused', () => show('StatusText') === 'Serving with the old configuration; the log says why');
  assert.strictEqual(show('ActiveState'), 'active');
  inside('sed', '-i', '/nonsense/d', '/etc/kickoff/kickoff.yaml');
});

test('a server that hangs is killed by the watchdog and started again', async () => {
  const pid = show('MainPID');
  await sleep(4000); // longer than the watchdog's time: one that works is left alone
  assert.strictEqual(show('MainPID'), pid);
  inside('kill', '-STOP', pid);
  await until('another server runs', () => show('ActiveState') === 'active' && show('MainPID') !== pid && show('MainPID') !== '0');
  assert.strictEqual(show('NRestarts'), '1');
});

test('systemctl stop ends it cleanly, with everything that it started', async () => {
  assert.strictEqual(inside('systemctl', 'stop', 'kickoff').status, 0);
  assert.deepStrictEqual([show('ActiveState'), show('Result'), show('ExecMainStatus')], ['inactive', 'success', '0']);
  assert.doesNotMatch(inside('ps', '-A', '-o', 'comm').text, /kickoff/);
  assert.strictEqual(inside('stat', '-c', '%U %a', '/var/lib/kickoff').text, 'kickoff 700\n');
});

test('a wrong configuration is not tried again', async () => {
  inside('sh', '-c', 'echo "nonsense: 1" >>/etc/kickoff/kickoff.yaml');
  assert.notStrictEqual(inside('systemctl', 'start', 'kickoff').status, 0);
  assert.deepStrictEqual([show('ActiveState'), show('ExecMainStatus')], ['failed', '2']);
});
