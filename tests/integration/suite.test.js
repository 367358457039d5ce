// The runner of the real-time suites judged with small files of tests: what is tried twice, counted and listed.
'use strict';
const { test } = require('node:test');
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const runner = path.resolve(__dirname, '../../tools/suite/run.js');
const head = `const { test, before, after } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const again = (name) => { const known = fs.existsSync(__dirname + '/' + name); fs.writeFileSync(__dirname + '/' + name, ''); return known; };
const ran = (name) => fs.appendFileSync(__dirname + '/ran', name + ' ');
`;

// Runs files of the given bodies, each for as long as KICKOFF_FILE_LIMIT lets it. → {status, cases, second, failures, ran (names in order), output}
function suiteWithin(t, seconds, ...bodies) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-suite-test-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  const files = bodies.map((body, i) => {
    const file = path.join(directory, `${i}.test.js`);
    fs.writeFileSync(file, head + body);
    return file;
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, [runner, directory, ...files], { encoding: 'utf8', timeout: 60000, env: { ...process.env, KICKOFF_FILE_LIMIT: seconds } });
  const read = (name) => (fs.existsSync(path.join(directory, name)) ? fs.readFileSync(path.join(directory, name), 'utf8') : '');
  return { status, cases: read('cases').trim(), second: read('second'), failures: read('failures'), ran: read('ran').trim(), output: stdout + stderr };
}
const suite = (t, ...bodies) => suiteWithin(t, 60, ...bodies);

test('what passes is counted by case, and its name is shown', (t) => {
  const { status, cases, second, failures, output } = suite(t, `
    test('one', () => {});
    test('parent', async (t) => { await t.test('first child', () => {}); await t.test('second child', () => {}); });
    test('left out', { skip: true }, () => {});`, "test('in another file', () => {});");
  assert.deepStrictEqual({ status, cases, second, failures }, { status: 0, cases: '4 0', second: '', failures: '' });
  for (const name of ['one', 'second child', 'in another file']) assert.ok(output.includes(name), output);
});

test('a case that passes on the second try counts as passed and is listed with its first message', (t) => {
  const { status, cases, second, failures, ran } = suite(t, `
    test('steady', () => ran('steady'));
    test('late (at times) [x]', () => { ran('late'); assert.ok(again('late'), 'first frame after 2143 ms'); });
    test('parent', async (t) => {
      await t.test('child', () => { ran('child'); assert.ok(again('child'), '1 stall'); });
    });`, "test('other', () => ran('other'));");
  assert.deepStrictEqual({ status, cases, failures }, { status: 0, cases: '4 0', failures: '' });
  assert.match(second, /0\.test\.js > late \(at times\) \[x\]\n  first:\n.*first frame after 2143 ms/);
  assert.match(second, /0\.test\.js > parent > child\n  first:\n.*1 stall/);
  assert.strictEqual(ran, 'steady late child other late child', 'alone, when all files are through');
});

// A file that ends once `other` has been begun.
const meets = (name, other) => `test('${name}', async () => {
  ran('${name}');
  again('${name}');
  while (!fs.existsSync(__dirname + '/${other}')) await new Promise((resolve) => setTimeout(resolve, 5));
});`;
const beside = '// Suite: beside others.\n';

test('files that say so run beside the rest, one after the other, and what they print stays together', (t) => {
  const { status, cases, ran, output } = suiteWithin(t, 20, beside + meets('light', 'heavy'), meets('heavy', 'last'), `${beside}test('last', () => { ran('last'); again('last'); });`);
  assert.deepStrictEqual({ status, cases }, { status: 0, cases: '3 0' });
  const order = ran.split(' ');
  assert.ok(order.indexOf('light') < order.indexOf('last'), ran);
  assert.match(output, /✔ light .*\n(ℹ .*\n)+/);
  for (const name of ['heavy', 'last']) assert.ok(output.includes(`✔ ${name}`), output);
});

