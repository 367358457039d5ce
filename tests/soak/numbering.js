// Numbers are UTC over the segment duration, never fall, and renditions agree (design: media time is UTC; LL-21).
'use strict';
const { readMedia, readMultivariant } = require('../../tools/judge/playlist');

const segment = 2000; // ms

// What is wrong with the playlists of a channel; remembers in `channel.last` where they were.
async function numbering(server, channel) {
  const found = [];
  const base = server.playlist(channel.name);
  const main = (await server.get(base)).text;
  if (!main) return ['no multivariant playlist'];
  const uris = new Set([...readMultivariant(main).variants.map(({ uri }) => uri), ...[...main.matchAll(/TYPE=AUDIO.*URI="([^"]+)"/g)].map((match) => match[1])]);
  channel.last ??= new Map();
  for (const uri of uris) {
    const { segments, open, ended, text } = readMedia((await server.get(new URL(uri, base))).text);
    if (ended) found.push(`${uri} has ended`);
    const gap = text.indexOf('GAP');
    if (gap >= 0) found.push(`${uri} has gaps:\n${text.slice(Math.max(0, gap - 1000), gap + 1000)}`);
    for (const { msn, date } of segments) {
      if (date && msn !== Math.floor((Date.parse(date) + 20) / segment)) found.push(`${uri}: segment ${msn} is of ${date}`);
    }
    if (open.msn <= (channel.last.get(uri) ?? 0)) found.push(`${uri}: at ${open.msn}, was at ${channel.last.get(uri)}`);
    channel.last.set(uri, open.msn);
  }
  return found;
}

module.exports = { numbering };
