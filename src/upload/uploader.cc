#include "upload/uploader.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/log.h"
#include "hls/media_playlist.h"
#include "upload/objects.h"

namespace upload {
namespace {

Entry entry_of(const std::string& rendition, const hls::Segment& segment) {
  hls::Segment copy = segment;
  const bool independent =
      segment.gap() || segment.parts.empty() || !segment.data.empty() || segment.parts.front().independent;
  copy.data = {};
  // A segment without parts would count as a gap.
  copy.parts = {{segment.duration, false, segment.gap(), {}}};
  copy.text = segment.text.substr(0, segment.parts_at) + segment.text.substr(segment.tail_at);
  copy.parts_at = copy.tail_at = segment.parts_at;
  return {rendition, std::make_shared<const hls::Segment>(std::move(copy)), independent};
}

}  // namespace

Uploader::Uploader(Options options, Context context)
    : options_(std::move(options)),
      context_(std::move(context)),
      state_(options_.state, options_.place),
      listing_(options_.type, options_.log.window),
      tail_(options_.journal, state_.load(listing_)) {
  report_.channel = options_.channel;
  report_.edge = listing_.edge();
  new_session_ = listing_.ended();
  for (const Entry& entry : listing_.entries()) {
    last_[entry.rendition] = entry.segment;
    newest_[entry.rendition] = entry.segment->msn;
    if (entry.segment->init) inits_.insert(entry.rendition + "/" + entry.segment->init->uri);
    changed_.insert(entry.rendition);  // the state may be ahead of the playlists by a batch
  }
  known_ = newest_;
}

Uploader::~Uploader() = default;

base::Micros Uploader::step() {
  const base::Micros wait = retry_at_ - context_.clock.steady();
  if (wait > 0) return wait;
  if (steps_.empty()) {
    collect();
    if (!log_) return kPoll;
    if (over_ && !listing_.ended() && listing_.size() > 0 && steps_.empty()) end_listing();
    if (steps_.empty() && changed_.empty()) return kPoll;
  }
  if (!put_media()) return retry_at_ - context_.clock.steady();
  commit();
  if (!put_playlists()) return retry_at_ - context_.clock.steady();
  advance_file();
  const base::Status saved = state_.save(listing_);
  if (!saved.ok())
    base::log_error("upload", "the state of the upload cannot be written: a restart would upload again",
                    {{"channel", options_.channel}, {"why", saved.error().what}});
  succeed();
  return 0;
}

/// Reads the journal until a batch is full or there is no more.
void Uploader::collect() {
  record::Record record;
  caught_up_ = false;
  while (pending_bytes_ < kBatchBytes && steps_.size() < kBatchObjects) {
    const JournalTail::Found found = tail_.next(record);
    if (found == JournalTail::Found::kNothing) {
      caught_up_ = steps_.empty() && changed_.empty();
      break;
    }
    if (found == JournalTail::Found::kFile)
      begin_file();
    else if (log_ && !(skips_seed_ && tail_.in_seed()) && fits_log(record, begun_))
      apply(record);
  }
  if (steps_.empty()) return;
  for (const auto& rendition : log_->snapshot()->renditions) {
    if (rendition->date_ranges() == nullptr) continue;
    ranges_ = parse_ranges(rendition->date_ranges()->all);
    break;
  }
}

void Uploader::apply(const record::Record& record) {
  log_->apply(record);
  const std::uint64_t restarts = log_->counters().restarts;
  if (std::exchange(restarts_, restarts) != restarts) new_session_ = true;
  const auto* segment_end = std::get_if<record::SegmentEnd>(&record);
  const auto* marker = std::get_if<record::Marker>(&record);
  if (marker != nullptr && marker->canceled) canceled_.push_back(marker->id);
  if (segment_end != nullptr && was_uploaded(*segment_end)) {
    over_ = new_session_ = false;
    return;
  }
  const bool ends = std::holds_alternative<record::End>(record);
  if (ends || segment_end != nullptr) take();
  if (ends) over_ = new_session_ = true;
}

/// Read again after a restart: it is in the bucket, and so is what came before it.
bool Uploader::was_uploaded(const record::SegmentEnd& end) const {
  const auto snapshot = log_->snapshot();
  if (end.rendition >= snapshot->renditions.size()) return false;
  const auto known = known_.find(snapshot->renditions[end.rendition]->name());
  return known != known_.end() && end.msn <= known->second;
}

/// A file continues the log, or what the log had is over: it says what stands before.
void Uploader::begin_file() {
  const archive::FileHeader& header = tail_.header();
  skips_seed_ = log_ && header.continues && tail_.whole_before() && header.standing.begun == log_->standing().begun;
  files_.emplace_back(tail_.file(), header.standing.begun);
  if (safe_file_ == 0) safe_file_ = tail_.file();
  if (skips_seed_) return;
  log_ = std::make_unique<origin::Log>(options_.channel, [&] {
    origin::Log::Options log = options_.log;
    log.window = 0;  // the least: what was taken is needed no longer
    return log;
  }());
  log_->resume(header.standing);
  begun_ = header.standing.begun;
  restarts_ = 0;
}

void Uploader::take() {
  const auto snapshot = log_->snapshot();
  for (const auto& rendition : snapshot->renditions) {
    const hls::Revision& revision = rendition->revision();
    if (!revision.started()) continue;
    for (const auto& segment : revision.closed->segments) {
      const auto newest = newest_.find(rendition->name());
      if (newest == newest_.end() || segment->msn > newest->second)
        take(rendition->name(), rendition->kind(), *segment);
    }
  }
}

void Uploader::take(const std::string& rendition, media::Kind kind, const hls::Segment& segment) {
  over_ = false;
  bool clears = false;
  if (std::exchange(new_session_, false)) {
    clears = true;
    last_.clear();
  }
  const auto last = last_.find(rendition);
  if (last != last_.end()) {
    const std::int64_t missing = segment.msn - last->second->msn - 1;
    const base::Micros hole = segment.start_utc() - last->second->end_utc();
    const bool beyond_window = options_.type == hls::PlaylistType::kSliding && hole > options_.log.window;
    if (missing > kMostGaps || (missing > 0 && beyond_window)) {
      clears = true;
      last_.clear();
    } else if (missing > 0) {
      fill(rendition, segment);
    }
  }
  if (!segment.gap()) {
    queue_init(rendition, kind, segment);
    pending_.push_back({segment_object(options_.channel, rendition, kind, segment)});
    pending_bytes_ += pending_.back().object.body.size();
  }
  Entry entry = entry_of(rendition, segment);
  const auto before = last_.find(rendition);
  if (before != last_.end()) {
    // Behind a hole the log counts on: players count the tags that they see.
    hls::Segment counted = *entry.segment;
    const std::int64_t seen = before->second->discontinuities;
    counted.discontinuity = counted.discontinuity || counted.discontinuities != seen;
    counted.discontinuities = seen + (counted.discontinuity ? 1 : 0);
    entry.segment = std::make_shared<const hls::Segment>(std::move(counted));
  }
  newest_[rendition] = segment.msn;
  last_[rendition] = entry.segment;
  steps_.push_back({clears, std::move(entry)});
}

void Uploader::queue_init(const std::string& rendition, media::Kind kind, const hls::Segment& segment) {
  if (!segment.init || !inits_.insert(rendition + "/" + segment.init->uri).second) return;
  pending_.push_back({init_object(options_.channel, rendition, kind, segment)});
}

/// Gaps in the place of the segments between the last one and `next`.
void Uploader::fill(const std::string& rendition, const hls::Segment& next) {
  const hls::Segment last = *last_.at(rendition);
  const base::Micros from = last.end_utc();
  const std::int64_t count = next.msn - last.msn - 1;
  const base::Micros span = std::max<base::Micros>(next.start_utc() - from, count);
  for (std::int64_t i = 0; i < count; ++i) {
    hls::Segment gap;
    gap.msn = last.msn + 1 + i;
    gap.timescale = base::kSecond;
    gap.start = from + span * i / count;
    gap.duration = from + span * (i + 1) / count - gap.start;
    gap.discontinuities = last.discontinuities;
    gap.init = last.init;
    gap.container = next.container;
    gap.parts = {{gap.duration, false, true, {}}};
    hls::render_segment(gap, INT64_MAX);
    steps_.push_back({false, entry_of(rendition, gap)});
    ++report_.gaps;
  }
}

/// Puts what of the batch is not there yet.
bool Uploader::put_media() {
  std::vector<s3::Object> objects;
  for (const Pending& at : pending_) {
    if (!at.done) objects.push_back(at.object);
  }
  if (objects.empty()) return true;
  std::vector<bool> done;
  const bool all = put(std::move(objects), done);
  std::size_t i = 0;
  for (Pending& at : pending_) {
    if (!at.done) at.done = done[i++];
  }
  return all;
}

/// All objects of the batch are there: playlists may name them.
void Uploader::commit() {
  for (Step& step : steps_) {
    if (step.clears) {
      listing_.clear();
      state_.note_clear();
      changed_.clear();
    }
    listing_.reopen();
    changed_.insert(step.entry.rendition);
    state_.note(step.entry);
    listing_.add(std::move(step.entry));
  }
  for (Range& range : ranges_) {
    if (listing_.add(range)) state_.note(range);
  }
  for (const std::string& id : canceled_) {
    listing_.cancel(id);
    state_.note_cancel(id);
  }
  steps_.clear();
  ranges_.clear();
  canceled_.clear();
  pending_.clear();
  pending_bytes_ = 0;
  if (over_ && !listing_.ended() && listing_.size() > 0) end_listing();
}

void Uploader::end_listing() {
  listing_.end();
  state_.note_end();
  for (const std::string& name : listing_.renditions()) changed_.insert(name);
}

bool Uploader::put_playlists() {
  const int target = log_ ? log_->snapshot()->target_duration : 1;
  std::vector<s3::Object> objects;
  const std::vector<std::string> names(changed_.begin(), changed_.end());
  objects.reserve(names.size());
  for (const std::string& name : names) {
    objects.push_back(playlist_object(playlist_name(options_.channel, name), listing_.render(name, target), target));
  }
  std::vector<bool> done;
  if (!objects.empty()) {
    const bool all = put(std::move(objects), done);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (done[i]) changed_.erase(names[i]);
    }
    if (!all) return false;
  }
  std::string text = log_ ? multivariant_text(*log_->snapshot(), listing_) : "";
  if (text.empty() || text == multivariant_) return true;
  if (!put({playlist_object(playlist_name(options_.channel), text, target)}, done)) return false;
  multivariant_ = std::move(text);
  return true;
}

