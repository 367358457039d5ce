// The live checker: a channel's multivariant playlist, all its renditions followed at once, and the renditions beside each
// other. liveCheck() resolves to {findings: [{rule, where, text, count}], stats}.
'use strict';
const { Client } = require('./client');
const { readMultivariant, edge, before } = require('./playlist');
const { Follower } = require('./follow');
const { probe } = require('./probes');
const { judgedByHlsParser } = require('./rules');

function judgeMultivariant(list, renditions, report) {
  for (const [rule, text] of judgedByHlsParser(list.text)) report(rule, 'multivariant', text);
  if (list.variants.length === 0) report('MV-1', 'multivariant', 'no variants');
  for (const variant of list.variants) {
    const needed = ['BANDWIDTH', 'AVERAGE-BANDWIDTH', 'CODECS', ...(/avc|hvc|hev|av01|vp09/.test(variant.CODECS ?? '') ? ['RESOLUTION', 'FRAME-RATE'] : [])];
    for (const name of needed) if (!(name in variant)) report('MV-1', variant.uri, `no ${name}`);
    if (variant['FRAME-RATE'] && !/^\d+\.\d{3}$/.test(variant['FRAME-RATE'])) report('MV-1', variant.uri, `FRAME-RATE=${variant['FRAME-RATE']}`);
    if (variant['CLOSED-CAPTIONS'] !== list.variants[0]['CLOSED-CAPTIONS']) report('MV-9', variant.uri, 'CLOSED-CAPTIONS of other variants differ');
    for (const type of ['AUDIO', 'SUBTITLES', 'CLOSED-CAPTIONS']) {
      if (variant[type] && variant[type] !== 'NONE' && !list.media.some((media) => media.TYPE === type && media['GROUP-ID'] === variant[type])) report('MV-10', variant.uri, `${type}=${variant[type]}`);
    }
  }
  for (const media of list.media) {
    if (media.TYPE === 'AUDIO' && !media.CHANNELS) report('MV-14', media.URI, 'no CHANNELS');
    if (media.TYPE === 'CLOSED-CAPTIONS' && (media.URI || !/^(CC[1-4]|SERVICE([1-9]|[1-5]\d|6[0-3]))$/.test(media['INSTREAM-ID'] ?? ''))) report('MV-13', media.NAME, `INSTREAM-ID=${media['INSTREAM-ID']}`);
    if (media.TYPE === 'CLOSED-CAPTIONS' && !media.LANGUAGE) report('MV-14', media.NAME, 'no LANGUAGE');
    if (media.DEFAULT === 'YES' && media.AUTOSELECT !== 'YES') report('MV-11', media.URI, 'DEFAULT without AUTOSELECT');
    if (list.media.some((other) => other !== media && other['GROUP-ID'] === media['GROUP-ID'] && other.NAME === media.NAME)) report('MV-11', media.URI, `NAME ${media.NAME} twice`);
  }
  const addresses = renditions.map((rendition) => rendition.url);
  if (new Set(addresses).size !== addresses.length) report('MV-19', 'multivariant', 'an address twice');
}

// CODECS and RESOLUTION against the init sections, BANDWIDTH against what was measured.
function judgeVariants(list, base, followers, report) {
  const at = (uri) => followers.find((follower) => follower.url === new URL(uri, base).href);
  // MV-2: the highest rate of any segments in a row that last from 0.5 to 1.5 target durations and half a second.
  const peak = (follower) => {
    let most = 0;
    const { target } = follower.newest;
    const list = [...follower.segmentBytes].filter(([, segment]) => segment).sort(([a], [b]) => a - b);
    for (let from = 0; from < list.length; from++) {
      let [bytes, duration] = [0, 0];
      for (let to = from; to < list.length && list[to][0] === list[from][0] + to - from; to++) {
        bytes += list[to][1].bytes;
        duration += list[to][1].duration;
        if (duration > 1.5 * target + 0.5) break;
        if (duration >= 0.5 * target) most = Math.max(most, (bytes * 8) / duration);
      }
    }
    return most;
  };
  for (const variant of list.variants) {
    const video = at(variant.uri);
    const members = list.media.filter((media) => media.TYPE === 'AUDIO' && media['GROUP-ID'] === variant.AUDIO && media.URI);
    const inits = [video, ...members.map((media) => at(media.URI))].flatMap((follower) => (follower ? [...follower.inits.values()].slice(-1) : []));
    const codecs = (variant.CODECS ?? '').split(',');
    for (const init of inits) {
      const named = codecs.some((codec) => codec === init.codec || (init.format === 'av01' && codec.startsWith(init.codec)) || codec.toLowerCase() === init.codec.toLowerCase());
      if (!named) report('CM-30', variant.uri, `CODECS=${variant.CODECS}, the init section says ${init.codec}`);
    }
    const [init] = inits;
    if (init?.handler === 'vide' && variant.RESOLUTION && variant.RESOLUTION !== `${init.width}x${init.height}`) {
      report('MV-1', variant.uri, `RESOLUTION=${variant.RESOLUTION}, the init section says ${init.width}x${init.height}`);
    }
    // The variant of the audio alone is a member of its group.
    const others = members.some((media) => media.URI === variant.uri) ? [] : members;
    const measured = peak(video) + Math.max(0, ...others.map((media) => (at(media.URI) ? peak(at(media.URI)) : 0)));
    if (measured > 1.25 * Number(variant.BANDWIDTH)) report('MV-3', variant.uri, `peak of ${(measured / 1e6).toFixed(2)} Mbit/s, BANDWIDTH=${variant.BANDWIDTH}`);
  }
}

