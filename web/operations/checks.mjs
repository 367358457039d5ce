// Facility checks: what was found of the feeds of each channel.

import { give, keyed, make, say } from './dom.mjs';
import { clock, event } from './format.mjs';

export class Checks {
  #api;
  #due = new Set(); // channels to ask about
  #found = new Map();
  constructor(api) { this.#api = api; }

  /// A check of this channel runs.
  watch(channel) { this.#due.add(channel); }
  /// Events of the server: some may tell of checks that are done.
  note(events) {
    for (const { type, channel } of events.map(event)) if (type === 'check.done' && channel) this.#due.add(channel);
  }
  async read() {
    for (const channel of this.#due) {
      const { checks } = await this.#api.json(`/api/v1/channels/${encodeURIComponent(channel)}/check`);
      this.#found.set(channel, checks);
      if (checks.every(({ state }) => state === 'done')) this.#due.delete(channel);
    }
  }
  /// The newest first.
  of(channel) { return this.#found.get(channel) ?? []; }
}

function create() {
  return make('details', {}, make('summary'), make('table', {},
    make('thead', {}, make('tr', {}, ...['verdict', 'property', 'measured', 'wanted'].map((title) => make('th', { scope: 'col' }, title)))), make('tbody')));
}

function createLine() { return make('tr', {}, make('td'), make('td'), make('td', {}, make('span'), make('span', { class: 'advice' })), make('td')); }

function updateLine(row, { property, verdict, measured, wanted, advice }) {
  const words = (text) => text.replaceAll('_', ' ');
  give(row, 'class', verdict);
  say(row.children[0], words(verdict));
  say(row.children[1], words(property));
  say(row.children[2].firstChild, measured);
  say(row.children[2].lastChild, advice);
  say(row.children[3], wanted);
}

function update(element, { state, feed, seconds, began, verdict, lines }) {
  const done = state === 'done';
  const before = element.className;
  give(element, 'class', done ? `verdict-${verdict}` : 'running');
  say(element.firstChild, done ? `The ${feed} feed, checked for ${seconds} s from ${clock(began)}: ${verdict}` : `The ${feed} feed is being checked, for ${seconds} s from ${clock(began)}`);
  element.lastChild.hidden = !done;
  // What is wrong is seen at once; who has closed it since leaves it so.
  if (done && before !== element.className && verdict !== 'pass') element.open = true;
  keyed(element.querySelector('tbody'), lines ?? [], ({ property }) => property, createLine, updateLine);
}

export function showChecks(parent, checks) { keyed(parent, checks, ({ id }) => id, create, update); }
