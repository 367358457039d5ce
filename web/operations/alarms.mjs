// What is wrong now: the events of the log that were raised and not cleared.

/// Why the event is no alarm: the state it tells of is one that people have ordered.
const wanted = new Set(['overlay', 'slate']);

export class Alarms {
  #raised = new Map(); // by the events' id

  /// Takes a page of the log. Where events were missed it begins anew: the page is from the oldest on.
  take({ events, missed }) {
    if (missed) this.#raised.clear();
    for (const event of events) {
      if (event.state === 'cleared') this.#raised.delete(event.id);
      if (event.state === 'raised' && !wanted.has(event.type.replace(/^live\.kickoff\./, ''))) this.#raised.set(event.id, event);
    }
  }
  get all() { return [...this.#raised.values()]; }
  /// `channel` empty: those of the instance.
  of(channel) { return this.all.filter(({ subject }) => (subject ?? '') === (channel ? `channels/${channel}` : '')); }
}
