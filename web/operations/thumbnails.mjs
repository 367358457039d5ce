// The newest picture of each feed, and of each video rendition. A feed's place is there before its picture is, so that nothing moves when it comes.

import { give, keyed, make, say } from './dom.mjs';
import { clock } from './format.mjs';

const address = (channel, query, at) => `/api/v1/channels/${encodeURIComponent(channel)}/thumbnail.jpg?${query}&at=${encodeURIComponent(at)}`;

function create() {
  return make('figure', {}, make('div', { class: 'screen' }), make('figcaption', { class: 'num' }));
}

function update(figure, { channel, feed, several }) {
  const [screen, caption] = figure.children;
  figure.classList.toggle('shown', Boolean(feed.shown && several));
  say(caption, `${feed.name}${feed.shown && several ? ', shown' : ''} · score ${feed.score}${feed.fault ? `, ${feed.fault}` : ''}`);
  caption.classList.toggle('bad', feed.score < 100);
  if (!feed.thumbnail) return say(screen, 'no picture');
  let picture = screen.querySelector('img');
  if (!picture) screen.replaceChildren(picture = make('img', { loading: 'lazy', decoding: 'async', width: 320, height: 180 }));
  give(picture, 'src', address(channel, `feed=${feed.name}`, feed.thumbnail));
  give(picture, 'alt', `what the ${feed.name} feed of ${channel} shows`);
  give(picture, 'title', `${feed.name}, ${clock(feed.thumbnail)}`);
}

// What viewers of a video rendition see, in a cell of its row; nothing where there is no thumbnail of it.
export function showRung(cell, channel, { name, thumbnail }) {
  if (!thumbnail) return cell.replaceChildren();
  const picture = cell.querySelector('img') ?? cell.appendChild(make('img', { class: 'rung', loading: 'lazy', decoding: 'async', width: 64, height: 36 }));
  give(picture, 'src', address(channel, `rung=${encodeURIComponent(name)}`, thumbnail));
  give(picture, 'alt', `what viewers of ${name} of ${channel} see`);
  return give(picture, 'title', `${name}, ${clock(thumbnail)}`);
}

export function showThumbnails(parent, channel) {
  const several = channel.feeds.length > 1 || channel.shown_feed !== 'primary';
  const all = channel.feeds.map((feed) => ({ channel: channel.name, feed, several }));
  if (!all.length) all.push({ channel: channel.name, feed: { name: channel.shown_feed, shown: true, score: 0, fault: 'no publisher' }, several });
  keyed(parent, all, ({ feed }) => feed.name, create, update);
}
