// deploy/cloudfront/kickoff.yaml, offline: its references resolve, it is within CloudFront's limits, and its policies agree with what the
// server and conf/cdn say.
'use strict';
const { test } = require('node:test');
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const vm = require('node:vm');
const { root, text, read, within, expand } = require('./templates');

const file = 'deploy/cloudfront/kickoff.yaml';
const template = read(file);
const least = { OriginDomain: 'one.example.com', OriginShieldRegion: 'eu-central-1', OriginSecret: 'kickoff/origin' };
const full = {
  ...least, BackupDomain: 'two.example.com', OriginSecretVersion: 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111', Aliases: 'live.example.com,www.example.com', CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/a1',
  WebAclArn: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b', AlarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:night',
};
const made = (given) => expand(template, given).resources;
const distributionOf = (given) => made(given).Distribution.Properties.DistributionConfig;
const behaviours = ({ CacheBehaviors, DefaultCacheBehavior }) => [...CacheBehaviors, { PathPattern: '*', ...DefaultCacheBehavior }];
const keyOf = (name) => made(least)[name].Properties.CachePolicyConfig;
// A number or text of the sources: the constants that the template has to agree with are where the server has them.
function source(name, pattern) {
  const match = pattern.exec(text(name));
  assert.ok(match, `${name} no longer has ${pattern}`);
  return match[1];
}

test('every reference, attribute, condition and dependency names something of the template', () => {
  const { Parameters, Resources, Conditions, Outputs } = template;
  const used = new Set();
  const attributes = { QueryFunction: ['FunctionMetadata.FunctionARN'], Distribution: ['DomainName', 'Id'], LogBucket: ['Arn'], LogDestination: ['Arn'] };
  const known = (name, where) => {
    const [id, ...rest] = name.split('.');
    used.add(id);
    if (name.startsWith('AWS::')) assert.match(name, /^AWS::(NoValue|Region|Partition|AccountId|StackName)$/);
    else if (rest.length) assert.ok(attributes[id]?.includes(rest.join('.')) && Resources[id], `${where}: no attribute ${name}`);
    else assert.ok(Parameters[id] || Resources[id], `${where}: ${name} is nothing of the template`);
  };
  for (const [value, where] of within({ Resources, Conditions, Outputs, Rules: template.Rules })) {
    const at = where.join('.');
    if (typeof value.Ref === 'string') known(value.Ref, at);
    if (value['Fn::GetAtt']) known(value['Fn::GetAtt'].join('.'), at);
    if (value['Fn::If']) assert.ok(Conditions[value['Fn::If'][0]], `${at}: no condition ${value['Fn::If'][0]}`);
    if (typeof value['Fn::Sub'] === 'string') for (const [, name] of value['Fn::Sub'].matchAll(/\$\{([^}]+)\}/g)) known(name, at);
    if (value.DependsOn) assert.ok(Resources[value.DependsOn], `${at}: no resource ${value.DependsOn}`);
  }
  for (const name of Object.keys(Parameters)) assert.ok(used.has(name), `nothing uses the parameter ${name}`);
  const shown = template.Metadata['AWS::CloudFormation::Interface'].ParameterGroups.flatMap((group) => group.Parameters);
  assert.deepStrictEqual(shown.sort(), Object.keys(Parameters).sort(), 'every parameter is in a group of the form');
});

test('a stack is refused outside of us-east-1 only, and aliases without a certificate', () => {
  assert.deepStrictEqual(expand(template, least).broken, []);
  assert.deepStrictEqual(expand(template, full).broken, []);
  assert.deepStrictEqual(expand(template, { ...least, 'AWS::Region': 'eu-west-1' }).broken, ['Region']);
  assert.deepStrictEqual(expand(template, { ...least, Aliases: 'live.example.com' }).broken, ['AliasesHaveACertificate']);
});

test('parameters take what they describe, and nothing else', () => {
  const takes = (name, value) => new RegExp(template.Parameters[name].AllowedPattern).test(value);
  for (const [name, value] of Object.entries(full)) if (template.Parameters[name].AllowedPattern) assert.ok(takes(name, value), `${name}: ${value}`);
  for (const bad of ['https://one.example.com', 'one.example.com/live', 'one.example.com:8443', '']) assert.ok(!takes('OriginDomain', bad), bad);
  for (const [name, { Default, AllowedPattern }] of Object.entries(template.Parameters)) {
    if (AllowedPattern && Default !== undefined) assert.ok(takes(name, Default), `the default of ${name}`);
  }
});

