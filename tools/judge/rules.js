// What a playlist must be, alone and beside the one before it. Each finding is [rule id, text].
'use strict';
const HLS = require('hls-parser');
const { edge, before, mergeRanges } = require('./playlist');

HLS.setOptions({ strictMode: true, silent: true });

// hls-parser in strict mode is an independent judge (TL-1).
function judgedByHlsParser(text) {
  try {
    HLS.parse(text);
    return [];
  } catch (error) {
    return [['TL-1', `hls-parser: ${error.message}`]];
  }
}

const once = ['EXT-X-VERSION', 'EXT-X-TARGETDURATION', 'EXT-X-MEDIA-SEQUENCE', 'EXT-X-DISCONTINUITY-SEQUENCE', 'EXT-X-PART-INF',
  'EXT-X-SERVER-CONTROL', 'EXT-X-SKIP', 'EXT-X-ENDLIST', 'EXT-X-PLAYLIST-TYPE', 'EXT-X-INDEPENDENT-SEGMENTS', 'EXT-X-START'];

function header(playlist) {
  const found = [];
  const { control, partTarget, target } = playlist;
  if (!playlist.text.startsWith('#EXTM3U\n')) found.push(['LL-1', 'does not begin with #EXTM3U']);
  for (const name of once) if ((playlist.tags.get(name)?.length ?? 0) > 1) found.push(['LL-3', `${name} twice`]);
  if (playlist.tags.has('EXT-X-STREAM-INF')) found.push(['LL-4', 'multivariant tags in a media playlist']);
  const floor = playlist.removedRanges ? 10 : playlist.skip ? 9 : playlist.tags.has('EXT-X-GAP') ? 8 : 6;
  if (playlist.version !== floor) found.push(['LL-7', `version ${playlist.version}, the content needs ${floor}`]);
  if (!Number.isInteger(target) || target < 1) found.push(['LL-13', `target duration ${target}`]);
  if (!playlist.tags.has('EXT-X-DISCONTINUITY-SEQUENCE')) found.push(['LL-37', 'no EXT-X-DISCONTINUITY-SEQUENCE']);
  if (playlist.tags.has('EXT-X-PLAYLIST-TYPE') && !playlist.ended) found.push(['LL-42', 'a sliding playlist with a type']);
  if (partTarget === null) found.push(['LL-55', 'no EXT-X-PART-INF']);
  const holdBack = Number(control['PART-HOLD-BACK']);
  if (!(holdBack >= 3 * partTarget - 1e-9)) found.push(['LL-70', `PART-HOLD-BACK ${control['PART-HOLD-BACK']}, part target ${partTarget}`]);
  if (control['HOLD-BACK'] !== undefined && Number(control['HOLD-BACK']) < 3 * target) found.push(['LL-71', `HOLD-BACK ${control['HOLD-BACK']}`]);
  if (control['CAN-SKIP-UNTIL'] !== undefined && Number(control['CAN-SKIP-UNTIL']) < 6 * target) {
    found.push(['LL-72', `CAN-SKIP-UNTIL ${control['CAN-SKIP-UNTIL']}`]);
  }
  const skipsRanges = control['CAN-SKIP-DATERANGES'] === 'YES';
  if (skipsRanges && control['CAN-SKIP-UNTIL'] === undefined) found.push(['LL-72', 'CAN-SKIP-DATERANGES without CAN-SKIP-UNTIL']);
  if (!skipsRanges && playlist.ranges.size && control['CAN-SKIP-UNTIL'] !== undefined) {
    found.push(['LL-74', 'date ranges, and no CAN-SKIP-DATERANGES']);
  }
  if (control['CAN-BLOCK-RELOAD'] !== 'YES') found.push(['LL-73', `CAN-BLOCK-RELOAD=${control['CAN-BLOCK-RELOAD']}`]);
  return found;
}

function segments(playlist) {
  const found = [];
  for (const segment of playlist.segments) {
    if (Math.round(segment.duration) > playlist.target) found.push(['LL-11', `EXTINF ${segment.durationText}, target ${playlist.target}`]);
    if (segment.duration > playlist.target + 0.5) found.push(['LL-12', `EXTINF ${segment.durationText}`]);
    if (!/^\d+\.\d{5,}$/.test(segment.durationText)) found.push(['LL-20', `EXTINF ${segment.durationText}`]);
    if (!segment.map && !segment.uri.endsWith('.vtt')) found.push(['CM-8', `segment ${segment.msn} has no EXT-X-MAP`]);
  }
  const all = [...playlist.segments, ...(playlist.open.parts.length ? [playlist.open] : [])];
  const dated = playlist.skip ? all.slice(0) : all;
  for (const segment of dated) {
    if (!segment.date) found.push(['LL-50', `segment ${segment.msn} has no date`]);
    else if (!/T\d\d:\d\d:\d\d\.\d{3,}(Z|[+-]\d\d:?\d\d)$/.test(segment.date)) found.push(['LL-49', `date ${segment.date}`]);
  }
  for (let i = 1; i < all.length; i++) {
    if (all[i].discontinuity || !all[i].date || !all[i - 1].date || all[i - 1].duration === null) continue;
    const drift = (Date.parse(all[i].date) - Date.parse(all[i - 1].date)) / 1000 - all[i - 1].duration;
    if (Math.abs(drift) > 0.045) found.push(['LL-51', `segment ${all[i].msn} is dated ${drift.toFixed(3)} s off`]);
  }
  return found;
}

