// Sends a file as an endless transport stream in datagrams, in real time, and spoils it on its way.
'use strict';
const dgram = require('node:dgram');
const { spawn } = require('node:child_process');

const packetSize = 188;
const pid = (packet) => (packet[1] & 0x1f) << 8 | packet[2];
// Numbers from 0 to below 1, the same ones in every run.
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    return state / 2 ** 32;
  };
}

class TsSender {
  constructor(file, port) {
    Object.assign(this, { file, port, socket: dgram.createSocket('udp4'), random: randomFrom(1), held: null });
    this.spoil(null);
    this.start();
  }
  // more: options of ffmpeg for what it writes.
  start(more = []) {
    this.child = spawn('ffmpeg', ['-nostdin', '-v', 'warning', '-re', '-stream_loop', '-1', '-i', this.file, '-c', 'copy', ...more, '-f', 'mpegts', '-flush_packets', '1', 'pipe:1'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = Buffer.alloc(0);
    this.child.stdout.on('data', (data) => {
      const bytes = Buffer.concat([rest, data]);
      const whole = bytes.length - bytes.length % packetSize;
      rest = Buffer.from(bytes.subarray(whole));
      for (let at = 0; at < whole; at += packetSize) this.queue.push(...this.pass(Buffer.from(bytes.subarray(at, at + packetSize))));
      if (!this.held) this.flush();
    });
  }
  pass(packet) {
    if (!this.how) return [packet];
    this.count[pid(packet)] = (this.count[pid(packet)] ?? -1) + 1;
    return this.how(packet, { pid: pid(packet), n: this.count[pid(packet)], random: this.random, state: this.count });
  }
  flush() {
    const bytes = Buffer.concat(this.queue);
    this.queue = [];
    for (let at = 0; at < bytes.length; at += 7 * packetSize) this.socket.send(bytes.subarray(at, at + 7 * packetSize), this.port, '127.0.0.1');
  }
  // how: (packet, {pid, n: of that PID since spoil(), random, state: kept between calls}) → [what is sent in its place]; null: as it is.
  spoil(how) { Object.assign(this, { how, count: {}, queue: this.queue ?? [] }); }
  // Sends nothing until release(), then all of it at once.
  hold() { this.held = true; }
  release() {
    this.held = null;
    this.flush();
  }
  async end() {
    const gone = new Promise((resolve) => { this.child.once('exit', resolve); });
    this.child.kill('SIGKILL');
    await gone;
  }
  async restart(more) {
    await this.end();
    this.start(more);
  }
  async stop() {
    await this.end();
    this.socket.close();
  }
}

module.exports = { TsSender, packetSize };
