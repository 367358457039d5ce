// A disk that stops to answer while the server runs, and then the server is to stop: it ends in time, and says what it has not written.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Server, endAll, copy, within } = require('./harness');
const { source, pushRtmp } = require('./media');
const { S3Server } = require('./s3_server');

const token = 'of-the-test';
const bucket = new S3Server({ bucket: 'match-media', keys: { EDGEKEY: 'EDGE/SECRET+1' }, region: 'eu-west-1' });
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-hung-'));
const shim = path.join(scratch, 'hung_disk.so');
const sign = path.join(scratch, 'hangs');
const servers = [];
let pusher;
before(async () => {
  execFileSync('cc', ['-shared', '-fPIC', '-o', shim, path.join(__dirname, 'hung_disk.c'), '-ldl']);
  fs.writeFileSync(path.join(scratch, 'keys'), '[default]\naws_access_key_id = EDGEKEY\naws_secret_access_key = EDGE/SECRET+1\n');
  await bucket.listen();
});
after(async () => {
  fs.rmSync(sign, { force: true });
  await pusher?.stop('SIGKILL');
  for (const server of servers) {
    await server.process.stop('SIGKILL');
    fs.rmSync(server.directory, { recursive: true, force: true });
  }
  await bucket.close();
  fs.rmSync(scratch, { recursive: true, force: true });
});
after(endAll);

// A server whose `disk` (a directory of its state) hangs from `hang()` on, with a channel that is live and uploaded.
async function start(disk) {
  const upload = { url: 's3://match-media/live', endpoint: bucket.endpoint, region: 'eu-west-1', credentials_file: path.join(scratch, 'keys') };
  const env = { KICKOFF_ADMIN_TOKEN: token, LD_PRELOAD: shim, HUNG_DISK_WHILE: sign };
  const environment = (directory) => ({ ...env, HUNG_DISK: path.join(directory, 'state', disk) });
  const server = await Server.start({ channels: { '*': { ...copy(), segment: '1s', part: '250ms', window: '60s', upload } } }, { env: environment });
  servers.push(server);
  pusher = pushRtmp(source({ rate: '25', gop: 25 }), server.rtmp('match'));
  await server.live('match');
  await server.until('it is uploaded', async () => (await server.metric('kickoff_upload_objects_total', { channel: 'match' })) > 3);
  return server;
}
async function stop(server) {
  server.process.child.kill('SIGTERM');
  return within(server.process.ended, 20000, { code: 'it does not end' });
}

for (const [disk, said] of [
  ['journal', [/the disk of the journal does not answer: the newest records are not written/, /"records":[1-9]/]],
  ['events', [/the disk of the event log does not answer: the newest events are not written/, /"events":[1-9]/]],
  ['upload', [/a disk does not answer: what the upload of the channel has not noted is uploaded again/]],
  ['harvest', [/a disk does not answer: the job that runs is left, and begins again at the next start/]],
  ['', [/the disk of the journal does not answer/, /the disk of the event log does not answer/, /a state file is not written/]],
]) {
  test(`the disk of ${disk || 'the whole state'} hangs: SIGTERM ends the server with status 1, and it says what is not written`, async () => {
    const server = await start(disk);
    fs.writeFileSync(sign, '');
    if (disk === 'harvest') {
      const body = JSON.stringify({ start: new Date(Date.now() - 60000).toISOString(), end: new Date().toISOString(), destination: 'disk:half' });
      const answer = await fetch(`http://127.0.0.1:${server.ports.admin}/api/v1/channels/match/harvest`, { method: 'POST', body, headers: { authorization: `Bearer ${token}` } });
      assert.strictEqual(answer.status, 202, await answer.text());
      await server.until('it runs', async () => (await server.metric('kickoff_jobs_running')) === 1);
    }
    // Live output does not notice: parts come that the journal does not get.
    const list = async () => (await server.web(`/live/match/${(await server.web('/live/match/index.m3u8')).text.split('\n').find((line) => line && !line.startsWith('#'))}`)).text;
    const before = await list();
    await server.until('the channel goes on', async () => (await list()) !== before);
    if (disk === 'upload') await server.until('the upload waits for its disk', async () => (await server.metric('kickoff_upload_lag_seconds', { channel: 'match' })) > 4);
    const { code } = await stop(server);
    const log = server.log();
    assert.strictEqual(code, 1, log.slice(-3000));
    for (const text of said) assert.match(log, text);
    assert.match(log, /a disk does not answer: the lines above say what was not written; the exit status is 1/);
    fs.rmSync(sign);
    await pusher.stop('SIGKILL');
  });
}
