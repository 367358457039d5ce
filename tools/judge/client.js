// An HTTP client that keeps its connections: HTTP/1.1, HTTP/2 with prior knowledge, HTTP/2 through ALPN.
'use strict';
const http = require('http');
const https = require('https');
const http2 = require('http2');
const zlib = require('zlib');

class Client {
  // version: '1.1' or '2'.
  constructor({ version = '1.1', timeout = 40000 } = {}) {
    this.version = version;
    this.timeout = timeout;
    this.agents = {
      'http:': new http.Agent({ keepAlive: true, maxSockets: 64 }),
      'https:': new https.Agent({ keepAlive: true, maxSockets: 64, rejectUnauthorized: false }),
    };
    this.sessions = new Map();
  }

  close() {
    for (const agent of Object.values(this.agents)) agent.destroy();
    for (const session of this.sessions.values()) session.destroy();
  }

  // → {status, headers, raw (as sent), body (decoded), sent, first, done (ms, of performance.now)}
  async request(url, { method = 'GET', headers = {} } = {}) {
    const target = new URL(url);
    const sent = performance.now();
    const answer = await (this.version === '2' ? this.over2(target, method, headers) : this.over1(target, method, headers));
    const raw = Buffer.concat(answer.chunks);
    const encoding = answer.headers['content-encoding'];
    const body = encoding === 'gzip' && raw.length ? zlib.gunzipSync(raw) : raw;
    return { url: String(url), status: answer.status, headers: answer.headers, raw, body, sent, first: answer.first, done: performance.now() };
  }

  over1(target, method, headers) {
    return new Promise((resolve, reject) => {
      const module = target.protocol === 'https:' ? https : http;
      const request = module.request(target, { method, headers, agent: this.agents[target.protocol] }, (response) => {
        const first = performance.now();
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, chunks, first }));
        response.on('error', reject);
      });
      request.setTimeout(this.timeout, () => request.destroy(new Error(`no answer in ${this.timeout} ms: ${target}`)));
      request.on('error', reject);
      request.end();
    });
  }

  session(target) {
    let session = this.sessions.get(target.origin);
    if (!session || session.closed || session.destroyed) {
      session = http2.connect(target.origin, { rejectUnauthorized: false, ALPNProtocols: ['h2'] });
      session.on('error', () => this.sessions.delete(target.origin));
      this.sessions.set(target.origin, session);
    }
    return session;
  }

  over2(target, method, headers) {
    return new Promise((resolve, reject) => {
      const stream = this.session(target).request({ ':method': method, ':path': target.pathname + target.search, ...headers });
      const chunks = [];
      let first = 0;
      let head = {};
      stream.on('response', (received) => {
        head = received;
        first = performance.now();
      });
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => resolve({ status: head[':status'], headers: head, chunks, first }));
      stream.on('error', reject);
      stream.setTimeout(this.timeout, () => stream.destroy(new Error(`no answer in ${this.timeout} ms: ${target}`)));
      stream.end();
    });
  }
}

module.exports = { Client };
