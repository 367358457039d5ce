// deploy/kubernetes, offline: what the overlays render is valid, confined, and agrees with the server and the image. What the server
// itself says of their configurations: tests/integration/deploy.test.js.
'use strict';
const { test } = require('node:test');
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const YAML = require('yaml');
const { root, text, read, within } = require('./templates');
const { render } = require('./kustomize');

const folder = 'deploy/kubernetes';
const overlays = ['overlays/small', 'overlays/match-night'];
const rendered = Object.fromEntries(['base', ...overlays].map((name) => [name, render(path.join(folder, name))]));
const only = (objects, kind, name) => {
  const found = objects.filter((one) => one.kind === kind && (!name || one.metadata.name === name));
  assert.strictEqual(found.length, 1, `${kind} ${name ?? ''}`);
  return found[0];
};
// The servers: kickoff-origin, and kickoff-edge where there are edges. What belongs to one has its name.
const workloadsOf = (objects) => objects.filter(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind));
const podOf = (objects, server = 'kickoff-origin') => workloadsOf(objects).find(({ metadata }) => metadata.name === server).spec.template;
const containerOf = (objects, server) => podOf(objects, server).spec.containers[0];
const configurationOf = (objects, server = 'kickoff-origin') => YAML.parse(only(objects, 'ConfigMap', server).data['kickoff.yaml']);
const each = (title, judge) => { for (const [name, objects] of Object.entries(rendered)) test(`${name}: ${title}`, (t) => judge(objects, name, t)); };
const eachServer = (title, judge) => {
  for (const [name, objects] of Object.entries(rendered)) {
    for (const { metadata } of workloadsOf(objects)) test(`${name}, ${metadata.name}: ${title}`, () => judge(objects, metadata.name, name));
  }
};
const selects = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);

// The validators of kubernetes-models, generated from Kubernetes' OpenAPI, pass over keys that they do not know: a key that none of them
// has read is one that Kubernetes has not.
const groups = { v1: 'CoreV1', 'apps/v1': 'AppsV1', 'policy/v1': 'PolicyV1', 'networking.k8s.io/v1': 'NetworkingV1', 'autoscaling/v2': 'AutoscalingV2' };
function faultsOf(object) {
  const { validate } = require(path.join(root, 'node_modules/kubernetes-models/_schemas', `IoK8sApi${groups[object.apiVersion]}${object.kind}.js`));
  const faults = [];
  const watched = [];
  const watch = (value, where) => {
    if (value === null || typeof value !== 'object') return value;
    const unread = new Set(Array.isArray(value) ? [] : Object.keys(value));
    watched.push({ unread, where });
    const inner = new Map(Object.entries(value).map(([key, one]) => [key, watch(one, `${where}/${key}`)]));
    return new Proxy(value, { get: (target, key) => { unread.delete(key); return inner.has(key) ? inner.get(key) : target[key]; } });
  };
  if (!validate(watch(object, ''))) faults.push(...validate.errors.map(({ instancePath, message, schemaPath }) => `${instancePath} ${message ?? schemaPath}`));
  for (const { unread, where } of watched) for (const key of unread) faults.push(`${where}/${key} is unknown`);
  return faults;
}

