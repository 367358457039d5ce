// How late parts are at a client that waits for each: from the end of a part's media (UTC) to the end of the answer that lists it.
'use strict';
const { readMedia, readMultivariant } = require('../../tools/judge/playlist');

async function text(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30000) });
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
  return answer.text();
}
// The UTC end (ms) of the newest part that a playlist lists.
function newestEnd({ open, segments }) {
  const last = segments.at(-1);
  const begin = open.parts.length && open.date ? Date.parse(open.date) : Date.parse(last.date) + 1000 * last.duration;
  return begin + 1000 * open.parts.reduce((sum, { duration }) => sum + duration, 0);
}

// → ms of each part of the first variant's playlist for `seconds`. Their zero is the anchor of the channel, not nought: compare.
async function partLateness(playlist, seconds) {
  const url = new URL(readMultivariant(await text(playlist)).variants[0].uri, playlist);
  const found = [];
  let known = readMedia(await text(url));
  for (const end = performance.now() + 1000 * seconds; performance.now() < end;) {
    known = readMedia(await text(`${url}?_HLS_msn=${known.open.msn}&_HLS_part=${known.open.parts.length}`));
    found.push(Date.now() - newestEnd(known));
  }
  return found;
}

module.exports = { partLateness };
