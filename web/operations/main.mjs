// The operations page: asks the server every two seconds and shows what it says.

import { Actions } from './actions.mjs';
import { Alarms, makeEntry, show } from './alarms.mjs';
import { Api, TokenStore } from './api.mjs';
import { Card } from './card.mjs';
import { Checks } from './checks.mjs';
import { keyed, say } from './dom.mjs';
import { Rates } from './format.mjs';
import { Fleet } from './fleet.mjs';
import { keyboard } from './keys.mjs';
import { Poller } from './poller.mjs';
import { delays } from './prometheus.mjs';
import { stages } from './stages.mjs';
import { Timeline } from './timeline.mjs';

const find = (id) => document.getElementById(id);
const tokens = new TokenStore(sessionStorage);
const api = new Api((...given) => fetch(...given), tokens);
const alarms = new Alarms();
const checks = new Checks(api);
const fleet = new Fleet(find('fleet'));
const timeline = new Timeline(find('events'), find('event-channel'));
const rates = new Rates();
const cards = new Map();
const actions = new Actions(api, tokens, () => { refresh().catch(() => { /* the poller will tell */ }); });
const ordered = {
  switchTo: (channel, feed) => actions.switchTo(channel, feed),
  slate: (channel, state) => actions.slate(channel, state),
  silence: (alarm) => actions.silence(alarm),
  check: (channel, feeds) => actions.check(channel, feeds, () => checks.watch(channel)),
};
let channels = [];
let readDelays = new Map();

function showChannels(report) {
  channels = report.channels;
  const now = Date.parse(report.time);
  keyed(find('channels'), channels, ({ name }) => name, ({ name }) => {
    const card = new Card(name, ordered);
    cards.set(name, card);
    return card.element;
  }, (element, channel) => cards.get(channel.name).show(channel, rates.of(channel.name, channel.counters.feed_bytes * 8, now), alarms.of(channel.name), checks.of(channel.name)));
  const names = new Set(channels.map(({ name }) => name));
  for (const name of cards.keys()) if (!names.has(name)) cards.delete(name);
  rates.keep(names);
  timeline.offer(names);
  find('none').hidden = channels.length > 0;
  say(find('time'), report.time);
}

function showInstance(instance) {
  fleet.show(instance, channels, alarms);
  keyed(find('instance-alarms'), alarms.of(''), ({ id }) => id, () => makeEntry((alarm) => actions.silence(alarm)), show);
}

// All events that the log holds are read once, page after page.
let after = 0;
async function readEvents() {
  for (;;) {
    const page = await api.json(`/api/v1/events?limit=1000&after=${after}`);
    timeline.add(page.events);
    checks.note(page.events);
    after = page.next;
    if (page.next >= page.newest || !page.events.length) return;
  }
}

async function readAll() {
  await readEvents();
  await checks.read();
  alarms.take(await api.json('/api/v1/alarms'));
  showChannels(await api.json('/api/v1/channels'));
  showInstance(await api.json('/api/v1/instance'));
}
// One at a time: whoever asks meanwhile waits for the one that is on its way.
let reading = null;
function refresh() {
  reading ??= readAll().finally(() => { reading = null; });
  return reading;
}

async function refreshDelays() {
  const now = delays(await api.text('/metrics'));
  for (const [name, card] of cards) {
    const found = now.get(name);
    card.stages.show(found ? stages(readDelays.get(name), found) : []);
  }
  readDelays = now;
}

function told(error, pause) {
  const away = error ? `The server does not answer (${error.message}). What is shown is of ${find('time').textContent || 'no time yet'}. Next try in ${Math.round(pause / 1000)} s.` : '';
  say(find('problem'), away);
}

function toggleWall() {
  const wall = document.body.classList.toggle('wall');
  find('wall').setAttribute('aria-pressed', wall);
}
function focused() { return document.activeElement?.closest('.card'); }
function step(by) {
  const all = [...document.querySelectorAll('.card')];
  const at = all.indexOf(focused());
  all.at(at < 0 ? (by > 0 ? 0 : -1) : Math.min(all.length - 1, Math.max(0, at + by)))?.focus();
}
const press = (selector) => focused()?.querySelector(selector)?.click();

find('wall').addEventListener('click', toggleWall);
find('help').addEventListener('click', () => find('help-dialog').showModal());
keyboard({
  help: () => find('help-dialog').showModal(),
  wall: toggleWall,
  events: () => find('event-channel').focus(),
  next: () => step(1),
  previous: () => step(-1),
  switchFeed: () => press('.switch'),
  slate: () => press('.slate'),
  check: () => press('.check'),
  filter: () => { if (focused()) timeline.choose(focused().dataset.key); },
});
new Poller(2000, refresh, told).run();
// The first reading is of all parts until then, each further one of those since the one before.
new Poller(5000, refreshDelays, () => {}).run();
