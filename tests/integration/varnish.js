// Varnish with conf/cdn/varnish.vcl in front of a server: the stand-in for CloudFront.
'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { run, freeTcp, sleep, root } = require('./harness');

const script = path.join(root, 'conf/cdn/varnish.vcl');

// The script with another origin and another ErrorCachingMinTTL than the ones it is shipped with.
function scriptFor(port, errorTtl) {
  const text = fs.readFileSync(script, 'utf8');
  const made = text.replace('.port = "8080"', `.port = "${port}"`).replace('(beresp.ttl < 10s) { set beresp.ttl = 10s; }', `(beresp.ttl < ${errorTtl}s) { set beresp.ttl = ${errorTtl}s; }`);
  if ((made === text && port !== 8080) || !made.includes(`ttl = ${errorTtl}s; }`)) throw new Error(`${script} has no place for port and error TTL`);
  return made;
}

// port: the origin's, on loopback. → {port, origin, pid, work, output(), counter(name), stop()}
async function startVarnish(port, { errorTtl = 10 } = {}) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-varnish-'));
  const file = path.join(directory, 'cdn.vcl');
  const work = path.join(directory, 'work');
  fs.writeFileSync(file, scriptFor(port, errorTtl));
  const own = await freeTcp();
  const varnish = run('varnishd', ['-F', '-j', 'none', '-n', work, '-f', file, '-a', `127.0.0.1:${own}`, '-T', 'none', '-s', 'malloc,64m',
    '-p', 'vsl_space=8m', '-p', 'thread_pool_min=20', '-p', 'backend_idle_timeout=5',
    // Beyond any pause of a test: a connection closed just when a request goes out on it is not what is tested.
    '-p', 'timeout_idle=120']);
  const answers = () => fetch(`http://127.0.0.1:${own}/`, { method: 'PUT' }).then(({ status }) => status === 403, () => false);
  for (const began = Date.now(); !(await answers()); await sleep(50)) {
    if (varnish.child.exitCode !== null || Date.now() - began > 60000) throw new Error(`varnish does not start:\n${varnish.output()}`);
  }
  return {
    port: own,
    origin: `http://127.0.0.1:${own}`,
    pid: varnish.child.pid,
    work, // what varnishncsa and the like take as -n
    output: varnish.output,
    // One of varnishstat's, MAIN.n_object say.
    counter: (name) => JSON.parse(execFileSync('varnishstat', ['-n', work, '-1', '-j', '-f', name])).counters[name].value,
    stop: async () => {
      await varnish.stop('SIGTERM');
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

module.exports = { startVarnish };
