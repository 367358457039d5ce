// The last hour of a number, in steps of ten seconds.

const step = 10000; // ms
const most = 360;

export class History {
  #steps = []; // {at, sum, count}
  /// `now`: ms; not before that of the call before.
  add(value, now) {
    if (value === null) return;
    const at = Math.floor(now / step);
    let last = this.#steps.at(-1);
    if (!last || last.at < at) this.#steps.push(last = { at, sum: 0, count: 0 });
    last.sum += value;
    ++last.count;
    while (this.#steps[0].at <= at - most) this.#steps.shift();
  }
  /// The mean of each step that has any: [{x: 0 (an hour ago) to 1 (now), y}].
  points(now) {
    const at = Math.floor(now / step);
    return this.#steps.filter((one) => one.at > at - most).map((one) => ({ x: 1 - (at - one.at) / (most - 1), y: one.sum / one.count, gap: false }))
      .map((point, i, all) => ({ ...point, gap: i > 0 && point.x - all[i - 1].x > 3.5 / (most - 1) }));
  }
}
