#include "captions/finder.h"

#include <cstddef>

namespace captions {

void Finder::feed(media::Codec codec, const media::Packet& picture) {
  const std::span<const Triplet> triplets = reader_.read(codec, picture.data.view());
  if (!triplets.empty()) ++pictures_;
  waiting_.put(picture.pts, triplets);
  due_.clear();
  waiting_.take(order_.pass(picture.pts, picture.dts), kMostWaiting, due_);
  if (!due_.empty()) take(due_, picture.arrived);
}

void Finder::take(std::span<const Triplet> triplets, base::Micros arrived) {
  ServiceSet brought;
  for (const Triplet& triplet : triplets) {
    const bool line21 = triplet.kind == Triplet::Kind::kField1 || triplet.kind == Triplet::Kind::kField2;
    if (!line21) digital_.feed(triplet, brought);
    if (!line21 || !triplet.valid) continue;
    const auto field = static_cast<std::size_t>(triplet.kind);
    if (const auto channel = fields_[field].feed(triplet.first, triplet.second))
      brought.set(2 * field + static_cast<std::size_t>(*channel));
  }
  for (std::size_t i = 0; i < last_text_.size(); ++i) {
    if (brought.test(i)) last_text_[i] = arrived;
  }
  for (int i = 0; i < Service::kLine21; ++i) {
    if (fields_[static_cast<std::size_t>(i / 2)].carries(i % 2)) found_.set(Service::line21(i + 1).index());
  }
  for (int i = 1; i <= Service::kDigital; ++i) {
    if (digital_.carries(i)) found_.set(Service::digital(i).index());
  }
}

}  // namespace captions
