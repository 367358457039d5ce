// Players as their makers ship them, in Chromium, each opened once for the whole night: what they play, and how long they stood still.
'use strict';
const { sleep } = require('../integration/harness');
const { launch, servePages } = require('../browser/browser');

const names = ['hls17', 'shaka5'];
const patience = 45000; // ms for a picture that moves again; a player that is stuck stays so

class Players {
  constructor() { this.all = []; }

  async open(server, channels) {
    [this.pages, this.browser] = await Promise.all([servePages(), launch()]);
    for (const channel of channels) {
      for (const name of names) {
        const page = await (await this.browser.newContext()).newPage();
        await page.goto(`${this.pages.origin}/plain.html?player=${name}&url=${encodeURIComponent(server.playlist(channel.name))}`);
        await page.evaluate(() => {
          window.stood = { most: 0 };
          let [last, since] = [-1, performance.now()];
          setInterval(() => {
            const time = document.querySelector('video')?.currentTime ?? -1;
            const now = performance.now();
            if (time !== last) [last, since] = [time, now];
            window.stood.most = Math.max(window.stood.most, (now - since) / 1000);
          }, 100);
        });
        this.all.push({ what: `${name} on ${channel.name}`, page });
      }
    }
  }

  // Each player, one second after another: {what, moving, stood (s, the longest since the last look), state}.
  look() {
    return Promise.all(this.all.map(async ({ what, page }) => {
      const read = () => page.evaluate(() => ({ time: document.querySelector('video').currentTime, ...window.plain }));
      const began = performance.now();
      let state = await read();
      let moved = 0;
      while (moved < 5 && performance.now() - began < patience) {
        const before = state.time;
        await sleep(1000);
        state = await read();
        moved = state.time > before + 0.1 ? moved + 1 : 0;
      }
      const stood = await page.evaluate(() => {
        const { most } = window.stood;
        window.stood.most = 0;
        return most;
      });
      return { what, moving: moved === 5, stood, state };
    }));
  }

  async close() {
    await this.browser?.close();
    this.pages?.close();
  }
}

module.exports = { Players };
