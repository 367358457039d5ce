#include "captions/service.h"

#include <charconv>

namespace captions {
namespace {

/// A number from 1 to `most` without leading zeros; 0 for another text.
int number_of(std::string_view text, int most) {
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = fault == std::errc() && end == text.data() + text.size() && text.front() != '0';
  return whole && number >= 1 && number <= most ? number : 0;
}

}  // namespace

std::optional<Service> Service::parse(std::string_view instream_id) {
  constexpr std::string_view kLine21Name = "CC";
  constexpr std::string_view kDigitalName = "SERVICE";
  if (instream_id.starts_with(kLine21Name)) {
    const int number = number_of(instream_id.substr(kLine21Name.size()), kLine21);
    return number == 0 ? std::nullopt : std::optional(line21(number));
  }
  if (!instream_id.starts_with(kDigitalName)) return std::nullopt;
  const int number = number_of(instream_id.substr(kDigitalName.size()), kDigital);
  return number == 0 ? std::nullopt : std::optional(digital(number));
}

std::string Service::instream_id() const {
  return is_digital() ? "SERVICE" + std::to_string(index_ - kLine21 + 1) : "CC" + std::to_string(index_ + 1);
}

}  // namespace captions
