#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "hls/time_shift.h"
#include "hls/window.h"

namespace origin {

/// Small pictures (JPEG) of what viewers see, one a segment, at one instant. Immutable. Thread: any.
struct ImageSet {
  struct Newest {
    base::Micros at = 0;  ///< UTC of the picture
    base::Bytes jpeg;
  };
  struct Image {
    std::int64_t msn = 0;
    base::Bytes jpeg;
  };
  std::optional<Newest> newest;  ///< none before the first one and after the end
  std::vector<Image> images;     ///< of closed segments that can be fetched; ascending
  hls::Revision revision;        ///< whose segments they are of
  int target_duration = 2;       ///< Units: s.

  /// The image of a segment, or null.
  const base::Bytes* find(std::int64_t msn) const;
  /// A segment is listed: there is a playlist.
  bool ready() const;
  /// The image playlist. REQUIRES: ready().
  std::string text() const;
  /// The image playlist of another time than the live edge's; nothing where there is no media of it.
  std::optional<std::string> text(const hls::ShiftedRange& range) const;
};

/// The fold of images: each waits until the segment that it is of closes. What an entry of the playlist is never
/// changes: an image that comes after its segment has closed is shown as the newest alone. Thread: one.
class ImageList {
 public:
  void add(base::Micros at, base::Bytes jpeg);
  /// The rendition whose segments they are of has changed.
  void follow(const hls::Revision& revision, int target_duration);
  void end();
  /// As it is now; the same pointer while nothing changed. Never null.
  std::shared_ptr<const ImageSet> set();

 private:
  void take(const hls::Segment& segment);

  std::deque<ImageSet::Newest> waiting_;  ///< ascending; at most kMostWaiting, beyond which the oldest goes
  std::int64_t closed_ = INT64_MIN;       ///< the newest segment that is closed
  ImageSet now_;
  std::shared_ptr<const ImageSet> set_;  ///< null: to be made anew
};

}  // namespace origin
