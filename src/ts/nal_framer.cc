#include "ts/nal_framer.h"

#include <algorithm>
#include <utility>

namespace ts {
namespace {

/// A picture of the largest level has 600 slices at most.
constexpr std::size_t kMaxPieces = 4096;
/// A NAL unit at the end of what is there is looked at when it is whole, or when it has this much: a slice tells all in
/// its header, of others (parameter sets above all) every byte may matter.
constexpr std::size_t kSliceHeader = 8;
constexpr std::size_t kLongestSet = 4096;

enum class Use : std::uint8_t { kKeep, kDrop, kParameterSet };

Use use_of_h264(std::uint8_t type) {
  switch (type) {
    case media::h264::kSps:
    case media::h264::kPps: return Use::kParameterSet;
    case media::h264::kAud:
    case media::h264::kEndOfSequence:
    case media::h264::kEndOfStream:
    case media::h264::kFiller:
    case media::h264::kSpsExtension: return Use::kDrop;
    default: return Use::kKeep;
  }
}

Use use_of_hevc(std::uint8_t type) {
  switch (type) {
    case media::hevc::kVps:
    case media::hevc::kSps:
    case media::hevc::kPps: return Use::kParameterSet;
    case media::hevc::kAud:
    case media::hevc::kEndOfSequence:
    case media::hevc::kEndOfBitstream:
    case media::hevc::kFiller: return Use::kDrop;
    default: return Use::kKeep;
  }
}

bool begins_with_start_code(base::View data) {
  std::size_t zeros = 0;
  while (zeros < data.size() && data[zeros] == 0) ++zeros;
  return zeros >= 2 && zeros < data.size() && data[zeros] == 1;
}

}  // namespace

template <typename Sets>
void NalFramer<Sets>::feed(TimedPes&& pes) {
  if (buffer_.size() + pes.data.size() > kMaxUnit || pieces_.size() > kMaxPieces) {
    ++writer_.counters().pes_oversized;
    reset();
    lost_ = true;
    return;
  }
  const bool fresh = buffer_.empty();
  if (!fresh) buffer_.insert(buffer_.end(), pes.data.view().begin(), pes.data.view().end());
  const base::View data = fresh ? pes.data.view() : base::View(buffer_);
  marks_.push_back({data.size() - pes.data.size(), {pes.pts, pes.pts ? pes.dts : std::nullopt}});
  arrived_ = pes.arrived;
  judged_ = false;
  if (!begins_with_start_code(pes.data.view()) && !lost_ && last_size_ < kMayGoOn) distrust();
  const bool long_one = pes.bounded && pes.data.size() >= kMayGoOn;
  const bool may_go_on = !trusts() || long_one;
  find_pieces(data, may_go_on);
  if (!may_go_on && unit_.pictured && !cutter_.half()) release(data, lead_.value_or(pieces_.size()));
  last_size_ = pes.bounded ? pes.data.size() : 0;
  keep(data);
}

template <typename Sets>
void NalFramer<Sets>::find_pieces(base::View data, bool may_go_on) {
  std::size_t code = media::find_start_code(data, scanned_);
  if (open_) end_piece(data, code, may_go_on);
  while (code < data.size()) {
    const std::size_t begin = code + 3;
    const std::size_t next = media::find_start_code(data, begin);
    const bool whole = next < data.size() || !may_go_on;
    const std::size_t least = begin < data.size() && Cutter::is_slice(data[begin]) ? kSliceHeader : kLongestSet;
    if (!whole && data.size() - begin < least) {
      scanned_ = code;
      return;
    }
    if (take_piece(data, begin, next)) end_piece(data, next, may_go_on);
    code = next;
  }
  scanned_ = open_ ? std::max(pieces_.back().begin, data.size() - 2) : data.size();
}

/// The last piece reaches to `end`; where that is the end of the data it may continue.
template <typename Sets>
void NalFramer<Sets>::end_piece(base::View data, std::size_t end, bool may_go_on) {
  Piece& piece = pieces_.back();
  open_ = end == data.size() && may_go_on;
  // trailing_zero_8bits, and the zero_byte of a four-byte start code: a NAL unit never ends in a zero.
  while (!open_ && end > piece.begin && data[end - 1] == 0) --end;
  piece.end = end;
  if (unit_.pictured && !lead_ && !marks_.empty() && end > marks_.back().offset) unit_.arrived = arrived_;
}

/// Returns false where the NAL unit is of no use.
template <typename Sets>
bool NalFramer<Sets>::take_piece(base::View data, std::size_t begin, std::size_t end) {
  while (end > begin && data[end - 1] == 0) --end;
  if (end == begin) return false;
  const Role role = cutter_.look(data.subspan(begin, end - begin));
  if (role != Role::kLeads && role != Role::kFollows) judge(role);
  switch (role) {
    case Role::kFollows:
      if (!unit_.pictured || lead_) return false;
      break;
    case Role::kLeads:
      if (unit_.pictured && !lead_) lead_ = pieces_.size();
      take_stamp(begin, lead_ ? lead_stamp_ : unit_.stamp);
      break;
    case Role::kFirst:
      if (!begin_unit(data)) return false;
      take_stamp(begin, unit_.stamp);
      break;
    case Role::kSecondField: take_stamp(begin, lead_stamp_); [[fallthrough]];
    case Role::kContinues:
      if (!unit_.pictured) {
        ++writer_.counters().frames_bad;
        return false;
      }
      lead_.reset();
      lead_stamp_ = {};
      break;
  }
  pieces_.push_back({begin, end});
  return true;
}

/// Returns false where the picture's first slices were lost.
template <typename Sets>
bool NalFramer<Sets>::begin_unit(base::View data) {
  if (unit_.pictured) release(data, lead_.value_or(pieces_.size()));
  if (lost_ && !cutter_.at_start()) {
    ++writer_.counters().frames_bad;
    return false;
  }
  lost_ = false;
  unit_.pictured = true;
  unit_.order = {cutter_.order(), cutter_.idr()};
  return true;
}

/// A PES packet's time stamps are those of the first access unit that begins in it. Spec: [ISO/IEC 13818-1 2.4.3.7]
template <typename Sets>
void NalFramer<Sets>::take_stamp(std::size_t at, Stamp& stamp) {
  const auto after = std::find_if(marks_.begin(), marks_.end(), [at](const Mark& mark) { return mark.offset > at; });
  if (after == marks_.begin()) return;
  Mark& mark = *(after - 1);
  if (mark.stamp.pts) stamp = std::exchange(mark.stamp, {});
}

/// Whether the ends of PES packets are those of access units: their first slices tell.
template <typename Sets>
void NalFramer<Sets>::judge(Role role) {
  if (std::exchange(judged_, true)) return;
  if (role == Role::kFirst && began_ >= 0) began_ = std::min(began_ + 1, kTrustAfter);
  if (role == Role::kContinues && !lost_ && last_size_ < kMayGoOn) distrust();
}

/// Hands on the first `count` pieces, a whole access unit; what is left leads the next one.
template <typename Sets>
void NalFramer<Sets>::release(base::View data, std::size_t count) {
  std::vector<base::View> nals;
  nals.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    nals.push_back(data.subspan(pieces_[i].begin, pieces_[i].end - pieces_[i].begin));
  }
  open(nals, unit_);
  pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(count));
  lead_.reset();
  unit_ = Unit{};
  unit_.stamp = std::exchange(lead_stamp_, {});
}

