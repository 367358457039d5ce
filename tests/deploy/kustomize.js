// What kustomize makes of deploy/kubernetes, for machines that have none: resources, strategic merge patches, namespace, labels and images,
// which is all that those files use. Anything else of a kustomization is an error.
'use strict';
const path = require('node:path');
const YAML = require('yaml');
const { documents, read } = require('./templates');

const known = ['apiVersion', 'kind', 'namespace', 'labels', 'resources', 'patches', 'images'];
// By what the elements of a list are the same ones; every other list is replaced as a whole.
const keys = { containers: 'name', env: 'name', volumes: 'name', volumeMounts: 'mountPath' };

function mergeList(base, patch, key) {
  const merged = [...base];
  const fresh = [];
  for (const { $patch, ...element } of patch) {
    const at = merged.findIndex((one) => one[key] === element[key]);
    if ($patch === 'delete') merged.splice(at, at < 0 ? 0 : 1);
    else if (at < 0) fresh.push(element);
    else merged[at] = merge(merged[at], element);
  }
  return [...fresh, ...merged];
}
function merge(base, patch) {
  const merged = { ...base };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else if (Array.isArray(value) && keys[name] && merged[name]) merged[name] = mergeList(merged[name], value, keys[name]);
    else if (typeof value === 'object' && !Array.isArray(value)) merged[name] = merge(merged[name] ?? {}, value);
    else merged[name] = value;
  }
  return merged;
}

function render(directory) {
  const kustomization = read(path.join(directory, 'kustomization.yaml'));
  for (const name of Object.keys(kustomization)) if (!known.includes(name)) throw new Error(`${directory}: ${name} is more than this reader knows`);
  const { namespace, labels = [], resources, patches = [], images = [] } = kustomization;
  let all = resources.flatMap((name) => (name.endsWith('.yaml') ? documents(path.join(directory, name)) : render(path.join(directory, name))));
  for (const object of all) {
    if (namespace && object.kind !== 'Namespace') object.metadata.namespace = namespace;
    for (const { pairs } of labels) object.metadata.labels = { ...object.metadata.labels, ...pairs };
    for (const container of object.spec?.template?.spec?.containers ?? []) {
      const image = images.find(({ name }) => name === container.image);
      if (image) container.image = `${image.newName}:${image.newTag}`;
    }
  }
  for (const { path: file, patch } of patches) {
    for (const { $patch, ...one } of file ? documents(path.join(directory, file)) : [YAML.parse(patch)]) {
      const at = all.findIndex(({ kind, metadata }) => kind === one.kind && metadata.name === one.metadata.name);
      if (at < 0) throw new Error(`${directory}: there is no ${one.kind} ${one.metadata.name} to patch`);
      if ($patch === 'delete') all.splice(at, 1);
      else all[at] = merge(all[at], one);
    }
  }
  return all;
}

module.exports = { render };
