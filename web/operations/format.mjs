// What the API says of a channel, in words. No function here touches the page.

export const percent = (share) => `${Math.round(100 * share)} %`;
export const decibels = (value, unit) => `${value === null || value === undefined ? '–' : value.toFixed(1)} ${unit}`;
export const number = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
export function bits(perSecond) {
  if (perSecond === null) return '–';
  if (perSecond >= 1e9) return `${number(perSecond / 1e9)} Gbit/s`;
  return perSecond >= 1e6 || perSecond === 0 ? `${number(perSecond / 1e6)} Mbit/s` : `${number(perSecond / 1e3)} kbit/s`;
}
export const milliseconds = (seconds) => (seconds === null ? '–' : seconds >= 10 ? `${seconds.toFixed(1)} s` : `${Math.round(1000 * seconds)} ms`);
export const clock = (time) => new Date(time).toLocaleTimeString();

/// What of a counter that is read now and then is per second; null with the first reading, and where it has begun anew.
export class Rates {
  #before = new Map();
  of(name, value, now) {
    const before = this.#before.get(name);
    if (before && now <= before.now) return before.rate;
    const rate = before && value >= before.value ? (value - before.value) * 1000 / (now - before.now) : null;
    this.#before.set(name, { value, now, rate });
    return rate;
  }
  /// Forgets all that is not named.
  keep(names) { for (const name of this.#before.keys()) if (!names.has(name)) this.#before.delete(name); }
}

const several = (channel) => channel.feeds.length > 1 || channel.shown_feed !== 'primary' || channel.counters.feed_switches > 0;

/// A line a feed.
export function feedLine(channel, feed) {
  return [`${feed.name}${feed.shown && several(channel) ? ', shown' : ''}`, feed.protocol, feed.video, feed.audio,
    feed.captions ? `captions ${feed.captions}` : '',
    feed.teletext?.length ? `teletext ${feed.teletext.map(({ page, language }) => `${page} ${language}`.trim()).join(', ')}` : '',
    feed.bitmap_subtitles ? 'DVB subtitles, not converted' : '',
    feed.silent ? 'silent' : '', `score ${feed.score}${feed.fault ? `, ${feed.fault}` : ''}`, feed.encoder ? `from ${feed.encoder}` : ''].filter(Boolean).join(' · ');
}

/// The time code of a feed that carries one, and how far it is from UTC; empty where it carries none.
export function timeCode({ name, time_code: code }) {
  if (!code) return '';
  const off = code.offset_ms === null ? 'does not run' : `UTC ${code.offset_ms < 0 ? '−' : '+'} ${Math.abs(code.offset_ms / 1000).toFixed(2)} s`;
  return `${name} time code ${code.value} ${code.source} (${off})`;
}

const newestText = (time) => (time ? `text at ${clock(time)}` : 'no text');

/// A line a caption service and a line a text rendition: who declares it, and when its newest text came.
export function captionLines({ shown_feed: shown, captions: { services, texts } }) {
  const service = ({ service: id, language, name, listed, sources, feeds }) => {
    const feed = feeds.find((one) => one.name === shown);
    return [`${[id, name || language || feed?.language].filter(Boolean).join(' ')}: ${sources.join(', ') || 'an earlier publisher'}`, newestText(feed?.last_text), listed ? '' : 'not in playlists'].filter(Boolean).join(' · ');
  };
  return [...services.map(service), ...texts.map(({ name, from, language, sources, last_text: last }) => [`${name} from ${from}${language ? ` ${language}` : ''}: ${sources.join(', ')}`, newestText(last)].join(' · '))];
}

/// How the two feeds belong together; empty where that is not known.
export function together({ feeds, alignment }) {
  if (feeds.some((feed) => feed.merged)) return 'both feeds bring the same packets: merged';
  if (alignment.method === 'none') return '';
  const late = alignment.offset_ms >= 0 ? 'backup' : 'primary';
  const held = feeds.filter((feed) => feed.delay_ms > 0).map((feed) => `, ${feed.name} held back by ${feed.delay_ms.toFixed(0)} ms`).join('');
  return `one programme: ${late} ${Math.abs(alignment.offset_ms).toFixed(0)} ms behind (${alignment.method})${held}`;
}

/// What viewers see in place of the feed, and why; empty where they see the feed.
export function slate({ slate: { shown, ordered, scheduled, seconds_left: seconds, text, reason } }) {
  if (!shown && !ordered) return '';
  const why = scheduled ? ' by schedule' : ordered ? ' ordered' : ' shown: no picture';
  return `slate${why}${text ? ` “${text}”` : ''}${reason ? `: ${reason}` : ''}${seconds === null ? '' : `, ${Math.ceil(seconds)} s left`}`;
}

/// What lies over the encoded pictures, by id; empty where nothing does.
export function overlays({ overlays: all }) {
  const on = all.filter((overlay) => overlay.on).map(({ id, ordered }) => id + (ordered ? ' (ordered)' : ''));
  const hidden = all.filter((overlay) => !overlay.on && overlay.ordered).map(({ id }) => `${id} hidden (ordered)`);
  return on.length + hidden.length ? `overlays: ${[...on, ...hidden].join(', ')}` : '';
}

/// When the channel's event is on; empty where nothing is scheduled.
export function schedule({ event }) {
  if (!event) return '';
  const at = (time) => new Date(time).toLocaleString();
  const when = { before: () => `begins ${at(event.start)}`, on: () => (event.end ? `until ${at(event.end)}` : 'is on'), over: () => `was over at ${at(event.end)}` };
  return `event ${when[event.phase]()}`;
}

/// What the ladder goes without for lack of CPU.
export function scarce({ left_out: { rungs, reason }, economy }) {
  return [rungs.length ? `without ${rungs.join(', ')}: ${reason}` : '', economy.level ? `economy level ${economy.level}: ${economy.meaning}` : ''].filter(Boolean).join('\n');
}

/// All lines about a channel that are there, in the order in which they are read.
export function lines(channel) {
  const feeds = channel.feeds.length ? channel.feeds.map((feed) => feedLine(channel, feed)) : ['no publisher'];
  if (!channel.feed && channel.feeds.length) feeds.push(`${channel.shown_feed}, shown: no publisher`);
  return [...feeds, ...captionLines(channel), ...channel.feeds.map(timeCode), together(channel), slate(channel), overlays(channel), schedule(channel), scarce(channel)].filter(Boolean);
}

export function loudness(name, level, normaliser) {
  const gain = normaliser ? ` · ${normaliser.gain === null ? '' : `gain ${decibels(normaliser.gain, 'dB')}, `}limiter ${decibels(normaliser.reduction, 'dB')}` : '';
  return `${name}: ${decibels(level.short_term, 'LUFS')} · I ${decibels(level.integrated, 'LUFS')} · LRA ${decibels(level.range, 'LU')} · true peak ${decibels(level.true_peak, 'dBTP')}${gain}`;
}

export const edge = ({ ready, ended, edge: at }) => (!ready ? 'waiting' : `${at.open_segment}.${at.open_parts}${ended ? ', ended' : ''}`);

/// An event, in parts: {time, channel (empty: the instance), type, state, data}.
export function event(given) {
  const data = Object.entries(given.data ?? {}).filter(([, value]) => value !== '').map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : value}`).join(', ');
  return { time: given.time, channel: (given.subject ?? '').replace(/^channels\//, ''), type: given.type.replace(/^live\.kickoff\./, ''), state: given.state ?? '', data };
}
