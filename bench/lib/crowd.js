// Runs kickoff-viewers and the servers that it loads.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { root, sleep } = require('../../tests/integration/harness');

const generator = process.env.KICKOFF_VIEWERS ?? path.join(root, 'build/bench/viewers/kickoff-viewers');
let runs = 0;

// Starts the generator. → {child, result: Promise of its results, with its exit status as `status`}
function startCrowd(url, options) {
  const file = path.join(os.tmpdir(), `kickoff-crowd-${process.pid}-${runs++}.json`);
  const args = Object.entries(options).filter(([, value]) => value !== undefined && value !== false)
    .flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));
  const child = spawn(generator, [url, ...args, '--json', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const result = new Promise((resolve, reject) => child.on('error', reject).on('close', (status) => {
    if (!fs.existsSync(file)) return reject(new Error(`${generator} ended with ${status} and without results`));
    const results = { ...JSON.parse(fs.readFileSync(file, 'utf8')), status };
    fs.rmSync(file);
    if (results.error_count) console.error(`${url}: ${JSON.stringify(results.errors_by_kind).slice(0, 500)}`);
    return resolve(results);
  }));
  return { child, result };
}
const crowd = (url, options) => startCrowd(url, options).result;

// The bare epoll server of bench/floor with playlists of `size` bytes. → {pid, url, stop()}
async function startFloor(size) {
  const child = spawn(path.join(root, 'build/bench/floor/floor_park'), ['--size', String(size), '--seconds', '3600'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(/\d+/.exec(data)[0])));
  return { pid: child.pid, url: `http://127.0.0.1:${port}/live/floor/index.m3u8`, stop: () => child.kill() };
}

// Memory that belongs to a process alone. Units: bytes.
function ownMemory(pid) {
  const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return 1024 * ['Private_Clean', 'Private_Dirty'].reduce((sum, name) => sum + Number(new RegExp(`^${name}: *(\\d+)`, 'm').exec(text)[1]), 0);
}

module.exports = { crowd, startCrowd, startFloor, ownMemory, sleep };
