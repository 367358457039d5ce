// Follows one rendition as a low-latency player would: blocking reloads, every part as soon as it is listed, every segment
// when it is complete. Judges playlists, media and timing.
'use strict';
const { readInit, readChunks } = require('./boxes');
const { readMedia, edge, before, merge } = require('./playlist');
const rules = require('./rules');

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const utcOf = (ticks, timescale) => Number((ticks * 1000000n) / BigInt(timescale)) / 1e6; // s since 1970

class Follower {
  // url: absolute address of the media playlist. others: those of all other renditions. report(rule, where, text, evidence).
  constructor({ client, url, others, report, options }) {
    Object.assign(this, { client, url, others, options });
    this.name = new URL(url).pathname.split('/').slice(-2)[0];
    this.report = (rule, text, evidence) => report(rule, this.name, text, evidence);
    this.segments = new Map(); // by number: as listed last
    this.listed = []; // the segments of the newest revision, deltas merged
    this.parts = new Map(); // "msn.index" → {bytes, chunk}
    this.inits = new Map();
    this.revisions = []; // {at, edge}
    this.segmentBytes = new Map(); // msn → {bytes, duration}
    this.stats = { playlists: 0, deltas: 0, parts: 0, segments: 0, gaps: 0, bytes: 0, hints: 0 };
    this.next = null; // the decode time at which the next chunk must begin
    this.work = Promise.resolve(); // media is judged in order, beside the reloads
  }

  // ms by which this machine has let its programs run late, as far as somebody measures it: no pause of the server's.
  late() { return this.options.late?.() ?? 0; }

  findings(list, playlist) {
    for (const [rule, text] of list) this.report(rule, text, playlist?.text.slice(-700));
  }

  async reload(query) {
    const sent = performance.now();
    const url = query ? `${this.url}?${query}` : this.url;
    const answer = await this.client.request(url, { headers: { 'accept-encoding': 'gzip', origin: 'http://elsewhere.example' } });
    if (answer.status !== 200) {
      this.report('LL-104', `${query || 'playlist'} answered ${answer.status}`);
      return null;
    }
    this.judgeHeaders(answer, query);
    const playlist = readMedia(answer.body.toString());
    playlist.at = answer.done;
    playlist.sent = sent;
    this.take(playlist);
    return playlist;
  }

  judgeHeaders(answer, query) {
    const { headers } = answer;
    const seconds = (name) => Number(new RegExp(`(?:^|[ ,])${name}=(\\d+)`).exec(headers['cache-control'] ?? '')?.[1] ?? NaN);
    const [browser, lifetime] = [seconds('max-age'), seconds('s-maxage') || seconds('max-age')]; // a viewer's cache, a CDN's
    const target = this.newest?.target;
    if (!/^application\/vnd\.apple\.mpegurl/.test(headers['content-type'] ?? '')) this.report('LL-5', `type ${headers['content-type']}`);
    if (headers['content-encoding'] !== 'gzip') this.report('LL-115', `not gzip: ${query || 'plain reload'}`);
    if (!/accept-encoding/i.test(headers.vary ?? '')) this.report('LL-115', `Vary: ${headers.vary}`);
    if (headers.age !== undefined) this.report('LL-119', `Age: ${headers.age}`);
    if (headers['access-control-allow-origin'] !== '*') this.report('CF-23', 'no Access-Control-Allow-Origin: *');
    if (!headers.date) this.report('CF-17', 'no Date');
    if (!headers.etag) this.report('CF-16', 'no ETag');
    if (Number(headers['content-length']) !== answer.raw.length) this.report('CF-12', `Content-Length ${headers['content-length']} of ${answer.raw.length}`);
    if (!target || this.newest.ended) return;
    if (browser !== 1) this.report('LL-124', `a browser keeps a playlist: ${headers['cache-control']}`);
    const blocking = /_HLS_part/.test(query ?? '');
    if (blocking ? lifetime !== 6 * target && lifetime !== 1 : lifetime !== 1) {
      this.report(blocking ? 'CC-4' : 'CC-2', `Cache-Control: ${headers['cache-control']}`);
    }
  }

  // hls-parser counts the hint as a part, so to it a segment's short last part is not the last one before the segment is closed,
  // and it knows no exception for parts beside gaps. LL-58 is ours to judge; it finds a short part as soon as another follows it.
  excused([rule, text], playlist) {
    // Time lost behind a segment's media is not listed as a gap part: hls.js would stay there.
    if (rule === 'LL-15' && text.endsWith('a hole at its end')) return this.options.gaps;
    if (rule !== 'TL-1' || !text.includes('85%')) return false;
    const short = (part) => part.duration < 0.85 * playlist.partTarget;
    const beside = playlist.segments.some((segment) => segment.parts.some((part) => part.gap)) || playlist.open.parts.some((part) => part.gap);
    return beside || (playlist.open.parts.length > 0 && short(playlist.open.parts.at(-1)));
  }

