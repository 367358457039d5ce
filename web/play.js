// The player page: plays /live/CHANNEL/index.m3u8 with hls.js in low-latency mode, shows what a viewer gets, and
// recovers without a reload of the page. Its counters stand in window.kickoff. `?debug` adds a log, `?native` uses the
// browser's own HLS player; `?start`, `?end`, `?delay` and `?view` are those of the playlist.
'use strict';
(() => {
  const channel = decodeURIComponent(location.pathname.replace(/^.*\/play\/([^/]*)\/?$/, '$1'));
  // A token stands before /play/, and has to stand before /live/ too.
  const token = /^\/t\/[^/]+(?=\/play\/)/.exec(location.pathname)?.[0] ?? '';
  const query = new URLSearchParams(location.search);
  // The playlist wants `start` before `end`, each once, and the colons of an instant as they are.
  const asked = ['start', 'end', 'delay', 'view'].filter((name) => query.has(name))
    .map((name) => `${name}=${encodeURIComponent(query.get(name)).replaceAll('%3A', ':')}`).join('&');
  const source = `${token}/live/${encodeURIComponent(channel)}/index.m3u8${asked && '?'}${asked}`;
  // A time of the past has an end, after which nothing follows under its address.
  const past = query.has('start') || query.has('end');
  const element = (id) => document.getElementById(id);
  const video = element('video');

  const counters = {
    channel,
    state: 'connecting', // connecting, live, playing (a time of the past), waiting, ended, fault
    startup: null, // ms from the start of the page load to the first frame
    latency: null, // s behind the live edge
    wallLatency: null, // s from capture, as this machine's clock tells
    target: null, // s behind the live edge that the player aims at
    buffer: 0, // s ahead of the playhead
    bandwidth: 0, // bit/s as measured by the player
    rendition: '',
    frames: 0,
    dropped: 0,
    stalls: 0, // times that playback stopped for want of media after it had started
    stalledTime: 0, // ms
    switches: 0,
    jumps: 0, // seeks over a hole or back to the live edge
    refusals: 0, // times that the server refused another viewer
    ends: 0, // events that this page saw end
    errors: [], // text, newest last, at most 50
  };
  window.kickoff = counters;
  element('channel').textContent = channel;
  document.title = `${channel} · Kickoff`;

  const lines = [];
  function log(text) {
    if (!query.has('debug')) return;
    lines.push(`${(performance.now() / 1000).toFixed(3)} ${text}`);
    if (lines.length > 200) lines.shift();
    element('log').textContent = lines.join('\n');
  }
  element('log').hidden = !query.has('debug');

  const badges = { connecting: '', live: 'live', playing: '', waiting: 'waiting', ended: '', fault: 'fault' };
  let countdown = null;
  // wait: ms until the page tries again, counted down behind the message (in an element of its own, for a screen reader shall
  // not say every second).
  function show(state, message, wait) {
    counters.state = state;
    element('state').textContent = state;
    element('state').className = `badge ${badges[state]}`;
    element('words').textContent = message ?? '';
    element('countdown').textContent = '';
    element('message').hidden = !message;
    clearInterval(countdown);
    if (wait) {
      const until = performance.now() + wait;
      const tell = () => {
        const left = Math.ceil((until - performance.now()) / 1000);
        element('countdown').textContent = left > 0 ? ` Trying again in ${left} s.` : ' Trying again …';
      };
      tell();
      countdown = setInterval(tell, 200);
    }
    log(`${state}${message ? `: ${message}` : ''}`);
  }
  function fail(text) {
    counters.errors.push(text);
    if (counters.errors.length > 50) counters.errors.shift();
    log(`error: ${text}`);
  }

  function play() {
    video.play().catch((error) => {
      if (error.name !== 'NotAllowedError') return;
      if (video.muted) return show(counters.state, 'Press play to start: the browser does not start video by itself.');
      video.muted = true;
      play();
    });
  }
  video.addEventListener('volumechange', () => { element('unmute').hidden = !video.muted; });
  element('unmute').addEventListener('click', () => { video.muted = false; play(); });

  // First frame, stalls.
  function onFirstFrame() {
    if (counters.startup !== null) return;
    counters.startup = Math.round(performance.now());
    element('unmute').hidden = !video.muted;
  }
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(onFirstFrame);
  let stalledSince = null;
  video.addEventListener('playing', () => {
    if (!video.requestVideoFrameCallback) onFirstFrame();
    if (stalledSince !== null) counters.stalledTime += performance.now() - stalledSince;
    stalledSince = null;
    show(past ? 'playing' : 'live');
  });
  video.addEventListener('waiting', () => {
    // `waiting` also comes before the first frame, with every seek, and at the end: none of these is a stall.
    if (counters.startup === null || video.seeking || stalledSince !== null || (over && !past)) return;
    stalledSince = performance.now();
    counters.stalls += 1;
    show('waiting', 'Waiting for the picture …');
  });

  // The end of an event, and the next one under the same address. `over`: its last playlist is here (EXT-X-ENDLIST), and the
  // player plays what is left.
  let over = false;
  let watching = false;
  const watchPause = () => 2000 + 2000 * Math.random(); // ms; so that not all viewers ask at once
  async function nextEventRuns() {
    // Past the browser's cache: the playlists that have ended are in it.
    const fresh = async (url) => {
      const answer = await fetch(url, { cache: 'no-store' });
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      return answer.text();
    };
    try {
      const master = new URL(source, location);
      const child = (await fresh(master)).split('\n').find((line) => line && !line.startsWith('#'));
      return Boolean(child) && !(await fresh(new URL(child, master))).includes('#EXT-X-ENDLIST');
    } catch {
      return false; // gone, or not there yet
    }
  }
  // start(): has the player load the address anew.
  function finish(start) {
    if (past) return show('ended', 'This is the end of what the address asks for.');
    show('ended', 'The event has ended. The next one plays here when it begins.');
    video.pause(); // where gaps follow the last picture the browser would show that it waits
    if (watching) return;
    watching = true;
    counters.ends += 1;
    const watch = async () => {
      if (!(await nextEventRuns())) return setTimeout(watch, watchPause());
      watching = over = false;
      stalledSince = null;
      show('connecting');
      start();
    };
    setTimeout(watch, watchPause());
  }

  function bufferedAhead() {
    for (let i = 0; i < video.buffered.length; i++) {
      if (video.buffered.start(i) <= video.currentTime + 0.1 && video.buffered.end(i) > video.currentTime) {
        return video.buffered.end(i) - video.currentTime;
      }
    }
    return 0;
  }

  function leavePast() {
    for (const name of ['start', 'end']) query.delete(name);
    location.search = query;
  }

  const seconds = (value) => (value === null || !Number.isFinite(value) ? '–' : `${value.toFixed(2)} s`);
  const megabits = (value) => (value ? `${(value / 1e6).toFixed(1)} Mbit/s` : '–');
  function refreshFigures() {
    counters.buffer = bufferedAhead();
    const quality = video.getVideoPlaybackQuality?.();
    counters.frames = quality?.totalVideoFrames ?? 0;
    counters.dropped = quality?.droppedVideoFrames ?? 0;
    element('latency').textContent = seconds(counters.latency) +
      (counters.target ? ` (aim ${counters.target.toFixed(1)})` : '');
    element('rendition').textContent = counters.rendition || '–';
    element('buffer').textContent = seconds(counters.buffer);
    element('bandwidth').textContent = megabits(counters.bandwidth);
    element('dropped').textContent = `${counters.dropped} of ${counters.frames}`;
    element('stalls').textContent = counters.stalls
      ? `${counters.stalls} (${(counters.stalledTime / 1000).toFixed(1)} s)` : '0';
    element('startup').textContent = counters.startup === null ? '–' : `${counters.startup} ms`;
    element('errors').textContent = counters.errors.length ? `${counters.errors.length}: ${counters.errors.at(-1)}` : '0';
  }

  // The server refused the viewer and said when to come back; viewers must not all come back at the same moment.
  // Returns how long to wait, in ms.
  function turnedAway(retryAfter) {
    const wait = 1000 * (Number(retryAfter) || 2) * (1 + Math.random());
    counters.refusals += 1;
    fail('The server is full.');
    show('waiting', 'Very many viewers are joining right now. You can watch as soon as the server has capacity.', wait);
    return wait;
  }

  function playNative() {
    video.src = source;
    video.addEventListener('error', async () => {
      const again = () => { video.src = source; play(); };
      // The element does not tell what the server answered.
      const answer = await fetch(source).catch(() => null);
      if (answer?.status === 503) return setTimeout(again, turnedAway(answer.headers.get('Retry-After')));
      fail(video.error?.message || 'the browser cannot play this');
      show('fault', 'The browser cannot play this channel. Trying again …');
      setTimeout(again, 2000);
    });
    setInterval(() => {
      if (video.seekable.length) counters.latency = video.seekable.end(video.seekable.length - 1) - video.currentTime;
      counters.rendition = video.videoHeight ? `${video.videoHeight}p` : '';
      refreshFigures();
    }, 500);
    element('live').addEventListener('click', past ? leavePast : () => { video.currentTime = video.seekable.end(0); });
    video.addEventListener('ended', () => finish(() => { video.src = source; play(); }));
    play();
  }

  // What to say about a fatal error of hls.js.
  function explain(data) {
    const status = data.response?.code;
    if (asked && (status === 400 || status === 404)) return `Channel “${channel}” has nothing for “${asked}” (${status}).`;
    if (data.details === Hls.ErrorDetails.MANIFEST_LOAD_ERROR && status === 404) return `Channel “${channel}” is not live.`;
    if (status) return `The server answered ${status}.`;
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR) return 'The server cannot be reached.';
    if (data.details === Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR) return 'This browser lacks the channel’s codecs.';
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR) return 'The browser could not decode the media.';
    return data.error?.message ?? data.details;
  }

  function playWithHls() {
    // hls.js 1.5 to 1.7.4 takes each part of a segment for a jump and forgets the captions that the parts before it have begun: a line
    // that rolls up over two parts is never shown. For its own test, a part that follows in its segment is one that follows in the next.
    class CaptionsOverParts extends Hls.DefaultConfig.timelineController {
      onFragLoading(event, data) {
        const { frag, part } = data;
        if (part && frag.sn === this.lastSn && part.index === this.lastPartIndex + 1) this.lastSn -= 1;
        super.onFragLoading(event, data);
      }
    }
    // By itself hls.js asks a server that refused it again after a second, whatever Retry-After said.
    const load = Hls.DefaultConfig.manifestLoadPolicy.default;
    const shouldRetry = (config, count, isTimeout, response, retry) => retry && response?.code !== 503;
    const hls = new Hls({
      lowLatencyMode: true,
      timelineController: CaptionsOverParts,
      backBufferLength: 30,
      liveSyncOnStallIncrease: 0, // a publisher's outage must not cost latency for the rest of the event
      debug: query.has('debug'),
      // In headers: in the query each request would have a URL of its own, and a cache with default settings would hold none.
      cmcd: { version: 2, useHeaders: true, includeKeys: ['sid', 'ot', 'bl', 'bs', 'su', 'sta'] },
      manifestLoadPolicy: { default: { ...load, errorRetry: { ...load.errorRetry, shouldRetry } } },
    });
    counters.hls = hls;
    let retries = 0;
    let mediaRecoveries = 0;

    const name = (level) => level.name || (level.height ? `${level.height}p` : megabits(level.bitrate));
    hls.on(Hls.Events.MANIFEST_PARSED, (event, data) => {
      retries = 0;
      if (counters.state === 'waiting') show('connecting');
      const best = data.levels.map((level, index) => [index, name(level)]).reverse();
      element('quality').replaceChildren(new Option('Automatic', -1), ...best.map(([i, text]) => new Option(text, i)));
      play();
    });
    hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, (event, data) => {
      element('audio').replaceChildren(...data.audioTracks.map((track, index) => new Option(track.name || track.lang, index)));
      element('audio').parentElement.hidden = data.audioTracks.length < 2;
    });
    hls.on(Hls.Events.LEVEL_SWITCHED, (event, data) => {
      counters.switches += 1;
      const level = hls.levels[data.level];
      counters.rendition = level ? `${name(level)} · ${megabits(level.bitrate)}` : '';
    });
    hls.on(Hls.Events.ERROR, (event, data) => {
      log(`${data.fatal ? 'fatal ' : ''}${data.details} ${data.error?.message ?? ''}`);
      if (!data.fatal) return;
      const again = () => { hls.loadSource(source); play(); };
      if (data.response?.code === 503) {
        return setTimeout(again, turnedAway(data.networkDetails?.getResponseHeader?.('Retry-After')));
      }
      const text = explain(data);
      fail(text);
      show(data.response?.code === 404 ? 'waiting' : 'fault', `${text} Trying again …`);
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR && mediaRecoveries++ < 3) return hls.recoverMediaError();
      retries += 1;
      setTimeout(again, Math.min(500 * retries, 5000));
    });

    // A page that is opened after the end shows the event's last picture, not its last minute.
    let placed = false;
    hls.on(Hls.Events.LEVEL_LOADED, (event, { details }) => {
      over = !details.live;
      if (!over || past || placed || counters.startup !== null) return;
      placed = true;
      hls.startLoad(Math.max(0, details.edge - 1));
    });
    const finished = () => finish(() => hls.loadSource(source));
    video.addEventListener('ended', finished);

    function toLive() {
      if (hls.liveSyncPosition === null) return;
      counters.jumps += 1;
      video.currentTime = hls.liveSyncPosition;
      play();
    }
    element('live').addEventListener('click', past ? leavePast : toLive);
    element('quality').addEventListener('change', (event) => { hls.nextLevel = Number(event.target.value); });
    element('audio').addEventListener('change', (event) => { hls.audioTrack = Number(event.target.value); });

    // True where the newest media of the playlist is media, not a gap that the publisher's absence left.
    function edgeIsMedia() {
      const details = hls.latestLevelDetails;
      if (!details || !details.live) return false;
      const part = details.partList?.at(-1);
      return part ? !part.gap : !details.fragments.at(-1)?.gap;
    }

    // hls.js by itself waits before a hole as wide as an outage. With media behind the hole the page plays on there: where it is
    // buffered already, or else at the live edge.
    function leaveHole() {
      for (let i = 0; i < video.buffered.length; i++) {
        const start = video.buffered.start(i);
        if (start > video.currentTime && video.buffered.end(i) - start > 0.2) {
          counters.jumps += 1;
          video.currentTime = start + 0.01;
          return true;
        }
      }
      if (past || hls.liveSyncPosition === null || hls.liveSyncPosition < video.currentTime + 1 || !edgeIsMedia()) return false;
      toLive();
      return true;
    }

    // Plays a little faster, its pitch kept, until it is as near to live as the playlist allows. hls.js can do that too, but
    // not with less than a second of media ahead, which is all there is with short parts.
    function keepUp() {
      const behind = counters.latency - counters.target;
      const catching = video.playbackRate > 1;
      if (counters.latency === null || counters.buffer < 0.2 || behind < (catching ? 0.03 : 0.1)) {
        if (catching) video.playbackRate = 1;
      } else if (behind < 4) {
        video.playbackRate = behind > 0.3 ? 1.1 : 1.05;
      }
    }

    let lastTime = 0;
    let still = 0;
    setInterval(() => {
      counters.latency = hls.latency > 0 ? hls.latency : null;
      counters.target = hls.targetLatency;
      counters.wallLatency = hls.playingDate ? (Date.now() - hls.playingDate.getTime()) / 1000 : null;
      counters.bandwidth = hls.bandwidthEstimate || 0;
      refreshFigures();
      keepUp();
      still = video.paused || video.ended || video.currentTime !== lastTime ? 0 : still + 1;
      lastTime = video.currentTime;
      // The last picture, and gaps behind it: `ended` never comes. A time of the past is loaded from any place, and may wait there.
      if (over && !past && still >= 8 && counters.buffer < 0.5 && counters.state !== 'ended') finished();
      if (counters.startup !== null && still >= 4 && leaveHole()) still = -4; // time to fetch what is there
    }, 250);

    hls.attachMedia(video);
    hls.loadSource(source);
  }

  element('audio').parentElement.hidden = true;
  if (!query.has('native') && window.Hls?.isSupported()) return playWithHls();
  if (video.canPlayType('application/vnd.apple.mpegurl')) return playNative();
  show('fault', window.Hls ? 'This browser cannot play HLS.' : 'The player’s library is missing: run tools/build.');
})();