test('what is wrong with an object is found: values, missing keys, unknown keys', () => {
  const good = only(rendered.base, 'StatefulSet');
  const changed = (change) => { const copy = structuredClone(good); change(copy.spec.template.spec.containers[0], copy); return faultsOf(copy).join('\n'); };
  assert.strictEqual(changed(() => {}), '');
  assert.match(changed((container) => { container.ports[0].protocol = 'TCPX'; }), /ports\/0\/protocol/);
  assert.match(changed((container) => { container.livenesProbe = {}; }), /livenesProbe is unknown/);
  assert.match(changed((container) => { container.livenessProbe.httpGet.pfad = '/'; }), /httpGet\/pfad is unknown/);
  assert.match(changed((_, object) => { delete object.spec.template.spec.containers; }), /spec/);
  assert.match(changed((_, object) => { object.spec.replicas = 'two'; }), /replicas/);
});
each('every object is valid, and there once', (objects) => {
  for (const object of objects) assert.deepStrictEqual(faultsOf(object), [], `${object.kind} ${object.metadata.name}`);
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
  assert.strictEqual(new Set(names).size, names.length, names.join('\n'));
  for (const { kind, metadata } of objects) if (kind !== 'Namespace') assert.strictEqual(metadata.namespace, 'kickoff', kind);
});
each('kustomize makes the same of it, where there is one', (objects, name, t) => {
  const { error, status, stdout, stderr } = spawnSync('kubectl', ['kustomize', path.join(folder, name)], { cwd: root, encoding: 'utf8' });
  if (error?.code === 'ENOENT' || (status !== 0 && /unknown (command|field)|must build at directory/.test(stderr))) return t.skip('there is no kubectl with kustomize 5');
  assert.strictEqual(status, 0, stderr);
  const sorted = (list) => [...list].sort((a, b) => `${a.kind} ${a.metadata.name}`.localeCompare(`${b.kind} ${b.metadata.name}`));
  assert.deepStrictEqual(sorted(objects), sorted(YAML.parseAllDocuments(stdout).map((one) => one.toJS())));
});