  // A segment that closes before the part that was hinted: the request for that one must at least not hang (LL-81).
  judgeDroppedHint(uri) {
    if (!uri) return;
    if (!this.options.gaps) this.report('LL-77', `the hinted ${uri} never came`);
    // Beside a request that is certainly answered at once: what a busy machine takes is not the hint's.
    Promise.all([this.client.request(new URL(uri, this.url)), this.client.request(this.url)]).then(([answer, plain]) => {
      const took = answer.first - answer.sent;
      if (answer.status !== 404 || took - (plain.first - plain.sent) > 250) this.report('LL-81', `${uri}, which never came, answered ${answer.status} after ${took.toFixed(0)} ms`);
    }, (error) => this.report('LL-81', `${uri}: ${error.message}`));
  }

  // Judges a revision against what was known and remembers it.
  take(playlist) {
    this.stats.playlists += 1;
    playlist.late = this.late();
    if (playlist.skip) this.stats.deltas += 1;
    this.findings(rules.alone(playlist, this.url, this.others).filter((finding) => !this.excused(finding, playlist)), playlist);
    this.findings(rules.delta(playlist));
    if (this.newest) {
      this.findings(rules.after(this.newest, playlist, this.segments));
      this.judgeDroppedHint(rules.droppedHint(this.newest, playlist));
    }
    const merged = merge(this.listed, playlist);
    if (merged === null) this.report('LL-93', `skips ${playlist.skip} segments of which some were never listed`);
    else this.listed = merged;
    if (this.newest && !playlist.ended && before(edge(this.newest), edge(playlist))) {
      const pause = (playlist.at - this.newest.at - (playlist.late - this.newest.late)) / 1000;
      // An outage shows as gaps once it is sure that nothing more comes: LL-31 then, not LL-32.
      const most = this.options.gaps ? 1.5 * playlist.target : playlist.partTarget;
      if (pause > most + this.options.slack) this.report('LL-32', `${pause.toFixed(2)} s until the next part`);
    }
    if (!this.newest || before(edge(this.newest), edge(playlist))) this.revisions.push({ at: playlist.at, edge: edge(playlist) });
    const first = this.newest === undefined;
    for (const segment of [...playlist.segments, playlist.open]) {
      const known = this.segments.get(segment.msn);
      // Parts are taken off the playlist as they age; what was listed stays known.
      this.segments.set(segment.msn, known && segment.parts.length < known.parts.length ? { ...segment, parts: known.parts } : segment);
    }
    this.newest = playlist;
    // On the first playlist only the newest two segments' parts are fetched: the rest is history.
    if (first) this.from = playlist.open.msn - 1;
    for (const segment of [...playlist.segments, playlist.open]) {
      if (segment.msn >= this.from) this.queueParts(segment, playlist.at);
    }
    for (const segment of playlist.segments) {
      if (segment.msn >= this.from && !this.segmentBytes.has(segment.msn)) {
        this.segmentBytes.set(segment.msn, null);
        this.work = this.work.then(() => this.fetchSegment(segment)).catch((error) => this.report('LL-30', `segment ${segment.msn}: ${error.message}`));
      }
    }
  }

  queueParts(segment, at) {
    segment.parts.forEach((part, index) => {
      const key = `${segment.msn}.${index}`;
      if (this.parts.has(key)) return;
      this.parts.set(key, null);
      this.work = this.work.then(() => this.fetchPart(segment, part, index, at)).catch((error) => this.report('CM-9', `part ${key}: ${error.message}`));
    });
  }

  async init(uri) {
    if (!this.inits.has(uri)) {
      const answer = await this.client.request(new URL(uri, this.url));
      if (answer.status !== 200) throw new Error(`init ${uri} answered ${answer.status}`);
      const init = readInit(answer.body);
      if (!init.brands.some((brand) => /^iso[6-9]$/.test(brand)) || !init.brands.some((brand) => /^cmf[c2]$/.test(brand))) this.report('CM-1', `brands ${init.brands}`);
      if (init.handler === 'vide' && !['colr', 'pasp'].every((type) => init.entryBoxes.includes(type))) this.report('CM-4', `sample entry has ${init.entryBoxes}`);
      this.judgeMediaHeaders(answer, 'init', init.handler);
      this.inits.set(uri, init);
    }
    return this.inits.get(uri);
  }

