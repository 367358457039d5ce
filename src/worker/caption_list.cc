#include "worker/caption_list.h"

#include <algorithm>
#include <utility>

namespace worker {

void CaptionList::resume(const media::Captions& known) {
  if (configured_.none) return;
  listed_.carried = known.carried;
  for (const media::Caption& caption : known.services) {
    if (const auto service = captions::Service::parse(caption.service)) insert(*service, caption);
  }
}

bool CaptionList::add(const captions::ServiceSet& found, bool carried) {
  if (configured_.none) return false;
  const bool first = carried && !std::exchange(listed_.carried, true);
  if ((found & ~added_).none()) return first;
  const std::size_t before = listed_.services.size();
  for (std::size_t i = 0; i < captions::Service::kAll; ++i) {
    const captions::Service service = captions::Service::at(i);
    if (found.test(i)) insert(service, {service.instream_id(), "", ""});
  }
  return first || listed_.services.size() > before;
}

/// Nothing happens to one that is listed already.
void CaptionList::insert(captions::Service service, media::Caption caption) {
  added_.set(service.index());
  std::vector<media::Caption>& services = listed_.services;
  const auto same = [&](const media::Caption& at) { return at.service == caption.service; };
  if (std::any_of(services.begin(), services.end(), same)) return;
  services.push_back(std::move(caption));
  std::sort(services.begin(), services.end(), [](const media::Caption& a, const media::Caption& b) {
    const auto first = captions::Service::parse(a.service);
    const auto second = captions::Service::parse(b.service);
    return first && second && first->index() < second->index();
  });
}

}  // namespace worker