eachServer('ports, probes and services are where the configuration puts them', (objects, server) => {
  const { http, rtmp, srt, admin } = configurationOf(objects, server);
  const defaults = YAML.parse(text('conf/kickoff.yaml'));
  const port = (section, key, given) => (given && key in given ? given[key] : defaults[section][key]);
  const serves = {
    http: port('http', 'port', http), https: port('http', 'tls_port', http), rtmp: port('rtmp', 'port', rtmp), rtmps: port('rtmp', 'tls_port', rtmp), srt: port('srt', 'port', srt), admin: port('admin', 'port', admin),
  };
  const { ports, startupProbe, livenessProbe, readinessProbe } = containerOf(objects, server);
  for (const { name, containerPort, protocol = 'TCP' } of ports) {
    if (serves[name] !== 0) assert.deepStrictEqual([containerPort, protocol], [serves[name], name === 'srt' ? 'UDP' : 'TCP'], name);
  }
  const routes = text('src/api/routes.cc');
  for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
    assert.strictEqual(httpGet.port, 'admin');
    assert.ok(routes.includes(`{"GET", "${httpGet.path}"`), httpGet.path);
    assert.ok(!httpGet.host && !httpGet.httpHeaders, 'a probe names the address of the pod, which admin.hosts need not have');
  }
  assert.deepStrictEqual([livenessProbe.httpGet.path, readinessProbe.httpGet.path], ['/livez', '/readyz'], 'a channel without parts is no reason to kill the server');
  assert.strictEqual(admin.listen, '0.0.0.0', 'the loopback address cannot be asked from outside of the pod');
  const { annotations, labels } = podOf(objects, server).metadata;
  assert.deepStrictEqual([annotations['prometheus.io/port'], annotations['prometheus.io/path']], [String(serves.admin), '/metrics']);
  for (const { metadata, spec } of objects.filter(({ kind, spec: one }) => kind === 'Service' && selects(one.selector, labels))) {
    for (const { targetPort, protocol = 'TCP' } of spec.ports) {
      const target = ports.find(({ name }) => name === targetPort);
      assert.strictEqual(target?.protocol ?? 'TCP', protocol, `${metadata.name}: ${targetPort}`);
      assert.ok(serves[targetPort] > 0, `${metadata.name}: nothing listens at ${targetPort}`);
      if (targetPort === 'admin') assert.strictEqual(spec.clusterIP, 'None', 'the administration port is in no service that spreads or exposes it');
    }
    if (spec.type === 'LoadBalancer') assert.strictEqual(spec.externalTrafficPolicy, 'Local', 'limits by address need the address of the client');
  }
});
each('each service has the pods of one kind of server, and the origins have the names that theirs gives', (objects) => {
  for (const { metadata, spec } of objects.filter(({ kind }) => kind === 'Service')) {
    const found = workloadsOf(objects).filter((one) => selects(spec.selector, one.spec.template.metadata.labels));
    assert.strictEqual(found.length, 1, metadata.name);
  }
  assert.strictEqual(only(objects, 'StatefulSet').spec.serviceName, only(objects, 'Service', 'kickoff-origin').metadata.name);
});
eachServer('the pod is confined as the image allows, and mounts what is there', (objects, server, name) => {
  const { spec } = podOf(objects, server);
  const container = containerOf(objects, server);
  const dockerfile = text('docker/Dockerfile');
  const [, user, group] = /^USER (\d+):(\d+)$/m.exec(dockerfile);
  assert.deepStrictEqual(spec.securityContext, { runAsNonRoot: true, runAsUser: Number(user), runAsGroup: Number(group), fsGroup: Number(group), fsGroupChangePolicy: 'OnRootMismatch', seccompProfile: { type: 'RuntimeDefault' } });
  assert.deepStrictEqual(container.securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  assert.deepStrictEqual([spec.automountServiceAccountToken, spec.enableServiceLinks], [false, false]);
  assert.ok(!spec.hostNetwork && !spec.hostPID);
  const [, command] = /^CMD (\[.*\])$/m.exec(dockerfile);
  assert.deepStrictEqual(container.args, JSON.parse(command));
  const claims = (workloadsOf(objects).find(({ metadata }) => metadata.name === server).spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);
  const volumes = [...claims, ...spec.volumes.map((one) => one.name)];
  assert.deepStrictEqual(container.volumeMounts.map((one) => one.name).sort(), [...volumes].sort());
  const [, state] = /^VOLUME (\S+)$/m.exec(dockerfile);
  assert.strictEqual(container.volumeMounts.find((one) => one.name === 'state').mountPath, state);
  assert.deepStrictEqual(spec.volumes.flatMap(({ configMap }) => (configMap ? [configMap.name] : [])), [server]);
  const configuration = configurationOf(objects, server);
  assert.strictEqual(configuration.state_directory, state);
  assert.match(container.image, /:\d/, `${name}: a version, not whatever is newest`);
  for (const file of [configuration.http?.certificate, configuration.http?.key].filter(Boolean)) assert.ok(container.volumeMounts.some(({ mountPath }) => file.startsWith(`${mountPath}/`)), file);
});
eachServer('the configuration reads from the environment what the pod puts there, and the secret has its names in the comments', (objects, server, name) => {
  const variables = containerOf(objects, server).env.map((one) => one.name);
  const wanted = [];
  for (const [value] of within(configurationOf(objects, server))) for (const [key, variable] of Object.entries(value)) if (/_env$/.test(key)) wanted.push(variable);
  assert.deepStrictEqual([...wanted, 'KICKOFF_ADMIN_TOKEN'].sort(), [...variables].sort());
  const source = `${folder}/${name === 'overlays/match-night' ? name : 'base'}/${server.replace('kickoff-', '')}.yaml`;
  for (const { valueFrom: { secretKeyRef } } of containerOf(objects, server).env) {
    assert.strictEqual(secretKeyRef.name, server);
    assert.ok(secretKeyRef.optional || text(source).includes(`--from-literal=${secretKeyRef.key}=`), secretKeyRef.key);
  }
});
eachServer('a pod that goes is out of its services before the server stops, and is not killed while it does', (objects, server) => {
  const [, seconds] = /^(\d+)s$/.exec(configurationOf(objects, server).drain);
  assert.strictEqual(containerOf(objects, server).lifecycle, undefined, 'the server drains by itself');
  const ends = Number(/SIGTERM ends it with 0 within (\d+) s/.exec(text('docs/deployment.md'))[1]);
  assert.ok(podOf(objects, server).spec.terminationGracePeriodSeconds > Number(seconds) + ends);
  assert.ok(Number(seconds) >= 15, 'as long as load balancers take');
});
eachServer('the network lets in viewers and encoders by the ports that are served, and Prometheus alone to the administration', (objects, server) => {
  const { spec } = only(objects, 'NetworkPolicy', server);
  const { labels } = podOf(objects, server).metadata;
  assert.deepStrictEqual(spec.podSelector.matchLabels, labels);
  assert.deepStrictEqual(spec.policyTypes, ['Ingress', 'Egress']);
  const ports = Object.fromEntries(containerOf(objects, server).ports.map(({ name, protocol = 'TCP' }) => [name, protocol]));
  const open = [];
  for (const { from, ports: allowed } of spec.ingress) {
    for (const { port, protocol } of allowed) {
      assert.strictEqual(ports[port], protocol, port);
      if (port === 'admin') assert.ok(from?.length === 1 && from[0].namespaceSelector && from[0].podSelector, 'one peer, by both');
      else if (!from) open.push(port);
    }
  }
  const served = objects.filter(({ kind, spec: one }) => kind === 'Service' && one.type === 'LoadBalancer' && selects(one.selector, labels)).flatMap(({ spec: one }) => one.ports.map(({ targetPort }) => targetPort));
  assert.deepStrictEqual(open.sort(), served.sort());
});
eachServer('a disruption leaves somebody who serves', (objects, server) => {
  const { spec } = only(objects, 'PodDisruptionBudget', server);
  const workload = workloadsOf(objects).find(({ metadata }) => metadata.name === server);
  const scaler = objects.find(({ kind, spec: one }) => kind === 'HorizontalPodAutoscaler' && one.scaleTargetRef.name === server);
  const least = scaler?.spec.minReplicas ?? workload.spec.replicas ?? 1;
  const left = spec.minAvailable ?? least - spec.maxUnavailable;
  assert.ok(left >= 1, `${left} of ${least} are left`);
  assert.deepStrictEqual(spec.selector.matchLabels, podOf(objects, server).metadata.labels);
  if (scaler) assert.strictEqual(workload.spec.replicas, undefined, 'to apply it again would undo what the autoscaler has done');
});

test('match-night: each origin gets the feeds by itself and numbers alike', () => {
  const { rtmp, srt, channels } = configurationOf(rendered['overlays/match-night']);
  assert.deepStrictEqual([rtmp, srt], [{ port: 0, tls_port: 0 }, { port: 0 }]);
  for (const [name, channel] of Object.entries(channels)) {
    assert.deepStrictEqual([channel.anchor, channel.required], ['timecode', true], name);
    assert.deepStrictEqual(Object.values(channel.feeds).map(Object.keys), [['source_env'], ['source_env']], name);
    const [, seconds] = /window: (\d+)s +# longest window of a channel here/.exec(text('conf/kickoff.yaml'));
    assert.ok(Number.parseInt(channel.window, 10) <= Number(seconds), `${name}: no more than an edge keeps`);
  }
});
test('match-night: the edges ask each origin by its name, may reach it, and nobody else may', () => {
  const objects = rendered['overlays/match-night'];
  const { edge, channels } = configurationOf(objects, 'kickoff-edge');
  const { spec, metadata } = only(objects, 'StatefulSet');
  const names = Array.from({ length: spec.replicas }, (_, i) => `http://${metadata.name}-${i}.${spec.serviceName}.${metadata.namespace}.svc:8080`);
  assert.deepStrictEqual([edge.origins, channels], [names, undefined]);
  const headless = only(objects, 'Service', spec.serviceName);
  assert.ok(headless.spec.ports.some(({ port, targetPort }) => port === 8080 && targetPort === 'http'));
  const labelsOf = (server) => podOf(objects, server).metadata.labels;
  const out = only(objects, 'NetworkPolicy', 'kickoff-edge').spec.egress.find(({ ports }) => ports.some(({ port }) => port === 'http'));
  assert.deepStrictEqual(out.to, [{ podSelector: { matchLabels: labelsOf('kickoff-origin') } }]);
  const into = only(objects, 'NetworkPolicy', 'kickoff-origin').spec.ingress.find(({ ports }) => ports.some(({ port }) => port === 'http'));
  assert.deepStrictEqual(into.from, [{ podSelector: { matchLabels: labelsOf('kickoff-edge') } }]);
  assert.ok(selects(only(objects, 'Service', 'kickoff-viewers').spec.selector, labelsOf('kickoff-edge')));
});
test('match-night: the autoscaler asks for metrics that the adapter makes of series that the server has, and promtool takes the queries', () => {
  const { spec } = only(rendered['overlays/match-night'], 'HorizontalPodAutoscaler');
  const edges = only(rendered['overlays/match-night'], 'Deployment');
  assert.deepStrictEqual(spec.scaleTargetRef, { apiVersion: edges.apiVersion, kind: edges.kind, name: edges.metadata.name });
  const { rules } = read(`${folder}/prometheus-adapter.yaml`);
  assert.deepStrictEqual(spec.metrics.map(({ pods }) => pods.metric.name), rules.map(({ name }) => name.as));
  const sources = fs.readdirSync(path.join(root, 'src/metrics')).filter((name) => name.endsWith('.cc')).map((name) => text(`src/metrics/${name}`)).join('\n');
  const recorded = rules.map(({ seriesQuery, metricsQuery, name }) => {
    const series = /^(\w+)\{/.exec(seriesQuery)[1];
    assert.ok(sources.includes(`"${series}"`), series);
    const expr = metricsQuery.replaceAll('<<.Series>>', series).replaceAll('<<.LabelMatchers>>', 'namespace="kickoff",pod=~"kickoff-edge-a|kickoff-edge-b"').replaceAll('<<.GroupBy>>', 'pod');
    return { record: name.as, expr };
  });
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-adapter-'));
  fs.writeFileSync(path.join(directory, 'rules.yml'), YAML.stringify({ groups: [{ name: 'adapter', interval: '1m', rules: recorded }] }));
  // 40 % of headroom is a load of 0.6; 1,200 joins a minute are 20 a second.
  fs.writeFileSync(path.join(directory, 'test.yml'), YAML.stringify({
    rule_files: ['rules.yml'], evaluation_interval: '1m',
    tests: [{
      interval: '30s',
      input_series: [
        { series: 'kickoff_headroom_ratio{namespace="kickoff",pod="kickoff-edge-a"}', values: '0.4x20' },
        { series: 'kickoff_http_joins_total{namespace="kickoff",pod="kickoff-edge-a",loop="0"}', values: '0+600x20' },
      ],
      promql_expr_test: [
        { expr: 'kickoff_load_ratio', eval_time: '5m', exp_samples: [{ labels: 'kickoff_load_ratio{pod="kickoff-edge-a"}', value: 0.6 }] },
        { expr: 'kickoff_joins_per_second', eval_time: '5m', exp_samples: [{ labels: 'kickoff_joins_per_second{pod="kickoff-edge-a"}', value: 20 }] },
      ],
    }],
  }));
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'test.yml'], { cwd: directory, encoding: 'utf8' });
  fs.rmSync(directory, { recursive: true });
  assert.strictEqual(status, 0, stdout + stderr);
});
test('match-night: edges come at once, and go one at a time after half an hour', () => {
  const { scaleUp, scaleDown } = only(rendered['overlays/match-night'], 'HorizontalPodAutoscaler').spec.behavior;
  assert.strictEqual(scaleUp.stabilizationWindowSeconds, 0);
  assert.ok(scaleDown.stabilizationWindowSeconds >= 1800);
  assert.deepStrictEqual(scaleDown.policies, [{ type: 'Pods', value: 1, periodSeconds: 300 }]);
});
