#pragma once

#include <string>
#include <string_view>

namespace rtmp {

/// Where a client publishes to, out of the three places in which encoders write it. Nothing is percent-decoded: a name
/// and a key are the bytes that were sent (RT-18).
struct PublishAddress {
  std::string app;     ///< without query and outer slashes
  std::string stream;  ///< without query and leading slashes
  std::string query;   ///< of the stream name, else of the app, else of tcUrl; without '?'
  std::string key;     ///< value of "key" in the first of those queries that has it
};

/// Reads `connect`'s app and tcUrl and `publish`'s stream name. The forms seen:
///   app "live", stream "ch?key=K"       OBS, FFmpeg, GStreamer
///   app "live?key=K", stream "ch"       a query in OBS's server field; FFmpeg then repeats it in tcUrl
///   app "live/ch", stream "?key=K"      the whole path in the server field
PublishAddress parse_publish_address(std::string_view app, std::string_view stream, std::string_view tc_url);

/// The value of `name` in "a=1&b=2", empty where there is none.
std::string_view query_value(std::string_view query, std::string_view name);

}  // namespace rtmp
