#include "relay/pulled_log.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/log.h"
#include "hls/window.h"
#include "media/time.h"

namespace relay {
namespace {

// How far behind what players have seen another log's numbers may be for them to wait until it is past that.
constexpr std::int64_t kMostBehind = 3;

base::Error misplaced(const char* what) { return {base::Code::kMalformed, what, 0}; }

}  // namespace

/// One log as far as it has come.
struct PulledLog::Side {
  Side(const std::string& channel, const Context& context, const Hello& hello, const origin::Log::Options& terms);

  void follow(const record::Record& record);

  std::unique_ptr<origin::Log> log;
  std::int64_t numbering = 0;  ///< of its newest part
  record::Presentation presentation;
  std::unique_ptr<Recorder> recorder;
};

PulledLog::Side::Side(const std::string& channel, const Context& context, const Hello& hello,
                      const origin::Log::Options& terms)
    : log(std::make_unique<origin::Log>(channel, terms)) {
  log->resume(hello.standing);
  Path path = hello.path;
  path.push_back(context.node);
  recorder = std::make_unique<Recorder>(Recorder::Context{context.clock, [this] { return log->standing(); },
                                                          [this] { return numbering; }, context.on_reel},
                                        terms, hello.at, std::move(path));
}

void PulledLog::Side::follow(const record::Record& record) {
  if (const auto* next = std::get_if<record::Presentation>(&record)) presentation = *next;
  const auto* part = std::get_if<record::Part>(&record);
  if (part == nullptr || part->rendition >= presentation.renditions.size()) return;
  const std::int64_t timescale = presentation.renditions[part->rendition].track.timescale;
  if (timescale > 0 && presentation.segment.known())
    numbering = hls::numbering_offset(part->msn, part->start, timescale, presentation.segment);
}

PulledLog::PulledLog(std::string channel, Context context)
    : channel_(std::move(channel)), context_(std::move(context)) {}

PulledLog::~PulledLog() = default;

void PulledLog::begin() {
  reader_ = std::make_unique<Reader>();
  next_ = nullptr;
  caught_.clear();
  known_.clear();
  greeted_ = seeded_ = absent_ = unavailable_ = false;
}

std::optional<Place> PulledLog::place() const {
  if (live_ == nullptr) return std::nullopt;
  return Place{live_->recorder->reel()->log, live_->recorder->next()};
}

std::optional<Have> PulledLog::have() {
  known_.clear();
  if (live_ == nullptr || std::exchange(whole_, false)) return std::nullopt;
  // A rendition's oldest segment may have begun before the first chunk, and its newest one is not whole.
  std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>> spans;
  std::map<std::int64_t, std::uint64_t> hashes;
  for (const auto& chunk : live_->recorder->reel()->chunks) {
    for (const Entry& entry : chunk->entries) {
      if (entry.body.empty()) continue;
      const auto record = record::decode_head(entry.head.view());
      const auto* part = record.ok() && *record ? std::get_if<record::Part>(&**record) : nullptr;
      if (part == nullptr) continue;
      spans.try_emplace(part->rendition, part->msn, part->msn).first->second.second = part->msn;
      known_[part->stored.hash] = entry.body;
      hashes[part->msn] = part->stored.hash;
    }
  }
  Have have{INT64_MIN, INT64_MAX, 0};
  for (const auto& [rendition, span] : spans) {
    have.first = std::max(have.first, span.first + 1);
    have.last = std::min(have.last, span.second - 1);
  }
  const auto found = hashes.find(have.last);
  if (have.first > have.last || found == hashes.end()) return std::nullopt;
  have.hash = found->second;
  return have;
}

base::Status PulledLog::feed(base::View bytes) {
  base::Status status = reader_->feed(bytes);
  // What came before the fault is good.
  for (Item item; reader_->next(item);) {
    if (base::Status taken = take(item); !taken.ok()) {
      status = taken.error();
      break;
    }
  }
  publish();
  return status;
}

base::Status PulledLog::take(Item& item) {
  if (const auto* hello = std::get_if<Hello>(&item)) return take_hello(*hello);
  if (std::holds_alternative<Beat>(item)) return base::Ok{};
  if (std::holds_alternative<Absent>(item)) {
    absent_ = true;
    return base::Ok{};
  }
  if (std::holds_alternative<Unavailable>(item)) {
    unavailable_ = true;
    return base::Ok{};
  }
  if (!greeted_) return misplaced("an item before the hello");
  if (std::holds_alternative<Seeded>(item)) {
    seeded_ = true;
    return base::Ok{};
  }
  if (std::holds_alternative<CaughtUp>(item)) return take_caught_up();
  if (auto* known = std::get_if<Known>(&item)) return take_known(*known);
  if (std::holds_alternative<Skipped>(item)) {
    if (seeded_) (next_ ? next_ : live_)->recorder->skip();
    return base::Ok{};
  }
  return take_record(std::get<record::Record>(item));
}

base::Status PulledLog::take_hello(const Hello& hello) {
  if (greeted_) return misplaced("a second hello");
  if (std::find(hello.path.begin(), hello.path.end(), context_.node) != hello.path.end())
    return base::Error{base::Code::kDenied, "a loop: the origin gets the channel from this server", 0};
  if (hello.path.size() >= kLongestPath)
    return base::Error{base::Code::kDenied, "too many edges one behind the other", 0};
  if (hello.resumed) {
    if (place() != hello.at) return misplaced("a place that was not asked for");
  } else {
    origin::Log::Options terms = hello.terms;
    terms.window = std::min(terms.window, context_.longest_window);
    next_ = std::make_unique<Side>(channel_, context_, hello, terms);
  }
  greeted_ = true;
  return base::Ok{};
}

base::Status PulledLog::take_record(const record::Record& record) {
  if (!seeded_ && next_ == nullptr) return misplaced("a record before the seed's end");
  Side& side = next_ ? *next_ : *live_;
  side.follow(record);
  if (seeded_) {
    side.recorder->apply(record);
  } else {
    side.recorder->follow(record);
  }
  side.log->apply(record);
  if (next_) {
    caught_.push_back(record);
  } else {
    dirty_ = true;
    ended_ = std::holds_alternative<record::End>(record) ||
             (ended_ && !std::holds_alternative<record::Presentation>(record));
  }
  return base::Ok{};
}

base::Status PulledLog::take_known(Known& known) {
  if (next_ == nullptr || !seeded_ || known_.empty()) return misplaced("a part without its body");
  const auto found = known_.find(known.part.stored.hash);
  if (found == known_.end() || found->second.size() != known.part.stored.place.size)
    return base::Error{base::Code::kNotFound, "a part that is not here came without its body", 0};
  known.part.data = found->second;
  known.part.stored = {};
  return take_record(known.part);
}

base::Status PulledLog::take_caught_up() {
  if (!seeded_) return misplaced("the window's end before the seed's");
  known_.clear();
  if (next_ == nullptr) return base::Ok{};
  if (live_ != nullptr) {
    // Not published yet: settle() would.
    next_->recorder->settle_quietly();
    if (!same_media(*live_->recorder->reel(), *next_->recorder->reel())) restart();
  }
  live_ = std::move(next_);
  ended_ = false;
  for (const record::Record& record : caught_) {
    ended_ = std::holds_alternative<record::End>(record) ||
             (ended_ && !std::holds_alternative<record::Presentation>(record));
  }
  caught_.clear();
  dirty_ = true;
  return base::Ok{};
}

/// Whether the other log's media can be listed behind those up to segment `seen`: a playlist has no hole.
bool PulledLog::goes_on(std::int64_t seen) const {
  std::int64_t first = INT64_MAX;
  for (const record::Record& record : caught_) {
    if (const auto* part = std::get_if<record::Part>(&record)) first = std::min(first, part->msn);
    const auto* presentation = std::get_if<record::Presentation>(&record);
    if (presentation != nullptr && !live_->log->continues(*presentation)) return false;
  }
  return first <= seen + 1;
}

/// What viewers have seen goes on with the other log's media.
void PulledLog::restart() {
  ++restarts_;
  const std::int64_t seen = live_->log->standing().begun;
  const bool behind = next_->log->standing().begun + kMostBehind < seen;
  base::log_warn("relay", "the origin has another log of the channel",
                 {{"channel", channel_}, {"players", behind ? "have to load anew" : "see a discontinuity"}});
  if (behind) return;
  if (goes_on(seen)) {
    live_->log->break_off();
  } else {
    live_->log->apply(record::End{});
  }
  for (const record::Record& record : caught_) live_->log->apply(record);
  next_->log = std::move(live_->log);
}

void PulledLog::publish() {
  if (live_ == nullptr || !std::exchange(dirty_, false)) return;
  live_->recorder->settle();
  auto snapshot = live_->log->snapshot();
  newest_ = 0;
  for (const auto& rendition : snapshot->renditions) {
    const hls::Revision* revision = rendition == nullptr ? nullptr : &rendition->revision();
    if (revision != nullptr && revision->started()) newest_ = std::max(newest_, revision->open->parts_end_utc());
  }
  context_.on_snapshot(std::move(snapshot));
}

}  // namespace relay
