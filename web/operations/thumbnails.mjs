// The newest picture of each feed. The place is there before the picture is, so that nothing moves when it comes.

import { give, keyed, make, say } from './dom.mjs';
import { clock } from './format.mjs';

function create() {
  return make('figure', {}, make('div', { class: 'screen' }), make('figcaption', { class: 'num' }));
}

function update(figure, { channel, feed, several }) {
  const [screen, caption] = figure.children;
  figure.classList.toggle('shown', Boolean(feed.shown && several));
  say(caption, `${feed.name}${feed.shown && several ? ', shown' : ''} · score ${feed.score}${feed.fault ? `, ${feed.fault}` : ''}`);
  caption.classList.toggle('bad', feed.score < 100);
  if (!feed.thumbnail) return say(screen, 'no picture');
  const url = `/api/v1/channels/${encodeURIComponent(channel)}/thumbnail.jpg?feed=${feed.name}&at=${encodeURIComponent(feed.thumbnail)}`;
  let picture = screen.querySelector('img');
  if (!picture) screen.replaceChildren(picture = make('img', { loading: 'lazy', decoding: 'async', width: 320, height: 180 }));
  give(picture, 'src', url);
  give(picture, 'alt', `what the ${feed.name} feed of ${channel} shows`);
  give(picture, 'title', `${feed.name}, ${clock(feed.thumbnail)}`);
}

export function showThumbnails(parent, channel) {
  const several = channel.feeds.length > 1 || channel.shown_feed !== 'primary';
  const all = channel.feeds.map((feed) => ({ channel: channel.name, feed, several }));
  if (!all.length) all.push({ channel: channel.name, feed: { name: channel.shown_feed, shown: true, score: 0, fault: 'no publisher' }, several });
  keyed(parent, all, ({ feed }) => feed.name, create, update);
}
