#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "captions/digital.h"
#include "captions/line21.h"
#include "captions/picture.h"
#include "captions/presentation_order.h"
#include "captions/queue.h"
#include "captions/service.h"
#include "captions/triplet.h"
#include "media/packet.h"
#include "media/track.h"

namespace captions {

/// Which caption services carry text in a video track.
class Finder {
 public:
  /// The next picture, in decoding order. What it carries counts once no picture that is shown before it can come.
  void feed(media::Codec codec, const media::Packet& picture);
  /// Grows only.
  const ServiceSet& found() const { return found_; }
  /// When the newest text of a service arrived, UTC, blanks not counted; 0: none did.
  base::Micros last_text(Service service) const { return last_text_[service.index()]; }
  /// Pictures that carried captions, padding included.
  std::uint64_t pictures() const { return pictures_; }

 private:
  /// Triplets that wait for their time of presentation: of sixteen pictures of two full fields.
  static constexpr std::size_t kMostWaiting = 16 * PictureReader::kMost;

  void take(std::span<const Triplet> triplets, base::Micros arrived);

  PictureReader reader_;
  PresentationOrder order_;
  Queue waiting_{kMostWaiting};
  std::vector<Triplet> due_;
  std::array<Line21Field, 2> fields_;
  DigitalChannel digital_;
  ServiceSet found_;
  std::array<base::Micros, Service::kAll> last_text_{};  ///< by Service::index()
  std::uint64_t pictures_ = 0;
};

}  // namespace captions
