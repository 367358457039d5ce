// What an operator orders, each time after a dialog has asked.

const find = (id) => document.getElementById(id);

/// Opens a dialog; → true once its form was sent, false where it was left.
function ask(dialog) {
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
}

export class Actions {
  #api;
  #tokens;
  #done;
  /// `done`: called after an order that the server has taken.
  constructor(api, tokens, done) {
    this.#api = api;
    this.#tokens = tokens;
    this.#done = done;
    for (const button of document.querySelectorAll('dialog button.no')) button.addEventListener('click', () => button.closest('dialog').close());
    find('forget-token').addEventListener('click', () => { tokens.forget(); this.#tell('The token is forgotten.'); });
    this.#mode();
  }

  switchTo(channel, feed) {
    return this.#one(async () => {
      find('switch-words').textContent = `Show the ${feed} feed of ${channel} to its viewers?`;
      if (!await ask(find('switch-dialog'))) return;
      await this.#order(channel, 'switch', { to: feed }, `${channel}: the ${feed} feed is shown.`);
    });
  }

  slate(channel, { ordered }) {
    return this.#one(async () => {
      find('slate-words').textContent = ordered ? `Take the slate of ${channel} back, so that its viewers see the feed?` : `Show the slate of ${channel} to its viewers, whatever its feed brings?`;
      find('slate-fields').hidden = ordered;
      for (const id of ['slate-text', 'slate-reason', 'slate-for']) find(id).value = '';
      if (!await ask(find('slate-dialog'))) return;
      const body = { on: !ordered };
      const [text, reason, seconds] = ['slate-text', 'slate-reason', 'slate-for'].map((id) => find(id).value.trim());
      if (!ordered && text) body.text = text;
      if (!ordered && reason) body.reason = reason;
      if (!ordered && Number(seconds) > 0) body.for = Number(seconds);
      await this.#order(channel, 'slate', body, `${channel}: the slate is ${ordered ? 'taken back' : 'ordered'}.`);
    });
  }

  /// `feeds`: names of those that come in. `watch`: called once the server has begun.
  check(channel, feeds, watch) {
    return this.#one(async () => {
      find('check-words').textContent = `Measure a feed of ${channel}, and judge it? Nobody sees anything of it.`;
      find('check-feed').replaceChildren(...feeds.map((name) => Object.assign(document.createElement('option'), { value: name, textContent: name })));
      if (!await ask(find('check-dialog'))) return;
      const feed = find('check-feed').value;
      const seconds = Number(find('check-for').value);
      if (await this.#order(channel, 'check', { feed, seconds }, `${channel}: the ${feed} feed is being checked, for ${seconds} s.`)) watch();
    });
  }

  silence(alarm) {
    const name = `${alarm.channel ? `${alarm.channel}: ` : ''}${alarm.alarm}`;
    return this.#one(async () => {
      find('silence-words').textContent = alarm.silence ? `Take the silence of ${name} back?` : `Silence ${name}? It stays in the list, and is not counted.`;
      find('silence-fields').hidden = Boolean(alarm.silence);
      find('silence-reason').value = '';
      if (!await ask(find('silence-dialog'))) return;
      const body = alarm.silence ? null : { for: 60 * Number(find('silence-for').value), reason: find('silence-reason').value.trim() };
      await this.#send(name, () => this.#api.silence(alarm.id, body), `${name}: ${body ? 'silenced' : 'the silence is taken back'}.`);
    });
  }

  /// One dialog at a time.
  async #one(work) {
    if (!document.querySelector('dialog[open]')) await work();
  }

  /// → whether the server has taken it.
  #order(channel, what, body, done) { return this.#send(channel, () => this.#api.order(channel, what, body), done); }

  async #send(name, order, done) {
    if (!this.#tokens.get() && !await this.#askToken()) return this.#tell('Nothing was changed: that needs an operator’s token.');
    try {
      const instead = await order();
      this.#tell(instead ? `${done} ${instead}` : done);
      this.#done();
      return true;
    } catch (error) {
      const refused = error.status === 401 ? 'The server does not know this token, or it has expired' : `${name}: refused`;
      this.#tell(`${refused}: ${error.message}`, true);
    }
    return false;
  }

  async #askToken() {
    find('token').value = '';
    const sent = await ask(find('token-dialog'));
    const token = find('token').value.trim();
    find('token').value = '';
    if (!sent || !token) return false;
    this.#tokens.set(token);
    return true;
  }

  #tell(text, bad = false) {
    const place = find('told');
    place.textContent = text;
    place.className = bad ? 'bad' : '';
    this.#mode();
  }
  #mode() { find('forget-token').hidden = !this.#tokens.get(); }
}
