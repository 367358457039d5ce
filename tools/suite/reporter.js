// A reporter of node's test runner: a JSON line for each test that ended, children before their parents.
'use strict';
module.exports = async function* report(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { error } = data.details ?? {};
    yield `${JSON.stringify({
      name: data.name,
      nesting: data.nesting,
      passed: type === 'test:pass',
      skipped: data.skip !== undefined && data.skip !== false,
      kind: error?.failureType,
      why: error && String(error.cause?.stack ?? error.cause ?? error.message).slice(0, 3000),
    })}\n`;
  }
};
