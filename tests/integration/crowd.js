// A crowd that watches through a cache in step with live: blocking reloads, each rendition's hinted part beside them, as hls.js
// with preload hints and AVPlayer do. It notes every object asked for, and that all who asked for one got the same bytes.
'use strict';
const http = require('node:http');
const zlib = require('node:zlib');
const { readMedia, readMultivariant, edge } = require('../../tools/judge/playlist');

class Crowd {
  constructor(origin, channel) {
    Object.assign(this, { origin, channel, agent: new http.Agent({ keepAlive: true, maxSockets: Infinity }) });
    this.asked = { multivariant: new Map(), playlist: new Map(), init: new Map(), part: new Map() }; // URL → body of the first answer
    this.faults = [];
    this.requests = 0;
    this.parsed = new Map(); // one parse for all who got the same playlist
  }
  close() { this.agent.destroy(); }

  get(path) {
    this.requests += 1;
    return new Promise((resolve, reject) => {
      const request = http.get(this.origin + path, { agent: this.agent, headers: { 'accept-encoding': 'gzip' } }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
        response.on('error', reject);
      });
      request.setTimeout(40000, () => request.destroy(new Error(`no answer in 40 s: ${path}`)));
      request.on('error', reject);
    });
  }
  // What must be the same for everybody is compared; playlists without directives differ from second to second.
  async fetch(kind, path, { stable = true } = {}) {
    const answer = await this.get(path);
    if (answer.status !== 200) this.faults.push(`${answer.status} for ${path}`);
    const known = this.asked[kind].get(path);
    if (!known) this.asked[kind].set(path, answer.body);
    else if (stable && !known.equals(answer.body)) this.faults.push(`other bytes than before for ${path}`);
    return answer;
  }
  async playlist(kind, path, options) {
    const { headers, body } = await this.fetch(kind, path, options);
    let parsed = this.parsed.get(headers.etag);
    if (!parsed) {
      const text = (headers['content-encoding'] === 'gzip' ? zlib.gunzipSync(body) : body).toString();
      this.parsed.set(headers.etag, parsed = kind === 'multivariant' ? readMultivariant(text) : readMedia(text));
    }
    return parsed;
  }

  // → what watch() continues from: the first variant and the first audio, with their newest playlists.
  async join() {
    const base = `/live/${this.channel}/`;
    const list = await this.playlist('multivariant', `${base}index.m3u8`, { stable: false });
    const audio = list.media.find(({ TYPE }) => TYPE === 'AUDIO');
    return Promise.all([list.variants[0].uri, audio?.URI].filter(Boolean).map(async (uri) => {
      const path = base + uri;
      const playlist = await this.playlist('playlist', path, { stable: false });
      await this.fetch('init', path.replace('index.m3u8', initOf(playlist)));
      return { path, playlist };
    }));
  }
  // Follows a rendition for `parts` parts.
  async watch({ path, playlist }, parts) {
    for (let i = 0; i < parts; i++) {
      const [msn, part] = next(playlist);
      const hint = playlist.hints.find(({ TYPE }) => TYPE === 'PART').URI;
      const [newer] = await Promise.all([
        this.playlist('playlist', `${path}?_HLS_msn=${msn}&_HLS_part=${part}${i % 2 ? '&_HLS_skip=YES' : ''}`),
        this.fetch('part', path.replace('index.m3u8', hint)),
      ]);
      playlist = newer;
    }
  }
}

// The part that comes next (CL-3).
function next(playlist) {
  const [msn, part] = edge(playlist);
  return [msn, part + 1];
}

// The init section that a playlist starts with: a channel's first playlists have parts and no closed segment yet.
const initOf = (playlist) => [...playlist.segments, playlist.open].find(({ map }) => map).map;

module.exports = { Crowd, next };
