#include "viewers/book.h"

#include <utility>

#include "base/hash.h"
#include "viewers/tally.h"

namespace viewers {
namespace {

constexpr std::int64_t kWhole = -1;
// Behind the window's begin: a late viewer's playlist is still compared.
constexpr std::int64_t kKeptSegments = 64;

}  // namespace

Rendition::Rendition(std::string path) : path_(std::move(path)), id_(base::hash64(base::view_of(path_))) {}

const Rendition::Reading& Rendition::read(std::uint64_t hash, std::string_view body, const List& previous) {
  for (std::size_t i = 1; i <= entries_.size(); ++i) {  // the newest is what most ask for
    const Entry& entry = entries_[(next_ + entries_.size() - i) % entries_.size()];
    if (entry.used && entry.hash == hash && (!entry.reading.delta || entry.previous == previous)) return entry.reading;
  }
  Entry& entry = entries_[next_];
  next_ = (next_ + 1) % entries_.size();
  entry = {hash, nullptr, true, interpret(body, previous)};
  if (entry.reading.delta) entry.previous = previous;
  return entry.reading;
}

Rendition::Reading Rendition::interpret(std::string_view body, const List& previous) {
  Reading reading;
  auto parsed = parse_media_playlist(body);
  if (parsed.ok() && parsed->skipped > 0) {
    reading.delta = true;
    parsed = previous == nullptr ? base::Error{base::Code::kMalformed, "a delta update for who has no playlist yet", 0}
                                 : merge(*previous, parsed.take());
  }
  if (!parsed.ok()) {
    reading.fault = kProtocolFault;
    reading.what = path_ + ": " + parsed.error().what;
    return reading;
  }
  MediaPlaylist list = parsed.take();
  anchor(list);
  compare(list, reading);
  reading.list = std::make_shared<const MediaPlaylist>(std::move(list));
  return reading;
}

/// Gives each segment a start where the playlist carries no dates: those of all renditions begin alike at segment 0.
void Rendition::anchor(MediaPlaylist& list) {
  for (std::size_t i = 0; i < list.segments.size(); ++i) {
    SegmentLines& segment = list.segments[i];
    if (segment.start == SegmentLines::kUnknown) {
      const auto known = starts_.find(segment.msn);
      segment.start = known != starts_.end() ? known->second
                      : i > 0                ? list.segments[i - 1].start + list.segments[i - 1].duration
                                             : segment.msn * list.target;
    }
    starts_[segment.msn] = segment.start;
  }
  while (!starts_.empty() && starts_.begin()->first + kKeptSegments < list.media_sequence)
    starts_.erase(starts_.begin());
}

void Rendition::compare(const MediaPlaylist& list, Reading& reading) {
  for (const SegmentLines& segment : list.segments) {
    bool right = true;
    if (segment.closed()) {
      right = same({segment.msn, kWhole}, segment.uri + '|' + segment.map + '|' + std::to_string(segment.duration) +
                                              '|' + std::to_string(segment.start) +
                                              (segment.discontinuity ? "|d" : "") + (segment.gap ? "|g" : ""));
    }
    for (std::size_t i = 0; i < segment.parts.size(); ++i) {
      const PartLine& part = segment.parts[i];
      right =
          same({segment.msn, static_cast<std::int64_t>(i)}, part.uri + '|' + std::to_string(part.duration)) && right;
    }
    if (right || !reading.fault.empty()) continue;
    reading.fault = kWrongBytesFault;
    reading.what = path_ + ": segment " + std::to_string(segment.msn) + " is not what another playlist said it is";
  }
  while (!facts_.empty() && facts_.begin()->first.msn + kKeptSegments < list.media_sequence)
    facts_.erase(facts_.begin());
}

bool Rendition::same(Position at, std::string facts) {
  const auto [entry, is_new] = facts_.try_emplace(at, std::move(facts));
  return is_new || entry->second == facts;  // facts is only moved from where it is new
}

std::shared_ptr<const MultivariantPlaylist> Book::multivariant(std::uint64_t hash, std::string_view body) {
  if (multivariant_ != nullptr && multivariant_hash_ == hash) return multivariant_;
  auto parsed = parse_multivariant(body);
  if (!parsed.ok()) return nullptr;
  multivariant_hash_ = hash;
  return multivariant_ = std::make_shared<const MultivariantPlaylist>(parsed.take());
}

}  // namespace viewers
