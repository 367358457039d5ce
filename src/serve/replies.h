#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "http/response.h"
#include "origin/rendered.h"

namespace serve {

/// How long an answer may be kept by caches: the table CC-1 to CC-11. Every answer has one, errors too (CF-9).
struct CacheControl {
  static std::string seconds(int max_age) { return "max-age=" + std::to_string(max_age); }
  /// For answers that a player may request again by the same URL: one second in the player's own cache,
  /// `shared_max_age` in a CDN's. Video.js repeats a directive and froze for as long as the browser's cache answered
  /// (LL-124).
  static std::string shared(int shared_max_age) {
    return shared_max_age > 1 ? "max-age=1, s-maxage=" + std::to_string(shared_max_age) : seconds(1);
  }
  /// For live playlists: a CDN must not serve an old copy while the origin fails (CF-11).
  static std::string live(int shared_max_age) { return shared(shared_max_age) + ", stale-if-error=0"; }
  /// CC-7, CC-8: two weeks, without revalidation.
  static constexpr const char* kImmutable = "max-age=1209600, immutable";
  /// CC-11: only for 5xx; an uncacheable answer on a live URL makes a CDN send one request for each viewer (CF-5).
  static constexpr const char* kNoStore = "no-store";
};

/// RFC 9218 urgencies (LL-113): what a player waits for first. All video has one, so that no larger variant can be
/// more urgent than a smaller one.
struct Urgency {
  static constexpr int kPlaylist = 1;
  static constexpr int kInit = 2;
  static constexpr int kAudio = 2;
  static constexpr int kVideo = 3;
  static constexpr int kPage = 3;
};

/// The header fields of an answer.
struct Description {
  std::string content_type;
  std::string cache_control;
  std::string etag;           ///< with its quotes, strong and of this encoding alone (CF-16)
  base::Micros modified = 0;  ///< UTC; 0: no Last-Modified
  int urgency = -1;
  /// Only for bearers of a token: a shared cache in front must not give it to others.
  bool guarded = false;
};

/// A text in one of its codings: Content-Encoding, and Vary on both (LL-115, CF-15).
http::Response make_text(const origin::Rendered& text, bool gzip, Description description);
/// Bytes that never change and can be asked for in ranges (CF-24).
http::Response make_media(std::vector<base::Bytes> pieces, const Description& description);
/// The same of bytes that lie in files.
http::Response make_filed_media(std::vector<base::FilePlace> files, const Description& description);
/// The answer to what a player posts: nothing keeps it. `text`: for people, empty for 204; `more`: fields beside
/// CORS's. REQUIRES: `text` is static.
http::Response make_posted(int status, std::string_view text, http::HeaderBlock::Fields more = {});
/// The answer to a CORS preflight, or to OPTIONS of anything (CF-23).
http::Response make_preflight();

/// The fields of a request that can turn a whole answer into another.
struct Conditions {
  std::string if_none_match;
  std::string range;
  std::string if_range;

  bool none() const { return if_none_match.empty() && range.empty(); }
};
/// 304, 206 or 416 where the conditions ask for it, else `whole` itself. REQUIRES: `whole` is a 200.
http::Response conditional(const http::Response& whole, const Conditions& conditions);

/// Error answers, made once each. Thread: one.
class Errors {
 public:
  /// `max_age` in seconds. 5xx, 401 and 403 have none: they are no-store (CC-11; a cache keeps a 403 only where it is
  /// told how long, CF-10). 503 says Retry-After: 1; 401 asks for a token [RFC 6750 3].
  http::Response get(int status, int max_age = 1);
  /// The same with a text that says more. REQUIRES: `text` is static.
  http::Response get(int status, std::string_view text, int max_age = 1);
  /// 503 for requests that are refused for want of headroom: Retry-After goes round from 2 to 5 s, so that a crowd does
  /// not come back at once.
  http::Response get_busy();

 private:
  http::Response make(int status, std::string_view text, const std::string& cache_control, int retry_after) const;

  std::map<std::tuple<int, const char*, int>, http::Response> made_;  ///< by status, text, and lifetime
  std::array<http::Response, 4> busy_;
  std::size_t next_busy_ = 0;
};

}  // namespace serve
