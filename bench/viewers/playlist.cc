#include "viewers/playlist.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "viewers/attributes.h"

namespace viewers {
namespace {

base::Error malformed(std::string what) { return {base::Code::kMalformed, std::move(what), 0}; }

/// Collects the lines of a media playlist into segments.
class MediaReader {
 public:
  base::Status line(std::string_view line) {
    if (line.empty()) return base::Ok{};
    if (line[0] != '#') return segment_uri(line);
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (head_tag(name, value) || segment_tag(name, value)) return base::Ok{};
    return trailing_tag(name, value);
  }

  base::Result<MediaPlaylist> take() {
    if (list_.target == 0) return malformed("no EXT-X-TARGETDURATION");
    if (!open_.parts.empty()) close();
    if (list_.segments.empty() && list_.skipped == 0) return malformed("no segments");
    return std::move(list_);
  }

 private:
  bool head_tag(std::string_view name, std::string_view value) {
    if (name == "#EXT-X-TARGETDURATION") {
      list_.target = micros_of(value);
    } else if (name == "#EXT-X-MEDIA-SEQUENCE") {
      list_.media_sequence = integer_of(value);
    } else if (name == "#EXT-X-PART-INF") {
      list_.part_target = micros_of(Attributes(value)["PART-TARGET"]);
    } else if (name == "#EXT-X-SERVER-CONTROL") {
      const Attributes control(value);
      list_.can_block = control["CAN-BLOCK-RELOAD"] == "YES";
      list_.skip_until = micros_of(control["CAN-SKIP-UNTIL"]);
      list_.part_hold_back = micros_of(control["PART-HOLD-BACK"]);
    } else if (name == "#EXT-X-ENDLIST") {
      list_.ended = true;
    } else if (name == "#EXT-X-SKIP") {
      list_.skipped = integer_of(Attributes(value)["SKIPPED-SEGMENTS"]);
    } else {
      return false;
    }
    return true;
  }

  bool segment_tag(std::string_view name, std::string_view value) {
    if (name == "#EXT-X-PART") {
      const Attributes part(value);
      open_.parts.push_back(
          {std::string(part["URI"]), micros_of(part["DURATION"]), part["INDEPENDENT"] == "YES", part["GAP"] == "YES"});
    } else if (name == "#EXTINF") {
      open_.duration = micros_of(value.substr(0, value.find(',')));
    } else if (name == "#EXT-X-PROGRAM-DATE-TIME") {
      open_.start = parse_date(value).value_or(SegmentLines::kUnknown);
      list_.dated = true;
    } else if (name == "#EXT-X-MAP") {
      map_ = Attributes(value)["URI"];
    } else if (name == "#EXT-X-DISCONTINUITY") {
      open_.discontinuity = true;
    } else if (name == "#EXT-X-GAP") {
      open_.gap = true;
    } else {
      return false;
    }
    return true;
  }

  base::Status trailing_tag(std::string_view name, std::string_view value) {
    if (name == "#EXT-X-PRELOAD-HINT") {
      const Attributes hint(value);
      if (hint["TYPE"] != "PART") return base::Ok{};
      if (!list_.hint.empty()) return malformed("two hints for a part (LL-76)");
      list_.hint = hint["URI"];
    } else if (name == "#EXT-X-RENDITION-REPORT") {
      const Attributes report(value);
      list_.reports.push_back(
          {std::string(report["URI"]), {integer_of(report["LAST-MSN"]), integer_of(report["LAST-PART"])}});
    }
    return base::Ok{};
  }

  base::Status segment_uri(std::string_view uri) {
    open_.uri = uri;
    close();
    return base::Ok{};
  }

  void close() {
    open_.msn = list_.media_sequence + list_.skipped + static_cast<std::int64_t>(list_.segments.size());
    open_.map = map_;
    list_.segments.push_back(std::move(open_));
    open_ = {};
  }

  MediaPlaylist list_;
  SegmentLines open_;
  std::string map_;
};

/// Calls `take(line)` for each line; stops at the first error.
template <typename Take>
base::Status each_line(std::string_view text, Take take) {
  if (text.substr(0, 7) != "#EXTM3U") return malformed("the first line is not #EXTM3U (LL-1)");
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    TRY_OK(take(line));
  }
  return base::Ok{};
}

/// Carries dates on from segment to segment.
void date_segments(std::vector<SegmentLines>& segments) {
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const SegmentLines& before = segments[i - 1];
    if (segments[i].start == SegmentLines::kUnknown && before.start != SegmentLines::kUnknown) {
      segments[i].start = before.start + before.duration;
    }
  }
}

}  // namespace

base::Micros SegmentLines::part_start(std::size_t index) const {
  base::Micros at = start;
  for (std::size_t i = 0; i < index && i < parts.size(); ++i) at += parts[i].duration;
  return at;
}

Position MediaPlaylist::end() const {
  if (segments.empty()) return {media_sequence, 0};
  const SegmentLines& last = segments.back();
  if (last.closed()) return {last.msn + 1, 0};
  return {last.msn, static_cast<std::int64_t>(last.parts.size())};
}

