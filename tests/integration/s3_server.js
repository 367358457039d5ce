// A server of objects that knows as much of S3 as an upload needs: it verifies signatures with another implementation (aws4), takes
// parts, lists, and fails when it is told to (down: all; refuses(path): that object). Without a signature anybody may GET, as a CDN does.
'use strict';
const http = require('node:http');
const crypto = require('node:crypto');
const aws4 = require('aws4');

const md5 = (bytes) => crypto.createHash('md5').update(bytes).digest('hex');
const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
const problem = (status, code) => ({ status, type: 'application/xml', body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} &amp; no more</Message></Error>` });

// keys: {id: secret}. objects: Map of "/bucket/key" to {body, type, cache}.
class S3Server {
  constructor({ bucket, keys, region }) {
    Object.assign(this, { bucket, keys, region, objects: new Map(), order: [], refused: [], down: false, refuses: () => false, skew: 0, page: 1000 });
    this.uploads = new Map();
    this.server = http.createServer((request, response) => {
      const pieces = [];
      request.on('data', (piece) => pieces.push(piece));
      request.on('end', () => {
        const answer = this.answer(request, Buffer.concat(pieces));
        response.writeHead(answer.status, { 'Content-Type': answer.type ?? 'text/plain', Date: this.now().toUTCString(), ...answer.headers });
        response.end(answer.body ?? '');
      });
    });
  }
  listen(port = 0) { return new Promise((resolve) => this.server.listen(port, '127.0.0.1', () => resolve(this.server.address().port))); }
  close() { this.server.closeAllConnections(); return new Promise((resolve) => this.server.close(resolve)); }
  get endpoint() { return `http://127.0.0.1:${this.server.address().port}`; }
  now() { return new Date(Date.now() + this.skew); }
  text(key) { return this.objects.get(`/${this.bucket}/${key}`)?.body.toString() ?? ''; }

  answer(request, body) {
    const url = new URL(request.url, this.endpoint);
    if (this.down) return problem(503, 'SlowDown');
    if (request.headers.authorization === undefined && request.method === 'GET') return this.object(url);
    const refusal = this.verify(request, body);
    if (refusal !== undefined) {
      this.refused.push(refusal);
      return problem(refusal === 'XAmzContentSHA256Mismatch' ? 400 : 403, refusal);
    }
    if (!url.pathname.startsWith(`/${this.bucket}/`)) return problem(404, 'NoSuchBucket');
    return this.change(request, url, body);
  }

  // What is wrong with a signature, by name; nothing if it is right.
  verify(request, body) {
    const found = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request,SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(request.headers.authorization ?? '');
    if (!found) return 'AccessDenied';
    const [, id, , region, names, signature] = found;
    if (this.keys[id] === undefined) return 'InvalidAccessKeyId';
    const date = request.headers['x-amz-date'];
    const time = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    if (Math.abs(time - this.now()) > 900000) return 'RequestTimeTooSkewed';
    if (request.headers['x-amz-content-sha256'] !== sha256(body)) return 'XAmzContentSHA256Mismatch';
    for (const name of ['host', 'x-amz-date', 'x-amz-content-sha256']) if (!names.split(';').includes(name)) return 'AccessDenied';
    const headers = Object.fromEntries(names.split(';').map((name) => [name, request.headers[name]]));
    const signer = new aws4.RequestSigner({ service: 's3', region: this.region, method: request.method, path: request.url, headers, doNotModifyHeaders: true }, { accessKeyId: id, secretAccessKey: this.keys[id] });
    signer.datetime = date;
    signer.prepareRequest();
    return region === this.region && signer.signature() === signature ? undefined : 'SignatureDoesNotMatch';
  }

  change(request, url, body) {
    const { pathname: path, searchParams: query } = url;
    const type = request.headers['content-type'];
    const cache = request.headers['cache-control'];
    if (request.method === 'POST' && query.has('uploads')) {
      const id = crypto.randomUUID();
      this.uploads.set(id, { parts: new Map(), type, cache });
      return { status: 200, body: `<R><UploadId>${id}</UploadId></R>` };
    }
    if (request.method === 'DELETE') {
      this.uploads.delete(query.get('uploadId'));
      return { status: 204 };
    }
    const upload = this.uploads.get(query.get('uploadId'));
    if (request.method === 'PUT' && upload) {
      upload.parts.set(Number(query.get('partNumber')), body);
      return { status: 200, headers: { ETag: `"${sha256(body)}"` } };
    }
    if (request.method === 'POST' && upload) {
      const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
      this.put(path, { body: Buffer.concat(parts), type: upload.type, cache: upload.cache });
      this.uploads.delete(query.get('uploadId'));
      return { status: 200, body: '<R><ETag>x</ETag></R>' };
    }
    if (request.method === 'PUT') {
      if (this.refuses(path)) return problem(503, 'SlowDown');
      this.put(path, { body, type, cache });
      return { status: 200, headers: { ETag: `"${sha256(body)}"` } };
    }
    return query.get('list-type') ? this.list(query) : this.object(url);
  }
  put(path, object) {
    this.objects.set(decodeURIComponent(path), object);
    this.order.push(decodeURIComponent(path));
  }
  // Pages of `page` names; the token of the next one is the last name of this one.
  list(query) {
    const start = `/${this.bucket}/`;
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const names = [...this.objects.keys()].filter((path) => path.startsWith(start + query.get('prefix'))).map((path) => path.slice(start.length)).filter((name) => name > after).sort();
    const page = names.slice(0, this.page);
    const entries = page.map((name) => {
      const { body } = this.objects.get(start + name);
      return `<Contents><Key>${name}</Key><ETag>&quot;${md5(body)}&quot;</ETag><Size>${body.length}</Size></Contents>`;
    });
    const more = names.length > page.length;
    const token = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    return { status: 200, type: 'application/xml', body: `<ListBucketResult>${entries.join('')}<IsTruncated>${more}</IsTruncated>${token}</ListBucketResult>` };
  }
  object(url) {
    const found = this.objects.get(decodeURIComponent(url.pathname));
    return found ? { status: 200, type: found.type, headers: { 'Cache-Control': found.cache }, body: found.body } : problem(404, 'NoSuchKey');
  }
}

module.exports = { S3Server };
