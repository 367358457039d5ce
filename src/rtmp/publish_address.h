#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rtmp {

/// Where a client publishes to, out of the three places in which encoders write it. Names are the bytes that were sent,
/// a key is given in every reading that its sender may mean (RT-18).
struct PublishAddress {
  std::string app;     ///< without query and outer slashes
  std::string stream;  ///< without query and leading slashes
  std::string query;   ///< of the stream name, else of the app, else of tcUrl; without '?'
  std::string key;     ///< value of "key" in the first of those queries that has it, up to the next '&'
  /// What else the key may be: percent-decoded, with what follows an '&' in it. Empty where these are no other.
  std::vector<std::string> other_keys;
  std::string feed;  ///< value of "feed", found as `key` is; empty where no query has it
};

/// Reads `connect`'s app and tcUrl and `publish`'s stream name. The forms seen:
///   app "live", stream "ch?key=K"       OBS, FFmpeg, GStreamer
///   app "live?key=K", stream "ch"       a query in OBS's server field; FFmpeg then repeats it in tcUrl
///   app "live/ch", stream "?key=K"      the whole path in the server field
///   app "live/ch?key=K1", stream "K2"   FFmpeg and librtmp, where the key is "K1/K2"
PublishAddress parse_publish_address(std::string_view app, std::string_view stream, std::string_view tc_url);

/// The value of `name`, which is in lower case, in "a=1&B=2"; empty if there is none.
std::string_view query_value(std::string_view query, std::string_view name);

/// "%2F" becomes "/"; a '%' without two hexadecimal digits after it, and '+', stay.
std::string percent_decoded(std::string_view text);

/// What a key that `query` holds may be beside query_value(query, "key"), most likely first: as PublishAddress has it.
std::vector<std::string> other_key_readings(std::string_view query);

}  // namespace rtmp
