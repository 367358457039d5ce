#include "config/publish_key.h"

#include <algorithm>
#include <vector>

#include "config/text_file.h"
#include "ingest/stream_id.h"
#include "rtmp/publish_address.h"

namespace config {
namespace {

// As long as a channel's name may be: a stream id has 512 bytes for both.
const std::string kLongestName(64, 'n');

bool is_one_of(const std::string& key, const std::string& given, const std::vector<std::string>& others) {
  return given == key || std::find(others.begin(), others.end(), key) != others.end();
}

// As an operator writes it into a stream id: only the comma ends a value there, and % begins an escape.
std::string escaped(const std::string& key) {
  std::string text;
  for (const char c : key) text += c == ',' ? "%2C" : c == '%' ? "%25" : std::string(1, c);
  return text;
}

bool works_over_srt(const std::string& key) {
  const auto id = ingest::parse_stream_id("#!::r=live/" + kLongestName + ",m=publish,s=" + escaped(key));
  return id.ok() && id->channel == kLongestName && is_one_of(key, id->key, id->other_keys);
}

bool works_over_rtmp(const std::string& key) {
  const rtmp::PublishAddress address = rtmp::parse_publish_address("live", kLongestName + "?key=" + key, "");
  return address.stream == kLongestName && is_one_of(key, address.key, address.other_keys);
}

}  // namespace

Complaint publish_key_fault(const std::string& key) {
  if (key.empty()) return " has to have at least one character";
  if (line_of_no_text(key) || key.find_first_of("\t\r\n\x7f") != std::string::npos)
    return " has to be text without control characters";
  if (key.front() == ' ' || key.back() == ' ')
    return " has to begin and end with another character than a space: encoders leave these spaces out";
  if (!works_over_srt(key))
    return " has to be shorter: an SRT stream id has 512 bytes for the channel's name, the key and what is around them";
  if (!works_over_rtmp(key)) return " cannot be written into an RTMP address";
  return "";
}

}  // namespace config
