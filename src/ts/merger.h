#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "ts/packet.h"

namespace ts {

/// Makes one sequence of packets of a transport stream that comes over two paths, each of which loses some.
///
/// One path is the main one. Its packets are given out as they come. Where a continuity counter says that some are
/// missing, the packets of that PID wait for those of the other path; while the main path is silent, the other path's
/// are given out in its place. A wait lasts for as long as the other path usually is later, and kMargin more; never
/// longer than kMostWait.
///
/// That the two are equal is found out by itself: kRun packets in a row have come over both within kMostApart, the last
/// of which begins a PES packet and occurs only once in that time. Until then, and when nothing in common has come for
/// kLeave, the bytes of the main path are passed on unchanged, and those of the other one are not. Equal packets at
/// other times, as of a film that is repeated, are not taken for each other.
///
/// While the paths are merged, null packets and those that are marked as broken are left out. Order is kept within each
/// PID. What its counter does not show is not filled: a loss of a multiple of 16 packets of a PID, and one of packets
/// without payload alone. Messages that are not whole packets of 188 bytes are never merged.
///
/// Reads no clock. Thread: one.
/// Owns: at most kMostPackets packets that wait, of each path and PID: of more, those of the main path are given out,
/// and the oldest of the other one dropped; and the hashes of those that were given out in the last second.
class Merger {
 public:
  static constexpr base::Micros kMargin = 100 * base::kMillisecond;
  static constexpr base::Micros kMostWait = 500 * base::kMillisecond;
  static constexpr base::Micros kMostApart = 400 * base::kMillisecond;
  static constexpr base::Micros kLeave = base::kSecond;
  static constexpr std::size_t kRun = 32;
  static constexpr std::size_t kMostPackets = std::size_t{1} << 13;  ///< 0.5 s of 24 Mbit/s
  /// The packets of further PIDs are given out as they come, those of the main path alone.
  static constexpr std::size_t kMostPids = 64;

  /// A path's publisher has come, perhaps in place of another one. Paths are 0 and 1.
  void begin(std::size_t path);
  /// It has gone. If it was of the main path and merged(), the other path is the main one now, and continues.
  void end(std::size_t path);
  /// Makes this path the main one; if merged(), without a break in what is given out.
  void set_main(std::size_t path);

  /// Whether each path continues what the other one has given out.
  bool merged() const { return merged_ && level_; }
  /// Packets that were given out and that only this path had while both were merged.
  std::uint64_t only(std::size_t path) const { return only_[path]; }

  /// A path's next bytes. Returns what is to be given out now, valid until the next call.
  /// Units: `arrived` in UTC.
  base::View take(std::size_t path, const base::Bytes& bytes, base::Micros arrived);
  /// It is `now`: returns what has waited for long enough.
  base::View tick(base::Micros now);

 private:
  /// A packet that waits.
  struct Waiting {
    base::Bytes bytes;
    Packet packet;  ///< parsed from `bytes`
    std::uint64_t hash = 0;
    base::Micros arrived = 0;
    bool waits = false;          ///< for others that are missing before it
    std::uint64_t searched = 0;  ///< it is not among those given out before this position
  };
  /// One that was given out.
  struct Given {
    std::uint64_t hash = 0;
    base::Micros arrived = 0;
    std::uint64_t order = 0;  ///< its place in the main path's trail; 0 if it was given out before that began
    std::uint8_t path = 0;
  };
  struct Side {
    bool placed = false;       ///< it is known where this path's packets belong among those that were given out
    std::uint64_t cursor = 0;  ///< what was given out before this position, the path has brought or lost
    std::deque<Waiting> queue;
  };
  /// One PID.
  struct Stream {
    std::array<Side, 2> sides;
    std::deque<Given> given;
    std::uint64_t first = 0;  ///< position of given.front()
    std::size_t forced = 0;  ///< so many of the main path's waiting packets wait no longer: the other path is past them
    std::uint64_t last_hash = 0;
    std::uint8_t continuity = 0;  ///< of the last that was given out
    bool begun = false;
    std::uint64_t repeats = 0;  ///< before this position packets of the same bytes come again with the same count

    std::uint64_t head() const { return first + given.size(); }
  };
  struct Seen {
    std::uint64_t hash = 0;
    base::Micros arrived = 0;
  };
  /// What a path has brought while not merged: a ring.
  struct Trail {
    std::vector<Seen> ring;
    std::uint64_t count = 0;

    const Seen& at(std::uint64_t i) const { return ring[i % kMostPackets]; }
    void add(const Seen& seen);
    /// The only one of the last kMostApart that has this hash.
    std::optional<std::uint64_t> find(std::uint64_t hash, base::Micros now) const;
    bool has_run(std::uint64_t last) const;
  };

  std::size_t other() const { return 1 - main_; }
  Stream* stream_of(std::uint16_t pid);
  void reset();
  void observe(std::size_t path, const base::Bytes& bytes, base::Micros arrived);
  void try_join(std::size_t path, base::Micros now);
  void join(std::uint64_t main_at, bool other_is_later);
  void leave(base::Micros now);
  void forget_trails();
  void merge(std::size_t path, const base::Bytes& bytes, base::Micros arrived);
  void push(Stream& stream, std::size_t path, Waiting&& packet);
  void look_ahead(Stream& stream, std::size_t path);
  bool may_precede(const Waiting& of_other, const Waiting& of_main) const;
  bool allow_main(Stream& stream, const Waiting& packet);
  void settle_all(base::Micros now);
  void settle(Stream& stream, base::Micros now);
  bool step_main(Stream& stream, base::Micros now);
  bool step_other(Stream& stream, base::Micros now);
  bool precedes(const Stream& stream) const;
  bool fill_before(Stream& stream);
  bool advance(Stream& stream, std::size_t path, Waiting& packet);
  void pass(Stream& stream, std::size_t path, std::uint64_t until);
  void send(Stream& stream, std::size_t path, const Waiting& packet);
  void pop(Stream& stream, std::size_t path) const;
  static void note_given(Stream& stream, const Packet& packet, const Given& given);
  bool next(const Stream& stream, std::size_t path, const Waiting& packet) const;
  void note_lag(base::Micros other_later);

  std::array<bool, 2> there_{};
  std::array<std::uint64_t, 2> only_{};
  std::array<Trail, 2> trails_;
  std::map<std::uint16_t, Stream> streams_;  ///< at most kMostPids
  std::size_t main_ = 0;
  bool queued_ = false;  ///< the main path's packets are looked at one by one; else its bytes are passed on
  bool merged_ = false;
  bool level_ = false;        ///< something that the other path has brought since was also given out of the main one
  base::Micros heard_ = 0;    ///< when the main path last brought something
  base::Micros matched_ = 0;  ///< when the two last had something in common
  std::array<base::Micros, 2> tried_{};  ///< when joining was last tried with a packet of each
  base::Micros latest_ = 0;              ///< by how much the other path is later than the main one, at most
  base::Micros earliest_ = 0;            ///< and at least
  std::vector<std::uint8_t> out_;
};

}  // namespace ts
