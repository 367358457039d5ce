// How late a process's timers come: the measured cause that may excuse a time which a test has to assert.
'use strict';

// Runs in node and in a page: sums what 50 ms timers come late, from 5 ms on, in ms, in `holder.kickoffLate`.
function measureLateness(holder) {
  const step = 50;
  let due = performance.now() + step;
  holder.kickoffLate = 0;
  return setInterval(() => {
    const over = performance.now() - due;
    if (over >= 5) holder.kickoffLate += over;
    due = performance.now() + step;
  }, step);
}

const holder = {};
measureLateness(holder).unref();

// ms by which this process's timers have come late since it began, all together. A limit grows by the difference of two calls.
const late = () => holder.kickoffLate;

// Measures in every page that `context` (or a browser's page) opens from now on.
const measureIn = (context) => context.addInitScript(`(${measureLateness})(window)`);
const lateIn = (page) => page.evaluate(() => window.kickoffLate);

module.exports = { late, measureIn, lateIn };
