// One encoder of a channel: the primary comes over RTMP, the backup over SRT behind a network that loses 1 %.
'use strict';
const { sleep } = require('../integration/harness');
const { pushRtmp, pushSrt } = require('../integration/media');
const { startRelay } = require('../integration/relay');

class Feed {
  constructor(night, channel, name) { Object.assign(this, { night, channel, name, small: false, process: null, relay: null }); }

  async start() {
    const { night: { server, files }, channel } = this;
    const from = this.small ? files.small : files;
    if (this.name === 'primary') {
      this.process = pushRtmp(from.rtmp, server.rtmp(channel.name));
      return;
    }
    this.relay ??= await startRelay('udp', server.ports.srt, ['--delay', 20, '--loss', 1]);
    this.process = pushSrt(from.srt, `srt://127.0.0.1:${this.relay.port}?streamid=#!::r=live/${channel.name},m=publish,x-feed=backup&transtype=live&latency=300000`);
  }
  async cut() {
    const { process } = this;
    this.process = null;
    await process?.stop('SIGKILL');
  }
  freeze() { this.process?.child.kill('SIGSTOP'); }
  thaw() { this.process?.child.kill('SIGCONT'); }
  running() { return this.process !== null && this.process.child.exitCode === null && this.process.child.signalCode === null; }
  // As it was at first. An encoder that the server sent away, or whose connection broke, comes again.
  async heal() {
    if (this.small) { await this.cut(); this.small = false; }
    for (let attempt = 0; !this.running() && attempt < 10; attempt++) {
      await this.start();
      await sleep(1000);
    }
  }
  async stop() {
    await this.cut();
    await this.relay?.stop();
  }
}

module.exports = { Feed };
