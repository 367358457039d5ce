// tools/up from start to end: the demo plays over the real protocol, and a signal ends all of it.
'use strict';
const { test, after } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { run, endAll, exists, descendants, freeTcp, root, sleep } = require('./harness');

after(endAll);

test('tools/up plays the demo, prints where to watch and push, is scraped by Prometheus, and SIGTERM ends it all', async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-up-'));
  const [http, tls, admin, rtmp, rtmps, srt, prometheus] = await Promise.all([0, 0, 0, 0, 0, 0, 0].map(freeTcp));
  const config = path.join(directory, 'conf.yaml');
  fs.writeFileSync(config, `state_directory: ${directory}
http:
  port: ${http}
  tls_port: ${tls}
admin:
  port: ${admin}
rtmp:
  port: ${rtmp}
  tls_port: ${rtmps}
srt:
  port: ${srt}
channels:
  "*":
    keys: []
    ladder:
      - {height: 360, bitrate: 800k, preset: ultrafast}
`);
  const up = run(path.join(root, 'tools/up'), ['--with-monitoring'], { env: { ...process.env, KICKOFF_CONFIG: config, KICKOFF_STATE: directory, KICKOFF_PROMETHEUS_PORT: String(prometheus) } });
  for (const began = Date.now(); !/Ctrl-C/.test(up.output()); await sleep(200)) {
    assert.ok(up.child.exitCode === null && Date.now() - began < 300000, up.output());
  }
  const key = fs.readFileSync(path.join(directory, 'publish-key'), 'utf8');
  assert.match(key, /^[0-9a-f]{32}$/);
  assert.strictEqual(fs.statSync(path.join(directory, 'publish-key')).mode & 0o77, 0, 'the key is for its owner only');
  assert.ok(up.output().includes(`/play/demo`));
  assert.ok(up.output().includes(`:${rtmp}/live/CHANNEL?key=${key}`));
  assert.ok(up.output().includes(`:${srt}?streamid=#!::r=live/CHANNEL,m=publish,s=${key}`));
  assert.strictEqual((await fetch(`http://127.0.0.1:${http}/play/demo`)).status, 200);
  assert.match(await (await fetch(`http://127.0.0.1:${http}/live/demo/index.m3u8`)).text(), /RESOLUTION=640x360/);
  const asked = async (route) => (await (await fetch(`http://127.0.0.1:${prometheus}/api/v1/${route}`)).json()).data;
  for (const began = Date.now(); (await asked('query?query=up')).result[0]?.value[1] !== '1'; await sleep(200)) assert.ok(Date.now() - began < 60000, 'Prometheus does not scrape it');
  assert.ok((await asked('rules')).groups.length >= 3, 'it has the alert rules');
  const started = descendants(up.child.pid);
  assert.ok(started.length >= 4, 'the server, its worker, the sender and Prometheus run');
  const { code } = await up.stop('SIGTERM');
  assert.strictEqual(code, 0);
  for (const began = Date.now(); started.some(exists); await sleep(100)) assert.ok(Date.now() - began < 30000, 'processes are left');
  fs.rmSync(directory, { recursive: true, force: true });
});
