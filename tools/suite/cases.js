// Runs one file of tests with node's test runner and tells its cases: tests without subtests of their own.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

// A file that has not ended by then is stopped with all that it started: a process left behind keeps node's runner waiting for ever.
const limit = Number(process.env.KICKOFF_FILE_LIMIT ?? 15 * 60); // s
const reporter = path.join(__dirname, 'reporter.js');
let runs = 0;

// The tests of a file as a forest, from lines in which children stand before their parents.
function forest(lines) {
  const levels = [];
  for (const line of lines) {
    const { nesting, ...one } = JSON.parse(line);
    (levels[nesting] ??= []).push({ ...one, children: levels[nesting + 1] ?? [] });
    levels[nesting + 1] = [];
  }
  return levels[0] ?? [];
}

// What a test comes to: its subtests' cases, and itself where it has none or failed by itself.
function casesOf({ children, ...one }, above) {
  const names = [...above, one.name];
  const own = children.length === 0 || (!one.passed && one.kind !== 'subtestsFailed');
  return [...children.flatMap((child) => casesOf(child, names)), ...(own && !(one.skipped && one.passed) ? [{ ...one, names }] : [])];
}

const exactly = (name) => `^${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`;

// Runs `file`, or those of `only` in it ([names of a case]): the tests of these names, and to groups of tests that run together
// KICKOFF_CASES (a JSON list of names) tells which of them are meant. What failed outside of every test (a hook at the file's end, a file
// that does not load) is a case named as the file is, whose `names` are empty.
// → [{names, passed, why}]. shown: the runner's own lines go to stdout, as it runs or, with `held`, when it has ended.
async function runFile(file, { only, shown = true, held = false } = {}) {
  const report = path.join(os.tmpdir(), `kickoff-suite-${process.pid}-${runs++}`);
  const args = ['--test', `--test-reporter=${reporter}`, `--test-reporter-destination=${report}`];
  if (shown) args.push('--test-reporter=spec', '--test-reporter-destination=stdout');
  for (const name of new Set(only?.flat())) args.push(`--test-name-pattern=${exactly(name)}`);
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT; // this may run inside a test itself
  if (only?.every((names) => names.length > 1)) env.KICKOFF_CASES = JSON.stringify(only.map((names) => names.at(-1)));
  const child = spawn(process.execPath, [...args, file], { stdio: ['ignore', ...(held ? ['pipe', 'pipe'] : ['inherit', 'inherit'])], env, detached: true });
  const printed = [];
  for (const output of held ? [child.stdout, child.stderr] : []) output.on('data', (data) => printed.push(data));
  const stop = () => process.kill(-child.pid, 'SIGKILL');
  const interrupted = () => { stop(); setImmediate(() => process.exit(130)); }; // when what runs beside has stopped, too
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted); // a group of its own does not hear the terminal
  let late = false;
  const timer = setTimeout(() => { late = true; stop(); }, limit * 1000);
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', (code, signal) => resolve(code ?? signal)));
  clearTimeout(timer);
  process.stdout.write(Buffer.concat(printed));
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  const lines = fs.existsSync(report) ? fs.readFileSync(report, 'utf8').split('\n').filter(Boolean) : [];
  fs.rmSync(report, { force: true });
  const cases = forest(lines).flatMap((one) => casesOf(one, [])).map(({ names: all, passed, why }) => {
    const whole = all.length === 1 && path.resolve(all[0]) === path.resolve(file);
    return { names: whole ? [] : all, passed, why };
  });
  if (late) cases.push({ names: [], passed: false, why: `${file} had not ended after ${limit} s` });
  else if (status !== 0 && cases.every(({ passed }) => passed)) cases.push({ names: [], passed: false, why: `${file} ended with ${status}` });
  return cases;
}

module.exports = { runFile };
