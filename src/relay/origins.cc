#include "relay/origins.h"

#include <algorithm>
#include <iterator>

#include "base/log.h"

namespace relay {
namespace {

/// The lower the sooner.
int rank(const Origin& origin, std::string_view channel) {
  if (!origin.found) return 1;
  return origin.channels.contains(channel) ? 0 : 2;
}

}  // namespace

void Origin::close(base::Micros now, base::Micros first, base::Micros longest, std::minstd_rand& random) {
  wait = wait == 0 ? first : std::min(2 * wait, longest);
  const std::int64_t spread = wait / 2;
  closed_until = now + wait - spread / 2 + std::uniform_int_distribution<std::int64_t>(0, spread)(random);
}

Origins::Origins(const std::vector<std::string>& configured) : configured_(configured.size()) {
  for (const std::string& url : configured) all_.push_back({.url = url, .configured = true});
}

Origin* Origins::of_list(client::StreamId stream) {
  const auto found =
      std::find_if(all_.begin(), all_.end(), [&](const Origin& one) { return one.directory.stream() == stream; });
  return found == all_.end() ? nullptr : &*found;
}

/// size() where there is none.
std::size_t Origins::find(std::string_view url) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const Origin& one) { return one.url == url; });
  return static_cast<std::size_t>(std::distance(all_.begin(), found));
}

/// A place that nobody has any more, or a new one; size() where there is none. What was counted at a place stays.
std::size_t Origins::add(const std::string& url, const std::function<bool(std::size_t place)>& in_use) {
  std::size_t place = configured_;
  while (place < all_.size() && (all_[place].listed() || in_use(place))) ++place;
  if (place == all_.size()) {
    if (place - configured_ == kMostFound) return place;
    all_.emplace_back();
  }
  const OriginReport report = all_[place].report;
  all_[place] = {.url = url, .report = report};
  return place;
}

Origins::Change Origins::take(const std::vector<FoundOrigin>& found,
                              const std::function<bool(std::size_t place)>& in_use) {
  Change change;
  std::set<std::string_view> urls;
  for (const FoundOrigin& one : found) urls.insert(one.url);
  for (std::size_t place = 0; place < all_.size(); ++place) {
    Origin& origin = all_[place];
    if (!origin.found || urls.contains(origin.url)) continue;
    origin.found = origin.report.found = false;
    origin.channels.clear();
    if (!origin.configured) change.gone.push_back(place);
  }
  for (const FoundOrigin& one : found) {
    std::size_t place = find(one.url);
    if (place == all_.size()) place = add(one.url, in_use);
    if (place == all_.size()) {
      base::log_warn("relay", "too many origins: one is not used", {{"origin", one.url}});
      continue;
    }
    Origin& origin = all_[place];
    if (!origin.listed()) {
      change.come.push_back(place);
      origin.wait = origin.closed_until = 0;
    }
    origin.found = true;
    origin.report.found = !origin.configured;
    origin.channels = one.channels;
  }
  return change;
}

std::vector<std::size_t> Origins::order(std::string_view channel, std::size_t first, bool stay) const {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const std::size_t place = (first + i) % all_.size();
    if (all_[place].listed()) places.push_back(place);
  }
  const auto sooner = [&](std::size_t place) { return stay && place == first ? -1 : rank(all_[place], channel); };
  std::stable_sort(places.begin(), places.end(),
                   [&](std::size_t one, std::size_t other) { return sooner(one) < sooner(other); });
  return places;
}

std::size_t Origins::start(std::minstd_rand& random) const {
  if (configured_ > 0 || all_.empty()) return 0;
  return std::uniform_int_distribution<std::size_t>(0, all_.size() - 1)(random);
}

}  // namespace relay
