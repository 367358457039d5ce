#include "app/publish_key.h"

#include <algorithm>

#include "app/text_file.h"
#include "ingest/stream_id.h"
#include "rtmp/publish_address.h"

namespace app {
namespace {

// As long as a channel's name may be: a stream id has 512 bytes for both.
const std::string kLongestName(64, 'n');

bool works_over_srt(const std::string& key) {
  const std::string forms[] = {"#!::r=live/" + kLongestName + ",m=publish,s=" + key,
                               "live/" + kLongestName + "?key=" + key};
  return std::any_of(std::begin(forms), std::end(forms), [&](const std::string& form) {
    const auto id = ingest::parse_stream_id(form);
    return id.ok() && id->channel == kLongestName && id->key == key;
  });
}

bool works_over_rtmp(const std::string& key) {
  const rtmp::PublishAddress address = rtmp::parse_publish_address("live", kLongestName + "?key=" + key, "");
  const auto& others = address.other_keys;
  return address.stream == kLongestName &&
         (address.key == key || std::find(others.begin(), others.end(), key) != others.end());
}

}  // namespace

Complaint publish_key_fault(const std::string& key) {
  constexpr std::size_t kLongest = 400;
  if (key.empty()) return " has to have at least one character";
  if (key.size() > kLongest) return " has to have at most 400 bytes: an SRT stream id has no room for more";
  if (line_of_no_text(key) || key.find_first_of("\t\r\n\x7f") != std::string::npos)
    return " has to be text without control characters";
  if (key.front() == ' ' || key.back() == ' ')
    return " has to begin and end with another character than a space: encoders leave these spaces out";
  if (!works_over_srt(key)) return " has to do without \",\" or without \"&\": no SRT stream id can hold both";
  if (!works_over_rtmp(key)) return " cannot be written into an RTMP address";
  return "";
}

}  // namespace app