/// Keeps what the pieces are made of, and what has not been looked at, for the next PES packet.
template <typename Sets>
void NalFramer<Sets>::keep(base::View data) {
  const std::size_t from = pieces_.empty() ? scanned_ : std::min(scanned_, pieces_.front().begin);
  if (from == data.size()) {
    reset_bytes();
    return;
  }
  if (buffer_.empty()) {
    buffer_.assign(data.begin() + static_cast<std::ptrdiff_t>(from), data.end());
  } else {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(from));
  }
  scanned_ -= from;
  for (Piece& piece : pieces_) piece = {piece.begin - from, piece.end - from};
  for (Mark& mark : marks_) mark.offset -= std::min(mark.offset, from);
  // Only the packet that is looked at next, and what it lies in, matter.
  const auto later =
      std::find_if(marks_.begin(), marks_.end(), [this](const Mark& mark) { return mark.offset > scanned_; });
  if (later - marks_.begin() > 1) marks_.erase(marks_.begin(), later - 1);
}

template <typename Sets>
void NalFramer<Sets>::lose() {
  // What is there is whole, unless the stream is known to spread its pictures over PES packets.
  const bool whole = unit_.pictured && began_ >= 0 && last_size_ < kMayGoOn;
  if (whole) {
    if (open_) end_piece(buffer_, buffer_.size(), false);
    release(buffer_, lead_.value_or(pieces_.size()));
  } else if (!buffer_.empty()) {
    ++writer_.counters().pes_damaged;
  }
  reset();
  lost_ = true;
}

