// /metrics under promtool and a real Prometheus, health, and the API.
// Suite: beside others.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { Server, endAll, run, copy, freeTcp } = require('./harness');
const { source, pushRtmp, pushSrt } = require('./media');
const { liveCheck } = require('../../tools/judge/live');

let server;
const pushers = [];
before(async () => {
  server = await Server.start({ channels: { '*': copy({ keys: ['a-secret-key'] }) } });
  pushers.push(pushRtmp(source(), server.rtmp('one', '?key=a-secret-key')));
  pushers.push(pushSrt(source({ format: 'ts' }), server.srt('#!::r=live/two,m=publish,s=a-secret-key')));
  await server.live('one');
  await server.live('two');
  await liveCheck(server.playlist('one'), { seconds: 5, probes: false });
});
after(async () => {
  await Promise.all(pushers.map((pusher) => pusher.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

test('promtool finds nothing to say about /metrics (OP-1)', async () => {
  const { text, headers } = await server.admin('/metrics');
  assert.match(headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  const result = spawnSync('promtool', ['check', 'metrics'], { input: text });
  assert.strictEqual(result.status, 0, `${result.stdout}${result.stderr}`);
  assert.strictEqual(`${result.stdout}${result.stderr}`.trim(), '');
});
test('all names begin with kickoff_, and no label tells an address, a key or a session', async () => {
  const { text } = await server.admin('/metrics');
  for (const line of text.split('\n').filter((one) => one && !one.startsWith('#'))) {
    assert.match(line, /^(kickoff_|process_)/, line);
    assert.ok(!/127\.0\.0\.1|a-secret-key/.test(line), line);
  }
});
test('what operators must see is there, and moves', async () => {
  const { text } = await server.admin('/metrics');
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  for (const pattern of [/^kickoff_feed_bytes_total/, /^kickoff_feed_frames_total/, /^kickoff_feed_dropped_total/, /^kickoff_srt_rtt_seconds\{.*two/,
    /^kickoff_srt_packets_total\{.*lost/, /^kickoff_srt_packets_total\{.*retransmitted/, /^kickoff_worker_cpu_seconds_total/, /^kickoff_worker_resident_bytes/,
    /^kickoff_worker_restarts_total/, /^kickoff_worker_encode_lag_seconds/, /^kickoff_channel_part_lateness_seconds_bucket/, /^kickoff_channel_capture_to_part_seconds_bucket/,
    /^kickoff_channel_segments_total/, /^kickoff_channel_gap_parts_total/, /^kickoff_http_requests_total/, /^kickoff_http_sent_bytes_total/, /^kickoff_http_connections/,
    /^kickoff_http_parked_requests/, /^kickoff_http_blocked_wait_seconds_bucket/, /^kickoff_http_joins_total/, /^kickoff_http_joins_in_flight/,
    /^kickoff_http_join_seconds_bucket/, /^kickoff_http_part_to_last_byte_seconds_bucket/, /^kickoff_headroom_ratio /, /^kickoff_headroom_resource_ratio\{resource="egress"\} 1$/]) {
    assert.ok(lines.some((line) => pattern.test(line)), `no sample like ${pattern}:\n${text}`);
  }
  const segments = 'kickoff_channel_segments_total';
  const before = await server.metric(segments, { channel: 'one' });
  await server.until(`${segments} moves from ${before}`, async () => await server.metric(segments, { channel: 'one' }) > before);
});
test('a real Prometheus scrapes it, and tells of a feed that has gone until it is back', async () => {
  const directory = fs.mkdtempSync(path.join(server.directory, 'prometheus-'));
  const port = await freeTcp();
  const rules = path.join(__dirname, '../../deploy/prometheus/kickoff.rules.yml');
  fs.writeFileSync(path.join(directory, 'prometheus.yml'), `global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: ['${rules}']\nscrape_configs: [{job_name: kickoff, static_configs: [{targets: ["127.0.0.1:${server.ports.admin}"]}]}]\n`);
  const prometheus = run('prometheus', [`--config.file=${directory}/prometheus.yml`, `--storage.tsdb.path=${directory}/data`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn']);
  const query = async (text) => {
    const answer = await server.get(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(text)}`);
    return answer.status === 200 ? JSON.parse(answer.text).data.result : []; // 503 while it starts
  };
  await server.until('Prometheus has scraped', async () => (await query('up{job="kickoff"}'))[0]?.value[1] === '1');
  assert.ok((await query('{__name__=~"kickoff_.*",channel="one"}')).length > 5);
  const publish = () => pushRtmp(source(), server.rtmp('away', '?key=a-secret-key'));
  const firing = async () => (await query('ALERTS{alertname="KickoffNoFeed",alertstate="firing"}')).map(({ metric }) => metric.channel);
  const encoder = publish();
  await server.live('away');
  await encoder.stop('SIGKILL');
  await server.until('it is told', async () => (await firing()).join() === 'away');
  const again = publish();
  await server.until('it is told no more', async () => (await firing()).length === 0);
  await again.stop('SIGKILL');
  await prometheus.stop();
});
test('/livez and /readyz answer', async () => {
  assert.strictEqual((await server.admin('/livez')).status, 200);
  assert.strictEqual((await server.admin('/readyz')).status, 200);
  assert.strictEqual((await server.admin('/nothing')).status, 404);
});
test('/api/v1/channels tells what is live', async () => {
  const { status, text, headers } = await server.admin('/api/v1/channels');
  assert.strictEqual(status, 200);
  assert.match(headers.get('content-type'), /^application\/json/);
  const { channels } = JSON.parse(text);
  const one = channels.find((channel) => channel.name === 'one');
  assert.ok(one, text);
  assert.match(one.feed.video, /H\.264 640x360 30/);
  assert.match(one.feed.audio, /AAC 48000/);
  assert.ok(one.renditions.length >= 2, 'its renditions');
  assert.ok(!text.includes('a-secret-key'), 'no key');
});
test('/api/v1/instance tells what the instance carries and has left', async () => {
  const { status, text } = await server.admin('/api/v1/instance');
  assert.strictEqual(status, 200);
  const instance = JSON.parse(text);
  assert.ok(instance.headroom > 0 && instance.headroom <= 1, text);
  assert.ok(instance.joins_total >= 1, text);
  assert.deepStrictEqual(Object.keys(instance.room), ['loop', 'connections', 'memory', 'egress']);
});
test('the administration port is not the viewers’ port', async () => {
  for (const route of ['/metrics', '/livez', '/api/v1/channels']) assert.strictEqual((await server.web(route)).status, 404);
});
test('the log is one JSON object a line', () => {
  for (const line of server.log().split('\n').filter((one) => one.startsWith('{'))) JSON.parse(line);
  const other = server.log().split('\n').filter((one) => one && !one.startsWith('{'));
  assert.deepStrictEqual(other, []);
});
test('the server links no FFmpeg, and one flavour of libsrt', () => {
  const { binary } = require('./harness');
  const libraries = execFileSync('ldd', [binary]).toString();
  assert.ok(!/libav|libsw/.test(libraries), libraries);
  assert.ok(!/libsrt\.so|libsrt-openssl/.test(libraries), libraries);
});
