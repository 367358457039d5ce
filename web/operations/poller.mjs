// Asks again and again: at its period while it is answered, ever less often while it is not.

/// `failures` in a row, at least 1. Units: milliseconds.
export function pause(period, failures, most = 30000) { return Math.min(most, period * 2 ** Math.min(failures, 10)); }

/// `ask`: asynchronous, throws where there is no answer. `told(error, pause)`: after each failure; `told(null, 0)` after each success.
export class Poller {
  #ask;
  #told;
  #period;
  #later;
  #failures = 0;
  #stopped = false;
  constructor(period, ask, told, later = (work, ms) => setTimeout(work, ms)) {
    this.#period = period;
    this.#ask = ask;
    this.#told = told;
    this.#later = later;
  }

  stop() { this.#stopped = true; }
  async run() {
    if (this.#stopped) return;
    let wait = this.#period;
    try {
      await this.#ask();
      this.#failures = 0;
      this.#told(null, 0);
    } catch (error) {
      wait = pause(this.#period, ++this.#failures);
      this.#told(error, wait);
    }
    this.#later(() => this.run(), wait);
  }
}
