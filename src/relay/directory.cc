#include "relay/directory.h"

#include <algorithm>
#include <utility>

namespace relay {

bool Directory::lacks(std::string_view channel, base::Micros now) const {
  return known_ && now - known_at_ <= kGood && names_.find(channel) == names_.end();
}

void Directory::begin(client::StreamId stream, base::Micros now) {
  stream_ = stream;
  asked_at_ = now;
  next_ = now + kFresh;
  text_.clear();
}

bool Directory::take(base::View bytes) {
  if (text_.size() + bytes.size() > kMost) return false;
  text_.append(base::text_of(bytes));
  return true;
}

void Directory::end(bool whole, base::Micros now) {
  stream_ = 0;
  const std::string text = std::exchange(text_, {});
  known_ = whole;
  names_.clear();
  if (!whole) {
    next_ = now + kNoList;
    return;
  }
  known_at_ = asked_at_;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) names_.insert(text.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace relay
