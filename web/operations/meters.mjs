// Loudness by EBU R 128 of each feed and rendition where it is measured; the bar is the short-term one, from -41 to -5 LUFS.

import { keyed, make, say } from './dom.mjs';
import { loudness } from './format.mjs';

function create({ name }) {
  const bar = make('meter', { min: -41, max: -5, high: -18, optimum: -23, 'aria-label': `short-term loudness of ${name}` });
  return make('div', { class: 'loudness num', title: 'short-term, integrated, loudness range and largest true peak by EBU R 128' }, bar, make('span'));
}

export function showMeters(parent, channel) {
  const all = [...channel.feeds, ...channel.renditions].filter((one) => one.loudness);
  keyed(parent, all, ({ name }) => name, create, (element, { name, loudness: level, normaliser }) => {
    element.firstChild.value = level.short_term ?? level.momentary ?? -41;
    say(element.lastChild, loudness(name, level, normaliser));
  });
}
