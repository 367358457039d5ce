// The CloudFront Function in conf/cdn, run as CloudFront runs it: a script with a global handler(event).
// Suite: beside others.
'use strict';
const { test } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { root } = require('./harness');

const context = vm.createContext({});
vm.runInContext(fs.readFileSync(path.join(root, 'conf/cdn/viewer_request.js'), 'utf8'), context);

// The event for a query, in CloudFront's form: values undecoded, a repeated name once with multiValue.
function eventFor(query) {
  const querystring = {};
  for (const pair of query.split('&').filter(Boolean)) {
    const [name, value] = [pair.split('=')[0], pair.split('=').slice(1).join('=')];
    const known = querystring[name];
    if (!known) querystring[name] = { value };
    else (known.multiValue ??= [{ value: known.value }]).push({ value });
  }
  return { version: '1.0', context: { eventType: 'viewer-request' }, viewer: { ip: '198.51.100.11' }, request: { method: 'GET', uri: '/live/match/v720/index.m3u8', querystring, headers: { host: { value: 'd111111abcdef8.cloudfront.net' } }, cookies: {} } };
}
const normalised = (query) => context.handler(eventFor(query)).querystring;

test('every order of the directives is one query (CF-7)', () => {
  const [m, p, s] = ['_HLS_msn=897829900', '_HLS_part=3', '_HLS_skip=YES'];
  for (const order of [[m, p, s], [m, s, p], [p, m, s], [p, s, m], [s, m, p], [s, p, m]]) assert.strictEqual(normalised(order.join('&')), `${m}&${p}&${s}`);
  assert.strictEqual(normalised(`${p}&${m}`), `${m}&${p}`);
  assert.strictEqual(normalised(s), s);
});
test('the time that a viewer asks for is kept, in the spelling that the origin takes (CF-30)', () => {
  assert.strictEqual(normalised('end=2026-11-30T20:00:00Z&utm=1&start=2026-11-30T19:00:00Z'), 'start=2026-11-30T19:00:00Z&end=2026-11-30T20:00:00Z');
  assert.strictEqual(normalised('start=2026-11-30T19%3A00%3a00Z'), 'start=2026-11-30T19:00:00Z');
  assert.strictEqual(normalised('view=mobile&delay=30&_HLS_skip=YES'), '_HLS_skip=YES&delay=30&view=mobile');
  assert.strictEqual(normalised('start=-60&start=-90'), 'start=-60&start=-90');
});
test('everything else is dropped (CF-6, CF-27)', () => {
  assert.strictEqual(normalised('CMCD=bl%3D2100%2Csid%3D%22a%22&_HLS_msn=1&session=x&_HLS_other=2&_hls_part=1'), '_HLS_msn=1');
  assert.strictEqual(normalised('token=abc&utm_source=mail'), '');
  assert.strictEqual(normalised(''), '');
});
test('what is wrong reaches the origin as it is', () => {
  assert.strictEqual(normalised('_HLS_msn=1&x=1&_HLS_msn=2'), '_HLS_msn=1&_HLS_msn=2');
  assert.strictEqual(normalised('_HLS_part=-1'), '_HLS_part=-1');
  assert.strictEqual(normalised('_HLS_msn='), '_HLS_msn=');
});
test('the rest of the request stays, and it fits the limit of 10 KB', () => {
  const event = eventFor('a=1');
  const { uri, headers, method } = event.request;
  const request = context.handler(event);
  assert.deepStrictEqual([request.uri, request.headers, request.method], [uri, headers, method]);
  assert.ok(fs.statSync(path.join(root, 'conf/cdn/viewer_request.js')).size < 10240);
});