  judgeMediaHeaders(answer, what, handler) {
    const lifetime = Number(/max-age=(\d+)/.exec(answer.headers['cache-control'] ?? '')?.[1] ?? NaN);
    if (!(lifetime >= 6 * this.newest.target) || !/immutable/.test(answer.headers['cache-control'])) {
      this.report(what === 'init' ? 'CC-8' : 'CC-7', `${what}: Cache-Control: ${answer.headers['cache-control']}`);
    }
    const type = handler === 'text' ? /^text\/vtt/ : handler === 'vide' ? /^video\/(mp4|iso\.segment)/ : /^(audio|video)\/(mp4|iso\.segment)/;
    if (!type.test(answer.headers['content-type'] ?? '')) this.report('LL-120', `${what}: type ${answer.headers['content-type']}`);
    if (answer.headers['content-encoding']) this.report('CF-14', `${what}: ${answer.headers['content-encoding']}`);
    if (answer.headers['access-control-allow-origin'] !== '*') this.report('CF-23', `${what}: no Access-Control-Allow-Origin`);
  }

  async fetchPart(segment, part, index, listedAt) {
    const key = `${segment.msn}.${index}`;
    const answer = await this.client.request(new URL(part.uri, this.url));
    if (part.gap) {
      this.stats.gaps += 1;
      if (![404, 410].includes(answer.status)) this.report('LL-34', `gap part ${key} answered ${answer.status}`);
      this.next = null;
      return;
    }
    if (answer.status !== 200) return this.report('LL-30', `part ${key} answered ${answer.status}`);
    if (part.uri.endsWith('.vtt')) return this.takeText(answer, `part ${key}`, () => {
      this.stats.parts += 1;
      this.lastFetched = { key, listedAt, done: answer.done };
    });
    const init = await this.init(segment.map ?? this.newest.segments.at(-1)?.map ?? this.segments.get(segment.msn).map);
    this.judgeMediaHeaders(answer, `part ${key}`, init.handler);
    const { chunks, types } = readChunks(answer.body, init);
    const kinds = types.filter((type) => !['styp', 'prft', 'emsg'].includes(type));
    if (kinds.join() !== 'moof,mdat') this.report('CM-9', `part ${key} is ${types}`);
    const [chunk] = chunks;
    for (const [rule, text] of chunk.problems) this.report(rule, `part ${key}: ${text}`);
    this.judgeChunk(segment, part, index, chunk, init);
    this.parts.set(key, { bytes: answer.body, chunk });
    this.stats.parts += 1;
    this.stats.bytes += answer.body.length;
    this.lastFetched = { key, listedAt, done: answer.done };
  }

  // SU-1: a document each, of which the map and the timings are what players need.
  takeText(answer, what, taken) {
    this.judgeMediaHeaders(answer, what, 'text');
    const text = answer.body.toString();
    if (!/^WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:\d+,LOCAL:\d\d:\d\d:\d\d\.\d{3}\n\n/.test(text)) this.report('SU-1', `${what} begins with ${text.slice(0, 60)}`);
    for (const block of text.split('\n\n').slice(1).filter(Boolean)) {
      if (!/^\d\d+:\d\d:\d\d\.\d{3} --> \d\d+:\d\d:\d\d\.\d{3}(?: [a-z]+:[^ \n]+)*\n[^\n]/.test(block)) this.report('SU-1', `${what} has the cue ${block.slice(0, 60)}`);
    }
    this.stats.bytes += answer.body.length;
    taken();
  }

  judgeChunk(segment, part, index, chunk, init) {
    const key = `${segment.msn}.${index}`;
    if (segment.discontinuity && index === 0) this.next = null;
    const hole = this.options.gaps && index === 0 && chunk.decodeTime > this.next;
    if (this.next !== null && chunk.decodeTime !== this.next && !hole) this.report('CM-12', `part ${key} begins at ${chunk.decodeTime}, the one before ended at ${this.next}`);
    this.next = chunk.decodeTime + BigInt(chunk.duration);
    const seconds = chunk.duration / init.timescale;
    const frame = Math.max(...chunk.samples.map((sample) => sample.duration)) / init.timescale;
    // A part is measured on the slot that it fills, audio frames do not fill it to the tick.
    if (Math.abs(seconds - part.duration) > frame + 1e-5) this.report('LL-15', `part ${key} holds ${seconds.toFixed(5)} s, DURATION=${part.durationText}`);
    const sync = chunk.samples[0].sync;
    if (part.independent && !sync) this.report('LL-60', `part ${key} is INDEPENDENT and begins without a sync sample`);
    if (!part.independent && sync) this.report(init.handler === 'soun' ? 'LL-61' : 'LL-60', `part ${key} begins with a sync sample and is not INDEPENDENT`);
    if (index === 0 && !sync && this.options.independent) this.report('CM-15', `segment ${segment.msn} begins without a sync sample`);
    if (index !== 0 || !segment.date) return;
    const shown = chunk.decodeTime + BigInt(chunk.samples[0].offset);
    const drift = utcOf(shown, init.timescale) - Date.parse(segment.date) / 1000;
    if (Math.abs(drift) > frame + 0.001) this.report('LL-52', `segment ${segment.msn} is dated ${segment.date}, its media ${drift.toFixed(4)} s later`);
  }

