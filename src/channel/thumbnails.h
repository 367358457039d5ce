#pragma once

#include <array>
#include <optional>

#include "base/bytes.h"
#include "base/clock.h"
#include "feed/message.h"
#include "record/fold.h"

namespace channel {

/// The fold that keeps the newest thumbnail of each feed, until the log ends. Thread: the control loop's.
class Thumbnails final : public record::Fold {
 public:
  struct Thumbnail {
    base::Micros at = 0;  ///< UTC of the picture
    base::Bytes jpeg;
  };

  void apply(const record::Record& record) override;
  void settle() override {}
  const std::optional<Thumbnail>& newest(feed::Id id) const { return newest_[feed::index(id)]; }

 private:
  std::array<std::optional<Thumbnail>, feed::kIds.size()> newest_;
};

}  // namespace channel
