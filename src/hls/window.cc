#include "hls/window.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "hls/media_playlist.h"
#include "hls/tags.h"

namespace hls {
namespace {

// Limits on what records may say, so that no sum below overflows and no mistake of a packager costs unbounded memory.
constexpr std::int64_t kLastSecond = std::int64_t{1} << 35;  // year 3058
constexpr std::int64_t kLongestTicks = std::int64_t{1} << 40;
constexpr std::uint32_t kMostPartsInSegment = 1024;  // in a segment
constexpr std::size_t kMostFormats = 16;             // announced and not yet begun
// Discontinuities remembered one by one; more than a window and everything retained behind it can hold.
constexpr std::size_t kRememberedDiscontinuities = 4096;
// LL-123: for the clocks of caches, and for a player that takes its time between a playlist and what it lists.
constexpr base::Micros kFetchAllowance = 10 * base::kSecond;
// Newest segments that are in no block: all whose parts may be listed, and that delta updates have.
constexpr std::size_t kOutsideBlocks = 32;
// Segments with places of parts that are still in memory: more than a journal writes late before it is given up.
constexpr std::size_t kMostPlaced = 4096;

// Entries in front of `index` that are gaps, from a number on that is the same for one list. The counts of the blocks
// stand for all segments but those of two blocks and those that are in none.
template <typename IsGap>
std::size_t gaps_before(const SegmentList& list, BlockText Block::* text, std::size_t index, const IsGap& is_gap) {
  const std::size_t in_blocks = std::min(index, list.in_blocks);
  std::size_t gaps = 0;
  if (list.in_blocks > 0) {
    const auto [number, last] = list.place_of(in_blocks > 0 ? in_blocks - 1 : 0);
    const Block& block = *(*list.blocks)[number];
    const auto from = block.segments.begin() + static_cast<std::ptrdiff_t>(in_blocks > 0 ? last + 1 : 0);
    gaps = (block.*text).gaps_through - static_cast<std::size_t>(std::count_if(from, block.segments.end(), is_gap));
  }
  const auto until = list.segments.begin() + static_cast<std::ptrdiff_t>(index - in_blocks);
  return gaps + static_cast<std::size_t>(std::count_if(list.segments.begin(), until, is_gap));
}

template <typename IsGap>
std::size_t gaps_among(const SegmentList& list, BlockText Block::* text, std::size_t first, std::size_t last,
                       const IsGap& is_gap) {
  return gaps_before(list, text, last, is_gap) - gaps_before(list, text, first, is_gap);
}

}  // namespace

bool Segment::gap() const {
  return filed.empty() && std::all_of(parts.begin(), parts.end(), [](const Part& part) { return part.gap; });
}

base::Micros Segment::parts_end_utc() const {
  std::int64_t end = start;
  for (const Part& part : parts) end += part.duration;
  return media::rescale(end, timescale, base::kSecond);
}

const Segment* SegmentList::find(std::int64_t msn) const {
  // Not by subtraction: what an earlier session left need not be contiguous with this one.
  const auto before = [](const auto& segment, std::int64_t number) { return segment->msn < number; };
  const std::vector<std::shared_ptr<const Segment>>* among = &segments;
  if (in_blocks > 0 && (segments.empty() || msn < segments.front()->msn)) {
    const auto after =
        std::upper_bound(blocks->begin(), blocks->end(), msn,
                         [](std::int64_t number, const auto& block) { return number < block->segments.front()->msn; });
    if (after == blocks->begin()) return nullptr;
    among = &(*std::prev(after))->segments;
  }
  const auto at = std::lower_bound(among->begin(), among->end(), msn, before);
  return at != among->end() && (*at)->msn == msn ? at->get() : nullptr;
}

std::pair<std::size_t, std::size_t> SegmentList::place_of(std::size_t index) const {
  const std::uint64_t ordinal = blocks->front()->ordinal + index;
  const auto after = std::upper_bound(blocks->begin(), blocks->end(), ordinal,
                                      [](std::uint64_t number, const auto& block) { return number < block->ordinal; });
  const auto block = static_cast<std::size_t>(after - blocks->begin()) - 1;
  return {block, static_cast<std::size_t>(ordinal - (*blocks)[block]->ordinal)};
}

const Segment& SegmentList::at(std::size_t index) const {
  if (index >= in_blocks) return *segments[index - in_blocks];
  const auto [block, within] = place_of(index);
  return *(*blocks)[block]->segments[within];
}

std::size_t SegmentList::listed_without_key_frame() const {
  return gaps_among(*this, &Block::key_frames, first_listed, size(),
                    [](const auto& segment) { return segment->key_frame.length == 0; });
}

SegmentList SegmentList::slice(std::size_t first, std::size_t last) const {
  SegmentList part;
  part.blocks = blocks;
  part.in_blocks = std::min(in_blocks, last);
  const auto until = segments.begin() + static_cast<std::ptrdiff_t>(last - part.in_blocks);
  part.segments.assign(segments.begin(), until);
  part.first_listed = first;
  part.gaps_listed =
      gaps_among(*this, &Block::playlist, first, last, [](const auto& segment) { return segment->gap(); });
  part.filed_through = filed_through;
  part.trimmed = trimmed;
  return part;
}

bool Discontinuities::add(std::int64_t msn) {
  const auto place = std::lower_bound(msns_.begin(), msns_.end(), msn);
  if (place != msns_.end() && *place == msn) return false;
  msns_.insert(place, msn);
  if (msns_.size() > kRememberedDiscontinuities) {
    msns_.erase(msns_.begin(), msns_.begin() + kRememberedDiscontinuities / 2);
    forgotten_ += kRememberedDiscontinuities / 2;
  }
  return true;
}

bool Discontinuities::at(std::int64_t msn) const { return std::binary_search(msns_.begin(), msns_.end(), msn); }

std::int64_t Discontinuities::number(std::int64_t msn) const {
  return forgotten_ + (std::upper_bound(msns_.begin(), msns_.end(), msn) - msns_.begin());
}

std::int64_t numbering_offset(std::int64_t msn, std::int64_t start, std::int64_t timescale, media::Rational segment) {
  // A segment starts in its own slot, or, if it was joined late, a few slots on.
  const std::int64_t slot = media::rescale(start, segment.num * timescale, segment.den, media::Round::kDown);
  return media::floor_div(msn - slot + kNumberingStep / 2, kNumberingStep) * kNumberingStep;
}

Window::Window(const Options& options, const Discontinuities& discontinuities, const CueLines* cues)
    : options_(options), discontinuities_(discontinuities), cues_(cues) {
  revision_.closed = std::make_shared<const SegmentList>();
}

void Window::set_format(Format format) {
  if ((announced_ ? *announced_ : formats_.back().format) == format) return;
  part_target_ =
      std::max(part_target_, media::rescale(format.part_ticks, format.timescale, kDecimalUnit, media::Round::kUp));
  if (revision_.started()) {
    announced_ = std::move(format);
  } else {
    revision_.next_init = format.init;
    formats_ = {{INT64_MIN, std::move(format)}};
  }
}

bool Window::begin_format(std::int64_t msn) {
  if (!announced_) return false;
  // A segment whose parts are already out keeps its init: EXT-X-MAP stands before them (LL-54).
  const std::int64_t from = std::max({msn, begun() + 1, formats_.back().from});
  if (formats_.back().from == from || formats_.size() == kMostFormats) formats_.pop_back();
  formats_.push_back({from, std::move(*announced_)});
  announced_.reset();
  if (open_.parts.empty()) {
    open_segment(open_.msn, media::rescale(open_.start, open_.timescale, format_of(open_.msn).timescale));
  }
  share_open();
  return true;
}

const Format& Window::format_of(std::int64_t msn) const {
  const auto after = std::upper_bound(formats_.begin(), formats_.end(), msn,
                                      [](std::int64_t number, const Dated& dated) { return number < dated.from; });
  return after == formats_.begin() ? formats_.front().format : std::prev(after)->format;
}

Outcome Window::add_part(std::int64_t msn, std::uint32_t index, std::int64_t start, Part part, bool last) {
  begin_format(begun() + 1);  // no record has said where
  if (!plausible(msn, start, part.duration) || index >= kMostPartsInSegment || part.gap != (part.size() == 0)) {
    return Outcome::kConflict;
  }
  if (revision_.ended || msn < floor_) return Outcome::kLate;
  if (!revision_.started()) {
    offset_ = numbering_offset(msn, start, format_of(msn).timescale, options_.segment);
    open_segment(msn, start);
  }
  if (msn < open_.msn || (msn == open_.msn && index < open_.parts.size())) return Outcome::kLate;
  if (msn == open_.msn && revision_.open_is_full) return Outcome::kConflict;  // the next segment has been hinted

  const std::uint64_t filled = filled_;
  if (msn > open_.msn) fill_to(msn);
  if (open_.parts.empty()) {
    const Format& format = format_of(msn);
    const std::int64_t earliest =
        std::max(start - std::int64_t{index} * format.part_ticks, slot_start(msn, format.timescale));
    open_segment(msn, index == 0 ? start : std::min(start, earliest));
  }
  if (index > open_.parts.size()) fill_parts(index - open_.parts.size(), start);
  push(std::move(part));
  revision_.open_is_full = last;
  share_open();
  return filled == filled_ ? Outcome::kAdded : Outcome::kFilled;
}

Outcome Window::end_segment(std::int64_t msn, std::int64_t start, std::int64_t duration, base::Bytes data) {
  begin_format(begun() + 1);
  if (!plausible(msn, start, duration)) return Outcome::kConflict;
  if (revision_.ended || !revision_.started() || msn < open_.msn) return Outcome::kLate;
  const std::uint64_t filled = filled_;
  if (msn > open_.msn) fill_to(msn);
  if (open_.parts.empty()) {
    open_segment(msn, start);
    fill_rest(start + duration);
  }
  open_.data = std::move(data);
  close(duration);
  share_open();
  return filled == filled_ ? Outcome::kAdded : Outcome::kFilled;
}

void Window::announce_end() { revision_.closing = true; }

void Window::end() {
  if (revision_.ended) return;
  if (revision_.started() && !open_.parts.empty()) close(open_end() - open_.start);
  revision_.ended = true;
  if (revision_.started()) share_open();
}

void Window::break_off(std::int64_t floor) {
  revision_.closing = false;
  if (revision_.ended || !revision_.started()) return;
  if (!open_.parts.empty()) close(open_end() - open_.start);
  fill_to(floor);
  open_segment(floor, open_.start);  // as what stands before it is known by now
  share_open();
}

void Window::restart(std::int64_t floor, const Options& options) {
  if (revision_.started() && !open_.parts.empty()) close(open_end() - open_.start);
  floor_ = floor;
  auto unlisted = std::make_shared<SegmentList>(*revision_.closed);
  unlisted->first_listed = unlisted->size();
  unlisted->gaps_listed = 0;
  unlisted->trimmed = false;
  listed_ = 0;
  revision_.closed = std::move(unlisted);
  revision_.open = nullptr;
  revision_.open_is_full = false;
  revision_.closing = false;
  revision_.ended = false;
  options_ = options;
  formats_ = {{}};
  announced_.reset();
  dependent_ = INT64_MIN;
  media_parts_ = 0;
}

std::int64_t Window::begun() const {
  if (!revision_.started()) return INT64_MIN;
  return open_.parts.empty() ? open_.msn - 1 : open_.msn;
}

bool Window::independent_segments() const {
  const SegmentList& closed = *revision_.closed;
  return dependent_ < (closed.listed() > 0 ? closed.at(closed.first_listed).msn : open_.msn);
}

bool Window::plausible(std::int64_t msn, std::int64_t start, std::int64_t duration) const {
  const __int128 second = static_cast<__int128>(msn) * options_.segment.num / options_.segment.den;
  const std::int64_t last = kLastSecond * format_of(msn).timescale;
  return msn >= 0 && second < kLastSecond && start >= 0 && start < last && duration > 0 && duration < kLongestTicks;
}

std::int64_t Window::slot_start(std::int64_t msn, std::int64_t timescale) const {
  const std::int64_t slot = std::max<std::int64_t>(msn - offset_, 0);
  return media::rescale(slot, options_.segment.den, options_.segment.num * timescale, media::Round::kUp);
}

void Window::open_segment(std::int64_t msn, std::int64_t start) {
  while (formats_.size() > 1 && formats_[1].from <= msn) formats_.pop_front();
  const Format& format = formats_.front().format;
  open_ = Segment{};
  open_.msn = msn;
  open_.timescale = format.timescale;
  open_.start = start;
  open_.discontinuity = discontinuities_.at(msn);
  open_.discontinuities = discontinuities_.number(msn);
  if (cues_ != nullptr) open_.cues = cues_->at(msn);
  open_.init = format.init;
  open_.container = format.container;
  open_part_ticks_ = format.part_ticks;
  revision_.open_is_full = false;
}

void Window::push(Part part) {
  if (part.duration > open_part_ticks_) ++overlong_;  // printed as PART-TARGET: LL-56
  if (!part.gap) {
    ++media_parts_;
    if (!part.independent && open_.gap()) dependent_ = open_.msn;
  }
  open_.parts.push_back(std::move(part));
}

/// Declares `count` parts gaps, from the end of the last one to `until` in equal steps.
void Window::fill_parts(std::size_t count, std::int64_t until) {
  const auto steps = static_cast<std::int64_t>(count);
  const std::int64_t span = std::clamp<std::int64_t>(until - open_end(), 0, steps * open_part_ticks_);
  for (std::int64_t i = 0; i < steps; ++i) {
    const std::int64_t step = span * (i + 1) / steps - span * i / steps;
    push({std::clamp<std::int64_t>(step, 1, open_part_ticks_), false, true, {}});
  }
  filled_ += count;
}

/// Declares what is left of the open segment until `until` a gap; less than half a part is left alone, as a hole at the
/// end that EXTINF covers.
void Window::fill_rest(std::int64_t until) {
  const std::int64_t rest = until - open_end();
  if (!open_.parts.empty() && rest * 2 < open_part_ticks_) return;
  const std::int64_t count = (rest + open_part_ticks_ - 1) / open_part_ticks_;
  fill_parts(static_cast<std::size_t>(std::clamp<std::int64_t>(count, 1, kMostPartsInSegment)), until);
}

/// Closes the open segment at the end of its slot; what it lacks is a gap.
void Window::close_slot() {
  if (open_.parts.empty()) open_segment(open_.msn, open_.start);  // a discontinuity may have come since it was opened
  const std::int64_t end = slot_start(open_.msn + 1, open_.timescale);
  fill_rest(std::max(end, open_.start + 1));
  close(std::max(end, open_end()) - open_.start);
}

/// Passes over everything before segment `msn`, which is then open and empty.
void Window::fill_to(std::int64_t msn) {
  if (!open_.parts.empty()) close_slot();
  // More gaps than the playlist lists would leave it again at once.
  const std::int64_t first = msn - static_cast<std::int64_t>(options_.listed);
  if (first > open_.msn) open_segment(first, slot_start(first, format_of(first).timescale));
  while (open_.msn < msn) close_slot();
}

void Window::close(std::int64_t duration) {
  // LL-11: what rounds beyond the target duration is cut to it.
  if (media::rescale(duration, open_.timescale, 1) > options_.target_duration) {
    ++overlong_;
    duration = options_.target_duration * open_.timescale;
  }
  open_.duration = std::max<std::int64_t>(duration, 1);
  render_segment(open_, part_target_);
  open_.key_frame = find_key_frame(open_);
  const std::int64_t next = open_.msn + 1;
  const std::int64_t end = media::rescale(open_.start + open_.duration, open_.timescale, format_of(next).timescale);
  list(std::make_shared<const Segment>(std::move(open_)));
  open_segment(next, end);
}

void Window::list(std::shared_ptr<const Segment> segment) {
  auto list = std::make_shared<SegmentList>(*revision_.closed);
  listed_ += segment->span();
  if (segment->gap()) ++list->gaps_listed;
  list->segments.push_back(std::move(segment));
  if (list->listed() > options_.listed) {
    const Segment& leaves = list->at(list->first_listed);
    listed_ -= leaves.span();
    if (leaves.gap()) --list->gaps_listed;
    ++list->first_listed;
    list->trimmed = true;
  }
  longest_ = std::max(longest_, listed_);
  expire(*list);
  let_go(*list);
  make_block(*list);
  drop_unfiled(*list);
  revision_.closed = std::move(list);
}

/// LL-27: a segment appeared when it closed, at its end, and stays for its own duration and the longest playlist's;
/// LL-123: and for as long as a cache may show the last playlist that lists it. Its parts stay with it, which is longer
/// than LL-29 asks. A block goes with its last segment.
void Window::expire(SegmentList& list) const {
  const base::Micros kept = longest_ + longest_cache_life(options_.target_duration) * base::kSecond + kFetchAllowance;
  const base::Micros now = list.segments.back()->end_utc();
  const auto over = [&](const Segment& segment) { return segment.end_utc() + segment.span() + kept <= now; };
  std::size_t blocks = 0;
  std::size_t gone = 0;
  for (; gone < list.in_blocks; ++blocks) {
    const auto& segments = (*list.blocks)[blocks]->segments;
    if (gone + segments.size() > list.first_listed || !over(*segments.back())) break;
    gone += segments.size();
  }
  if (blocks > 0) {
    const auto left = list.blocks->begin() + static_cast<std::ptrdiff_t>(blocks);
    list.blocks = std::make_shared<const Blocks>(left, list.blocks->end());
    list.in_blocks -= gone;
    list.first_listed -= gone;
  }
  if (list.in_blocks > 0) return;
  std::size_t expired = 0;
  while (expired < list.first_listed && over(*list.segments[expired])) ++expired;
  list.segments.erase(list.segments.begin(), list.segments.begin() + static_cast<std::ptrdiff_t>(expired));
  list.first_listed -= expired;
}

void Window::file_part(std::int64_t msn, std::uint32_t index, base::FilePlace place) {
  if (options_.memory <= 0 || index >= kMostPartsInSegment) return;
  std::vector<base::FilePlace>& parts = places_[msn];
  if (parts.size() <= index) parts.resize(index + 1);
  parts[index] = std::move(place);
  if (places_.size() > kMostPlaced) places_.erase(places_.begin());
}

void Window::load_open(const FetchFiled& fetch) {
  if (!revision_.started()) return;
  for (Part& part : open_.parts) {
    if (part.filed.place.size == 0) continue;
    base::Bytes data = fetch(part.filed);
    if (data.size() != part.filed.place.size) continue;
    file_part(open_.msn, static_cast<std::uint32_t>(&part - open_.parts.data()), part.filed.place);
    part.data = std::move(data);
    part.filed = {};
  }
  share_open();
}

/// What no file has stays in memory.
void Window::let_go(SegmentList& list) {
  if (options_.memory <= 0) return;
  const base::Micros now = list.segments.back()->end_utc();
  for (auto& segment : list.segments) {
    if (segment->end_utc() + options_.memory > now) break;
    if (!segment->filed.empty()) continue;
    auto made = filed(*segment);
    if (made == nullptr) continue;
    list.filed_through = std::max(list.filed_through, segment->msn);
    segment = std::move(made);
    places_.erase(segment->msn);
  }
  places_.erase(places_.begin(), places_.lower_bound(list.segments.front()->msn));
}

/// The segment without its bytes; null where no file has them all.
std::shared_ptr<const Segment> Window::filed(const Segment& segment) const {
  if (segment.gap() || !segment.data.empty()) return nullptr;
  static const std::vector<base::FilePlace> kNone;
  const auto found = places_.find(segment.msn);
  const std::vector<base::FilePlace>& places = found == places_.end() ? kNone : found->second;
  std::vector<FiledPart> parts;
  parts.reserve(segment.parts.size());
  for (std::size_t i = 0; i < segment.parts.size(); ++i) {
    const Part& part = segment.parts[i];
    if (part.filed.place.size > 0) {
      parts.push_back(part.filed);
      continue;
    }
    const bool there = i < places.size() && places[i].size > 0 && places[i].size == part.data.size();
    if (!part.gap && !there) return nullptr;
    parts.push_back(part.gap ? FiledPart{} : FiledPart{places[i], base::hash64(part.data.view())});
  }
  auto made = std::make_shared<Segment>(segment);
  made->parts = {};
  made->filed = std::move(parts);
  return made;
}

void Window::make_block(SegmentList& list) const {
  if (options_.listed < options_.least_for_blocks) return;
  auto& segments = list.segments;
  const auto number = [](const auto& segment) { return segment->msn >> Block::kBits; };
  std::size_t count = 1;
  while (count < segments.size() && number(segments[count]) == number(segments.front())) ++count;
  if (count + kOutsideBlocks > segments.size()) return;
  if (segments[count - 1]->end_utc() + options_.memory > segments.back()->end_utc()) return;  // see let_go()
  auto blocks = list.blocks == nullptr ? std::make_shared<Blocks>() : std::make_shared<Blocks>(*list.blocks);
  auto block = std::make_shared<Block>();
  block->segments.assign(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(count));
  const Block* before = blocks->empty() ? nullptr : blocks->back().get();
  if (before != nullptr) block->ordinal = before->ordinal + before->segments.size();
  render_block(*block, before, options_.key_frames);
  if (options_.deflate != nullptr) {
    for (const auto text : {&Block::playlist, &Block::key_frames}) {
      BlockText& made = (*block).*text;
      made.deflated =
          options_.deflate(base::view_of(made.text), before == nullptr ? Deflated{} : ((*before).*text).deflated);
    }
  }
  blocks->push_back(std::move(block));
  list.blocks = std::move(blocks);
  list.in_blocks += count;
  segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(count));
}