function parts(playlist) {
  const found = [];
  const { partTarget } = playlist;
  const list = [...playlist.segments, playlist.open];
  for (const segment of list) {
    segment.parts.forEach((part, index) => {
      const where = `part ${segment.msn}.${index}`;
      if (!/^\d+\.\d{5,}$/.test(part.durationText)) found.push(['LL-20', `${where}: DURATION=${part.durationText}`]);
      if (part.duration > partTarget) found.push(['LL-56', `${where}: ${part.durationText} of ${partTarget}`]);
      const last = index === segment.parts.length - 1 && segment !== playlist.open;
      const short = part.duration < 0.85 * partTarget - 1e-6;
      if (short && !last && !part.gap && !part.independent && !segment.parts[index + 1]?.gap && index < segment.parts.length - 1) {
        found.push(['LL-58', `${where}: ${part.durationText} of ${partTarget}`]);
      }
    });
    if (segment.parts.length && segment.duration !== null) {
      const sum = segment.parts.reduce((total, part) => total + part.duration, 0);
      const hole = segment.duration - sum > 0.002 ? ', a hole at its end' : '';
      if (hole || sum - segment.duration > 0.002) found.push(['LL-15', `segment ${segment.msn}: parts of ${sum.toFixed(5)} s, EXTINF ${segment.durationText}${hole}`]);
    }
  }
  // LL-28: parts only within three target durations of the live edge. One more segment may straddle the line.
  let age = playlist.open.parts.reduce((total, part) => total + part.duration, 0);
  for (const segment of [...playlist.segments].reverse()) {
    if (segment.parts.length && age > 3 * playlist.target + 1e-6) found.push(['LL-28', `parts of segment ${segment.msn}, ${age.toFixed(2)} s from the edge`]);
    age += segment.duration;
  }
  return found;
}

function hints(playlist) {
  const found = [];
  const ofParts = playlist.hints.filter((hint) => hint.TYPE === 'PART');
  if (playlist.ended) {
    if (playlist.hints.length) found.push(['LL-44', 'a hint after the end']);
  } else if (ofParts.length === 0) found.push(['LL-75', 'no hint for the next part']);
  if (ofParts.length > 1 || playlist.hints.filter((hint) => hint.TYPE === 'MAP').length > 1) found.push(['LL-76', 'two hints of a type']);
  if (!playlist.ended && ofParts[0]) {
    const tail = playlist.text.indexOf('#EXT-X-PRELOAD-HINT');
    if (playlist.text.indexOf('#EXT-X-PART:', tail) > 0) found.push(['LL-75', 'the hint is not behind the last part']);
  }
  return found;
}

