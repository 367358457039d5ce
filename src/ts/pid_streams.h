#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "ts/continuity.h"
#include "ts/counters.h"
#include "ts/packet.h"

namespace ts {

/// The streams of a program that are read beside its media, such as splice information, by their PIDs. A Stream has
/// what assembles their packets.
template <typename Stream>
class PidStreams {
 public:
  /// What a packet is to them.
  struct Next {
    Stream* stream = nullptr;  ///< null: it is of none of them
    bool lost = false;     ///< what is under way on the stream is not whole: packets are missing, or this is scrambled
    bool payload = false;  ///< it has some that is to be taken: it is no repetition, and not scrambled
  };

  /// The PIDs of the newest PMT, of which the first `most` are looked at. A stream that stays is kept as it is, a new
  /// one is made of `made_of`.
  template <typename... Arguments>
  void set(const std::vector<std::uint16_t>& pids, std::size_t most, Arguments&... made_of) {
    std::erase_if(streams_,
                  [&](const auto& stream) { return std::find(pids.begin(), pids.end(), stream.first) == pids.end(); });
    for (const std::uint16_t pid : pids) {
      if (streams_.size() < most) streams_.try_emplace(pid, made_of...);
    }
  }
  /// Null where the PID is not looked at.
  Stream* find(std::uint16_t pid) {
    const auto found = streams_.find(pid);
    return found == streams_.end() ? nullptr : &found->second.stream;
  }
  /// Gaps are counted in `counters`.
  Next next(const Packet& packet, Counters& counters) {
    const auto found = streams_.find(packet.pid);
    if (found == streams_.end()) return {};
    Next next{&found->second.stream};
    if (!packet.has_payload) return next;
    const Continuity::Verdict verdict = found->second.continuity.check(packet, counters);
    if (verdict == Continuity::Verdict::kDuplicate) return next;
    next.lost = verdict == Continuity::Verdict::kGap || packet.scrambled;
    next.payload = !packet.scrambled;
    return next;
  }
  /// Calls back with each Stream, in the order of their PIDs.
  template <typename Use>
  void each(const Use& use) const {
    for (const auto& [pid, entry] : streams_) use(entry.stream);
  }

 private:
  struct Entry {
    template <typename... Arguments>
    explicit Entry(Arguments&... made_of) : stream(made_of...) {}
    Continuity continuity;
    Stream stream;
  };
  std::map<std::uint16_t, Entry> streams_;
};

}  // namespace ts
