#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "relay/directory.h"

namespace relay {

/// What an edge says of one of its origins, by its place.
struct OriginReport {
  std::uint64_t pulls = 0;     ///< requests
  std::uint64_t failures = 0;  ///< connections that were refused, broke off, or brought what is no log
  std::uint64_t bytes = 0;
  bool lost = false;   ///< the last attempt failed
  bool found = false;  ///< it is listed without being in the configuration
};

/// An origin that was found while the edge runs.
struct FoundOrigin {
  std::string url;                              ///< "https://host:port"
  std::set<std::string, std::less<>> channels;  ///< that it says it has
};

/// One origin of an edge, and how it fares.
struct Origin {
  std::string url;
  bool configured = false;  ///< it stays
  bool found = false;       ///< it is in the list of those that are found
  std::set<std::string, std::less<>> channels = {};
  OriginReport report = {};
  Directory directory = {};
  base::Micros closed_until = 0;  ///< steady
  base::Micros wait = 0;          ///< the last one; 0: it is well

  /// Whether it is to be asked at all.
  bool listed() const { return configured || found; }
  /// It is left alone for a while that grows from `first` to `longest`, a quarter more or less by chance.
  void close(base::Micros now, base::Micros first, base::Micros longest, std::minstd_rand& random);
};

/// The origins of an edge: those of its configuration, in that order, then those that are found. Each keeps its place
/// while it is listed, and while somebody still reads from it; then another one may get it. Thread: one.
class Origins {
 public:
  /// Of those that are found; further ones are left out.
  static constexpr std::size_t kMostFound = 64;

  explicit Origins(const std::vector<std::string>& configured);

  std::size_t size() const { return all_.size(); }
  Origin& operator[](std::size_t place) { return all_[place]; }
  const Origin& operator[](std::size_t place) const { return all_[place]; }
  /// Whose list a stream is; null: nobody's.
  Origin* of_list(client::StreamId stream);

  struct Change {
    std::vector<std::size_t> come;
    std::vector<std::size_t> gone;
  };
  /// Takes the list of those that are found, instead of the last one. `in_use`: somebody still reads from that place.
  /// An origin that the configuration names as well is one, and stays.
  Change take(const std::vector<FoundOrigin>& found, const std::function<bool(std::size_t place)>& in_use);

  /// The places to ask for a channel, in that order: origins that say they have it, then those that say nothing, then
  /// the others; in each group from `first` on. With `stay`, `first` comes before all.
  std::vector<std::size_t> order(std::string_view channel, std::size_t first, bool stay) const;
  /// Where to begin for a channel: with the first of the configuration, or, where that has none, with any.
  std::size_t start(std::minstd_rand& random) const;

 private:
  std::size_t find(std::string_view url) const;
  std::size_t add(const std::string& url, const std::function<bool(std::size_t place)>& in_use);

  std::vector<Origin> all_;
  std::size_t configured_ = 0;
};

}  // namespace relay
