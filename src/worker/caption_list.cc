#include "worker/caption_list.h"

#include <algorithm>
#include <utility>

namespace worker {
namespace {

const media::Caption* find(const media::Captions& captions, const std::string& service) {
  const auto found = std::find_if(captions.services.begin(), captions.services.end(),
                                  [&](const media::Caption& at) { return at.service == service; });
  return found == captions.services.end() ? nullptr : &*found;
}

}  // namespace

void CaptionList::resume(const media::Captions& known) {
  if (configured_.none) return;
  listed_.carried = known.carried;
  for (const media::Caption& caption : known.services) {
    const auto service = captions::Service::parse(caption.service);
    if (!service) continue;
    insert(*service, caption);
    if (!caption.language.empty()) languages_[service->index()] = caption.language;
  }
}

bool CaptionList::announce(const std::vector<media::Caption>& services) {
  if (services == announced_) return false;
  announced_ = services;
  const media::Captions before = listed_;
  bool spoken = false;
  for (const media::Caption& caption : services) {
    const auto service = captions::Service::parse(caption.service);
    if (!service) continue;
    std::string& language = languages_[service->index()];
    spoken = spoken || language != caption.language;
    language = caption.language;
    if (configured_.none) continue;
    insert(*service, caption);
    adopt(caption);
  }
  return spoken || listed_ != before;
}

/// What the configuration does not say of a service that is listed.
void CaptionList::adopt(const media::Caption& announced) {
  const media::Caption* const configured = find(configured_, announced.service);
  for (media::Caption& listed : listed_.services) {
    if (listed.service != announced.service) continue;
    if (configured != nullptr && !configured->language.empty()) return;
    listed.language = announced.language;
    if (configured == nullptr || configured->name.empty()) listed.name = announced.name;
  }
}

std::string CaptionList::language_of(captions::Service service) const {
  const media::Caption* const configured = find(configured_, service.instream_id());
  if (configured != nullptr && !configured->language.empty()) return configured->language;
  const auto known = languages_.find(service.index());
  return known == languages_.end() ? "" : known->second;
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