Position MediaPlaylist::newest() const {
  if (segments.empty()) return {media_sequence, 0};
  const SegmentLines& last = segments.back();
  return {last.msn, last.parts.empty() ? 0 : static_cast<std::int64_t>(last.parts.size()) - 1};
}

bool MediaPlaylist::contains(Position wanted) const {
  const SegmentLines* holder = segment(wanted.msn);
  if (holder != nullptr && !holder->parts.empty() && wanted.part >= static_cast<std::int64_t>(holder->parts.size())) {
    wanted = {wanted.msn + 1, 0};
  }
  return end() > wanted;
}

const SegmentLines* MediaPlaylist::segment(std::int64_t msn) const {
  if (segments.empty() || msn < segments.front().msn || msn > segments.back().msn) return nullptr;
  return &segments[static_cast<std::size_t>(msn - segments.front().msn)];
}

base::Micros MediaPlaylist::edge() const {
  if (segments.empty()) return 0;
  const SegmentLines& last = segments.back();
  return last.closed() ? last.start + last.duration : last.part_start(last.parts.size());
}

base::Result<MediaPlaylist> parse_media_playlist(std::string_view text) {
  MediaReader reader;
  TRY_OK(each_line(text, [&](std::string_view line) { return reader.line(line); }));
  TRY(MediaPlaylist list, reader.take());
  date_segments(list.segments);
  return list;
}

base::Result<MediaPlaylist> merge(const MediaPlaylist& previous, MediaPlaylist delta) {
  std::vector<SegmentLines> segments;
  for (std::int64_t msn = delta.media_sequence; msn < delta.media_sequence + delta.skipped; ++msn) {
    const SegmentLines* known = previous.segment(msn);
    if (known == nullptr || !known->closed())
      return malformed("a delta update skips what was not known before (LL-93)");
    segments.push_back(*known);
    segments.back().parts.clear();  // those of skipped segments are not listed any more
  }
  std::string map = segments.empty() ? std::string() : segments.back().map;
  for (SegmentLines& segment : delta.segments) {
    if (segment.map.empty()) segment.map = map;
    segments.push_back(std::move(segment));
  }
  delta.segments = std::move(segments);
  delta.skipped = 0;
  date_segments(delta.segments);
  return delta;
}

const AudioRendition* MultivariantPlaylist::audio_of(const Variant& variant) const {
  const AudioRendition* found = nullptr;
  for (const AudioRendition& rendition : audio) {
    if (rendition.uri.empty() || rendition.group != variant.audio_group) continue;
    if (found == nullptr || rendition.is_default) found = &rendition;
  }
  return found;
}

base::Result<MultivariantPlaylist> parse_multivariant(std::string_view text) {
  MultivariantPlaylist list;
  std::optional<Variant> variant;
  TRY_OK(each_line(text, [&](std::string_view line) -> base::Status {
    const std::string_view stream = "#EXT-X-STREAM-INF:";
    const std::string_view media = "#EXT-X-MEDIA:";
    if (line.substr(0, stream.size()) == stream) {
      const Attributes attributes(line.substr(stream.size()));
      variant = Variant{"", std::string(attributes["AUDIO"]), integer_of(attributes["BANDWIDTH"])};
    } else if (line.substr(0, media.size()) == media) {
      const Attributes attributes(line.substr(media.size()));
      if (attributes["TYPE"] != "AUDIO") return base::Ok{};
      list.audio.push_back(
          {std::string(attributes["URI"]), std::string(attributes["GROUP-ID"]), attributes["DEFAULT"] == "YES"});
    } else if (!line.empty() && line[0] != '#') {
      if (!variant) return malformed("a URI without EXT-X-STREAM-INF");
      variant->uri = line;
      list.variants.push_back(*std::move(variant));
      variant.reset();
    }
    return base::Ok{};
  }));
  if (list.variants.empty()) return malformed("no variants");
  return list;
}

std::optional<base::Micros> parse_date(std::string_view text) {
  const std::string copy(text);
  std::tm date{};
  int used = 0;
  if (std::sscanf(copy.c_str(), "%d-%d-%dT%d:%d:%d%n", &date.tm_year, &date.tm_mon, &date.tm_mday, &date.tm_hour,
                  &date.tm_min, &date.tm_sec, &used) != 6) {
    return std::nullopt;
  }
  date.tm_year -= 1900;
  date.tm_mon -= 1;
  base::Micros time = static_cast<base::Micros>(timegm(&date)) * base::kSecond;
  std::string_view rest = std::string_view(copy).substr(static_cast<std::size_t>(used));
  if (!rest.empty() && rest[0] == '.') {
    const std::size_t digits = rest.find_first_not_of("0123456789", 1);
    time += micros_of("0" + std::string(rest.substr(0, digits)));
    rest.remove_prefix(std::min(digits, rest.size()));
  }
  if (rest.size() >= 5 && (rest[0] == '+' || rest[0] == '-')) {
    const std::int64_t hours = integer_of(rest.substr(1, 2));
    const std::int64_t minutes = integer_of(rest.substr(rest.size() - 2));
    time += (rest[0] == '+' ? -1 : 1) * (hours * 60 + minutes) * 60 * base::kSecond;
  }
  return time;
}

}  // namespace viewers
