#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "media/time.h"

namespace ts {

/// The time stamps that one access unit came with. Units: 90 kHz; empty where none was sent.
struct Stamp {
  std::optional<std::int64_t> pts;
  std::optional<std::int64_t> dts;
};

/// Gives every access unit of a video stream a PTS and a DTS, in decoding order.
///
/// A unit without a PTS is one frame after the one before it; where the stream tells the order of its pictures
/// (picture order count), it is shown at its place in that order. A frame lasts as long as the distance of the stamped
/// units says, before that as the bitstream says, and 40 ms where neither tells.
/// A unit with a PTS alone has its DTS there, as the specification has it, unless the stream never sends a DTS and
/// shows pictures in another order than it sends them: then the DTS is the PTS that as many pictures earlier as the
/// reordering is deep was due. Spec: [ISO/IEC 13818-1 2.4.3.7, 2.7.4]
class UnitClock {
 public:
  struct Times {
    std::int64_t pts = 0;
    std::int64_t dts = 0;
  };
  /// What the bitstream tells of one unit's place in the order of showing.
  struct Order {
    std::optional<std::int64_t> count;  ///< picture order count, from 0 at each IDR picture
    bool idr = false;
  };

  /// What the bitstream tells of the sequence: frames a second (0/1 if unknown), and how many pictures may be sent
  /// before one that is shown earlier.
  void set_sequence(media::Rational rate, int reorder);
  /// Times of the next unit; nothing before the first PTS.
  std::optional<Times> place(const Stamp& stamp, const Order& order);

 private:
  void measure(std::int64_t dts);
  std::int64_t derive_pts(const Order& order) const;
  std::int64_t derive_dts(std::int64_t pts);
  void anchor_order(const Order& order, std::int64_t pts);

  std::int64_t frame_ = 3600;  ///< Units: 90 kHz
  int reorder_ = 0;
  bool sends_dts_ = false;
  std::optional<Times> last_;
  std::int64_t highest_pts_ = 0;
  std::int64_t stamped_dts_ = 0;  ///< of the last unit that came with a stamp
  int since_stamped_ = 0;         ///< units from there to the last one
  struct OrderAnchor {
    std::int64_t count = 0;
    std::int64_t pts = 0;
  };
  std::optional<OrderAnchor> order_;
  std::int64_t order_step_ = 2;    ///< by how much the picture order count rises a frame: 2 (its fields) or 1
  std::vector<std::int64_t> due_;  ///< the PTS that the next DTS are made of, ascending
  std::int64_t given_ = 0;         ///< the last DTS made so
};

}  // namespace ts
