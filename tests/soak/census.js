// What the server and its children hold.
'use strict';
const fs = require('node:fs');
const { descendants } = require('../integration/harness');

const count = (directory) => { try { return fs.readdirSync(directory).length; } catch { return 0; } };
function memoryOf(pid) {
  try {
    return 1024 * Number(/^Pss: *(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);
  } catch {
    return 0; // it went meanwhile
  }
}
function isZombie(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2] === 'Z';
  } catch {
    return false;
  }
}

// → {memory (bytes, PSS), descriptors, threads, processes, zombies}, all processes together.
function census(server) {
  const pids = [server, ...descendants(server)];
  const sum = (of) => pids.reduce((total, pid) => total + of(pid), 0);
  return {
    memory: sum(memoryOf),
    descriptors: sum((pid) => count(`/proc/${pid}/fd`)),
    threads: sum((pid) => count(`/proc/${pid}/task`)),
    processes: pids.length,
    zombies: pids.filter(isZombie).length,
  };
}

// The least squares through memory by minute: {slope, error: its standard error}. Units: bytes an hour.
function growthAnHour(rows) {
  const mean = (of) => rows.reduce((total, row) => total + of(row), 0) / rows.length;
  const [minute, memory] = [mean((row) => row.minute), mean((row) => row.memory)];
  const spread = rows.reduce((total, row) => total + (row.minute - minute) ** 2, 0);
  const slope = rows.reduce((total, row) => total + (row.minute - minute) * (row.memory - memory), 0) / spread;
  const left = rows.reduce((total, row) => total + (row.memory - memory - slope * (row.minute - minute)) ** 2, 0);
  return { slope: 60 * slope, error: 60 * Math.sqrt(left / (rows.length - 2) / spread) };
}

module.exports = { census, growthAnHour };
