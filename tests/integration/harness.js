// Starts a real server on free ports with a configuration and a state directory of its own, and ends what it started.
'use strict';
const { spawn, execFileSync } = require('node:child_process');
const dgram = require('node:dgram');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');

const root = path.resolve(__dirname, '../..');
const binary = process.env.KICKOFF_BINARY ?? path.join(root, 'build/kickoff');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// A port that was free a moment ago. The system may give the same one out again: not this process.
const given = new Set();
async function once(freePort) {
  for (;;) {
    const port = await freePort();
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
}
const freeTcp = () => once(() => new Promise((resolve, reject) => {
  const server = net.createServer().once('error', reject).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
}));
const freeUdp = () => once(() => new Promise((resolve) => {
  const socket = dgram.createSocket('udp4').bind(0, '127.0.0.1', () => {
    const { port } = socket.address();
    socket.close(() => resolve(port));
  });
}));

// What runs, so that nothing outlives a test run that breaks off.
const running = new Set();
// For the last after() of a test file: a test that failed halfway has not ended what it started, and a child that runs keeps the
// test's process from ending.
const endAll = () => { for (const child of running) child.kill('SIGKILL'); };
process.on('exit', endAll);

// A child whose output is kept. → {child, output(), ended: Promise<{code, signal}>, stop(signal)}
function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  running.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => { text = (text + data).slice(-2_000_000); });
  }
  const ended = new Promise((resolve) => {
    child.on('error', (error) => { text += error.message; resolve({ code: -1 }); });
    child.on('close', (code, signal) => { running.delete(child); resolve({ code, signal }); });
  });
  async function stop(signal = 'SIGTERM', patience = 20000) {
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), patience);
    const result = await ended;
    clearTimeout(timer);
    return result;
  }
  return { child, output: () => text, ended, stop };
}

