// What the page asks the server, and the operator's token for what it orders.

const tokenKey = 'kickoff-token';

/// The token, for as long as the tab is open. `storage`: sessionStorage, or what stands in for it.
export class TokenStore {
  #storage;
  constructor(storage) { this.#storage = storage; }
  get() { return this.#storage.getItem(tokenKey) ?? ''; }
  set(token) { this.#storage.setItem(tokenKey, token); }
  forget() { this.#storage.removeItem(tokenKey); }
}

/// Why an order was refused; `status` 0: nobody answered.
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export class Api {
  #fetch;
  #tokens;
  constructor(fetch, tokens) {
    this.#fetch = fetch;
    this.#tokens = tokens;
  }

  async #answer(path) {
    const answer = await this.#fetch(path, { signal: AbortSignal.timeout(10000) });
    if (!answer.ok) throw new Refused(answer.status, `${path}: status ${answer.status}`);
    return answer;
  }
  async json(path) { return (await this.#answer(path)).json(); }
  async text(path) { return (await this.#answer(path)).text(); }

  /// What the server did in place of what was asked, for people; empty where it did just that. Throws Refused.
  order(channel, what, body) { return this.#order('POST', `channels/${encodeURIComponent(channel)}/${what}`, body); }
  /// `body` null: the silence of its own is taken back.
  silence(alarm, body) { return this.#order(body ? 'POST' : 'DELETE', `alarms/${encodeURIComponent(alarm)}/silence`, body); }

  async #order(method, path, body) {
    let answer;
    try {
      answer = await this.#fetch(`/api/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${this.#tokens.get()}`, ...(body && { 'content-type': 'application/json' }) },
        body: body ? JSON.stringify(body) : undefined,
        signal: AbortSignal.timeout(10000),
      });
    } catch {
      throw new Refused(0, 'The server does not answer. Whether it has done what was asked is not known.');
    }
    const text = await answer.text();
    let said = {};
    try { said = JSON.parse(text); } catch { /* an answer without a body, or of a proxy */ }
    if (answer.status === 401) this.#tokens.forget();
    if (!answer.ok) throw new Refused(answer.status, said.detail ?? `status ${answer.status}`);
    return said.detail ?? '';
  }
}