  async fetchSegment(segment) {
    const answer = await this.client.request(new URL(segment.uri, this.url));
    if (segment.gap) {
      if (![404, 410].includes(answer.status)) this.report('LL-34', `gap segment ${segment.msn} answered ${answer.status}`);
      return;
    }
    if (answer.status !== 200) return this.report('LL-30', `segment ${segment.msn} answered ${answer.status}`);
    if (segment.uri.endsWith('.vtt')) {
      return this.takeText(answer, `segment ${segment.msn}`, () => {
        this.segmentBytes.set(segment.msn, { bytes: answer.body.length, duration: segment.duration, start: Date.parse(segment.date) / 1000, init: { handler: 'text' }, samples: 0 });
        this.stats.segments += 1;
      });
    }
    const init = await this.init(segment.map);
    this.judgeMediaHeaders(answer, `segment ${segment.msn}`, init.handler);
    if (Number(answer.headers['content-length']) !== answer.raw.length) this.report('CF-12', `segment ${segment.msn}: Content-Length`);
    const pieces = segment.parts.filter((part) => !part.gap).map((part) => this.parts.get(`${segment.msn}.${segment.parts.indexOf(part)}`)?.bytes);
    if (pieces.length && pieces.every(Boolean) && !Buffer.concat(pieces).equals(answer.body)) this.report('LL-59', `segment ${segment.msn} is not its parts' bytes`);
    const { chunks } = readChunks(answer.body, init);
    const first = chunks[0];
    if (this.options.independent && init.handler === 'vide' && !first.samples[0].sync) this.report('LL-19', `segment ${segment.msn} begins without a key frame`);
    this.segmentBytes.set(segment.msn, { bytes: answer.body.length, duration: segment.duration, start: utcOf(first.decodeTime, init.timescale), init, samples: chunks.flatMap((chunk) => chunk.samples).length });
    this.stats.segments += 1;
    // Only what a later comparison needs is kept.
    segment.parts.forEach((part, index) => this.parts.set(`${segment.msn}.${index}`, undefined));
  }

  // A hinted part is asked for before it exists (LL-79) and must be what is then listed (LL-77).
  async fetchHint() {
    const hint = this.newest.hints.find((candidate) => candidate.TYPE === 'PART');
    if (!hint) return;
    this.stats.hints += 1;
    const before = this.late();
    const answer = await this.client.request(new URL(hint.URI, this.url));
    if (answer.status !== 200 && !this.newest.ended && !this.options.gaps) this.report('LL-79', `the hinted ${hint.URI} answered ${answer.status}`);
    if (answer.status === 200 && answer.done - answer.first > 250 + this.late() - before) this.report('LL-80', `${hint.URI} trickled for ${(answer.done - answer.first).toFixed(0)} ms`);
  }

  async run(deadline) {
    await this.reload('');
    let turn = 0;
    while (performance.now() < deadline && this.newest && !this.newest.ended) {
      const [msn, part] = edge(this.newest);
      const wanted = [msn, part + 1];
      turn += 1;
      // The first ones all: by then the server may not know yet where the source's segments end.
      if (turn % 5 === 0 || turn <= 16) this.fetchHint().catch((error) => this.report('LL-79', error.message));
      const skip = ['', '&_HLS_skip=YES', '&_HLS_skip=v2'][turn % 3];
      const playlist = await this.reload(`_HLS_msn=${wanted[0]}&_HLS_part=${wanted[1]}${skip}`);
      if (!playlist) {
        await sleep(500);
        if (!(await this.reload(''))) break;
      } else if (!playlist.ended && before(edge(playlist), wanted) && !(edge(playlist)[0] > wanted[0])) {
        this.report('LL-104', `asked for ${wanted}, the answer ends at ${edge(playlist)}`);
      }
    }
    await this.work;
  }
}

module.exports = { Follower };
