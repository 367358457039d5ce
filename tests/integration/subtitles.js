// What a text rendition says: its segments as a player reads them.
'use strict';

const wrap = 2 ** 33;
const seconds = (text) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

// The cues of a WebVTT document, in UTC seconds; `near`: an instant that it is about.
function cuesOf(text, near) {
  const [, mpegts, local] = /^WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:(\d+),LOCAL:([\d:.]+)\n\n/.exec(text);
  return text.split('\n\n').slice(1).filter(Boolean).map((block) => {
    const [timing, ...lines] = block.split('\n');
    const at = (time) => {
      const media = Number(mpegts) / 90000 + seconds(time) - seconds(local);
      return media + Math.round((near - media) / (wrap / 90000)) * (wrap / 90000);
    };
    const [, from, until, settings = ''] = /^(\S+) --> (\S+)(?: (.+))?$/.exec(timing);
    return { start: at(from), end: at(until), text: lines.join('\n'), settings };
  });
}

// The segments and parts of a text rendition's media playlist: [{uri, date, cues}], dates in UTC seconds.
async function documents(url) {
  const found = [];
  let date = 0;
  for (const line of (await (await fetch(url)).text()).split('\n')) {
    const part = /^#EXT-X-PART:DURATION=([\d.]+),URI="([^"]+)"/.exec(line);
    if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) date = Date.parse(line.slice(25)) / 1000;
    if (part || (line && !line.startsWith('#'))) found.push({ uri: part ? part[2] : line, date });
  }
  return Promise.all(found.map(async (one) => {
    const answer = await fetch(new URL(one.uri, url));
    const text = await answer.text();
    return { ...one, text, type: answer.headers.get('content-type'), cues: cuesOf(text, one.date) };
  }));
}
const segments = async (url) => (await documents(url)).filter(({ uri }) => /^\d+\.vtt$/.test(uri));

module.exports = { cuesOf, documents, segments };
