// The strip on top: what the instance does now, and what it did over the last hour.

import { make, say } from './dom.mjs';
import { bits, number, percent, Rates } from './format.mjs';
import { History } from './history.mjs';
import { Plot } from './plot.mjs';

const tiles = [
  { id: 'headroom', title: 'Headroom', of: ({ now }) => now.headroom, text: percent, highest: 1, more: ({ now }) => `least: ${Object.entries(now.room).sort((a, b) => a[1] - b[1])[0]?.[0] ?? ''}`, bad: (value) => value < 0.2 },
  { id: 'joins', title: 'Joins', of: ({ rate }) => rate('joins_total'), text: (value) => `${number(value)} /s`, more: ({ now }) => `${now.joins_in_flight} on their way` + (now.joins_refused_total + now.joins_redirected_total ? `, ${now.joins_refused_total} refused, ${now.joins_redirected_total} redirected` : '') },
  { id: 'egress', title: 'Egress', of: ({ rate }) => { const bytes = rate('sent_bytes_total'); return bytes === null ? null : 8 * bytes; }, text: bits, least: 1e6, more: () => '' },
  { id: 'requests', title: 'Connections', of: ({ now }) => now.connections, text: String, more: ({ now }) => `${now.parked_requests} requests parked` },
  { id: 'live', title: 'Live channels', of: ({ channels }) => channels.filter(({ live }) => live).length, text: String, more: ({ channels }) => `of ${channels.length}` },
  { id: 'alarms', title: 'Alarms', of: ({ alarms }) => alarms.loud.length, text: String, more: ({ alarms }) => (alarms.all.length > alarms.loud.length ? `set now, ${alarms.all.length - alarms.loud.length} more silenced` : 'set now'), bad: (value) => value > 0 },
];

export class Fleet {
  #rates = new Rates();
  #tiles;
  constructor(parent) {
    this.#tiles = tiles.map((tile) => {
      const [value, more] = [make('dd', { class: 'value num' }, '–'), make('dd', { class: 'more num' }, ' ')];
      const box = parent.appendChild(make('div', { class: 'tile', id: `fleet-${tile.id}` }, make('dt', {}, tile.title), value, more));
      const place = box.appendChild(make('dd', { class: 'place' }));
      return { tile, box, value, more, plot: new Plot(place, tile), scale: place.appendChild(make('span', { class: 'scale num' })), history: new History() };
    });
  }

  /// `now`: what /api/v1/instance gave; `channels`: the last that were read; `alarms`: see Alarms.
  show(now, channels, alarms) {
    const time = Date.parse(now.time);
    const rate = (name) => this.#rates.of(name, now[name], time);
    const given = { now, channels, alarms, rate };
    for (const { tile, box, value, more, plot, scale, history } of this.#tiles) {
      const is = tile.of(given);
      history.add(is, time);
      say(value, is === null ? '–' : tile.text(is));
      say(more, tile.more(given) || ' ');
      box.classList.toggle('bad', Boolean(is !== null && tile.bad?.(is)));
      say(scale, `last hour, to ${tile.text(plot.draw(history.points(time)))}`);
    }
  }
}
