// Where the time goes: a bar by stage, and the same in words.

import { keyed, make, say } from './dom.mjs';
import { milliseconds } from './format.mjs';
import { mean } from './prometheus.mjs';

const scale = 2; // s, the width of the bar; it grows where that is not enough

/// The stages of a channel between two readings of its delays: [{name, seconds}], none where no part was published.
export function stages(before, now) {
  const inside = mean(before?.inside, now.inside);
  if (inside === null) return [];
  const late = mean(before?.lateness, now.lateness);
  const encode = Math.min(now.encode ?? 0, inside);
  return [
    { name: 'late on arrival', seconds: Math.max(0, (late ?? inside) - inside) },
    { name: 'encode', seconds: encode },
    { name: 'package and publish', seconds: inside - encode },
  ].filter(({ name, seconds }) => name !== 'encode' || seconds > 0);
}

export class Stages {
  #bar = make('div', { class: 'bar', 'aria-hidden': 'true' });
  #words = make('p', { class: 'num words' }, 'delay: –');
  constructor(parent) { parent.append(this.#bar, this.#words); }
  show(all) {
    const sum = all.reduce((total, { seconds }) => total + seconds, 0);
    keyed(this.#bar, all, ({ name }) => name, ({ name }) => make('span', { class: `stage ${name.split(' ')[0]}` }), (element, { seconds }) => {
      element.style.width = `${(100 * seconds / Math.max(scale, sum)).toFixed(1)}%`;
    });
    say(this.#words, all.length ? `delay of parts: ${milliseconds(sum)} = ${all.map(({ name, seconds }) => `${milliseconds(seconds)} ${name}`).join(' + ')}` : 'delay of parts: –');
  }
}