test('it is within the limits of CloudFront and CloudFormation', () => {
  assert.ok(Buffer.byteLength(text(file)) <= 51200, 'else it has to be put into S3 first');
  assert.doesNotMatch(text(file), /^\s*[^#\n]*[:-] [&*]\w+\s*$/m, 'CloudFormation takes no YAML aliases');
  const resources = made(full);
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type === 'AWS::CloudFront::CachePolicy') {
      const { QueryStringsConfig, HeadersConfig, CookiesConfig } = Properties.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin;
      assert.ok((QueryStringsConfig.QueryStrings ?? []).length <= 10);
      assert.deepStrictEqual([HeadersConfig, CookiesConfig], [{ HeaderBehavior: 'none' }, { CookieBehavior: 'none' }], 'CF-5');
    }
    if (Type === 'AWS::Logs::DeliverySource' || Type === 'AWS::Logs::DeliveryDestination') assert.match(Properties.Name, /^[\w-]{1,60}$/);
  }
  assert.ok(Buffer.byteLength(resources.QueryFunction.Properties.FunctionCode) <= 10240);
  for (const origin of distributionOf(full).Origins) {
    assert.ok(origin.ConnectionTimeout >= 1 && origin.ConnectionTimeout <= 10 && origin.ConnectionAttempts >= 1 && origin.ConnectionAttempts <= 3, origin.Id);
    for (const { HeaderName } of origin.OriginCustomHeaders) assert.doesNotMatch(HeaderName, /^(X-Amz-|X-Edge-|Host$|Range$|Cache-Control$)/i, 'CF-19');
  }
  const { MinValue, MaxValue, Default } = template.Parameters.OriginPort;
  assert.deepStrictEqual([MinValue, MaxValue, String(Default)], [443, 65535, source('conf/kickoff.yaml', /^ {2}tls_port: (\d+)/m)]);
});

test('playlists are kept by the names that the viewer-request function knows, and by nothing else (CF-6, CF-7, CF-30)', () => {
  const context = vm.createContext({});
  vm.runInContext(text('conf/cdn/viewer_request.js'), context);
  const { QueryStringsConfig, EnableAcceptEncodingGzip, EnableAcceptEncodingBrotli } = keyOf('PlaylistPolicy').ParametersInCacheKeyAndForwardedToOrigin;
  assert.deepStrictEqual(QueryStringsConfig.QueryStrings, [...context.names]);
  for (const name of QueryStringsConfig.QueryStrings) assert.ok(['src/hls/directives.cc', 'src/hls/time_shift.cc', 'src/hls/view.cc'].some((one) => text(one).includes(`name == "${name}"`) || text(one).includes(`name != "${name}"`)), `the server knows no ${name}`);
  assert.deepStrictEqual([EnableAcceptEncodingGzip, EnableAcceptEncodingBrotli], [true, false], 'CF-14');
  assert.deepStrictEqual(keyOf('MediaPolicy').ParametersInCacheKeyAndForwardedToOrigin.QueryStringsConfig, { QueryStringBehavior: 'none' });
});

test('the function is conf/cdn/viewer_request.js, word for word', () => {
  assert.strictEqual(template.Resources.QueryFunction.Properties.FunctionCode, text('conf/cdn/viewer_request.js'));
});

