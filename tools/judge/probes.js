// Single requests whose answers the rules fix: directives right and wrong, unknown objects, ranges, conditions, methods.
'use strict';
const { readMedia, edge, before } = require('./playlist');
const { rangesAfter } = require('./rules');

const lifetime = (answer) => Number(/max-age=(\d+)/.exec(answer.headers['cache-control'] ?? '')?.[1] ?? NaN);

async function directives(client, follower, expect) {
  const get = (query) => client.request(`${follower.url}?${query}`);
  const now = async () => readMedia((await client.request(follower.url)).body.toString());
  const bad = async (rule, query) => {
    const answer = await get(query);
    expect(rule, answer.status === 400, `${query} answered ${answer.status}`);
    expect('CC-9', answer.status !== 400 || lifetime(answer) === 1, `400 with Cache-Control: ${answer.headers['cache-control']}`);
  };
  await bad('LL-94', '_HLS_part=0');
  for (const value of ['x', '-1', '1.5', '99999999999999999999999', '']) await bad('LL-95', `_HLS_msn=${value}`);
  const [open] = edge(await now());
  await bad('LL-95', `_HLS_msn=${open}&_HLS_msn=${open + 1}`);
  await bad('LL-101', `_HLS_msn=${open + 50}`);
  await bad('LL-102', `_HLS_msn=${open + 1}&_HLS_part=500`);

  const atOnce = async (rule, query, check = () => true) => {
    // Beside a request that is certainly answered at once: what a busy machine takes for that one is not held against this one.
    const [answer, plain] = await Promise.all([get(query), client.request(follower.url)]);
    const took = answer.first - answer.sent;
    expect(rule, answer.status === 200 && took - (plain.first - plain.sent) < 250, `${query} answered ${answer.status} after ${took.toFixed(0)} ms`);
    if (answer.status === 200) expect(rule, check(readMedia(answer.body.toString())), `${query}: not the playlist asked for`);
  };
  await atOnce('LL-96', '_HLS_msn=1');
  await atOnce('LL-96', `_HLS_msn=${open - 1}&_HLS_part=0`);
  await atOnce('LL-108', '_HLS_future=1&session=abc&_HLS_msn=1');
  await atOnce('LL-91', '_HLS_skip=sometimes', (playlist) => playlist.skip === 0);
  // LL-99: a part past the end of a complete segment is the next segment's first one.
  const answer = await get(`_HLS_msn=${open - 1}&_HLS_part=400`);
  expect('LL-99', answer.status === 200, `a part past a complete segment's last answered ${answer.status}`);

  // LL-98: held until the part is there, and then answered with it. The next but one, so that none can slip in between.
  const current = await now();
  const wanted = [edge(current)[0], edge(current)[1] + 2];
  const held = await get(`_HLS_msn=${wanted[0]}&_HLS_part=${wanted[1]}`);
  const got = held.status === 200 && edge(readMedia(held.body.toString()));
  expect('LL-98', got && (!before(got, wanted) || got[0] > wanted[0]), `asked for ${wanted}, got ${held.status} ${got}`);
  // LL-100 with AMB-1: the next segment's number alone is answered when its first part is there.
  const next = edge(await now())[0] + 1;
  const whole = await get(`_HLS_msn=${next}`);
  const first = whole.status === 200 && edge(readMedia(whole.body.toString()));
  expect('LL-100', first && first[0] >= next && (first[0] > next || first[1] >= 0), `asked for ${next}, got ${whole.status} ${first}`);
  if (first && first[0] === next) expect('CC-5', lifetime(whole) === 1, `Cache-Control: ${whole.headers['cache-control']}`);

  // LL-90: the same instant twice, once as a delta update that skips date ranges.
  const known = await now();
  const [ahead, part] = edge(known);
  const query = `_HLS_msn=${ahead}&_HLS_part=${part + 1}`;
  const [full2, delta] = (await Promise.all([get(query), get(`${query}&_HLS_skip=v2`)])).map((one) => readMedia(one.body.toString()));
  if (String(edge(full2)) === String(edge(delta))) {
    for (const [rule, text] of rangesAfter(known, delta, full2)) expect(rule, false, text);
    expect('LL-90', !delta.skip || delta.removedRanges, 'RECENTLY-REMOVED-DATERANGES is missing');
  }

  const skipped = readMedia((await get('_HLS_skip=YES')).body.toString());
  const full = await now();
  const beyond = full.segments.reduce((sum, segment) => sum + segment.duration, 0) - full.segments[0].duration;
  expect('LL-87', skipped.skip > 0 || beyond <= Number(full.control['CAN-SKIP-UNTIL']), `nothing skipped of ${full.segments.length} segments`);
}

