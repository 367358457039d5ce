// Plays ?url= with the library ?player= as its makers ship it: no option but low latency where that is not the default, and with ?emsg
// that Shaka looks for events in the media. Does what any page around a player does at an event's end: when the address has ended and
// then carries a new event, it starts the player anew. What it saw stands in window.plain.
'use strict';
(async () => {
  const query = new URLSearchParams(location.search);
  const [name, url] = [query.get('player'), query.get('url')];
  const plain = { errors: [], tags: [], starts: 0, ended: 0, over: false };
  window.plain = plain;
  const fault = (text) => { plain.errors.push(`${(performance.now() / 1000).toFixed(1)} ${text}`); };
  addEventListener('error', (event) => fault(`page: ${event.message}`));
  addEventListener('unhandledrejection', (event) => fault(`page: ${event.reason?.message ?? event.reason}`));

  await new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `/${name}.js`;
    script.onload = resolve;
    script.onerror = reject;
    document.body.append(script);
  });
  // What of ID3 is text.
  const printable = (bytes) => String.fromCharCode(...bytes).replace(/[^ -~]+/g, ' ');
  const video = () => document.querySelector('video');
  video().addEventListener('ended', () => { plain.ended += 1; });

  let player = null;
  const start = {
    hls() {
      player?.destroy();
      // ?reports=URL: it tells of its events there (CMCD).
      player = new Hls(query.has('reports') ? { cmcd: { version: 2, contentId: 'match', includeKeys: ['sid'], eventTargets: [{ url: query.get('reports'), events: ['ps', 't', 'bc'], interval: 1 }] } } : {});
      player.on(Hls.Events.ERROR, (event, data) => {
        fault(`${data.fatal ? 'fatal ' : ''}${data.details} ${data.response?.code ?? ''}`);
        if (data.fatal && data.type === Hls.ErrorTypes.MEDIA_ERROR) player.recoverMediaError(); // as its documentation says
      });
      player.on(Hls.Events.FRAG_PARSING_METADATA, (event, { samples }) => plain.tags.push(...samples.map(({ pts, data }) => ({ pts, text: printable(data) }))));
      player.loadSource(url);
      player.attachMedia(video());
    },
    async shaka() {
      if (!player) {
        shaka.polyfill.installAll();
        player = new shaka.Player();
        await player.attach(video());
        player.configure({ streaming: { lowLatencyMode: true } });
        if (query.has('emsg')) player.configure('mediaSource.dispatchAllEmsgBoxes', true); // of HLS it leaves them alone otherwise
        player.addEventListener('metadata', ({ payload, startTime }) => plain.tags.push({ pts: startTime, text: `${payload.description} ${payload.data}` }));
        player.addEventListener('error', ({ detail }) => fault(`shaka ${detail.code} severity ${detail.severity}`));
      }
      await player.load(url);
    },
    vjs() {
      // A source that is set while the player has ended is not loaded: a player of its own for each event.
      if (player) {
        player.dispose();
        const fresh = document.createElement('video');
        Object.assign(fresh, { id: 'video', className: 'video-js', muted: true, playsInline: true });
        document.body.prepend(fresh);
      }
      player = videojs('video', { muted: true, autoplay: true, liveui: true, html5: { vhs: { llhls: true, overrideNative: true } } });
      player.on('ended', () => { plain.ended += 1; });
      player.on('error', () => fault(`video.js ${player.error()?.code} ${player.error()?.message}`));
      player.src({ src: url, type: 'application/x-mpegURL' });
    },
  }[name.replace(/\d+$/, '')];
  async function run() {
    plain.starts += 1;
    try {
      await start();
      video().play().catch(() => {});
    } catch (error) {
      fault(`start: ${error.code ?? error.message}`);
    }
  }

  const text = async (address) => {
    const answer = await fetch(address, { cache: 'no-store' });
    return answer.ok ? answer.text() : '';
  };
  async function watch() {
    try {
      const child = (await text(url)).split('\n').find((line) => line && !line.startsWith('#'));
      const media = child ? await text(new URL(child, url)) : '';
      if (media.includes('#EXT-X-ENDLIST')) plain.over = true;
      else if (media && plain.over) {
        plain.over = false;
        await run();
      }
    } catch {
      // asked again
    }
    setTimeout(watch, 1000);
  }
  await run();
  watch();
})();
