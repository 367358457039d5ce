#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "feed/message.h"
#include "record/fold.h"

namespace channel {

/// The fold that keeps the newest thumbnail of each feed, and of each video rendition, until the log ends. Bound:
/// kMostRungs renditions, those that came first. Thread: the control loop's.
class Thumbnails final : public record::Fold {
 public:
  struct Thumbnail {
    base::Micros at = 0;  ///< UTC of the picture
    base::Bytes jpeg;
  };

  void apply(const record::Record& record) override;
  void settle() override {}
  const std::optional<Thumbnail>& newest(feed::Id id) const { return newest_[feed::index(id)]; }
  /// Of a rendition; null where there is none.
  const Thumbnail* newest_of_rung(std::string_view name) const;
  static constexpr std::size_t kMostRungs = 64;
  /// UTC of the picture of the newest of each rendition, by its name.
  std::map<std::string, base::Micros> rung_times() const;

 private:
  std::array<std::optional<Thumbnail>, feed::kIds.size()> newest_;
  std::map<std::string, Thumbnail, std::less<>> rungs_;
};

}  // namespace channel
