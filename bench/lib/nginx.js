// The peer: Debian's nginx with its RTMP module, HLS of 1 s.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { freeTcp, sleep } = require('../../tests/integration/harness');

const rtmpModule = '/usr/lib/nginx/modules/ngx_rtmp_module.so';

// → {rtmp(name), playlist(name), pids(), stop()}, or null where it is not installed.
async function startNginx() {
  if (!fs.existsSync(rtmpModule)) return null;
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kickoff-nginx-'));
  fs.chmodSync(directory, 0o755);
  const [rtmp, http] = [await freeTcp(), await freeTcp()];
  fs.writeFileSync(path.join(directory, 'nginx.conf'), `
load_module ${rtmpModule};
daemon off; master_process off; pid ${directory}/pid; error_log ${directory}/error.log warn; worker_processes 1;
events { worker_connections 1024; }
rtmp { server { listen 127.0.0.1:${rtmp}; chunk_size 4096; application live { live on; hls on; hls_path ${directory}/hls; hls_fragment 1s; hls_playlist_length 20s; } } }
http { access_log off; server { listen 127.0.0.1:${http}; location / { root ${directory}/hls; } } }
`);
  const child = spawn('nginx', ['-p', directory, '-c', path.join(directory, 'nginx.conf')], { stdio: 'ignore' });
  await sleep(500);
  return {
    rtmp: (name) => `rtmp://127.0.0.1:${rtmp}/live/${name}`,
    playlist: (name) => `http://127.0.0.1:${http}/${name}.m3u8`,
    pids: () => [child.pid],
    stop: async () => {
      child.kill();
      await new Promise((resolve) => child.on('close', resolve));
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

module.exports = { startNginx };
