// Plays ?url= with Shaka in low-latency mode and counts as the server's own player page does (window.kickoff).
'use strict';
(async () => {
  const counters = { startup: null, latency: null, wallLatency: null, stalls: 0, frames: 0, dropped: 0, errors: [], jumps: 0 };
  window.kickoff = counters;
  const video = document.getElementById('video');
  // ?cmcd: with each request; ?reports=URL: of events, to there.
  const cmcd = (query) => ({
    enabled: query.has('cmcd') || query.has('reports'), version: 2, useHeaders: false, contentId: 'match',
    ...(query.has('reports') && { includeKeys: ['sid'], eventTargets: [{ enabled: true, url: query.get('reports'), events: ['ps', 't', 'bc'], includeKeys: [], interval: 1 }] }),
  });
  video.requestVideoFrameCallback(() => { counters.startup = Math.round(performance.now()); });
  let stalled = false;
  video.addEventListener('waiting', () => {
    if (counters.startup !== null && !video.seeking && !stalled) counters.stalls += 1;
    stalled = true;
  });
  video.addEventListener('playing', () => { stalled = false; });
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  await player.attach(video);
  window.player = player;
  player.addEventListener('error', (event) => counters.errors.push(`${event.detail.code} ${event.detail.data?.join(' ')}`));
  player.configure({
    cmcd: cmcd(new URLSearchParams(location.search)),
    streaming: { lowLatencyMode: true, retryParameters: { maxAttempts: 100, baseDelay: 200, backoffFactor: 1 } },
  });
  setInterval(() => {
    if (counters.startup === null) return;
    const quality = video.getVideoPlaybackQuality();
    counters.frames = quality.totalVideoFrames;
    counters.dropped = quality.droppedVideoFrames;
    counters.latency = counters.wallLatency = player.getStats().liveLatency; // by the dates in the playlist and this clock
  }, 200);
  try {
    await player.load(new URLSearchParams(location.search).get('url'));
    await video.play();
  } catch (error) {
    counters.errors.push(`${error.code ?? error.message} ${error.data?.join?.(' ') ?? ''}`);
  }
})();