/// A long window whose files cannot be written for hours would fill the memory. By blocks: shorter windows have none,
/// and need no bound.
void Window::drop_unfiled(SegmentList& list) {
  if (options_.memory <= 0 || list.in_blocks == 0) return;
  const base::Micros now = list.segments.back()->end_utc();
  const auto too_old = [&](const auto& block) {
    return block->media > 0 && block->segments.back()->end_utc() + options_.unfiled <= now;
  };
  const auto newest = std::find_if(list.blocks->rbegin(), list.blocks->rend(), too_old);
  if (newest == list.blocks->rend()) return;
  std::size_t gone = 0;
  for (auto block = list.blocks->begin(); block != newest.base(); ++block) {
    for (const auto& segment : (*block)->segments) {
      if (gone++ < list.first_listed) continue;
      listed_ -= segment->span();
      if (segment->gap()) --list.gaps_listed;
    }
  }
  list.blocks = std::make_shared<const Blocks>(newest.base(), list.blocks->end());
  list.in_blocks -= gone;
  list.first_listed -= std::min(gone, list.first_listed);
  list.trimmed = true;
}

std::int64_t Window::open_end() const {
  std::int64_t end = open_.start;
  for (const Part& part : open_.parts) end += part.duration;
  return end;
}

void Window::share_open() {
  revision_.open = std::make_shared<const Segment>(open_);
  revision_.next_init = format_of(revision_.hint_msn()).init;
}

}  // namespace hls
