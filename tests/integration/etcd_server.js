// A real etcd of one member on free ports.
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { freeTcp, run, sleep } = require('./harness');

class Etcd {
  static async start() {
    const etcd = new Etcd();
    etcd.directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-etcd-'));
    etcd.url = `http://127.0.0.1:${await freeTcp()}`;
    etcd.peers = `http://127.0.0.1:${await freeTcp()}`;
    await etcd.begin();
    return etcd;
  }
  // Also again, with what it had kept.
  async begin() {
    this.process = run('etcd', ['--name', 'one', '--data-dir', path.join(this.directory, 'data'), '--listen-client-urls', this.url, '--advertise-client-urls', this.url,
      '--listen-peer-urls', this.peers, '--initial-advertise-peer-urls', this.peers, '--initial-cluster', `one=${this.peers}`, '--log-level', 'error']);
    for (const began = Date.now(); ; await sleep(100)) {
      const health = await fetch(`${this.url}/health`).then((answer) => answer.text(), () => '');
      if (/"health":\s*"?true/.test(health)) return;
      if (Date.now() - began > 60000) throw new Error(`etcd does not start:\n${this.process.output()}`);
    }
  }
  async kill() { await this.process.stop('SIGKILL'); }
  // The value of a key, as text; undefined where there is none.
  async get(key) {
    const body = JSON.stringify({ key: Buffer.from(key).toString('base64') });
    const { kvs = [] } = await (await fetch(`${this.url}/v3/kv/range`, { method: 'POST', body })).json();
    return kvs[0] && Buffer.from(kvs[0].value, 'base64').toString();
  }
  async put(key, value) {
    const body = JSON.stringify({ key: Buffer.from(key).toString('base64'), value: Buffer.from(value).toString('base64') });
    await (await fetch(`${this.url}/v3/kv/put`, { method: 'POST', body })).text();
  }
  async stop() {
    await this.kill();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

module.exports = { Etcd };
