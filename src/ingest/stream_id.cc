#include "ingest/stream_id.h"

#include <set>
#include <utility>

#include "rtmp/publish_address.h"

namespace ingest {
namespace {

constexpr std::size_t kLongest = 512;
constexpr std::string_view kKeyed = "#!::";

base::Error malformed(const char* what) { return base::Error{base::Code::kMalformed, what}; }

/// Length of the UTF-8 sequence that `text` starts with, 0 where it breaks the rules. Control characters break ours.
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x20 || lead == 0x7f) return 0;
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xc2 && lead <= 0xdf   ? 2
                             : lead >= 0xe0 && lead <= 0xef ? 3
                             : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                            : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  const bool bad = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
                   (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f);
  return bad ? 0 : length;
}

bool is_clean_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

base::Status take_resource(std::string_view resource, StreamId& id) {
  const std::size_t mark = resource.find('?');
  const std::string_view query = mark == std::string_view::npos ? std::string_view{} : resource.substr(mark + 1);
  if (id.key.empty()) {
    id.key = rtmp::query_value(query, "key");
    id.other_keys = rtmp::other_key_readings(query);
  }
  if (id.feed.empty()) id.feed = rtmp::query_value(query, "feed");
  std::string_view path = resource.substr(0, mark);
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return malformed("stream id without a resource");
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) id.app = path.substr(0, slash);
  id.channel = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return base::Ok{};
}

base::Status take_mode(std::string_view value, StreamId& id) {
  id.mode_given = true;
  if (value == "request") {
    id.mode = StreamId::Mode::kRequest;
  } else if (value == "publish") {
    id.mode = StreamId::Mode::kPublish;
  } else if (value == "bidirectional") {
    id.mode = StreamId::Mode::kBidirectional;
  } else {
    return malformed("m of the stream id");
  }
  return base::Ok{};
}

base::Status take_type(std::string_view value) {
  if (value == "stream") return base::Ok{};
  if (value == "file" || value == "auth") return base::Error{base::Code::kUnsupported, "t of the stream id"};
  return malformed("t of the stream id");
}

base::Result<StreamId> parse_keyed(std::string_view pairs) {
  StreamId id;
  std::string_view resource;
  std::set<std::string_view> seen;
  for (bool more = true; more;) {
    const std::size_t comma = pairs.find(',');
    const std::string_view pair = pairs.substr(0, comma);
    more = comma != std::string_view::npos;
    if (more) pairs.remove_prefix(comma + 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) return malformed("stream id: KEY=VALUE expected");
    const std::string_view key = pair.substr(0, equals);
    const std::string_view value = pair.substr(equals + 1);
    if (!seen.insert(key).second) return malformed("stream id: a key comes twice");
    if (key == "r") resource = value;
    if (key == "s") id.key = value;
    if (key == "u") id.user = value;
    if (key == "h") id.host = value;
    if (key == "x-feed") id.feed = value;
    if (key == "m") TRY_OK(take_mode(value, id));
    if (key == "t") TRY_OK(take_type(value));
  }
  if (std::string decoded = rtmp::percent_decoded(id.key); decoded != id.key)
    id.other_keys.push_back(std::move(decoded));
  TRY_OK(take_resource(resource, id));
  return id;
}

}  // namespace

base::Result<StreamId> parse_stream_id(std::string_view text) {
  if (text.size() > kLongest) return base::Error{base::Code::kTooLarge, "stream id"};
  if (!is_clean_utf8(text)) return malformed("stream id is not UTF-8");
  if (text.starts_with(kKeyed)) return parse_keyed(text.substr(kKeyed.size()));
  if (text.starts_with("#!")) return malformed("stream id: this form is not known");
  StreamId id;
  id.mode = StreamId::Mode::kPublish;
  TRY_OK(take_resource(text, id));
  return id;
}

}  // namespace ingest
