// Reads media and multivariant playlists line by line, keeping every attribute's text, and merges delta updates.
'use strict';

// → {NAME: text}, quotes taken off. Throws on what is not an attribute list (LL-2).
function attributes(text) {
  const result = {};
  const pattern = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(,|$)/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (!match) throw new Error(`LL-2: not an attribute list: ${text}`);
    if (match[1] in result) throw new Error(`LL-2: ${match[1]} twice: ${text}`);
    result[match[1]] = match[2].replace(/^"|"$/g, '');
  }
  return result;
}

// → {tags: Map of name to [text], segments, open, skip, hints, reports, ended, ...}. `open` is the segment without EXTINF:
// its parts, its date. `ranges`: the date ranges, id to text; `removedRanges`: the ids that a delta update says are gone, null
// where it lists all of them. Segments: {msn, uri, duration, durationText, date, parts, gap, map, discontinuity}.
function readMedia(text) {
  const lines = text.split('\n');
  const playlist = { text, tags: new Map(), segments: [], hints: [], reports: [], skip: 0, ranges: new Map(), removedRanges: null, ended: false };
  let map = null;
  let msn = 0;
  const fresh = () => ({ msn, parts: [], gap: false, map, discontinuity: false, date: null, duration: null });
  let segment = null;
  const current = () => (segment ??= fresh());
  for (const line of lines) {
    if (!line) continue;
    if (!line.startsWith('#')) {
      Object.assign(current(), { uri: line, msn });
      playlist.segments.push(segment);
      segment = null;
      msn += 1;
      continue;
    }
    const [, name, value = ''] = /^#([^:]+):?(.*)$/.exec(line) ?? [];
    playlist.tags.set(name, [...(playlist.tags.get(name) ?? []), value]);
    switch (name) {
      case 'EXT-X-MEDIA-SEQUENCE': msn = playlist.first = Number(value); break;
      case 'EXT-X-SKIP':
        playlist.skip = Number(attributes(value)['SKIPPED-SEGMENTS']);
        playlist.removedRanges = attributes(value)['RECENTLY-REMOVED-DATERANGES']?.split('\t').filter(Boolean) ?? null;
        msn += playlist.skip;
        break;
      case 'EXT-X-DATERANGE': playlist.ranges.set(attributes(value).ID, value); break;
      case 'EXT-X-MAP':
        map = attributes(value).URI;
        if (segment) segment.map = map;
        break;
      case 'EXT-X-PROGRAM-DATE-TIME': current().date = value; break;
      case 'EXT-X-DISCONTINUITY': current().discontinuity = true; break;
      case 'EXT-X-GAP': current().gap = true; break;
      case 'EXTINF':
        current().durationText = value.split(',')[0];
        segment.duration = Number(segment.durationText);
        break;
      case 'EXT-X-PART': {
        const part = attributes(value);
        current().parts.push({
          uri: part.URI, durationText: part.DURATION, duration: Number(part.DURATION),
          independent: part.INDEPENDENT === 'YES', gap: part.GAP === 'YES',
        });
        break;
      }
      case 'EXT-X-PRELOAD-HINT': playlist.hints.push(attributes(value)); break;
      case 'EXT-X-RENDITION-REPORT': playlist.reports.push(attributes(value)); break;
      case 'EXT-X-ENDLIST': playlist.ended = true; break;
    }
  }
  const one = (name) => playlist.tags.get(name)?.[0];
  playlist.open = segment ?? { ...fresh(), parts: [] };
  playlist.open.msn = msn;
  playlist.version = Number(one('EXT-X-VERSION'));
  playlist.target = Number(one('EXT-X-TARGETDURATION'));
  playlist.partTarget = one('EXT-X-PART-INF') ? Number(attributes(one('EXT-X-PART-INF'))['PART-TARGET']) : null;
  playlist.controlText = one('EXT-X-SERVER-CONTROL') ?? '';
  playlist.control = attributes(playlist.controlText);
  playlist.discontinuitySequence = Number(one('EXT-X-DISCONTINUITY-SEQUENCE') ?? 0);
  return playlist;
}

// The newest part as [msn, part], or the last segment's end as [msn + 1, -1].
function edge(playlist) {
  return [playlist.open.msn, playlist.open.parts.length - 1];
}

const before = (a, b) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

// A delta update onto what was known: the segments as a full playlist would list them. Null if the copy is too old (CL-10).
function merge(known, delta) {
  if (!delta.skip) return delta.segments;
  const kept = known.filter((segment) => segment.msn >= delta.first && segment.msn < delta.first + delta.skip);
  return kept.length === delta.skip ? [...kept, ...delta.segments] : null;
}

// The same for date ranges (LL-90).
function mergeRanges(known, delta) {
  if (delta.removedRanges === null) return delta.ranges;
  const merged = new Map([...known, ...delta.ranges]);
  for (const id of delta.removedRanges) merged.delete(id);
  return merged;
}

function readMultivariant(text) {
  const result = { text, variants: [], media: [], independent: text.includes('#EXT-X-INDEPENDENT-SEGMENTS') };
  let pending = null;
  for (const line of text.split('\n')) {
    if (line.startsWith('#EXT-X-STREAM-INF:')) pending = attributes(line.slice(18));
    else if (line.startsWith('#EXT-X-MEDIA:')) result.media.push(attributes(line.slice(13)));
    else if (line && !line.startsWith('#')) result.variants.push({ ...pending, uri: line });
  }
  return result;
}

module.exports = { attributes, readMedia, readMultivariant, edge, before, merge, mergeRanges };