bool Uploader::put(std::vector<s3::Object> objects, std::vector<bool>& done) {
  const auto failures = context_.store.put(objects);
  done.assign(objects.size(), false);
  const s3::Failure* first = nullptr;
  bool progress = false;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (failures[i]) {
      ++report_.failures[static_cast<std::size_t>(failures[i]->reason)];
      if (first == nullptr) first = &*failures[i];
      continue;
    }
    done[i] = progress = true;
    ++report_.objects;
    report_.bytes += objects[i].body.size();
  }
  if (first != nullptr) fail(*first, progress);
  return first == nullptr;
}

void Uploader::fail(const s3::Failure& failure, bool progress) {
  const base::Micros now = context_.clock.steady();
  // The store knows the difference now: the next request has the right time.
  if (failure.reason == s3::Reason::kClock && !std::exchange(clock_tried_, true)) {
    retry_at_ = now;
    return;
  }
  attempts_ = progress ? 1 : attempts_ + 1;
  const base::Micros longest = std::min(kLongestPause, kFirstPause << std::min(attempts_ - 1, 10));
  const base::Micros half = longest / 2;
  retry_at_ = now + half + static_cast<base::Micros>(static_cast<double>(half) * context_.random());
  if (attempts_ < 2) return;
  report_.failing = true;
  report_.why = std::string(s3::to_string(failure.reason)) + ": " + failure.text;
}

void Uploader::succeed() {
  attempts_ = 0;
  clock_tried_ = false;
  report_.failing = false;
  report_.why.clear();
  report_.edge = listing_.edge();
  report_.ended = listing_.ended();
}

/// A file is needed while a segment may have begun in it that is not uploaded: until one that began in the next file
/// is.
void Uploader::advance_file() {
  const auto uploaded = [&](std::int64_t begun) {
    return !newest_.empty() && std::all_of(newest_.begin(), newest_.end(), [&](const auto& at) {
      return at.second > begun || !log_ || log_->snapshot()->find(at.first) == nullptr;
    });
  };
  while (files_.size() > 1 && uploaded(files_[1].second)) files_.pop_front();
  if (!files_.empty()) safe_file_ = files_.front().first;
  state_.note_file(safe_file_);
}

}  // namespace upload
