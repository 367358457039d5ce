#include "registry/origin_list.h"

#include <set>
#include <utility>

#include "base/log.h"
#include "base/printable.h"

namespace registry {
namespace {

constexpr std::size_t kLongestKey = 200;  // in a log

}  // namespace

void OriginList::take_list(const std::vector<KeyChange>& keys, bool after_outage, base::Micros now) {
  std::set<std::string_view> there;
  for (const KeyChange& change : keys) {
    there.insert(change.key);
    put(change);
  }
  std::erase_if(refused_, [&](const auto& one) { return !there.contains(one.first); });
  for (auto at = entries_.begin(); at != entries_.end();) {
    Entry& entry = at->second;
    const bool missing = !there.contains(at->first);
    if (missing && !after_outage && entry.leaves_at == 0) {
      at = entries_.erase(at);
      continue;
    }
    if (missing && entry.leaves_at == 0) entry.leaves_at = now + kGrace;
    ++at;
  }
}

void OriginList::take_change(const KeyChange& change) {
  if (!change.deleted) return put(change);
  entries_.erase(change.key);
  refused_.erase(change.key);
}

bool OriginList::expire(base::Micros now) {
  return std::erase_if(entries_,
                       [&](const auto& one) { return one.second.leaves_at != 0 && one.second.leaves_at <= now; }) > 0;
}

void OriginList::put(const KeyChange& change) {
  auto origin = parse_origin(change.value);
  if (!origin.ok()) return refuse(change, origin.error().what);
  if (change.key != prefix_ + origin->url) return refuse(change, "its key is not that of its url");
  const auto found = entries_.find(change.key);
  if (found == entries_.end() && entries_.size() >= kMost) return refuse(change, "there are 64 origins already");
  refused_.erase(change.key);
  entries_[change.key] = Entry{origin.take(), 0};
}

void OriginList::refuse(const KeyChange& change, const std::string& why) {
  const auto known = refused_.find(change.key);
  if (known != refused_.end() && known->second == change.revision) return;
  ++refused_count_;
  if (known == refused_.end() && refused_.size() >= kMost) return;
  refused_[change.key] = change.revision;
  base::log_warn("registry", "what etcd has of an origin is not used",
                 {{"key", base::printable(change.key, kLongestKey)}, {"why", why}});
}

std::vector<AnnouncedOrigin> OriginList::origins() const {
  std::vector<AnnouncedOrigin> all;
  for (const auto& [key, entry] : entries_) all.push_back(entry.origin);
  return all;
}

}  // namespace registry
