// The facility check: feeds that ffmpeg makes well, or badly on purpose, measured and judged by the server.
'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const Ajv = require('ajv/dist/2020');
const addFormats = require('ajv-formats');
const { Server, endAll, binary, run, copy } = require('./harness');
const { pushSrt, pushRtmp } = require('./media');

const token = 'token-of-the-night';
const seconds = 10;
let server;
const running = [];

// A minute of a moving picture of 25 pictures a second, with a tone on both channels whose peaks are at `level` dBFS: as loud in LUFS.
function made(name, { gop = 50, level = -23, audio = true } = {}) {
  const file = path.join(server.directory, `${name}.ts`);
  const sound = `sine=frequency=1000:sample_rate=48000:duration=60,volume=${level + 18.06}dB,pan=stereo|c0=c0|c1=c0`;
  const { status, stderr } = spawnSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=60',
    ...(audio ? ['-f', 'lavfi', '-i', sound, '-c:a', 'aac', '-b:a', '128k', '-metadata:s:a:0', 'language=deu'] : []),
    '-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-sc_threshold', '0', '-g', String(gop), '-keyint_min', String(gop), '-b:v', '300k', '-f', 'mpegts', file]);
  assert.strictEqual(status, 0, String(stderr));
  return file;
}
async function ask(method, route, body, bearer = token) {
  const answer = await fetch(`http://127.0.0.1:${server.ports.admin}${route}`, { method, headers: { ...(bearer && { authorization: `Bearer ${bearer}` }) }, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, location: answer.headers.get('location'), body: text ? JSON.parse(text) : {} };
}
const order = (channel, body = { seconds }) => ask('POST', `/api/v1/channels/${channel}/check`, body);
// A check when it is done, with its lines by property.
async function whenDone(channel) {
  const { status, location, body } = await order(channel);
  assert.strictEqual(status, 202, JSON.stringify(body));
  let check;
  await server.until(`the check of ${channel} is done`, async () => {
    check = (await ask('GET', location)).body.checks.find(({ id }) => id === body.id);
    return check.state === 'done';
  });
  return { ...check, by: Object.fromEntries(check.lines.map((line) => [line.property, line])) };
}
const all = {};

before(async () => {
  const channel = { ladder: [{ name: 'v90', height: 90, bitrate: '100k', preset: 'ultrafast' }], audio: { mode: 'encode' } };
  server = await Server.start({ channels: {
    good: channel, long: channel, late: channel, loud: channel, mute: channel, copied: copy(), idle: channel,
  } }, { env: { KICKOFF_ADMIN_TOKEN: token } });
  const good = made('good');
  const long = made('long', { gop: 250 });
  const to = (name) => server.srt(`live/${name}`);
  // The audio is stamped 300 ms less than it is read at, and written as it is read: it comes that much after the picture of its time.
  const late = ['-bsf:a', 'setts=pts=PTS-0.3/TB:dts=DTS-0.3/TB', '-max_interleave_delta', '1', '-muxdelay', '0'];
  running.push(pushSrt(good, to('good')), pushSrt(long, to('long')), pushSrt(good, to('late'), late), pushSrt(made('loud', { level: -6 }), to('loud')),
    pushSrt(made('mute', { audio: false }), to('mute')), pushRtmp(long, server.rtmp('copied')));
  const names = ['good', 'long', 'late', 'loud', 'mute', 'copied'];
  await Promise.all(names.map((name) => server.live(name)));
  // Until every clock and meter has begun.
  await new Promise((done) => setTimeout(done, 5000));
  await Promise.all(names.map(async (name) => { all[name] = await whenDone(name); }));
});
after(async () => {
  await Promise.all(running.map((process) => process.stop('SIGKILL')));
  assert.strictEqual((await server.stop()).code, 0);
});
after(endAll);

const told = (name, property) => `${name}: ${JSON.stringify(all[name].by[property])}`;
const verdict = (name, property, wanted) => assert.strictEqual(all[name].by[property].verdict, wanted, told(name, property));

test('a good feed passes in all that is measured', () => {
  const { by, lines } = all.good;
  for (const { property, verdict: is } of lines) assert.match(is, /^(pass|not_measured)$/, told('good', property));
  assert.strictEqual(all.good.verdict, 'pass');
  assert.match(by.video_format.measured, /^H\.264 .*, level [\d.]+, 8 bit, progressive$/);
  assert.strictEqual(by.picture_size.measured, '320x180');
  assert.strictEqual(by.frame_rate.wanted, '25.00 pictures/s as declared');
  assert.match(by.gop_length.measured, /^2\.00 s/);
  assert.strictEqual(by.gop_kind.measured, 'closed');
  assert.match(by.audio_format.measured, /^AAC 48000 Hz, 2 channels, 1 track$/);
  assert.strictEqual(by.audio_language.measured, 'deu');
  assert.match(by.network_loss.measured, /^of [1-9]\d* packets 0 lost/);
  for (const property of ['frame_rate', 'loudness', 'true_peak', 'silence', 'bitrate', 'jitter', 'stream_errors', 'time_stamps', 'av_skew']) verdict('good', property, 'pass');
});

test('each odd feed is found out, and for that alone', () => {
  const odd = (name) => all[name].lines.filter(({ verdict: is }) => is === 'fail' || is === 'warn').map(({ property, verdict: is }) => `${property} ${is}`);
  assert.deepStrictEqual(odd('long'), ['gop_length warn'], told('long', 'gop_length'));
  assert.deepStrictEqual(odd('copied'), ['gop_length fail'], told('copied', 'gop_length'));
  assert.deepStrictEqual(odd('late'), ['av_skew warn'], told('late', 'av_skew'));
  assert.match(all.late.by.av_skew.measured, /^sound comes (2[2-9]\d|3\d\d|4[0-4]\d) ms after/);
  assert.deepStrictEqual(odd('loud'), ['loudness fail'], told('loud', 'loudness'));
  assert.match(all.loud.by.loudness.measured, /^-[567]\.\d LUFS/);
  assert.deepStrictEqual(odd('mute'), ['audio_format fail'], told('mute', 'audio_format'));
  assert.deepStrictEqual([all.long, all.copied, all.late, all.loud, all.mute].map((check) => check.verdict), ['warn', 'fail', 'warn', 'fail', 'fail']);
});

test('what cannot be measured is said, and what to do about what fails', () => {
  verdict('copied', 'network_loss', 'not_measured');
  verdict('copied', 'loudness', 'not_measured');
  assert.match(all.copied.by.loudness.measured, /the sound is copied/);
  for (const check of Object.values(all)) {
    for (const { property, verdict: is, measured, advice } of check.lines) {
      assert.notStrictEqual(measured, '', property);
      assert.strictEqual(advice !== '', is === 'fail' || is === 'warn', property);
    }
  }
});

test('checks that are done are as the API describes them', async () => {
  const validator = new Ajv({ strict: true, allErrors: true });
  addFormats(validator);
  validator.addVocabulary(['openapi', 'info', 'servers', 'tags', 'security', 'paths', 'components']);
  validator.addSchema(JSON.parse((await server.admin('/api/v1/openapi.json')).text), 'description');
  const fits = (answer) => validator.validate('description#/components/schemas/Checks', answer);
  const { body } = await ask('GET', '/api/v1/channels/long/check');
  assert.ok(fits(body), validator.errorsText());
  body.checks[0].lines[0].verdict = 'fine';
  assert.ok(!fits(body), 'the schema can be failed');
});

test('a check that is done is an event', async () => {
  const { events } = (await ask('GET', '/api/v1/events?type=check.')).body;
  const found = events.find(({ subject }) => subject.endsWith('/loud'));
  assert.deepStrictEqual({ ...found.data, check: 0 }, { feed: 'primary', check: 0, seconds: found.data.seconds, verdict: 'fail', failed: 'loudness', warned: '' });
  assert.ok(found.data.seconds >= seconds);
});

test('only what is there is checked, by those who may, once at a time', async () => {
  assert.strictEqual((await ask('POST', '/api/v1/channels/good/check', { seconds: 5 }, '')).status, 401);
  assert.strictEqual((await order('nobody')).status, 404);
  assert.deepStrictEqual((await ask('GET', '/api/v1/channels/idle/check')).body, { checks: [] });
  const backup = await order('good', { feed: 'backup' });
  assert.deepStrictEqual([backup.status, /has no publisher/.test(backup.body.detail)], [409, true]);
  assert.strictEqual((await order('good', { seconds: 4 })).status, 400);
  assert.strictEqual((await order('good', { seconds: 5 })).status, 202);
  const again = await order('good', { seconds: 5 });
  assert.deepStrictEqual([again.status, /is being checked/.test(again.body.detail)], [409, true]);
  await server.until('it is done', async () => (await ask('GET', '/api/v1/channels/good/check')).body.checks.every(({ state }) => state === 'done'));
});

test('the command waits for the verdict, says it as a table or JSON, and ends with it', async () => {
  async function kickoff(...words) {
    const child = run(binary, [...words, '--server', `http://127.0.0.1:${server.ports.admin}`], { env: { ...process.env, KICKOFF_ADMIN_TOKEN: token } });
    let [out, err] = ['', ''];
    child.child.stdout.on('data', (data) => { out += data; });
    child.child.stderr.on('data', (data) => { err += data; });
    const { code } = await child.ended;
    return { code, out, err };
  }
  const [good, loud, none] = await Promise.all([kickoff('feed', 'check', 'good', '--seconds', '5', '--table'), kickoff('check', 'feed', 'loud', '--seconds', '5'), kickoff('feed', 'check', 'idle')]);
  assert.strictEqual(good.code, 0, good.out + good.err);
  assert.match(good.out, /^The primary feed of channel good, 5 s from .*: pass\n\nVERDICT +PROPERTY +MEASURED +WANTED\npass +publisher +there in all of \d+ samples/);
  assert.strictEqual(loud.code, 1, loud.out + loud.err);
  assert.strictEqual(JSON.parse(loud.out).verdict, 'fail');
  assert.deepStrictEqual([none.code, none.out, /no channel idle/.test(none.err)], [1, '', true]);
});
