// Reads what deploy/ and docker/ have: YAML, with CloudFormation's short forms of its functions, and templates with their parameters put in.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const YAML = require('yaml');

const root = path.resolve(__dirname, '../..');
const text = (file) => fs.readFileSync(path.join(root, file), 'utf8');

// "!Sub x" → {"Fn::Sub": "x"}, "!GetAtt a.b.c" → {"Fn::GetAtt": ["a", "b.c"]}.
const functions = ['Ref', 'Condition', 'Sub', 'GetAtt', 'If', 'Equals', 'Not', 'And', 'Or', 'Join', 'EachMemberEquals'];
const long = (name, value) => {
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  if (name === 'GetAtt' && typeof value === 'string') return { 'Fn::GetAtt': [value.split('.')[0], value.split('.').slice(1).join('.')] };
  return { [`Fn::${name}`]: value };
};
const customTags = functions.flatMap((name) => [
  { tag: `!${name}`, resolve: (value) => long(name, value) },
  { tag: `!${name}`, collection: 'seq', resolve: (value) => long(name, value.toJSON()) },
]);

function documents(file) {
  return YAML.parseAllDocuments(text(file), { customTags, prettyErrors: true }).map((document) => {
    for (const problem of [...document.errors, ...document.warnings]) throw new Error(`${file}: ${problem.message}`);
    return document.toJS({ maxAliasCount: 0 });
  });
}
function read(file) {
  const all = documents(file);
  if (all.length !== 1) throw new Error(`${file} has ${all.length} documents`);
  return all[0];
}

// Each object and array within, with its path.
function* within(value, where = []) {
  if (value === null || typeof value !== 'object') return;
  yield [value, where];
  for (const [key, inner] of Object.entries(value)) yield* within(inner, [...where, key]);
}

const nothing = Symbol('AWS::NoValue');
const pseudo = { 'AWS::Region': 'us-east-1', 'AWS::Partition': 'aws', 'AWS::AccountId': '123456789012', 'AWS::StackName': 'kickoff', 'AWS::NoValue': nothing };

// The resources of a template as CloudFormation makes them with these parameters: conditions decided, what is AWS::NoValue left out. A
// reference to another resource stays as text: "Name" or "Name.Attribute".
function expand(template, given = {}) {
  const parameters = { ...pseudo, ...Object.fromEntries(Object.entries(given).filter(([name]) => name in pseudo)) };
  for (const [name, { Type, Default }] of Object.entries(template.Parameters)) {
    const value = given[name] ?? Default;
    if (value === undefined) throw new Error(`the parameter ${name} has no value`);
    parameters[name] = Type === 'CommaDelimitedList' ? String(value).split(',') : value;
  }
  const named = (name) => parameters[name] ?? name;
  const call = {
    Ref: named,
    Condition: (name) => evaluate(template.Conditions[name]),
    'Fn::GetAtt': ([name, attribute]) => `${name}.${attribute}`,
    'Fn::Sub': (format) => format.replace(/\$\{([^}]+)\}/g, (_, name) => String(named(name))),
    'Fn::Join': ([between, list]) => evaluate(list).join(between),
    'Fn::Equals': ([one, other]) => evaluate(one) === evaluate(other),
    'Fn::Not': ([one]) => !evaluate(one),
    'Fn::EachMemberEquals': ([list, value]) => evaluate(list).every((one) => one === value),
    'Fn::If': ([condition, yes, no]) => evaluate(evaluate(template.Conditions[condition]) ? yes : no),
  };
  function evaluate(value) {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(evaluate).filter((one) => one !== nothing);
    const keys = Object.keys(value);
    if (keys.length === 1 && call[keys[0]]) return call[keys[0]](value[keys[0]]);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, evaluate(inner)]).filter(([, inner]) => inner !== nothing));
  }
  const holds = (rule) => (rule.RuleCondition && !evaluate(rule.RuleCondition)) || rule.Assertions.every(({ Assert }) => evaluate(Assert));
  const broken = Object.entries(template.Rules ?? {}).filter(([, rule]) => !holds(rule)).map(([name]) => name);
  return { resources: evaluate(template.Resources), broken };
}

module.exports = { root, text, documents, read, within, expand };
