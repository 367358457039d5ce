// What has happened, the newest first, of all channels or of one.

import { make } from './dom.mjs';
import { clock, event } from './format.mjs';

const most = 500; // kept
const mostShown = 100;

export class Timeline {
  #events = [];
  #list;
  #choice;
  #known = new Set();
  constructor(list, choice) {
    this.#list = list;
    this.#choice = choice;
    choice.addEventListener('change', () => this.#draw());
  }

  add(events) {
    if (!events.length) return;
    this.#events = [...events.map(event).reverse(), ...this.#events].slice(0, most);
    this.#draw();
  }
  /// Offers the channels for the filter.
  offer(names) {
    for (const name of names) {
      if (this.#known.has(name)) continue;
      this.#known.add(name);
      this.#choice.append(make('option', { value: name }, name));
    }
  }
  choose(name) {
    this.offer([name]);
    this.#choice.value = name;
    this.#draw();
  }
  #draw() {
    const wanted = this.#choice.value;
    const shown = this.#events.filter(({ channel }) => !wanted || channel === wanted).slice(0, mostShown);
    this.#list.replaceChildren(...shown.map(({ time, channel, type, state, data }) => make('li', { class: state },
      make('time', { datetime: time }, clock(time)), ` ${[channel, type, state, data].filter(Boolean).join(' · ')}`)));
    if (!shown.length) this.#list.append(make('li', {}, 'nothing yet'));
  }
}
