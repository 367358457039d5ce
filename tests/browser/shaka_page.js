// Plays ?url= with Shaka in low-latency mode and counts as the server's own player page does (window.kickoff).
'use strict';
(async () => {
  const counters = { startup: null, latency: null, wallLatency: null, stalls: 0, frames: 0, dropped: 0, errors: [], jumps: 0 };
  window.kickoff = counters;
  const video = document.getElementById('video');
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
    cmcd: { enabled: new URLSearchParams(location.search).has('cmcd'), version: 2, useHeaders: false },
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