async function objects(client, follower, expect) {
  const at = (path) => new URL(path, follower.url);
  const playlist = readMedia((await client.request(follower.url)).body.toString());
  const segment = [...playlist.segments].reverse().find((candidate) => !candidate.gap);
  if (!segment) return;
  const far = await client.request(at(segment.uri.replace(String(segment.msn), String(segment.msn + 1000))));
  expect('LL-82', far.status === 404 && far.first - far.sent < 250, `an object far ahead answered ${far.status}`);
  expect('CC-10', lifetime(far) >= 1 && lifetime(far) <= playlist.target, `404 with Cache-Control: ${far.headers['cache-control']}`);
  expect('CF-23', far.headers['access-control-allow-origin'] === '*', '404 without Access-Control-Allow-Origin');

  const whole = await client.request(at(segment.uri));
  const size = whole.body.length;
  const range = await client.request(at(segment.uri), { headers: { range: 'bytes=10-19' } });
  expect('CF-24', range.status === 206 && range.headers['content-range'] === `bytes 10-19/${size}` && range.body.equals(whole.body.subarray(10, 20)), `Range answered ${range.status} ${range.headers['content-range']}`);
  const open = await client.request(at(segment.uri), { headers: { range: `bytes=${size - 5}-9007199254740991` } });
  expect('CF-24', open.status === 206 && open.body.equals(whole.body.subarray(size - 5)), `an open range answered ${open.status}`);
  const beyond = await client.request(at(segment.uri), { headers: { range: `bytes=${size}-` } });
  expect('CF-24', beyond.status === 416 && beyond.headers['content-range'] === `bytes */${size}`, `a range past the end answered ${beyond.status}`);
  const known = await client.request(at(segment.uri), { headers: { 'if-none-match': whole.headers.etag } });
  expect('CF-16', known.status === 304 && known.raw.length === 0 && known.headers['cache-control'] === whole.headers['cache-control'], `If-None-Match answered ${known.status}`);
  const weak = await client.request(at(segment.uri), { headers: { 'if-none-match': `W/${whole.headers.etag}` } });
  expect('CF-16', weak.status === 304, `a weakened ETag answered ${weak.status}`);
  const head = await client.request(at(segment.uri), { method: 'HEAD' });
  expect('CF-25', head.status === 200 && head.raw.length === 0 && ['content-length', 'content-type', 'etag', 'cache-control'].every((name) => head.headers[name] === whole.headers[name]), `HEAD answered ${head.status}`);
}

async function methods(client, follower, expect) {
  const options = await client.request(follower.url, { method: 'OPTIONS', headers: { origin: 'http://a.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'range' } });
  expect('CF-23', options.status === 204 && /range/i.test(options.headers['access-control-allow-headers'] ?? ''), `preflight answered ${options.status}`);
  const post = await client.request(follower.url, { method: 'DELETE' });
  expect('405', post.status === 405, `DELETE answered ${post.status}`);
  const get = await client.request(follower.url);
  const exposed = (get.headers['access-control-expose-headers'] ?? '').toLowerCase();
  for (const name of ['age', 'date', 'content-length', 'content-range', 'etag']) expect('CF-23', exposed.includes(name), `${name} is not exposed`);
  const plain = await client.request(follower.url, { headers: { 'accept-encoding': 'identity' } });
  expect('CF-15', plain.headers['content-encoding'] === undefined, 'identity asked, gzip sent');
  const zipped = await client.request(follower.url, { headers: { 'accept-encoding': 'gzip' } });
  expect('CF-16', zipped.headers.etag !== plain.headers.etag, 'one ETag for two encodings');
  const [msn, part] = edge(readMedia(plain.body.toString()));
  const began = performance.now();
  const head = await client.request(`${follower.url}?_HLS_msn=${msn}&_HLS_part=${Math.max(part, 0)}`, { method: 'HEAD' });
  expect('LL-107', head.status === 200 && head.raw.length === 0 && performance.now() - began < 10000, `HEAD with directives answered ${head.status}`);
}

// All probes of one rendition. report(rule, where, text).
async function probe(client, follower, report) {
  const expect = (rule, holds, text) => {
    if (!holds) report(rule, follower.name, text);
  };
  for (const group of [directives, objects, methods]) {
    await group(client, follower, expect).catch((error) => report('LL-104', follower.name, `${group.name}: ${error.message}`));
  }
}

module.exports = { probe };
