// A channel: made once, then changed where something is new.

import { makeEntry, show } from './alarms.mjs';
import { showChecks } from './checks.mjs';
import { give, keyed, make, say } from './dom.mjs';
import { bits, edge, lines } from './format.mjs';
import { showMeters } from './meters.mjs';
import { Stages } from './stages.mjs';
import { showRung, showThumbnails } from './thumbnails.mjs';

const counters = [['gap_parts', 'gaps', true], ['held_parts', 'held parts', true], ['late_parts', 'late parts', true], ['dropped_frames', 'dropped frames', true],
  ['feed_switches', 'switches', false], ['worker_restarts', 'worker restarts', true], ['segments', 'segments', false], ['parts', 'parts', false]];

const other = (feed) => (feed === 'primary' ? 'backup' : 'primary');

function showRenditions(body, channel) {
  keyed(body, channel.renditions, ({ name }) => name, ({ name }) => make('tr', {}, make('th', { scope: 'row' }, name), make('td'), make('td', { class: 'num' }), make('td', { class: 'num' }), make('td')), (row, rendition) => {
    say(row.children[1], rendition.kind);
    say(row.children[2], edge(rendition));
    say(row.children[3], `${(rendition.media_bytes / 1e6).toFixed(1)} MB`);
    showRung(row.children[4], channel.name, rendition);
  });
}

export class Card {
  /// `actions`: {switchTo(channel, feed), slate(channel, state), check(channel, feeds), silence(alarm)}.
  constructor(name, actions) {
    const id = `channel-${name}`;
    this.silence = (alarm) => actions.silence(alarm);
    this.element = make('article', { class: 'card', tabindex: '-1', 'aria-labelledby': id });
    const part = (tag, attributes, ...children) => this.element.appendChild(make(tag, attributes, ...children));
    this.state = make('span', { class: 'state' });
    this.rate = make('span', { class: 'num rate' });
    part('header', {}, make('h3', { id }, name), this.state, this.rate);
    this.alarms = part('ul', { class: 'alarms', 'aria-label': `alarms of ${name}` });
    this.thumbnails = part('div', { class: 'thumbnails' });
    this.details = part('div', { class: 'details' });
    this.lines = this.details.appendChild(make('p', { class: 'lines' }));
    this.stages = new Stages(this.details);
    this.meters = this.details.appendChild(make('div', { class: 'meters' }));
    const head = make('tr', {}, ...['rendition', 'kind', 'edge', 'held', 'picture'].map((title) => make('th', { scope: 'col' }, title)));
    this.renditions = make('tbody');
    this.details.append(make('table', {}, make('thead', {}, head), this.renditions));
    this.checks = this.details.appendChild(make('div', { class: 'checks' }));
    this.counters = this.details.appendChild(make('dl', { class: 'counters num' }));
    this.buttons(name, actions);
  }

  buttons(name, actions) {
    this.switch = make('button', { type: 'button', class: 'switch' }, 'Show backup');
    this.slate = make('button', { type: 'button', class: 'slate' }, 'Show slate…');
    this.switch.addEventListener('click', () => actions.switchTo(name, other(this.channel.shown_feed)));
    this.slate.addEventListener('click', () => actions.slate(name, this.channel.slate));
    this.check = make('button', { type: 'button', class: 'check' }, 'Check feed…');
    this.check.addEventListener('click', () => actions.check(name, this.channel.feeds.map((feed) => feed.name)));
    this.element.append(make('footer', {}, this.switch, this.slate, this.check));
  }

  /// `rate`: of what its feeds bring, bits per second or null. `alarms`, `checks`: its own.
  show(channel, rate, alarms, checks) {
    this.channel = channel;
    say(this.state, channel.state);
    give(this.state, 'class', `state ${channel.state}`);
    say(this.rate, bits(rate));
    this.element.classList.toggle('alarmed', alarms.some(({ silence }) => !silence));
    keyed(this.alarms, alarms, ({ id }) => id, () => makeEntry(this.silence), show);
    showThumbnails(this.thumbnails, channel);
    say(this.lines, lines(channel).join('\n'));
    this.lines.classList.toggle('bad', !channel.feed && channel.state === 'live');
    showMeters(this.meters, channel);
    showRenditions(this.renditions, channel);
    showChecks(this.checks, checks);
    keyed(this.counters, counters, ([name]) => name, ([, title]) => make('div', {}, make('dt', {}, title), make('dd')), (element, [counter, , fault]) => {
      say(element.lastChild, channel.counters[counter]);
      element.classList.toggle('bad', fault && channel.counters[counter] > 0);
    });
    const to = other(channel.shown_feed);
    say(this.switch, `Show ${to}`);
    this.switch.disabled = !channel.feeds.some(({ name }) => name === to);
    say(this.slate, channel.slate.ordered ? 'End slate…' : 'Show slate…');
    this.slate.disabled = !channel.live;
    this.check.disabled = !channel.feeds.length;
  }
}
