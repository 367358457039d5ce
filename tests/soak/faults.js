// What goes wrong in a night, or is done to a channel. Each: (night, channel, random) → Promise, done when it is over.
'use strict';
const { sleep } = require('../integration/harness');

const either = (random, { feeds }) => (random() < 0.7 ? feeds.primary : feeds.backup);

const faults = {
  async 'feed cut'(night, channel, random) {
    const feed = either(random, channel);
    await feed.cut();
    await sleep(1000 + 7000 * random());
    await feed.start();
  },
  async 'both feeds cut'(night, { feeds }, random) {
    await Promise.all([feeds.primary.cut(), feeds.backup.cut()]);
    await sleep(1000 + 5000 * random());
    await feeds.primary.start();
    await feeds.backup.start();
  },
  async 'feed frozen'(night, channel, random) {
    const feed = either(random, channel);
    feed.freeze();
    await sleep(500 + 4000 * random());
    feed.thaw();
  },
  async switch(night, channel) {
    const state = await night.stateOf(channel.name);
    await night.switchTo(channel, state?.shown_feed === 'backup' ? 'primary' : 'backup');
  },
  async 'worker killed'(night, channel) {
    const pid = (await night.stateOf(channel.name))?.worker?.pid;
    if (!(pid > 0)) return;
    process.kill(pid, 'SIGKILL');
    await night.server.until(`${channel.name} has another worker`, async () => {
      const worker = (await night.stateOf(channel.name))?.worker;
      return worker?.running && worker.pid !== pid;
    });
  },
  async reload(night) { night.server.process.child.kill('SIGHUP'); },
  async 'format change'(night, channel, random) {
    const feed = either(random, channel);
    await feed.cut();
    feed.small = !feed.small;
    await feed.start();
    await sleep(4000 + 4000 * random());
  },
  // Viewers that read what a player reads first, and leave.
  async joins(night, channel, random) {
    const { server } = night;
    const base = server.playlist(channel.name);
    await Promise.all(Array.from({ length: 20 + Math.floor(60 * random()) }, async () => {
      const main = await server.get(base);
      const variant = /^[^#\s].*$/m.exec(main.text)?.[0];
      if (!variant) return;
      const url = new URL(variant, base);
      const list = await server.get(url);
      const newest = [...list.text.matchAll(/#EXT-X-PART:.*URI="([^"]+)"/g)].at(-1)?.[1];
      if (newest) await server.get(new URL(newest, url));
    }));
  },
};

module.exports = { faults };
