#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "registry/announced_origin.h"
#include "registry/watch_stream.h"

namespace registry {

/// The origins that are announced in etcd, as an edge knows them. What cannot be read is refused, counted and logged,
/// and changes nothing: an origin that was known stays as it was. Bound: kMost origins. Reads no clock. Thread: one.
class OriginList {
 public:
  static constexpr std::size_t kMost = 64;
  /// How long an origin that is missing in the first list after an outage is kept: longer than one that lives needs to
  /// announce itself to an etcd that has lost what it had.
  static constexpr base::Micros kGrace = 15 * base::kSecond;

  /// `prefix`: of the keys of origins, see origins_prefix().
  explicit OriginList(std::string prefix) : prefix_(std::move(prefix)) {}

  /// All that is there at `now` (steady). `after_outage`: etcd could not be asked before.
  void take_list(const std::vector<KeyChange>& keys, bool after_outage, base::Micros now);
  void take_change(const KeyChange& change);
  /// Drops those whose grace is over. True if there were any.
  bool expire(base::Micros now);

  std::vector<AnnouncedOrigin> origins() const;
  /// Values that were refused: each once and logged, as long as there are no more than kMost; of the others each time.
  std::uint64_t refused() const { return refused_count_; }

 private:
  struct Entry {
    AnnouncedOrigin origin;
    base::Micros leaves_at = 0;  ///< steady; 0: it stays
  };
  void put(const KeyChange& change);
  void refuse(const KeyChange& change, const std::string& why);

  const std::string prefix_;
  std::map<std::string, Entry, std::less<>> entries_;         ///< by key
  std::map<std::string, std::int64_t, std::less<>> refused_;  ///< revisions of values, by key; kMost at most
  std::uint64_t refused_count_ = 0;
};

}  // namespace registry
