#!/usr/bin/env node
// Runs files of real-time tests one after the other: tools/suite/run.js DIRECTORY FILE…
// Those that say "// Suite: beside others." in their head need little CPU and wait for no time of their own: they run one after the
// other, too, but beside the rest.
// A case that failed is run once more, alone, when all files are through; if it then passes it counts as passed, and is listed.
// What no busy machine explains gets no second try: a server that ended by itself, a file that did not end, or more than `many` failures.
// Writes to DIRECTORY: `cases` ("PASSED FAILED"), `failures` and `second` (what failed twice, what passed on the second try; text).
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { runFile } = require('./cases');

const many = 20;
const certain = /the server ended by itself|had not ended after/;
const [directory, ...files] = process.argv.slice(2);
const besideOthers = (file) => /^\/\/ Suite: beside others\.$/m.test(fs.readFileSync(file, 'utf8').split('\n', 12).join('\n'));
const title = ({ file, names }) => [path.relative('', file), ...names].join(' > ');
const indented = (text) => String(text ?? 'no message').trim().replace(/^/gm, '    ');

// Those of one file whose second try is one run: all of them, or, where something failed outside of every test, the file.
function* rounds(failed) {
  for (const file of new Set(failed.map((one) => one.file))) {
    const here = failed.filter((one) => one.file === file);
    const whole = here.filter(({ names }) => names.length === 0);
    const tests = [...new Set(here.map(({ names }) => names[0]))];
    if (whole.length) yield { file, cases: here };
    else for (const test of tests) yield { file, cases: here.filter(({ names }) => names[0] === test) };
  }
}

// What tools/test builds beside (a process group) stands still while a case runs alone.
function builder(signal) {
  try {
    if (process.env.KICKOFF_AHEAD) process.kill(-process.env.KICKOFF_AHEAD, signal);
  } catch { /* it is through */ }
}

// Sets `again` of each case: null if it passed this time, else why not.
async function tryAgain({ file, cases }) {
  const whole = cases.some(({ names }) => names.length === 0);
  console.log(`once more, alone: ${cases.map(title).join(', ')}`);
  const results = await runFile(file, { only: whole ? undefined : cases.map(({ names }) => names), shown: false });
  for (const one of cases) {
    const now = results.filter(({ names }) => names.join('\n') === one.names.join('\n'));
    // A failure outside of every test is over only once nothing fails; a case is not, where its file fails around it.
    const bad = results.find(({ names, passed }) => !passed && (names.length === 0 || one.names.length === 0)) ?? now.find(({ passed }) => !passed);
    one.again = bad ? bad.why : now.length || one.names.length === 0 ? null : 'it did not run';
    console.log(`${one.again === null ? 'passed' : 'FAILED'}: ${title(one)}`);
  }
}

(async () => {
  const light = files.filter(besideOthers);
  const heavy = files.filter((file) => !light.includes(file));
  const results = new Map(); // of a file
  const inTurn = async (some, held) => { for (const file of some) results.set(file, await runFile(file, { held })); };
  await Promise.all([inTurn(heavy, false), inTurn(light, heavy.length > 0)]);
  const all = files.flatMap((file) => results.get(file).map((one) => ({ ...one, file })));
  const failed = all.filter(({ passed }) => !passed);
  const tried = failed.length > many ? [] : failed.filter(({ why }) => !certain.test(why));
  builder('SIGSTOP');
  for (const round of rounds(tried)) await tryAgain(round);
  builder('SIGCONT');
  const second = tried.filter(({ again }) => again === null);
  const lost = failed.filter((one) => !second.includes(one));
  fs.writeFileSync(path.join(directory, 'cases'), `${all.length - lost.length} ${lost.length}\n`);
  fs.appendFileSync(path.join(directory, 'second'), second.map((one) => `${title(one)}\n  first:\n${indented(one.why)}\n`).join(''));
  fs.appendFileSync(path.join(directory, 'failures'), lost.map((one) => `FAILED ${title(one)}\n${indented(one.why)}\n${one.again ? `  and alone:\n${indented(one.again)}\n` : ''}`).join(''));
  process.exitCode = lost.length ? 1 : 0;
})();
