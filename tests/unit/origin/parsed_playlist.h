#pragma once

#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <vector>

/// A media playlist as a client sees it; knows nothing of how ours are written but the tags' names.
namespace origin::testing {

struct ParsedPart {
  std::string uri;
  double duration = 0;
  bool independent = false;
  bool gap = false;
};

struct ParsedSegment {
  std::int64_t msn = 0;
  std::int64_t discontinuity_number = 0;
  std::string map;
  std::string date;
  std::string uri;  ///< empty for the open one
  double duration = 0;
  bool gap = false;
  std::vector<ParsedPart> parts;

  /// What of it must survive a delta update, in one line.
  std::string identity() const {
    return std::to_string(msn) + " " + uri + " " + map + " " + date + " " + std::to_string(duration) + " " +
           std::to_string(discontinuity_number) + (gap ? " gap" : "");
  }
};

struct ParsedPlaylist {
  std::int64_t media_sequence = -1;
  std::int64_t discontinuity_sequence = 0;
  std::int64_t skipped = 0;
  double part_target = 0;
  std::string target_duration;
  std::string server_control;
  std::string part_hint;
  std::string map_hint;
  bool ended = false;
  std::vector<ParsedSegment> segments;  ///< the open one last, where it has parts
};

inline std::string attribute(const std::string& line, const std::string& name) {
  std::size_t at = line.find(":" + name + "=");
  if (at == std::string::npos) at = line.find("," + name + "=");
  if (at == std::string::npos) return "";
  at += name.size() + 2;
  if (line[at] == '"') return line.substr(at + 1, line.find('"', at + 1) - at - 1);
  return line.substr(at, line.find(',', at) - at);
}

inline ParsedPlaylist parse_playlist(const std::string& text) {
  ParsedPlaylist playlist;
  ParsedSegment next;
  std::string map;
  std::int64_t discontinuities = 0;
  std::int64_t count = 0;
  std::istringstream lines(text);
  const auto after = [](const std::string& line) { return line.substr(line.find(':') + 1); };
  for (std::string line; std::getline(lines, line);) {
    const std::string tag = line.substr(0, line.find(':'));
    if (tag == "#EXT-X-TARGETDURATION") playlist.target_duration = after(line);
    if (tag == "#EXT-X-SERVER-CONTROL") playlist.server_control = after(line);
    if (tag == "#EXT-X-PART-INF") playlist.part_target = std::stod(attribute(line, "PART-TARGET"));
    if (tag == "#EXT-X-MEDIA-SEQUENCE") playlist.media_sequence = std::stoll(after(line));
    if (tag == "#EXT-X-DISCONTINUITY-SEQUENCE") playlist.discontinuity_sequence = std::stoll(after(line));
    if (tag == "#EXT-X-SKIP") playlist.skipped = count = std::stoll(attribute(line, "SKIPPED-SEGMENTS"));
    if (tag == "#EXT-X-ENDLIST") playlist.ended = true;
    if (tag == "#EXT-X-PRELOAD-HINT") {
      (attribute(line, "TYPE") == "MAP" ? playlist.map_hint : playlist.part_hint) = attribute(line, "URI");
    }
    if (tag == "#EXT-X-DISCONTINUITY") ++discontinuities;
    if (tag == "#EXT-X-MAP") map = attribute(line, "URI");
    if (tag == "#EXT-X-PROGRAM-DATE-TIME") next.date = after(line);
    if (tag == "#EXT-X-GAP") next.gap = true;
    if (tag == "#EXTINF") next.duration = std::stod(after(line));
    if (tag == "#EXT-X-PART") {
      next.parts.push_back({attribute(line, "URI"), std::stod(attribute(line, "DURATION")),
                            attribute(line, "INDEPENDENT") == "YES", attribute(line, "GAP") == "YES"});
    }
    const bool uri = !line.empty() && line[0] != '#';
    if (!uri && !(tag == "#EXT-X-PRELOAD-HINT" && !next.parts.empty()) &&
        !(tag == "#EXT-X-ENDLIST" && !next.parts.empty())) {
      continue;
    }
    next.msn = playlist.media_sequence + count++;
    next.map = map;
    next.discontinuity_number = playlist.discontinuity_sequence + discontinuities;
    if (uri) next.uri = line;
    playlist.segments.push_back(std::exchange(next, {}));
  }
  return playlist;
}

}  // namespace origin::testing