class Server {
  // config: what differs from the defaults, as an object (YAML takes JSON). env: added to the environment; it may be a function of the server's directory.
  // A port that was free a moment ago may be somebody's by now: then with others.
  static async start(config = {}, options = {}) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await Server.startOnce(config, options);
      } catch (error) {
        if (attempt === 5 || !/address already in use/.test(error.message)) throw error;
      }
    }
  }
  static async startOnce(config, { env = {}, program = binary } = {}) {
    const server = new Server();
    server.directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-test-'));
    server.ports = {
      http: await freeTcp(), tls: await freeTcp(), admin: await freeTcp(),
      rtmp: await freeTcp(), rtmps: await freeTcp(), srt: await freeUdp(),
    };
    server.config = server.complete(config);
    server.file = path.join(server.directory, 'kickoff.yaml');
    fs.writeFileSync(server.file, JSON.stringify(server.config, null, 2));
    server.process = run(program, ['serve', '--config', server.file], { env: { ...process.env, ...(typeof env === 'function' ? env(server.directory) : env) } });
    await server.until('it is alive', async () => {
      if (server.process.child.exitCode !== null) throw new Error(`the server ended:\n${server.process.output()}`);
      return (await server.admin('/livez')).status === 200;
    }, 30000);
    return server;
  }

  complete(config) {
    const { ports } = this;
    return {
      ...config,
      log: { level: 'debug', format: 'json', ...config.log },
      state_directory: path.join(this.directory, 'state'),
      web_directory: path.join(root, 'web'),
      http: { listen: '127.0.0.1', port: ports.http, tls_port: ports.tls, ...config.http },
      admin: { port: ports.admin, ...config.admin },
      rtmp: { listen: '127.0.0.1', port: ports.rtmp, tls_port: ports.rtmps, ...config.rtmp },
      srt: { listen: '127.0.0.1', port: ports.srt, ...config.srt },
      channels: config.channels ?? { '*': copy() },
    };
  }

  async stop() {
    const early = !this.alive();
    const result = await this.process.stop('SIGTERM');
    if (early || result.code !== 0) console.error(`the server ended ${early ? 'by itself, ' : ''}with ${result.code ?? result.signal}:\n${this.log(30)}`);
    fs.rmSync(this.directory, { recursive: true, force: true });
    // tools/suite/run.js knows these words: no second try makes this right.
    if (early && result.code !== 0) throw new Error(`the server ended by itself with ${result.code ?? result.signal}`);
    return result;
  }

  // What fetch gives, with the body read: {status, headers, text}. Status 0: nobody answers.
  async get(url, options = {}) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(30000), ...options });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    } catch {
      return { status: 0, headers: new Headers(), text: '' };
    }
  }
  admin(route) { return this.get(`http://127.0.0.1:${this.ports.admin}${route}`); }
  web(route, options) { return this.get(`http://127.0.0.1:${this.ports.http}${route}`, options); }
  playlist(channel, secure = false) {
    return secure ? `https://127.0.0.1:${this.ports.tls}/live/${channel}/index.m3u8` : `http://127.0.0.1:${this.ports.http}/live/${channel}/index.m3u8`;
  }
  rtmp(channel, query = '', secure = false) {
    return `${secure ? 'rtmps' : 'rtmp'}://127.0.0.1:${secure ? this.ports.rtmps : this.ports.rtmp}/live/${channel}${query}`;
  }
  // ffmpeg takes the stream id as it stands in the address; others read the address by the book and want it escaped.
  srt(streamid, query = '') { return `srt://127.0.0.1:${this.ports.srt}?streamid=${streamid}&transtype=live${query}`; }
  srtEscaped(streamid, query = '') { return this.srt(encodeURIComponent(streamid), query).replace('&transtype=live', ''); }

  // patience (ms): when to give up. No limit of the server's: a loaded machine may need most of it.
  async until(what, condition, patience = 60000) {
    for (const began = Date.now(); ;) {
      const value = await condition();
      if (value) return value;
      if (Date.now() - began > patience) throw new Error(`not in ${patience} ms: ${what}\n${this.log(40)}`);
      await sleep(50);
    }
  }
  async live(channel, patience = 60000) {
    await this.until(`${channel} is live`, async () => {
      const { status, text } = await this.web(`/live/${channel}/index.m3u8`);
      const uri = text.split('\n').find((line) => line && !line.startsWith('#'));
      return status === 200 && (uri === undefined || (await this.web(`/live/${channel}/${uri}`)).status === 200);
    }, patience);
  }

  log(lines = 1e9) { return this.process.output().trimEnd().split('\n').slice(-lines).join('\n'); }

  // Sum of a metric's samples whose labels include `labels`; NaN if there is none.
  async metric(name, labels = {}) {
    let sum = NaN;
    for (const line of (await this.admin('/metrics')).text.split('\n')) {
      const match = /^([a-z_0-9]+)(\{.*\})? (\S+)$/.exec(line);
      if (match?.[1] !== name || !Object.entries(labels).every(([key, value]) => match[2]?.includes(`${key}="${value}"`))) continue;
      sum = (Number.isNaN(sum) ? 0 : sum) + Number(match[3]);
    }
    return sum;
  }

  // Memory of the server and all its children. Units: bytes (PSS).
  memory() {
    return [this.process.child.pid, ...descendants(this.process.child.pid)].reduce((sum, pid) => {
      try {
        return sum + 1024 * Number(/^Pss: *(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);
      } catch {
        return sum; // it went meanwhile
      }
    }, 0);
  }
  alive() { return this.process.child.exitCode === null && this.process.child.signalCode === null; }
}

function descendants(pid) {
  const parents = new Map();
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = fs.readFileSync(`/proc/${entry}/stat`, 'utf8');
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch { /* it went meanwhile */ }
  }
  const found = [];
  for (let next = [pid]; next.length;) {
    next = [...parents].filter(([, parent]) => next.includes(parent)).map(([child]) => child);
    found.push(...next);
  }
  return found;
}

// A channel that serves the feed untouched: nothing to transcode, so many fit on a small machine.
function copy(more = {}) {
  return { source: 'copy', ladder: 'none', ...more };
}

// A self-signed certificate for RTMPS and TLS tests that bring their own.
function certificate(directory) {
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(directory, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { cert, key };
}

// False also for a process that has ended and that nobody has waited for.
function exists(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}

// What `promise` gives, or `otherwise` where it takes longer than `ms`.
async function within(promise, ms, otherwise) {
  let timer;
  const result = await Promise.race([promise, new Promise((resolve) => { timer = setTimeout(resolve, ms, otherwise); })]);
  clearTimeout(timer);
  return result;
}

// A second try (tools/suite) names the cases that it is for: the others of a group that runs together are left out of it.
const leftOut = (name) => Boolean(process.env.KICKOFF_CASES) && !JSON.parse(process.env.KICKOFF_CASES).includes(name);

module.exports = { Server, endAll, within, leftOut, exists, run, copy, certificate, descendants, freeTcp, freeUdp, sleep, binary, root };
