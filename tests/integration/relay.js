// tools/relay as a program of its own, between an encoder and the server.
'use strict';
const path = require('node:path');
const { root, run, sleep } = require('./harness');

// kind 'udp'|'tcp', port: the server's; conditions: as on the command line, ['--loss', '5'].
// → {port: to send to, stop(): Promise of the counters}
async function startRelay(kind, port, conditions) {
  const relay = run(process.execPath, [path.join(root, 'tools/relay'), `--${kind}`, `0=${port}`, ...conditions.map(String)]);
  for (let waited = 0; !relay.output().includes('\n'); waited += 20) {
    if (relay.child.exitCode !== null || waited > 30000) throw new Error(`the relay did not start:\n${relay.output()}`);
    await sleep(20);
  }
  return {
    port: JSON.parse(relay.output().split('\n')[0]).listening[0][kind],
    async stop() {
      await relay.stop();
      return JSON.parse(relay.output().trimEnd().split('\n').at(-1));
    },
  };
}

module.exports = { startRelay };