// The renditions beside each other: cut alike, same clock, same server control, rendition reports that are true.
function judgeTogether(followers, report, options) {
  const [lead] = followers;
  for (const other of followers) {
    if (other === lead || !other.newest || !lead.newest) continue;
    if (other.newest.controlText !== lead.newest.controlText) report('LL-69', other.name, `${other.newest.controlText} beside ${lead.newest.controlText}`);
    if (other.newest.target !== lead.newest.target) report('LL-14', other.name, `target duration ${other.newest.target} beside ${lead.newest.target}`);
    for (const [msn, mine] of other.segmentBytes) {
      const theirs = lead.segmentBytes.get(msn);
      if (!mine || !theirs) continue;
      // The dates of playlists have milliseconds.
      const tolerance = [mine, theirs].some(({ init }) => init.handler === 'text') ? 0.0016 : mine.init.handler === 'soun' || theirs.init.handler === 'soun' ? 0.0465 : 0.0005;
      if (Math.abs(mine.start - theirs.start) > tolerance) report('LL-40', other.name, `segment ${msn} begins ${(mine.start - theirs.start).toFixed(4)} s beside ${lead.name}`);
    }
  }
  for (const follower of followers) {
    for (const { rendition, claimed, at } of follower.claims ?? []) {
      const target = followers.find((candidate) => candidate.url === rendition);
      if (!target) continue;
      // Only an answer that was held is known to be a revision made after the request.
      const held = at.done - at.sent > 50;
      const known = held && target.revisions.filter((revision) => revision.at < at.sent).at(-1);
      if (known && before(claimed, [known.edge[0], known.edge[1]]) && known.edge[1] >= 0) report('LL-86', follower.name, `reported ${claimed} of ${target.name}, which was at ${known.edge}`);
      const later = target.revisions.find((revision) => revision.at > at.done + 1000 * (options.slack + target.newest.partTarget));
      if (later && before(later.edge, claimed)) report('LL-86', follower.name, `reported ${claimed} of ${target.name}, which later was at ${later.edge}`);
    }
  }
}

function rememberClaims(follower) {
  follower.claims = [];
  const take = follower.take.bind(follower);
  follower.take = (playlist) => {
    take(playlist);
    for (const report of playlist.reports) {
      follower.claims.push({
        rendition: new URL(report.URI, follower.url).href,
        claimed: [Number(report['LAST-MSN']), Number(report['LAST-PART'])],
        at: { sent: playlist.sent, done: playlist.at },
      });
    }
  };
}

async function firstMultivariant(client, url, wait) {
  for (const began = performance.now(); ; ) {
    const answer = await client.request(url, { headers: { 'accept-encoding': 'gzip' } }).catch(() => null);
    if (answer?.status === 200) return answer;
    if (performance.now() - began > wait) throw new Error(`${url} answered ${answer?.status ?? 'nothing'} for ${wait / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

// options: version '1.1'|'2', seconds, slack (s of tolerance for publish times), independent (segments must begin with key
// frames), late (→ ms by which timers have come late so far; none: nothing is excused by it), copy (they do only once the source's key frames are known), gaps (the feed is known to have holes), probes (also the directive and header probes), wait (ms).
async function liveCheck(url, given = {}) {
  const options = { version: '1.1', seconds: 30, slack: 0.5, independent: true, copy: false, gaps: false, probes: true, wait: 20000, ...given };
  const client = new Client({ version: options.version });
  const found = new Map();
  const report = (rule, where, text, evidence) => {
    const key = `${rule} ${where} ${text.replace(/\d+/g, '0')}`;
    const finding = found.get(key) ?? { rule, where, text, evidence, count: 0 };
    finding.count += 1;
    found.set(key, finding);
  };
  try {
    const answer = await firstMultivariant(client, url, options.wait);
    const list = readMultivariant(answer.body.toString());
    const renditions = [...new Set([...list.variants.map((variant) => variant.uri), ...list.media.map((media) => media.URI).filter(Boolean)])]
      .map((uri) => ({ url: new URL(uri, url).href }));
    judgeMultivariant(list, renditions, report);
    const followers = renditions.map((rendition) => new Follower({
      client, url: rendition.url, report, options,
      others: renditions.map((other) => other.url).filter((other) => other !== rendition.url),
    }));
    followers.forEach(rememberClaims);
    const deadline = performance.now() + options.seconds * 1000;
    await Promise.all(followers.map((follower) => follower.run(deadline).catch((error) => report('LL-104', follower.name, error.message))));
    judgeVariants(list, url, followers, report);
    judgeTogether(followers, report, options);
    if (options.probes) {
      const again = await client.request(url, { headers: { 'accept-encoding': 'gzip' } });
      // A copied feed's rate and its key frames are only known once they have been seen: what was declared is then put right.
      const lasting = (body) => (options.copy ? String(body).replace(/BANDWIDTH=\d+/g, '').replace('#EXT-X-INDEPENDENT-SEGMENTS\n', '') : String(body));
      if (lasting(again.body) !== lasting(answer.body)) report('MV-28', 'multivariant', 'changed between two requests');
      for (const follower of followers.filter((one) => one.newest && !one.newest.ended)) await probe(client, follower, report);
    }
    const stats = Object.fromEntries(followers.map((follower) => [follower.name, { ...follower.stats, edge: follower.newest && edge(follower.newest) }]));
    for (const follower of followers) {
      if (follower.stats.parts === 0) report('LL-62', follower.name, 'not one part in all the time');
    }
    return { findings: [...found.values()], stats, multivariant: list };
  } finally {
    client.close();
  }
}

module.exports = { liveCheck };