template <typename Sets>
void NalFramer<Sets>::flush() {
  if (buffer_.empty()) return;
  find_pieces(buffer_, false);
  if (unit_.pictured) release(buffer_, lead_.value_or(pieces_.size()));
  reset();
}

template <typename Sets>
void NalFramer<Sets>::reset() {
  reset_bytes();
  unit_ = Unit{};
  lead_stamp_ = {};
  last_size_ = 0;
}

template <typename Sets>
void NalFramer<Sets>::reset_bytes() {
  buffer_.clear();
  pieces_.clear();
  marks_.clear();
  lead_.reset();
  open_ = false;
  scanned_ = 0;
}

template <typename Sets>
void NalFramer<Sets>::open(std::span<const base::View> nals, const Unit& unit) {
  std::vector<base::View> kept;
  std::vector<base::View> sets;
  std::vector<base::View> messages;
  for (const base::View nal : nals) {
    const Use use = kIsHevc ? use_of_hevc(media::hevc::nal_type(nal)) : use_of_h264(media::h264::nal_type(nal));
    if (use == Use::kKeep) kept.push_back(nal);
    if (use == Use::kParameterSet) sets.push_back(nal);
    if (kIsHevc && media::hevc::nal_type(nal) == media::hevc::kPrefixSei) messages.push_back(nal);
  }
  // What HDR10 says of the light of a sequence stands beside its parameter sets (CM-4).
  if (!sets.empty()) sets.insert(sets.end(), messages.begin(), messages.end());
  if (!sets.empty()) take_parameter_sets(sets);
  if (!writer_.announced()) {
    ++writer_.counters().frames_bad;
    return;
  }
  const auto times = clock_.place(unit.stamp, unit.order);
  if (!times) {
    ++writer_.counters().untimed;
    return;
  }
  const media::Picture picture = media::inspect(kCodec, nals);
  media::Packet packet;
  packet.pts = times->pts;
  packet.dts = times->dts;
  packet.key = picture.key;
  packet.idr = picture.idr;
  packet.arrived = unit.arrived;
  packet.data = media::join_lengths(kept);
  writer_.write(std::move(packet));
}

template <typename Sets>
void NalFramer<Sets>::take_parameter_sets(std::span<const base::View> sets) {
  const auto is_sps = [](base::View nal) {
    return kIsHevc ? media::hevc::nal_type(nal) == media::hevc::kSps : media::h264::nal_type(nal) == media::h264::kSps;
  };
  bool changed = false;
  bool sps_changed = false;
  for (const base::View set : sets) {
    if (!sets_.feed(set)) continue;
    changed = true;
    sps_changed = sps_changed || is_sps(set);
  }
  if (!changed || !sets_.complete()) return;
  if (sps_changed) {
    // A new sequence: what it does not repeat belonged to the old one, and must not come first in the configuration.
    Sets alone;
    for (const base::View set : sets) static_cast<void>(alone.feed(set));
    if (alone.complete()) sets_ = std::move(alone);
  }
  auto config = sets_.config();
  if (!config) {
    ++writer_.counters().frames_bad;
    return;
  }
  media::Track track;
  track.codec = kCodec;
  track.config = config.take();
  if (writer_.announce(std::move(track))) clock_.set_sequence(writer_.track().video.frame_rate, cutter_.reorder());
}

template class NalFramer<media::h264::ParameterSets>;
template class NalFramer<media::hevc::ParameterSets>;

}  // namespace ts
