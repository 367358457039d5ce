#include "origin/channel_snapshot.h"

#include <algorithm>

namespace origin {
namespace {

constexpr base::Micros kLongestHold = 25 * base::kSecond;  // CF-3: well under CloudFront's 30 s

}  // namespace

int ChannelSnapshot::index_of(std::string_view rendition) const {
  for (std::size_t i = 0; i < renditions.size(); ++i) {
    if (renditions[i]->name() == rendition) return static_cast<int>(i);
  }
  return -1;
}

const RenditionSnapshot* ChannelSnapshot::find(std::string_view rendition) const {
  const int index = index_of(rendition);
  return index < 0 ? nullptr : renditions[static_cast<std::size_t>(index)].get();
}

const NamedView* ChannelSnapshot::find_view(std::string_view wanted) const {
  if (views == nullptr) return nullptr;
  const auto found =
      std::find_if(views->begin(), views->end(), [&](const NamedView& at) { return at.view.name == wanted; });
  return found == views->end() ? nullptr : &*found;
}

base::Micros ChannelSnapshot::hold_limit() const { return std::min(3 * target_duration * base::kSecond, kLongestHold); }

}  // namespace origin
