// What viewers got of everything that essence_source.js sent: each thing once, in order, at the instant of its picture.
'use strict';
const { readMedia } = require('../../tools/judge/playlist');
const { tripletsIn, numbersIn, textIn } = require('../integration/captions');
const { cuesOf } = require('../integration/subtitles');
const { eventsIn } = require('../integration/event_messages');
const { rate, period } = require('./essence_source');

const wrap = 94 * 94; // of the numbers in 708 packets
// s, a little more than a picture. Also of what comes after a worker was killed: the server tells the next one by which clock the feed's
// pictures were shown, to the microsecond, so that they and all that goes with them stay where they were.
const nearly = 0.045;
const tags = 'https://aomedia.org/emsg/ID3';

// Reads one rendition as a player of whole segments does: each segment once, and all date ranges.
class Collector {
  constructor(url) { Object.assign(this, { url, waiting: [], next: 0, ranges: new Map(), missed: [] }); }

  async look() {
    const answer = await fetch(this.url, { signal: AbortSignal.timeout(10000) }).catch(() => null);
    if (answer?.status !== 200) return;
    const playlist = readMedia(await answer.text());
    for (const [id, range] of playlist.ranges) this.ranges.set(id, range);
    this.next ||= playlist.segments.at(-1)?.msn ?? 0; // what came before is not judged
    for (const { msn, uri, map, date } of playlist.segments.filter((segment) => this.next && segment.msn >= this.next)) {
      if (msn !== this.next) this.missed.push(`${this.next} to ${msn - 1}`);
      this.next = msn + 1;
      const bytes = await Promise.all([map, uri].map(async (name) => (name ? Buffer.from(await (await fetch(new URL(name, this.url))).arrayBuffer()) : Buffer.alloc(0))));
      this.waiting.push({ msn, map, date: Date.parse(date) / 1000, init: bytes[0], bytes: bytes[1] });
    }
  }
  take() { return this.waiting.splice(0); }
}

// disturbed(utc): whether something may be missing there. fail(text).
class Judges {
  constructor(disturbed, fail) { Object.assign(this, { disturbed, fail, zero: null, numbers: new Map(), texts: new Map(), sent: new Map(), lost: {}, worst: 0 }); }

  // UTC at which picture `number` was shown.
  at(number) { return this.zero + number / rate; }
  missing(what, count, from, to) {
    if (!this.disturbed(this.at(from)) && !this.disturbed(this.at(to))) this.fail(`${what}: ${count} missing between pictures ${from} and ${to}, ${new Date(1000 * this.at(from)).toISOString()}`);
    this.lost[what] = (this.lost[what] ?? 0) + count;
  }
  inTime(what, number, utc) {
    const off = utc - this.at(number);
    if (Math.abs(off) > Math.abs(this.worst)) this.worst = off;
    if (Math.abs(off) > nearly && !this.disturbed(utc)) this.fail(`${what} of picture ${number} is ${(1000 * off).toFixed(0)} ms after it`);
  }

  // The 708 packets of a row of segments, one a picture; and the 608 text.
  async captions(name, segments) {
    if (!segments.length) return this.fail(`${name}: no segment`);
    const found = await tripletsIn(Buffer.concat([segments[0].init, ...segments.map(({ bytes }) => bytes)]));
    const numbers = numbersIn(found);
    if (!numbers.length) return this.fail(`${name}: no captions`);
    if (!/PICTURE \d{5} /.test(textIn(found))) this.fail(`${name}: no 608 text`);
    let last = this.numbers.get(name);
    const unwrapped = (number) => (last === undefined ? number : last - wrap / 2 + ((number - last + wrap / 2) % wrap + wrap) % wrap);
    const begun = unwrapped(numbers[0]);
    // Where the first pictures of the row have none, it seems to be earlier than it is.
    this.zero = Math.max(this.zero ?? -Infinity, segments[0].date - begun / rate);
    for (const number of numbers) {
      const one = unwrapped(number);
      if (last !== undefined && one <= last) this.fail(`${name}: the caption of picture ${one} comes after that of ${last}`);
      else if (last !== undefined && one > last + 1) this.missing(`${name} captions`, one - last - 1, last, one);
      last = Math.max(one, last ?? one);
    }
    this.numbers.set(name, last);
    return undefined;
  }
  // Cues that say "PICTURE 00050"; `late`: by so many pictures they are shown later than it. typed: character by character.
  subtitles(name, segments, { late, typed }) {
    const seen = this.texts.get(name) ?? this.texts.set(name, new Map()).get(name);
    for (const { bytes, date } of segments) {
      for (const { start, text } of cuesOf(bytes.toString(), date)) {
        const number = Number((typed ? /PICTURE (\d{5})$/ : /^PICTURE (\d{5})$/).exec(text)?.[1] ?? NaN);
        if (!Number.isNaN(number)) seen.set(number, Math.min(start, seen.get(number) ?? Infinity));
        else if (!typed) this.fail(`${name} shows ${JSON.stringify(text)}`);
      }
    }
    this.late = { ...this.late, [name]: late };
  }
  events(segments) {
    for (const { scheme, data, at } of segments.flatMap(({ bytes }) => eventsIn(bytes))) {
      if (scheme !== tags) continue;
      const key = data.toString('hex');
      if (this.sent.has(key)) this.fail(`the tag ${data.toString('latin1').slice(-4)} comes twice`);
      this.sent.set(key, at / 1000);
    }
  }