// reports of `playlist` (at `url`) against the absolute addresses of all other renditions.
function reports(playlist, url, others) {
  const found = [];
  const named = playlist.reports.map((report) => {
    if (/^[a-z]+:|^\//.test(report.URI)) found.push(['LL-85', `${report.URI} is not relative`]);
    if (report['LAST-MSN'] === undefined || report['LAST-PART'] === undefined) found.push(['AMB-4', `${report.URI} has no LAST-MSN or LAST-PART`]);
    return new URL(report.URI, url).href;
  });
  for (const other of others) {
    const count = named.filter((name) => name === other).length;
    if (count !== 1) found.push(['LL-84', `${count} reports for ${other}`]);
  }
  for (const name of named) if (!others.includes(name)) found.push(['LL-84', `a report for ${name}, which is no other rendition`]);
  return found;
}

// A playlist alone.
function alone(playlist, url, others) {
  return [...judgedByHlsParser(playlist.text), ...header(playlist), ...segments(playlist), ...parts(playlist), ...hints(playlist),
    ...(playlist.ended ? [] : reports(playlist, url, others))];
}

function sameSegment(was, is) {
  const found = [];
  for (const key of ['uri', 'durationText', 'date', 'gap', 'map', 'discontinuity']) {
    if (was[key] !== undefined && is[key] !== undefined && was[key] !== is[key] && was.duration !== null) {
      found.push([key === 'discontinuity' ? 'LL-38' : 'LL-23', `segment ${is.msn}: ${key} was ${was[key]}, is ${is[key]}`]);
    }
  }
  is.parts.forEach((part, index) => {
    const earlier = was.parts[index];
    if (earlier && JSON.stringify(earlier) !== JSON.stringify(part)) found.push(['LL-68', `part ${is.msn}.${index} was ${JSON.stringify(earlier)}, is ${JSON.stringify(part)}`]);
  });
  return found;
}

const hintOf = (playlist) => playlist.hints.find((candidate) => candidate.TYPE === 'PART')?.URI;
const partAt = (playlist, msn, index) => [...playlist.segments, playlist.open].find((segment) => segment.msn === msn)?.parts[index];

// The part that `was` hinted at, if its segment has since been closed without it.
function droppedHint(was, is) {
  const [msn, index] = [was.open.msn, was.open.parts.length];
  const closed = is.segments.find((segment) => segment.msn === msn);
  const hint = hintOf(was);
  if (!hint || index === 0 || closed?.parts.length !== index) return null;
  return partAt(is, msn + 1, 0)?.uri === hint ? null : hint;
}

// A playlist after another of the same address. `known`: segments by number as they were listed before.
function after(was, is, known) {
  const found = [];
  if (is.target !== was.target) found.push(['LL-13', `target duration ${was.target} became ${is.target}`]);
  if (is.partTarget !== was.partTarget) found.push(['AMB-8', `part target ${was.partTarget} became ${is.partTarget}`]);
  if (is.first < was.first) found.push(['LL-21', `media sequence ${was.first} became ${is.first}`]);
  if (before(edge(is), edge(was))) found.push(['LL-10', `the edge went from ${edge(was)} to ${edge(is)}`]);
  if (is.controlText !== was.controlText) found.push(['LL-69', `server control ${was.controlText} became ${is.controlText}`]);
  for (const segment of [...is.segments, is.open]) {
    if (known.has(segment.msn)) found.push(...sameSegment(known.get(segment.msn), segment));
  }
  // LL-77: what was hinted is what came.
  const hint = hintOf(was);
  const came = partAt(is, was.open.msn, was.open.parts.length);
  if (hint && came && came.uri !== hint) found.push(['LL-77', `hinted ${hint}, came ${came.uri}`]);
  const removed = [...known.values()].filter((segment) => segment.msn >= was.first && segment.msn < is.first && segment.discontinuity).length;
  if (is.discontinuitySequence - was.discontinuitySequence !== removed) {
    found.push(['LL-38', `discontinuity sequence ${was.discontinuitySequence} became ${is.discontinuitySequence}, ${removed} left`]);
  }
  if (is.first > was.first) {
    const left = is.segments.reduce((sum, segment) => sum + segment.duration, 0);
    if (!is.skip && left < 3 * is.target) found.push(['LL-25', `${left.toFixed(1)} s are left of the window`]);
    if (!is.skip && is.segments.length < 6) found.push(['LL-26', `${is.segments.length} segments in a window that slides`]);
  }
  return found;
}

// A delta update: what it skips and where.
function delta(playlist) {
  const found = [];
  if (!playlist.skip) return found;
  const until = Number(playlist.control['CAN-SKIP-UNTIL']);
  const listed = playlist.segments.reduce((sum, segment) => sum + segment.duration, 0);
  // Each listed segment but the oldest must begin within the boundary; the skipped ones must lie beyond it (LL-88).
  if (listed < until - 1e-3) found.push(['LL-88', `lists ${listed.toFixed(3)} s, the skip boundary is ${until} s`]);
  if (playlist.removedRanges?.some((id) => playlist.ranges.has(id))) found.push(['LL-90', 'lists a date range that it says is gone']);
  if (playlist.removedRanges && playlist.control['CAN-SKIP-DATERANGES'] !== 'YES') found.push(['LL-90', 'skips date ranges without being able to']);
  if (playlist.text.includes('SKIPPED-SEGMENTS=0')) found.push(['LL-89', 'skips no segment']);
  return found;
}

// A delta update that skips date ranges, put onto a playlist of before, says what the full playlist of its instant says.
function rangesAfter(known, delta, full) {
  const merged = mergeRanges(known.ranges, delta);
  const found = [];
  for (const [id, text] of full.ranges) {
    if (merged.get(id) !== text) found.push(['LL-90', `${id} is ${merged.has(id) ? 'another one' : 'missing'} after a delta update`]);
  }
  for (const id of merged.keys()) if (!full.ranges.has(id)) found.push(['LL-90', `${id} is gone, and no delta update says so`]);
  return found;
}

module.exports = { rangesAfter, judgedByHlsParser, alone, after, delta, droppedHint };
