#pragma once

#include <climits>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "media/h264.h"
#include "media/hevc.h"
#include "media/nal.h"
#include "ts/framer.h"
#include "ts/picture_cutter.h"
#include "ts/unit_clock.h"

namespace ts {

/// H.264 and HEVC: finds the access units in the bytes of the PES packets, however those cut them (several in one, one
/// over many, a NAL unit over two, a field each), and turns Annex B into 4-byte lengths. Delimiters, filler and
/// parameter sets are taken out; the latter make the decoder configuration, and a new one announces the track anew.
///
/// An access unit is whole when the next one begins. Where eight PES packets in a row each began one, the end of a PES
/// packet is taken for the end of its unit, which saves one frame of delay; a field whose other half is missing, and a
/// PES packet as long as its length field can say (TS-6), are waited for. The first picture that continues nevertheless
/// ends this for good.
/// Owns: the unit under way, at most 8 MiB.
template <typename Sets>
class NalFramer final : public Framer {
 public:
  explicit NalFramer(TrackWriter& writer) : writer_(writer) {}

  void feed(TimedPes&& pes) override;
  void lose() override;
  void flush() override;

 private:
  static constexpr bool kIsHevc = std::is_same_v<Sets, media::hevc::ParameterSets>;
  static constexpr media::Codec kCodec = kIsHevc ? media::Codec::kHevc : media::Codec::kH264;
  static constexpr int kTrustAfter = 8;
  using Cutter = std::conditional_t<kIsHevc, HevcCutter, H264Cutter>;

  /// A NAL unit of the unit under way, or of what leads the next. Units: bytes from the start of the data.
  struct Piece {
    std::size_t begin;
    std::size_t end;
  };
  /// Where a PES packet began, and its time stamps, until a unit that begins in it took them.
  struct Mark {
    std::size_t offset;
    Stamp stamp;
  };
  struct Unit {
    Stamp stamp;
    UnitClock::Order order;
    base::Micros arrived = 0;
    bool pictured = false;  ///< its first slice is there
  };

  bool trusts() const { return began_ >= kTrustAfter; }
  void distrust() { began_ = INT_MIN; }
  void find_pieces(base::View data, bool may_go_on);
  void end_piece(base::View data, std::size_t end, bool may_go_on);
  bool take_piece(base::View data, std::size_t begin, std::size_t end);
  bool begin_unit(base::View data);
  void take_stamp(std::size_t at, Stamp& stamp);
  void judge(Role role);
  void release(base::View data, std::size_t count);
  void keep(base::View data);
  void open(std::span<const base::View> nals, const Unit& unit);
  void take_parameter_sets(std::span<const base::View> sets);
  void reset();
  void reset_bytes();

  TrackWriter& writer_;
  Sets sets_;
  Cutter cutter_;
  UnitClock clock_;

  std::vector<std::uint8_t> buffer_;  ///< the bytes that pieces_ and marks_ count in; empty between whole units
  std::size_t scanned_ = 0;           ///< where the search for start codes continues
  std::vector<Piece> pieces_;
  bool open_ = false;                ///< the last piece may continue
  std::optional<std::size_t> lead_;  ///< index of the first piece of the next unit, while this one is not released
  std::vector<Mark> marks_;
  Unit unit_;
  Stamp lead_stamp_;
  base::Micros arrived_ = 0;
  std::size_t last_size_ = 0;  ///< of the newest PES packet, 0 if it was unbounded
  int began_ = 0;              ///< PES packets in a row that began a unit
  bool judged_ = false;        ///< the newest PES packet has counted there
  bool lost_ = false;          ///< bytes are missing since the last first slice
};
using H264Framer = NalFramer<media::h264::ParameterSets>;
using HevcFramer = NalFramer<media::hevc::ParameterSets>;
extern template class NalFramer<media::h264::ParameterSets>;
extern template class NalFramer<media::hevc::ParameterSets>;

}  // namespace ts
