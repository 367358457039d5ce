#include "worker/presentation.h"

#include <algorithm>
#include <utility>

namespace worker {

void Presentation::begin() {
  if (state_ == State::kGathering) state_ = State::kChanged;
}

void Presentation::resume(const record::Presentation& known) {
  for (packager::RenditionSpec& spec : packager::specs_of(known)) {
    const std::string name = spec.name;
    places_.push_back({name, true, [spec = std::move(spec)] { return spec; }});
  }
  begin();
}

std::uint32_t Presentation::add(const std::string& name, Describe describe) {
  auto place =
      std::find_if(places_.begin(), places_.end(), [&](const Place& at) { return at.resumed && at.name == name; });
  if (place == places_.end()) place = places_.insert(place, Place{});
  *place = {name, false, std::move(describe)};
  changed();
  return static_cast<std::uint32_t>(place - places_.begin());
}

void Presentation::changed() {
  if (state_ == State::kCurrent) state_ = State::kChanged;
}

std::vector<packager::RenditionSpec> Presentation::specs() {
  if (state_ == State::kChanged) state_ = State::kCurrent;
  std::vector<packager::RenditionSpec> all;
  all.reserve(places_.size());
  for (const Place& place : places_) {
    all.push_back(place.describe());
    all.back().name = place.name;
  }
  return all;
}

}  // namespace worker
