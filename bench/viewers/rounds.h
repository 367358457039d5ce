#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "viewers/histogram.h"
#include "viewers/playlist.h"

namespace viewers {

/// What of a part's delivery a sample tells.
enum class Moment : std::uint8_t { kPlaylistFirst, kPlaylistLast, kPartFirst, kPartLast };
inline constexpr std::size_t kMoments = 4;

/// One part's way to everybody. Its publication is the earliest first byte of a response that carries it.
class Round {
 public:
  /// A first byte was seen, perhaps the earliest.
  void see(base::Micros now) {
    if (earliest_ == 0 || now < earliest_) earliest_ = now;
  }
  void add(Moment moment, base::Micros at);
  /// Puts samples into histograms, to hold less memory.
  void settle();
  base::Micros earliest() const { return earliest_; }
  /// Moves everything into `delays`, counted from `publication`.
  void pour(base::Micros publication, std::array<Histogram, kMoments>& delays);

  template <typename Archive>
  void visit(Archive& archive) {
    archive(earliest_, settled_);
  }

 private:
  base::Micros base_ = 0;
  base::Micros earliest_ = 0;
  std::array<std::vector<std::int32_t>, kMoments> offsets_;  ///< from base_
  std::array<Histogram, kMoments> settled_;                  ///< from earliest_
};

/// The rounds of a run, by rendition and place. A rendition is known by the hash of its playlist's path, so that
/// processes agree.
class Rounds {
 public:
  struct Key {
    std::uint64_t rendition = 0;
    Position at;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  Round& operator[](const Key& key);
  const std::map<Key, Round>& all() const { return rounds_; }
  /// Settles what nobody will add to any more. Call every few seconds.
  void settle(base::Micros now);
  void settle_all();

  template <typename Archive>
  void visit(Archive& archive) {
    archive(rounds_);
  }

 private:
  std::map<Key, Round> rounds_;
  std::map<Key, Round>::iterator last_ = rounds_.end();  ///< a crowd asks for the same one again and again
};

/// All rounds of all processes, timed from the publication that any of them saw first.
struct Delivery {
  std::array<Histogram, kMoments> delays;
  std::uint64_t rounds = 0;
  /// Last response after the first, of rounds that at least nine in ten viewers took part in. Of Moment::kPlaylistLast
  /// or kPartLast, as asked for.
  std::vector<base::Micros> spreads;
};
/// `from`: earlier rounds are not counted, nor is the first one after it. `crowd`: how many a round should reach; 0: no
/// spreads. `last`: the moment that spreads are taken of.
Delivery deliver(std::vector<Rounds>& processes, base::Micros from, std::uint64_t crowd, Moment last);

}  // namespace viewers
