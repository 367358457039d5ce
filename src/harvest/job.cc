#include "harvest/job.h"

#include <algorithm>
#include <array>

namespace harvest {
namespace {

constexpr std::string_view kDiskPrefix = "disk:";
constexpr std::string_view kS3Prefix = "s3:";
constexpr std::size_t kLongestName = 64;
constexpr std::array<std::string_view, kStates> kStateNames{"waiting", "running", "done", "failed", "canceled"};

bool valid_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace

std::string Destination::text() const { return std::string(place == Place::kDisk ? kDiskPrefix : kS3Prefix) + name; }

std::optional<Destination> parse_destination(std::string_view text) {
  const bool disk = text.starts_with(kDiskPrefix);
  if (!disk && !text.starts_with(kS3Prefix)) return std::nullopt;
  const std::string_view name = text.substr((disk ? kDiskPrefix : kS3Prefix).size());
  if (!valid_name(name)) return std::nullopt;
  return Destination{disk ? Place::kDisk : Place::kS3, std::string(name)};
}

std::string_view to_string(State state) { return kStateNames[static_cast<std::size_t>(state)]; }

}  // namespace harvest
