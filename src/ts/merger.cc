#include "ts/merger.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"

namespace ts {
namespace {

// Often enough to join within a second, seldom enough that packets made up to look like beginnings cost little.
constexpr base::Micros kTryEvery = 20 * base::kMillisecond;
// What was given out is remembered for longer than a path may be late.
constexpr base::Micros kRemembered = base::kSecond;
// Values of a continuity counter.
constexpr std::size_t kCounts = 16;
// Where the same bytes have come again with the same count, they are expected to for so many packets more.
constexpr std::size_t kRepeating = 3 * kCounts;

bool whole_packets(base::View bytes) {
  if (bytes.empty() || bytes.size() % kPacketSize != 0) return false;
  for (std::size_t at = 0; at < bytes.size(); at += kPacketSize) {
    if (bytes[at] != kSyncByte) return false;
  }
  return true;
}

bool counts(const Packet& packet) { return packet.pid != kNullPid && !packet.transport_error; }

/// What begins a PES packet has a time stamp in it, as a rule: no two of them are equal.
bool begins_pes(const Packet& packet) {
  if (!packet.unit_start || packet.payload.size() < 9) return false;
  return packet.scrambled || (packet.payload[0] == 0 && packet.payload[1] == 0 && packet.payload[2] == 1);
}

/// By how many counts `later` is after `before`.
unsigned steps(unsigned before, const Packet& later) { return (later.continuity - before) & 0x0fU; }

}  // namespace

void Merger::Trail::add(const Seen& seen) {
  if (ring.empty()) ring.resize(kMostPackets);
  ring[count++ % kMostPackets] = seen;
}

std::optional<std::uint64_t> Merger::Trail::find(std::uint64_t hash, base::Micros now) const {
  std::optional<std::uint64_t> found;
  const std::uint64_t oldest = count > kMostPackets ? count - kMostPackets : 0;
  for (std::uint64_t i = count; i-- > oldest && now - at(i).arrived <= kMostApart;) {
    if (at(i).hash != hash) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

/// Whether the kRun packets up to this one are still there.
bool Merger::Trail::has_run(std::uint64_t last) const {
  return last + 1 >= kRun && count - last + kRun <= kMostPackets;
}

void Merger::begin(std::size_t path) {
  end(path);
  there_[path] = true;
}

void Merger::end(std::size_t path) {
  if (!std::exchange(there_[path], false)) return;
  const bool carried = path == main_ && merged();
  if (carried) set_main(1 - path);
  if (path == main_) return reset();
  merged_ = level_ = false;
  forget_trails();
  for (auto& [pid, stream] : streams_) {
    stream.sides[path] = {};
    if (carried) stream.forced = stream.sides[main_].queue.size();
  }
}

void Merger::set_main(std::size_t path) {
  if (path == main_) return;
  const bool seamless = merged();
  main_ = path;
  if (!seamless) return reset();
  latest_ = -std::exchange(earliest_, -latest_);
  for (auto& [pid, stream] : streams_) stream.forced = 0;
}

/// Forgets what was given out: what comes next continues nothing.
void Merger::reset() {
  merged_ = level_ = queued_ = false;
  streams_.clear();
  forget_trails();
}

void Merger::forget_trails() {
  for (Trail& trail : trails_) trail.count = 0;
  for (auto& [pid, stream] : streams_) {
    for (Given& given : stream.given) given.order = 0;
  }
}

Merger::Stream* Merger::stream_of(std::uint16_t pid) {
  const auto found = streams_.find(pid);
  if (found != streams_.end()) return &found->second;
  return streams_.size() < kMostPids ? &streams_[pid] : nullptr;
}

base::View Merger::take(std::size_t path, const base::Bytes& bytes, base::Micros arrived) {
  out_.clear();
  if (path == main_) heard_ = arrived;
  const bool two = there_[0] && there_[1];
  const bool whole = (two || queued_) && whole_packets(bytes.view());
  if (merged_ && !whole) leave(arrived);
  if (queued_) {
    if (whole && (path == main_ || merged_)) merge(path, bytes, arrived);
    if (whole || path != main_) return out_;
    reset();
    out_.insert(out_.end(), bytes.begin(), bytes.end());
    return out_;
  }
  if (whole) observe(path, bytes, arrived);
  if (path != main_) return out_;
  queued_ = merged_;  // what has come with this message is passed on
  return bytes.view();
}

base::View Merger::tick(base::Micros now) {
  out_.clear();
  if (queued_) settle_all(now);
  return out_;
}

// ---- Whether they are equal.

void Merger::observe(std::size_t path, const base::Bytes& bytes, base::Micros arrived) {
  for (std::size_t at = 0; at < bytes.size(); at += kPacketSize) {
    const base::View one = bytes.view().subspan(at, kPacketSize);
    const Packet packet = parse_packet(one);
    if (!counts(packet)) continue;
    const std::uint64_t hash = base::hash64(one);
    Stream* stream = path == main_ ? stream_of(packet.pid) : nullptr;
    if (stream != nullptr) {
      note_given(*stream, packet, {hash, arrived, trails_[path].count, static_cast<std::uint8_t>(path)});
      stream->sides[path].cursor = stream->head();
    }
    if (merged_) continue;
    trails_[path].add({hash, arrived});
    if (begins_pes(packet)) try_join(path, arrived);
    if (!merged_ || path == main_) continue;
    queued_ = true;
    if (at + kPacketSize < bytes.size()) merge(path, bytes.slice(at + kPacketSize), arrived);
    return;
  }
}

/// The newest packet of a path begins a PES packet: are the two equal up to it?
void Merger::try_join(std::size_t path, base::Micros now) {
  const std::uint64_t newest = trails_[path].count - 1;
  const std::uint64_t since = static_cast<std::uint64_t>(now - tried_[path]);
  if (since < static_cast<std::uint64_t>(kTryEvery) || !trails_[path].has_run(newest)) return;
  tried_[path] = now;
  const Trail& there = trails_[1 - path];
  const auto found = there.find(trails_[path].at(newest).hash, now);
  if (!found || !there.has_run(*found)) return;
  for (std::size_t i = 0; i < kRun; ++i) {
    if (trails_[path].at(newest - i).hash != there.at(*found - i).hash) return;
  }
  const bool of_main = path == main_;
  const base::Micros later = now - there.at(*found).arrived;
  latest_ = earliest_ = of_main ? -later : later;
  matched_ = now;
  join(of_main ? newest : *found, !of_main);
}

/// `main_at`: the place in the main path's trail of the newest packet that both have brought.
void Merger::join(std::uint64_t main_at, bool other_is_later) {
  merged_ = true;
  level_ = other_is_later;
  for (auto& [pid, stream] : streams_) {
    const auto after = std::find_if(stream.given.begin(), stream.given.end(),
                                    [&](const Given& given) { return given.order > main_at; });
    Side& side = stream.sides[other()];
    side.cursor = stream.first + static_cast<std::uint64_t>(after - stream.given.begin());
    // What a path that is ahead brings next is not what the main one brings next.
    side.placed = other_is_later;
    stream.sides[main_].placed = true;
  }
  forget_trails();
}

/// The two are no longer equal, or one of them is silent.
void Merger::leave(base::Micros now) {
  merged_ = level_ = false;
  matched_ = now;
  forget_trails();
  for (auto& [pid, stream] : streams_) {
    stream.sides[other()] = {};
    stream.forced = stream.sides[main_].queue.size();
    settle(stream, now);
  }
}

// ---- Merged, or continuing alone what was merged.

void Merger::merge(std::size_t path, const base::Bytes& bytes, base::Micros arrived) {
  for (std::size_t at = 0; at < bytes.size(); at += kPacketSize) {
    const base::View one = bytes.view().subspan(at, kPacketSize);
    const Packet packet = parse_packet(one);
    if (!counts(packet)) continue;
    if (Stream* stream = stream_of(packet.pid)) {
      push(*stream, path, {bytes.slice(at, kPacketSize), packet, base::hash64(one), arrived});
    } else if (path == main_) {
      out_.insert(out_.end(), one.begin(), one.end());
    }
  }
  settle_all(arrived);
}

void Merger::push(Stream& stream, std::size_t path, Waiting&& packet) {
  const base::Micros now = packet.arrived;
  std::deque<Waiting>& queue = stream.sides[path].queue;
  if (queue.size() >= kMostPackets) {
    if (path == main_) stream.forced = queue.size();
    if (path != main_) pop(stream, path);
  }
  queue.push_back(std::move(packet));
  settle(stream, now);
  if (queue.empty()) return;
  look_ahead(stream, path);
  settle(stream, now);
}

/// What the newest packet of a path tells of those before it: if it was given out already, or waits on the main path
/// too, nothing that belongs before it will come any more.
void Merger::look_ahead(Stream& stream, std::size_t path) {
  std::deque<Waiting>& queue = stream.sides[path].queue;
  const bool of_main = path == main_;
  // Stuffing, or a picture of one colour: it may be another one of the same bytes.
  const bool certain = begins_pes(queue.back().packet) || stream.head() >= stream.repeats;
  if (!certain) return;
  if (queue.size() > 1 && advance(stream, path, queue.back())) {
    queue.clear();
    if (of_main) stream.forced = 0;
    return;
  }
  if (!of_main) {
    allow_main(stream, queue.back());
    return;
  }
  const std::deque<Waiting>& there = stream.sides[other()].queue;
  const auto same = [&](const Waiting& at) { return at.hash == queue.back().hash; };
  if (std::any_of(there.begin(), there.end(), same)) stream.forced = queue.size();
}

/// Whether, by when they came, a packet of the other path can be from before one of the main path.
bool Merger::may_precede(const Waiting& of_other, const Waiting& of_main) const {
  return of_other.arrived - latest_ <= of_main.arrived;
}

/// Where the main path waits with this packet of the other one, it need not wait up to there. False where it does not.
bool Merger::allow_main(Stream& stream, const Waiting& packet) {
  const std::deque<Waiting>& queue = stream.sides[main_].queue;
  const auto found =
      std::find_if(queue.begin(), queue.end(), [&](const Waiting& at) { return at.hash == packet.hash; });
  if (found == queue.end()) return false;
  stream.forced = std::max(stream.forced, static_cast<std::size_t>(found - queue.begin()) + 1);
  return true;
}

void Merger::settle_all(base::Micros now) {
  bool behind = false;
  for (auto& [pid, stream] : streams_) {
    settle(stream, now);
    const Side& side = stream.sides[main_];
    behind = behind || !side.queue.empty() || side.cursor < stream.head();
  }
  if (merged_ && now - matched_ > kLeave) return leave(now);
  if (merged_ || (behind && now - matched_ <= kLeave)) return;
  // It continues alone, and has caught up with what the other one had brought.
  queued_ = false;
  for (auto& [pid, stream] : streams_) {
    Side& side = stream.sides[main_];
    stream.forced = side.queue.size();
    settle(stream, now);
    side.cursor = stream.head();
  }
}

void Merger::settle(Stream& stream, base::Micros now) {
  while (step_main(stream, now) || step_other(stream, now)) {
  }
}

bool Merger::step_main(Stream& stream, base::Micros now) {
  Side& main = stream.sides[main_];
  if (main.queue.empty()) return false;
  Waiting& first = main.queue.front();
  if (advance(stream, main_, first)) {
    pop(stream, main_);
    return true;
  }
  if (precedes(stream)) {
    send(stream, other(), stream.sides[other()].queue.front());
    pop(stream, other());
    return true;
  }
  // Once it waits, its counter says no longer that nothing is missing: it may have come round.
  first.waits = first.waits || !next(stream, main_, first);
  if (first.waits) {
    const base::Micros alone = main.cursor == stream.head() ? 0 : kMargin;
    const base::Micros most = merged_ ? std::clamp<base::Micros>(latest_ + kMargin, 0, kMostWait) : alone;
    const base::Micros waited = now - first.arrived;
    if (stream.forced == 0 && waited >= 0 && waited < most) return false;
    if (fill_before(stream)) return true;
  }
  pass(stream, main_, stream.head());
  send(stream, main_, first);
  pop(stream, main_);
  return true;
}

/// Whether the first packet of the other path that waits is the next one: that path has passed all that was given out,
/// and brings the main path's next one later.
bool Merger::precedes(const Stream& stream) const {
  const Side& side = stream.sides[other()];
  if (!side.placed || side.cursor < stream.head() || side.queue.empty()) return false;
  const std::uint64_t hash = stream.sides[main_].queue.front().hash;
  if (side.queue.front().hash == hash) return false;
  return std::any_of(side.queue.begin(), side.queue.end(), [&](const Waiting& at) { return at.hash == hash; });
}

/// The main path waits no longer with a packet before which some are missing. The other path may have some of them, and
/// have lost others.
bool Merger::fill_before(Stream& stream) {
  if (stream.sides[other()].queue.empty()) return false;
  const std::deque<Waiting>& queue = stream.sides[other()].queue;
  Waiting& first = stream.sides[other()].queue.front();
  const Waiting& blocked = stream.sides[main_].queue.front();
  if (first.hash == blocked.hash || !stream.sides[other()].placed) return false;
  const unsigned ahead = steps(stream.continuity, first.packet);
  // A packet without payload has the count of the one before it.
  const unsigned end = steps(stream.continuity, blocked.packet) + (blocked.packet.has_payload ? 0 : 1);
  const bool between = ahead < end && (ahead > 0 || !first.packet.has_payload) && may_precede(first, blocked);
  const auto same = [&](const Waiting& at) { return at.hash == blocked.hash; };
  if (!advance(stream, other(), first)) {
    if (between) {
      send(stream, other(), first);
    } else if (std::none_of(queue.begin(), queue.end(), same)) {
      return false;
    }
  }
  pop(stream, other());
  return true;
}

bool Merger::step_other(Stream& stream, base::Micros now) {
  Side& side = stream.sides[other()];
  if (!merged_ || side.queue.empty()) return false;
  Waiting& first = side.queue.front();
  // A path that is ahead is placed by what occurs once; tables, which repeat, are when the path is known to be.
  const bool places = side.placed || begins_pes(first.packet) || (level_ && first.packet.unit_start);
  if (!places || advance(stream, other(), first)) {
    pop(stream, other());
    return true;
  }
  const bool blocked = !stream.sides[main_].queue.empty();
  const bool fits = side.placed && next(stream, other(), first);
  const base::Micros waited = now - first.arrived;
  const bool over = waited < 0 || waited >= std::clamp<base::Micros>(kMargin - earliest_, 0, kMostWait);
  if (!over && !(fits && blocked)) return false;
  if (allow_main(stream, first)) return true;
  if (!over && !may_precede(first, stream.sides[main_].queue.front())) return false;
  const bool silent = side.placed && !blocked && now - heard_ >= kMargin;
  if (silent) matched_ = now;
  if (silent && !fits) pass(stream, other(), stream.head());
  if (fits || silent) send(stream, other(), first);
  pop(stream, other());
  return true;
}

/// Whether the packet is among those that were given out after what the path has passed; the path then has passed it.
bool Merger::advance(Stream& stream, std::size_t path, Waiting& packet) {
  Side& side = stream.sides[path];
  for (std::uint64_t at = std::max({side.cursor, packet.searched, stream.first}); at < stream.head(); ++at) {
    const Given& was = stream.given[at - stream.first];
    if (was.hash != packet.hash) continue;
    if (was.path != path) {
      // Tables may be equal in feeds that are not.
      if (begins_pes(packet.packet)) matched_ = std::max(matched_, packet.arrived);
      note_lag(path == main_ ? was.arrived - packet.arrived : packet.arrived - was.arrived);
    }
    pass(stream, path, at);
    side.cursor = at + 1;
    side.placed = level_ = true;
    return true;
  }
  packet.searched = stream.head();
  return false;
}

/// The path has brought, or lost, what was given out up to `until`.
void Merger::pass(Stream& stream, std::size_t path, std::uint64_t until) {
  Side& side = stream.sides[path];
  for (std::uint64_t at = std::max(side.cursor, stream.first); at < until; ++at) {
    const Given& was = stream.given[at - stream.first];
    if (merged() && side.placed && was.path != path) ++only_[was.path];
  }
  side.cursor = until;
}

void Merger::send(Stream& stream, std::size_t path, const Waiting& packet) {
  note_given(stream, packet.packet, {packet.hash, packet.arrived, 0, static_cast<std::uint8_t>(path)});
  out_.insert(out_.end(), packet.bytes.begin(), packet.bytes.end());
  Side& side = stream.sides[path];
  if (side.cursor + 1 == stream.head()) side.cursor = stream.head();
  // What the main path waits with belongs behind what was filled in.
  const bool fills = path != main_ && !stream.sides[main_].queue.empty();
  if (fills) pass(stream, main_, stream.head());
}

void Merger::pop(Stream& stream, std::size_t path) const {
  stream.sides[path].queue.pop_front();
  if (path == main_ && stream.forced > 0) --stream.forced;
}

void Merger::note_given(Stream& stream, const Packet& packet, const Given& given) {
  const std::size_t count = stream.given.size();
  if (count >= kCounts && stream.given[count - kCounts].hash == given.hash) stream.repeats = stream.head() + kRepeating;
  stream.given.push_back(given);
  stream.begun = true;
  stream.last_hash = given.hash;
  stream.continuity = packet.continuity;
  while (stream.given.size() > kMostPackets || given.arrived - stream.given.front().arrived > kRemembered) {
    stream.given.pop_front();
    ++stream.first;
  }
}

/// Whether the packet has to follow those that were given out: the path has brought or lost all of them, and the
/// counter fits. What the other path has given out before the main one came to it, the main one has lost if this fits.
bool Merger::next(const Stream& stream, std::size_t path, const Waiting& packet) const {
  if (!stream.begun) return true;
  const bool leads = merged_ && path == main_;
  if (!leads && stream.sides[path].cursor < stream.head()) return false;
  if (packet.packet.discontinuity) return true;
  const unsigned ahead = steps(stream.continuity, packet.packet);
  if (!packet.packet.has_payload) return ahead == 0;
  return ahead == 1 || (ahead == 0 && stream.last_hash == packet.hash);
}

/// What was most is forgotten slowly.
void Merger::note_lag(base::Micros other_later) {
  latest_ = std::max(other_later, latest_ - (latest_ - other_later) / 256);
  earliest_ = std::min(other_later, earliest_ + (other_later - earliest_) / 256);
}

}  // namespace ts