test('the server alone says how long, up to what it says at most (CF-9, CC-4, CC-7)', () => {
  for (const name of ['PlaylistPolicy', 'MediaPolicy', 'PagePolicy']) assert.deepStrictEqual([keyOf(name).MinTTL, keyOf(name).DefaultTTL], [0, 0], name);
  assert.strictEqual(keyOf('MediaPolicy').MaxTTL, Number(source('src/serve/replies.h', /kImmutable = "max-age=(\d+), immutable"/)));
  const longest = Number(source('conf/kickoff.yaml', /segment: 2s +# \[1s to (\d+)s;/)) * 1.5; // with splice_cuts
  assert.strictEqual(keyOf('PlaylistPolicy').MaxTTL, Number(source('src/hls/media_playlist.h', /longest_cache_life\(int target_duration\) { return (\d+) \*/)) * longest);
});

test('each path that the server knows has the policy of its kind, and no origin request policy', () => {
  const all = behaviours(distributionOf(least));
  const of = (path) => all.find(({ PathPattern }) => new RegExp(`^${PathPattern.replace(/\./g, '\\.').replace(/\*/g, '.*')}$`).test(path));
  const [playlist, keyFrames, thumbnail] = ['kPlaylistFile', 'kKeyFramesFile', 'kThumbnailFile'].map((name) => source('src/hls/uri.h', new RegExp(`${name} = "([^"]+)"`)));
  const kinds = {
    PlaylistPolicy: [`/live/match/${playlist}`, `/live/match/v720/${playlist}`, `/live/match/v720/${keyFrames}`, `/live/match/images/${playlist}`],
    MediaPolicy: ['/live/match/v720/880000000.m4s', '/live/match/v720/880000000.3.m4s', '/live/match/v720/init-1a2b3c4d.mp4', '/live/match/s1/880000000.vtt', '/live/match/images/880000000.jpg', `/live/match/${thumbnail}`],
    PagePolicy: ['/', '/play/match', '/web/play.js'],
  };
  for (const [policy, paths] of Object.entries(kinds)) for (const path of paths) assert.strictEqual(of(path).CachePolicyId, policy, path);
  const reports = of('/cmcd/match');
  assert.strictEqual(of('/cmcd'), reports);
  assert.strictEqual(source('src/serve/event_reports.h', /kPath = "([^"]+)"/), reports.PathPattern.replace('*', ''));
  assert.deepStrictEqual([reports.CachePolicyId, reports.AllowedMethods.includes('POST')], ['4135ea2d-6df8-44a3-9df3-4b5a84be39ad', true], 'nothing keeps a report');
  for (const behaviour of all) {
    assert.strictEqual(behaviour.OriginRequestPolicyId, undefined);
    if (behaviour === reports) continue;
    assert.deepStrictEqual([behaviour.AllowedMethods, behaviour.CachedMethods], [['GET', 'HEAD', 'OPTIONS'], ['GET', 'HEAD', 'OPTIONS']], 'CF-23');
    const functions = behaviour.CachePolicyId === 'PlaylistPolicy' ? [{ EventType: 'viewer-request', FunctionARN: 'QueryFunction.FunctionMetadata.FunctionARN' }] : undefined;
    assert.deepStrictEqual(behaviour.FunctionAssociations, functions, 'a query is in no other key');
  }
});

test('what CloudFront says of cross-origin requests is what the server says (CF-23)', () => {
  const { CorsConfig } = made(least).CrossOriginPolicy.Properties.ResponseHeadersPolicyConfig;
  const listed = (pattern) => source('src/serve/replies.cc', pattern).split(', ');
  assert.deepStrictEqual(CorsConfig.AccessControlExposeHeaders.Items, listed(/kExposed =\s+"([^"]+)"/));
  assert.deepStrictEqual(CorsConfig.AccessControlAllowHeaders.Items, listed(/"access-control-allow-headers",\s+"([^"]+)"/));
  assert.deepStrictEqual(CorsConfig.AccessControlAllowMethods.Items, listed(/"access-control-allow-methods", "([^"]+)"/));
  assert.strictEqual(String(CorsConfig.AccessControlMaxAgeSec), source('src/serve/replies.cc', /"access-control-max-age", "(\d+)"/));
  assert.strictEqual(CorsConfig.OriginOverride, false);
});

for (const [what, given] of [['one server', least], ['two servers', full]]) {
  test(`with ${what}: each behaviour has a target, and time-outs fit held playlists (CF-2, CF-3)`, () => {
    const distribution = distributionOf(given);
    const origins = distribution.Origins.map(({ Id }) => Id);
    const groups = (distribution.OriginGroups?.Items ?? []).map(({ Id }) => Id);
    for (const { TargetOriginId, AllowedMethods } of behaviours(distribution)) assert.strictEqual(TargetOriginId, given.BackupDomain && !AllowedMethods.includes('POST') ? 'both' : 'primary', 'a group takes no POST');
    for (const target of behaviours(distribution).map(({ TargetOriginId }) => TargetOriginId)) assert.ok([...origins, ...groups].includes(target), target);
    for (const { Members } of distribution.OriginGroups?.Items ?? []) assert.deepStrictEqual(Members.Items.map(({ OriginId }) => OriginId), origins);
    const held = Number(source('src/origin/channel_snapshot.cc', /kLongestHold = (\d+) \* base::kSecond/));
    const idle = Number(source('src/serve/connection.h', /idle = (\d+) \* base::kSecond/));
    for (const { CustomOriginConfig: { OriginReadTimeout, OriginKeepaliveTimeout, ...rest }, OriginShield } of distribution.Origins) {
      assert.ok(OriginReadTimeout > held, 'no held request may time out');
      assert.ok(OriginKeepaliveTimeout < idle, 'the server may not be the one that closes');
      assert.deepStrictEqual(rest, { OriginProtocolPolicy: 'https-only', HTTPSPort: 8443, OriginSSLProtocols: ['TLSv1.2'] });
      assert.deepStrictEqual(OriginShield, { Enabled: true, OriginShieldRegion: 'eu-central-1' });
    }
  });
}

test('a second server is asked after errors of the first, not after its 403 and 404', () => {
  const [{ FailoverCriteria, Members }] = distributionOf(full).OriginGroups.Items;
  assert.deepStrictEqual(FailoverCriteria.StatusCodes, { Quantity: 4, Items: [500, 502, 503, 504] });
  assert.strictEqual(Members.Quantity, Members.Items.length);
  for (const { ConnectionAttempts } of distributionOf(full).Origins) assert.strictEqual(ConnectionAttempts, 1, 'one time-out, not three, before the other one is asked');
});

test('errors are kept for a second, whatever CloudFront keeps by itself (CF-10)', () => {
  assert.deepStrictEqual(distributionOf(least).CustomErrorResponses, [404, 414, 500, 501, 502, 503, 504].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 1 })));
});

