// What is wrong now: the alarms that are set, as /api/v1/alarms gives them.

import { clock, event } from './format.mjs';
import { give, make, say } from './dom.mjs';

export class Alarms {
  #all = [];

  take({ alarms }) { this.#all = alarms; }
  get all() { return this.#all; }
  /// Those that nobody has silenced.
  get loud() { return this.#all.filter(({ silence }) => !silence); }
  /// `channel` empty: those of the instance.
  of(channel) { return this.#all.filter((alarm) => (alarm.channel ?? '') === channel); }
}

/// An alarm in words.
export function words(alarm) {
  const { data } = event({ type: alarm.alarm, data: alarm.data });
  const parts = [`${alarm.alarm} since ${clock(alarm.since)}`, data];
  if (alarm.raised > 1) parts.push(`${alarm.raised} times`);
  if (!alarm.lasts) parts.push('over, not cleared yet');
  if (alarm.silence) parts.push(`silenced until ${clock(alarm.silence.until)} by ${alarm.silence.by}${alarm.silence.reason ? `: ${alarm.silence.reason}` : ''}`);
  return parts.filter(Boolean).join(' · ');
}

/// An entry of a list of alarms, which show() fills. `silence(alarm)`: orders a silence, or takes it back.
export function makeEntry(silence) {
  const [text, link, button] = [make('span'), make('a', { rel: 'noopener', target: '_blank' }, 'runbook'), make('button', { type: 'button', class: 'silence' })];
  const element = make('li', {}, text, ' ', link, ' ', button);
  button.addEventListener('click', () => silence(element.alarm));
  return element;
}
export function show(element, alarm) {
  element.alarm = alarm;
  const [text, link, button] = element.children;
  say(text, words(alarm));
  // Without an address of its own the runbook is a file that no browser finds from here.
  link.hidden = !/^https?:\/\//.test(alarm.runbook);
  if (!link.hidden) give(link, 'href', alarm.runbook);
  say(button, alarm.silence ? 'End silence…' : 'Silence…');
  element.classList.toggle('silenced', Boolean(alarm.silence));
  element.dataset.severity = alarm.severity;
}
