// A stop that lets load balancers leave first: after SIGTERM the server is not ready, and for as long as `drain` says it serves and
// accepts as before.
'use strict';
const { test, after } = require('node:test');
const assert = require('node:assert');
const { Server, endAll, copy } = require('./harness');
const { source, pushRtmp } = require('./media');

after(endAll);

test('a server that drains is not ready, serves viewers and takes publishers; a second SIGTERM ends it', async () => {
  const server = await Server.start({ drain: '300s', channels: { '*': copy() } });
  const first = pushRtmp(source(), server.rtmp('match'));
  await server.live('match');
  const multivariant = (await server.get(server.playlist('match'))).text;
  const media = new URL(multivariant.split('\n').find((line) => line && !line.startsWith('#')), server.playlist('match')).href;
  assert.strictEqual((await server.admin('/readyz')).status, 200);

  server.process.child.kill('SIGTERM');
  await server.until('it is not ready', async () => (await server.admin('/readyz')).status === 503);
  assert.strictEqual((await server.admin('/livez')).status, 200, 'nobody may kill it for that');
  const newest = async () => Number([...(await server.get(media)).text.matchAll(/^(\d+)\.m4s$/gm)].at(-1)?.[1] ?? 0);
  const before = await newest();
  await server.until('the playlist goes on', async () => await newest() >= before + 2);
  const second = pushRtmp(source(), server.rtmp('other'));
  await server.live('other');
  assert.match((await server.admin('/readyz')).text, /stopping/);

  // Server.stop() is the second signal, and complains where the server has ended before it.
  assert.strictEqual((await server.stop()).code, 0);
  for (const sender of [first, second]) await sender.stop('SIGKILL');
});