test('each origin gets the secret in the header that http.origin_lock asks for (CF-19)', () => {
  const header = source('conf/kickoff.yaml', /origin_lock:\n +header: (\S+)/);
  const secrets = (given) => distributionOf(given).Origins.map(({ OriginCustomHeaders }) => OriginCustomHeaders);
  assert.deepStrictEqual(secrets(least), [[{ HeaderName: header, HeaderValue: '{{resolve:secretsmanager:kickoff/origin:SecretString}}' }]]);
  const newer = { HeaderName: header, HeaderValue: `{{resolve:secretsmanager:kickoff/origin:SecretString:::${full.OriginSecretVersion}}}` };
  assert.deepStrictEqual(secrets(full), [[newer], [newer]]);
});

test('aliases, certificate and web ACL are there when they are given', () => {
  assert.deepStrictEqual(distributionOf(least).ViewerCertificate, { CloudFrontDefaultCertificate: true });
  for (const name of ['Aliases', 'WebACLId', 'OriginGroups']) assert.ok(!(name in distributionOf(least)), name);
  const { Aliases, ViewerCertificate, WebACLId, HttpVersion } = distributionOf(full);
  assert.deepStrictEqual(Aliases, ['live.example.com', 'www.example.com']);
  assert.deepStrictEqual(ViewerCertificate, { AcmCertificateArn: full.CertificateArn, MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' });
  assert.deepStrictEqual([WebACLId, HttpVersion], [full.WebAclArn, 'http2and3']);
});

test('alarms watch this distribution, go to the topic, and name sections of the documents', () => {
  const alarms = Object.entries(made(full)).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
  assert.deepStrictEqual(alarms.map(([, { Properties }]) => Properties.MetricName).sort(), ['5xxErrorRate', 'CacheHitRate', 'FunctionExecutionErrors', 'OriginLatency']);
  for (const [name, { Properties, DependsOn }] of alarms) {
    const dimension = Properties.Dimensions.find(({ Name }) => Name !== 'Region');
    const wanted = Properties.MetricName.startsWith('Function') ? made(full).QueryFunction.Properties.Name : 'Distribution';
    assert.strictEqual(dimension.Value, wanted, name);
    assert.deepStrictEqual([Properties.AlarmActions, Properties.OKActions], [[full.AlarmTopicArn], [full.AlarmTopicArn]], name);
    assert.deepStrictEqual(made(least)[name].Properties.AlarmActions, [], name);
    if (['CacheHitRate', 'OriginLatency'].includes(Properties.MetricName)) assert.strictEqual(DependsOn, 'Metrics', 'these cost extra and have to be asked for');
    for (const [, page, section] of Properties.AlarmDescription.matchAll(/(docs\/\w+\.md)(?:, (\w+))?/g)) {
      if (section) assert.match(text(page), new RegExp(`^### ${section}$`, 'm'));
      else assert.ok(text(page));
    }
  }
  const { Default } = template.Parameters.OriginLatencyLimit;
  assert.ok(Default > 2000, 'playlists are held for up to a target duration');
});

test('logs hold no viewer: no address, cookie, referrer, or header that has them', () => {
  const { RecordFields } = made(least).LogDelivery.Properties;
  for (const field of ['c-ip', 'c-port', 'x-forwarded-for', 'cs(Cookie)', 'cs(Referer)']) assert.ok(!RecordFields.includes(field), field);
  for (const field of ['timestamp(ms)', 'cs-uri-stem', 'cs-uri-query', 'sc-status', 'time-taken', 'origin-fbl', 'x-edge-result-type']) assert.ok(RecordFields.includes(field), field);
  assert.strictEqual(new Set(RecordFields).size, RecordFields.length);
});

test('cfn-lint finds nothing, where it is installed', (t) => {
  const { error, status, stdout, stderr } = spawnSync('cfn-lint', ['-i', 'I', '-t', file], { cwd: root, encoding: 'utf8' });
  if (error?.code === 'ENOENT') return t.skip('there is no cfn-lint: pip install cfn-lint');
  assert.strictEqual(status, 0, stdout + stderr);
});
