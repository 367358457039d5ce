'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync, spawnSync } = require('node:child_process');

const root = path.resolve(__dirname, '../..');

const sorted = (values) => [...values].sort((a, b) => a - b);
const quantile = (values, q) => sorted(values)[Math.min(values.length - 1, Math.floor(q * values.length))];
const median = (values) => quantile(values, 0.5);

// Seconds of CPU that a process has used, all its threads.
function cpuSeconds(pid) {
  let nanoseconds = 0;
  for (const thread of fs.readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  }
  return nanoseconds / 1e9;
}
// Bytes of memory of a process, what it shares counted by its part.
function pss(pid) {
  return 1024 * Number(/^Pss: *(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);
}

// Bytes of media in files without a name that the processes have open (base/media_file.h), each file once.
function mediaFiles(pids) {
  const sizes = new Map();
  for (const pid of pids) {
    for (const descriptor of fs.readdirSync(`/proc/${pid}/fd`)) {
      const file = `/proc/${pid}/fd/${descriptor}`;
      try {
        if (!fs.readlinkSync(file).includes('memfd:kickoff-media')) continue;
        const { ino, blocks } = fs.statSync(file);
        sizes.set(ino, 512 * blocks);
      } catch { /* closed meanwhile */ }
    }
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

// The first line that a program says of itself; empty if there is none.
function version(command) {
  const { stdout, stderr } = spawnSync(command[0], command.slice(1), { encoding: 'utf8' });
  return `${stdout ?? ''}${stderr ?? ''}`.trim().split(/\n| [[(]/)[0];
}

// Prints rows under a head, columns aligned; above them machine, load, commit, what was run, and the versions of `programs`
// ([[command, argument…]]).
function table(title, head, rows, programs = []) {
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { cwd: root }).toString().trim();
  const settings = Object.keys(process.env).filter((name) => name.startsWith('KICKOFF_')).map((name) => `${name}=${process.env[name]} `).join('');
  console.log(`\n${title}\n${os.cpus()[0].model}, ${os.cpus().length} cores, Linux ${os.release()}, load ${os.loadavg()[0].toFixed(1)}, commit ${commit}`);
  console.log(`${settings}${path.relative(root, process.argv[1])} ${process.argv.slice(2).join(' ')}`.trim());
  if (programs.length) console.log(programs.map(version).join(', '));
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  for (const row of all) console.log(row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  '));
}

module.exports = { median, quantile, cpuSeconds, pss, mediaFiles, table };
