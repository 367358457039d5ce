#include "app/reload.h"

namespace app {

std::vector<std::string> keys_for_restart(const Config& running, const Config& next) {
  std::vector<std::string> keys;
  const auto compare = [&keys](const char* key, const auto& before, const auto& after) {
    if (before != after) keys.emplace_back(key);
  };
  compare("log.level", running.log.level, next.log.level);
  compare("log.format", running.log.format, next.log.format);
  compare("web_directory", running.web_directory, next.web_directory);
  compare("http.listen", running.http.listen, next.http.listen);
  compare("http.port", running.http.port, next.http.port);
  compare("http.tls_port", running.http.tls_port, next.http.tls_port);
  compare("http.loops", running.http.loops, next.http.loops);
  compare("http.max_connections", running.http.max_connections, next.http.max_connections);
  compare("admin.listen", running.admin.listen, next.admin.listen);
  compare("admin.port", running.admin.port, next.admin.port);
  compare("rtmp.listen", running.rtmp.listen, next.rtmp.listen);
  compare("rtmp.port", running.rtmp.port, next.rtmp.port);
  compare("rtmp.tls_port", running.rtmp.tls_port, next.rtmp.tls_port);
  compare("srt.listen", running.srt.listen, next.srt.listen);
  compare("srt.port", running.srt.port, next.srt.port);
  compare("srt.latency", running.srt.latency, next.srt.latency);
  compare("srt.max_reorder", running.srt.max_reorder, next.srt.max_reorder);
  compare("srt.max_mbps", running.srt.max_mbps, next.srt.max_mbps);
  return keys;
}

}  // namespace app
