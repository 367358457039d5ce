// A real S3: Ceph's gateway over one monitor and one store in memory, all on loopback; and a way to it that can fail.
'use strict';
const { execFileSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const aws4 = require('aws4');
const { freeTcp, run, sleep } = require('./harness');

class Radosgw {
  static async start({ key, secret }) {
    const gateway = new Radosgw();
    Object.assign(gateway, { key, secret, directory: fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-ceph-')), processes: [], port: await freeTcp() });
    const D = gateway.directory;
    const monitor = `127.0.0.1:${await freeTcp()}`;
    const fsid = crypto.randomUUID();
    fs.writeFileSync(path.join(D, 'ceph.conf'), `[global]
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
mon_host = [v1:${monitor}]
ms_bind_msgr2 = false
osd_objectstore = memstore
memstore_device_bytes = 1073741824
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_data_avail_crit = 1
rgw_frontends = beast endpoint=127.0.0.1:${gateway.port}
run_dir = ${D}
log_file = ${D}/$name.log
admin_socket = ${D}/$name.asok
pid_file = ${D}/$name.pid
mon_data = ${D}/mon
osd_data = ${D}/osd
rgw_data = ${D}/rgw
`);
    for (const name of ['mon', 'osd', 'rgw']) fs.mkdirSync(path.join(D, name));
    const conf = ['-c', path.join(D, 'ceph.conf')];
    const call = (program, ...words) => execFileSync(program, [...words, ...conf], { stdio: 'pipe', timeout: 120000 });
    const begin = (program, ...words) => gateway.processes.push(run(program, [...words, ...conf, '-f']));
    call('monmaptool', '--create', '--clobber', '--fsid', fsid, '--addv', 'a', `[v1:${monitor}]`, path.join(D, 'monmap'));
    call('ceph-mon', '--mkfs', '-i', 'a', '--monmap', path.join(D, 'monmap'));
    begin('ceph-mon', '-i', 'a');
    call('ceph', 'osd', 'create');
    call('ceph-osd', '-i', '0', '--mkfs');
    begin('ceph-osd', '-i', '0');
    begin('radosgw', '-n', 'client.rgw');
    for (const began = Date.now(); ; await sleep(200)) {
      if (await fetch(`http://127.0.0.1:${gateway.port}/`).then(() => true, () => false)) break;
      if (Date.now() - began > 120000) throw new Error(`radosgw does not start:\n${gateway.processes.map((at) => at.output()).join('\n')}`);
    }
    call('radosgw-admin', '-n', 'client.rgw', 'user', 'create', '--uid=edge', '--display-name=edge', `--access-key=${key}`, `--secret=${secret}`);
    return gateway;
  }
  async stop() {
    for (const process of this.processes.reverse()) await process.stop('SIGKILL');
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
  // A signed request by another implementation, straight to the gateway.
  async ask(method, route, body = '') {
    const host = `127.0.0.1:${this.port}`;
    const signed = aws4.sign({ service: 's3', region: 'us-east-1', method, host, path: route, body }, { accessKeyId: this.key, secretAccessKey: this.secret });
    const answer = await fetch(`http://${host}${route}`, { method, headers: signed.headers, ...(body && { body }) });
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
  }
  // Names of the objects of a bucket that begin so, with when they were put.
  async list(bucket, prefix) {
    const { body } = await this.ask('GET', `/${bucket}?list-type=2&prefix=${encodeURIComponent(prefix)}`);
    return [...body.toString().matchAll(/<Key>([^<]*)<\/Key><LastModified>([^<]*)</g)].map(([, name, time]) => ({ name, time: Date.parse(time) }));
  }
  async remove(bucket) {
    for (const { name } of await this.list(bucket, '')) await this.ask('DELETE', `/${bucket}/${name}`);
    return (await this.ask('DELETE', `/${bucket}`)).status;
  }
}

// A way to the gateway. `fault(request)`: 'busy' (503 SlowDown), 'cut' (the connection ends in the middle of the request), or nothing.
class Way {
  constructor(gateway) {
    Object.assign(this, { fault: () => undefined, puts: [], faults: 0 });
    this.server = http.createServer((request, response) => {
      const fault = this.fault(request);
      if (fault !== undefined) this.faults++;
      if (fault === 'cut') return request.socket.destroy();
      if (fault === 'busy') {
        request.resume();
        return response.writeHead(503, { 'Content-Type': 'application/xml' }).end('<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>slow down</Message></Error>');
      }
      const onward = http.request({ host: '127.0.0.1', port: gateway.port, method: request.method, path: request.url, headers: request.headers }, (answer) => {
        if (request.method === 'PUT' && answer.statusCode === 200) this.puts.push(decodeURIComponent(request.url));
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => request.socket.destroy());
      request.pipe(onward);
    });
  }
  listen() { return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve)); }
  get endpoint() { return `http://127.0.0.1:${this.server.address().port}`; }
  close() { this.server.closeAllConnections(); return new Promise((resolve) => this.server.close(resolve)); }
}

module.exports = { Radosgw, Way };