test('files that do not say so wait for each other, and light ones alone are shown as they run', (t) => {
  const alone = suite(t, "test('a', async () => { ran('a'); await new Promise((resolve) => setTimeout(resolve, 300)); ran('b'); });", "test('c', () => ran('c'));");
  assert.strictEqual(alone.ran, 'a b c');
  const light = suite(t, `${beside}test('a', async () => { ran('a'); await new Promise((resolve) => setTimeout(resolve, 300)); ran('b'); });`, `${beside}test('c', () => assert.fail('no'));`);
  assert.deepStrictEqual({ status: light.status, cases: light.cases, ran: light.ran }, { status: 1, cases: '1 1', ran: 'a b' });
});

test('a file that does not end is stopped with what it started, and what had passed counts', (t) => {
  const { status, cases, failures, ran } = suiteWithin(t, 2, `
    test('steady', () => {});
    test('waits for ever', () => {
      const child = require('node:child_process').spawn('sleep', ['600'], { stdio: 'inherit' });
      ran(child.pid);
      return new Promise(() => {});
    });`);
  assert.deepStrictEqual({ status, cases }, { status: 1, cases: '1 1' });
  assert.match(failures, /0\.test\.js had not ended after 2 s/);
  const state = fs.existsSync(`/proc/${ran}/stat`) ? fs.readFileSync(`/proc/${ran}/stat`, 'utf8').split(') ')[1][0] : 'gone';
  assert.ok(['gone', 'Z'].includes(state), `its child is ${state}`);
});

test('of a group that runs together only the case that failed runs again', (t) => {
  const { status, cases, ran } = suite(t, `
    const { leftOut } = require(${JSON.stringify(path.resolve(__dirname, 'harness.js'))});
    test('group', { concurrency: true }, async (t) => {
      await Promise.all(['a', 'b'].map((name) => t.test(name, { skip: leftOut(name) }, () => { ran(name); assert.ok(name === 'a' || again(name)); })));
    });`);
  assert.deepStrictEqual({ status, cases, ran }, { status: 0, cases: '2 0', ran: 'a b b' });
});

test('a case that fails twice is a failure, reported with both messages', (t) => {
  const { status, cases, second, failures } = suite(t, "let n = again('n') ? 2 : 1; test('wrong', () => assert.fail('message ' + n)); test('right', () => {});");
  assert.deepStrictEqual({ status, cases, second }, { status: 1, cases: '1 1', second: '' });
  assert.match(failures, /^FAILED .*0\.test\.js > wrong\n.*message 1(.|\n)*and alone:\n.*message 2/);
});

test('what fails outside of every test is a case of its file, and the file runs again', (t) => {
  const hook = suite(t, "after(() => { if (!again('x')) throw new Error('left behind'); }); test('right', () => ran('right'));");
  assert.deepStrictEqual([hook.status, hook.cases, hook.ran], [0, '2 0', 'right right']);
  assert.match(hook.second, /left behind/);
  const broken = suite(t, 'this is no JavaScript');
  assert.deepStrictEqual([broken.status, broken.cases], [1, '0 1']);
  assert.match(broken.failures, /SyntaxError|ended with 1|test failed/);
  const started = suite(t, "before(() => { if (!again('x')) throw new Error('no port'); }); test('right', () => {}); test('too', () => {});");
  assert.deepStrictEqual([started.status, started.cases], [0, '2 0']);
});

test('a server that ended by itself gets no second try, nor do very many failures', (t) => {
  const dead = suite(t, "test('dead', () => { ran('dead'); if (!again('x')) throw new Error('the server ended by itself with SIGSEGV'); });");
  assert.deepStrictEqual([dead.status, dead.cases, dead.ran], [1, '0 1', 'dead']);
  const many = suite(t, "for (let i = 0; i < 21; i++) test('number ' + i, () => assert.ok(again('n' + i)));");
  assert.deepStrictEqual([many.status, many.cases], [1, '0 21']);
});
