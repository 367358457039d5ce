// Debian's Chromium, and a page server of another origin for players that are not ours.
'use strict';
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { chromium } = require('playwright-core');

const root = path.resolve(__dirname, '../..');

function launch() {
  return chromium.launch({
    executablePath: process.env.KICKOFF_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
  });
}

const files = {
  '/shaka.html': ['text/html', path.join(__dirname, 'shaka.html')],
  '/shaka_page.js': ['text/javascript', path.join(__dirname, 'shaka_page.js')],
  '/plain.html': ['text/html', path.join(__dirname, 'plain.html')],
  '/plain_page.js': ['text/javascript', path.join(__dirname, 'plain_page.js')],
  ...Object.fromEntries(Object.entries({
    hls14: 'hls14/dist/hls.min.js', hls15: 'hls15/dist/hls.min.js', hls17: 'hls.js/dist/hls.min.js',
    shaka4: 'shaka4/dist/shaka-player.compiled.js', shaka5: 'shaka-player/dist/shaka-player.compiled.js',
    vjs: 'video.js/dist/video.min.js',
  }).map(([name, file]) => [`/${name}.js`, ['text/javascript', path.join(root, 'node_modules', file)]])),
  '/shaka-player.js': ['text/javascript', path.join(root, 'node_modules/shaka-player/dist/shaka-player.compiled.js')],
};
// → {origin, close()}
function servePages() {
  const server = http.createServer((request, response) => {
    const [type, file] = files[new URL(request.url, 'http://a').pathname] ?? [];
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type });
    fs.createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => {
    resolve({ origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() });
  }));
}

// What the picture shows, read back through a canvas: mean and spread of brightness over its pixels.
function picture(page) {
  return page.evaluate(() => {
    const video = document.querySelector('video');
    const canvas = document.createElement('canvas');
    canvas.width = 64;
    canvas.height = 36;
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 64, 36);
    const { data } = context.getImageData(0, 0, 64, 36);
    const values = [];
    for (let i = 0; i < data.length; i += 4) values.push(0.3 * data[i] + 0.6 * data[i + 1] + 0.1 * data[i + 2]);
    const mean = values.reduce((a, b) => a + b) / values.length;
    return { mean, spread: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
  });
}

const counters = (page) => page.evaluate(() => {
  const { hls, ...rest } = window.kickoff;
  return { ...rest, hls: Boolean(hls), time: document.querySelector('video').currentTime };
});

module.exports = { launch, servePages, picture, counters };
