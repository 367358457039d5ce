#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "origin/log.h"

namespace relay {

/// One record as edges get it; `body` is the part's data, shared with the window.
struct Entry {
  base::Bytes head;
  base::Bytes body;
};

/// A stretch of the log, from which a reader can begin. Immutable once shared.
struct Chunk {
  origin::Log::Standing standing;  ///< before its first record
  std::vector<base::Bytes> seed;   ///< records that were in force then
  std::uint64_t first = 0;         ///< number of its first record
  std::vector<Entry> entries;
  std::uint64_t bytes = 0;  ///< of entries

  std::uint64_t end() const { return first + entries.size(); }
};

/// A place in a log: the number of the record that comes next. A log's name is chosen by chance where it begins, so
/// that a place of one log is none of another.
struct Place {
  std::uint64_t log = 0;
  std::uint64_t next = 0;

  friend bool operator==(const Place&, const Place&) = default;
};
/// "0123456789abcdef-42".
std::string format_place(const Place& place);
/// Nothing where the text is no place.
std::optional<Place> parse_place(std::string_view text);

/// Parts that an edge has from before: all that there are of segments `first` to `last`. `hash` (base::hash64) is that
/// of the body of one of segment `last`, by which another log shows that it is of the same media.
struct Have {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::uint64_t hash = 0;

  friend bool operator==(const Have&, const Have&) = default;
};
/// "888000000-888000029-0123456789abcdef".
std::string format_have(const Have& have);
/// Nothing where the text is none.
std::optional<Have> parse_have(std::string_view text);

/// Servers, by the number that each chooses by chance at its start: of a log from where it is made on, of a request
/// from who asked first on. "0123456789abcdef, fedcba9876543210".
using Path = std::vector<std::uint64_t>;
inline constexpr std::size_t kLongestPath = 8;
std::string format_path(const Path& path);
/// Nothing where the text is no path, or a longer one than kLongestPath.
std::optional<Path> parse_path(std::string_view text);

/// What of a channel's log an edge can get: enough to make the same window. Immutable; chunks are shared from one to
/// the next. Thread: any.
struct Reel {
  std::uint64_t log = 0;
  Path path;                                          ///< from where the log is made to this server
  std::shared_ptr<const origin::Log::Options> terms;  ///< of the window
  std::vector<std::shared_ptr<const Chunk>> chunks;   ///< one after another without a hole
  std::uint64_t next = 1;                             ///< number of the record that comes next

  bool has(const Place& place) const {
    return place.log == log && !chunks.empty() && place.next >= chunks.front()->first && place.next <= next;
  }
};

/// Whether two logs have the same media: there are parts that both have, and none differs. What players have of one is
/// then good with the other.
bool same_media(const Reel& a, const Reel& b);

}  // namespace relay