  // When all is over. `until`: the UTC after which nothing is looked for.
  finish(source, ranges, until) {
    for (const [name, seen] of this.texts) this.judgeTexts(name, seen, until);
    source.tags.filter(({ picture }) => this.at(picture) < until).forEach(({ picture, data }, i) => {
      const at = this.sent.get(data.toString('hex'));
      if (at === undefined) this.missing('tags', 1, picture, picture);
      else this.inTime(`tag ${i}`, picture, at);
    });
    this.judgeSplices(source, ranges, until);
  }
  judgeTexts(name, seen, until) {
    const numbers = [...seen.keys()].sort((a, b) => a - b);
    if (numbers.length < 3) this.fail(`${name}: only ${numbers.length} texts`);
    for (let number = numbers[0]; this.at(number + 2 * period) < until; number += period) {
      if (!seen.has(number)) this.missing(name, 1, number, number + period);
      // The first one may have begun before what was looked at.
      else if (number > numbers[0] && this.late[name] !== null) this.inTime(name, number + this.late[name], seen.get(number));
    }
    for (const number of numbers) if (number % period) this.fail(`${name}: a text of picture ${number}`);
  }
  judgeSplices(source, ranges, until) {
    const hex = (section) => `0x${section.toString('hex').toUpperCase()}`;
    const list = [...ranges.values()];
    const due = source.splices.filter(({ picture, seconds }) => this.at(picture) + seconds < until);
    for (const { id, picture, seconds, out, back } of due) {
      const found = list.filter((range) => range.includes(hex(out)));
      if (found.length !== 1) {
        if (found.length || !this.disturbed(this.at(picture) - 4)) this.fail(`splice ${id} has ${found.length} date ranges`);
        continue;
      }
      this.inTime(`splice ${id}`, picture, Date.parse(/START-DATE="([^"]+)"/.exec(found[0])[1]) / 1000);
      if (!found[0].includes(`SCTE35-IN=${hex(back)}`)) {
        // Its end is announced between 2.5 s and 1 s before the break.
        if (![4, 2, 0].some((before) => this.disturbed(this.at(picture) - before))) this.fail(`splice ${id} has no end: ${found[0]}`);
        this.lost['ends of splices'] = (this.lost['ends of splices'] ?? 0) + 1;
        continue;
      }
      const lasts = Number(/[^-]DURATION=([\d.]+)/.exec(found[0])?.[1]);
      if (!(Math.abs(lasts - seconds) < nearly)) this.fail(`splice ${id} lasts ${lasts} s, not ${seconds}`);
    }
    const known = new Set(source.splices.flatMap(({ out, back }) => [hex(out), hex(back)]));
    const foreign = list.filter((range) => /SCTE35-/.test(range) && ![...range.matchAll(/SCTE35-\w+=(0x[0-9A-F]+)/g)].every((match) => known.has(match[1])));
    for (const range of foreign) this.fail(`a splice that nobody sent: ${range}`);
    return due.length;
  }
}

module.exports = { Collector, Judges };
