#include "hls/uri.h"

#include <array>
#include <charconv>

#include "base/hash.h"
#include "hls/tags.h"

namespace hls {
namespace {

constexpr std::string_view kMediaEnd = ".m4s";
constexpr std::string_view kTextEnd = ".vtt";
constexpr std::string_view kImageEnd = ".jpg";
constexpr std::string_view kInitStart = "init-";
constexpr std::string_view kInitEnd = ".mp4";
constexpr std::size_t kInitDigits = 8;

std::string_view end_of(Container container) { return container == Container::kWebVtt ? kTextEnd : kMediaEnd; }

/// A number in its only spelling: digits, no leading zero, within T.
template <typename T>
std::optional<T> canonical(std::string_view digits) {
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0') || digits[0] == '-') return std::nullopt;
  T value{};
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end.ec != std::errc{} || end.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

bool is_init(std::string_view name) {
  if (name.size() != kInitStart.size() + kInitDigits + kInitEnd.size()) return false;
  if (!name.starts_with(kInitStart) || !name.ends_with(kInitEnd)) return false;
  return name.substr(kInitStart.size(), kInitDigits).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

void write_segment_uri(std::string& out, std::int64_t msn, Container container) {
  write_integer(out, msn);
  out += end_of(container);
}

void write_part_uri(std::string& out, std::int64_t msn, std::uint32_t part, Container container) {
  write_integer(out, msn);
  out += '.';
  write_integer(out, part);
  out += end_of(container);
}

void write_image_uri(std::string& out, std::int64_t msn) {
  write_integer(out, msn);
  out += kImageEnd;
}

std::optional<std::int64_t> parse_image(std::string_view name) {
  if (!name.ends_with(kImageEnd)) return std::nullopt;
  name.remove_suffix(kImageEnd.size());
  return canonical<std::int64_t>(name);
}

std::string init_uri(base::View init) {
  std::string uri(kInitStart);
  auto low = static_cast<std::uint32_t>(base::hash64(init));
  for (std::size_t i = 0; i < kInitDigits; ++i, low <<= 4) uri += "0123456789abcdef"[low >> 28];
  uri += kInitEnd;
  return uri;
}

std::optional<File> parse_file(std::string_view name) {
  if (name == kPlaylistFile) return File{File::Kind::kPlaylist, 0, 0};
  if (name == kKeyFramesFile) return File{File::Kind::kKeyFrames, 0, 0};
  if (is_init(name)) return File{File::Kind::kInit, 0, 0};
  const Container container = name.ends_with(kTextEnd) ? Container::kWebVtt : Container::kFmp4;
  if (!name.ends_with(end_of(container))) return std::nullopt;
  name.remove_suffix(end_of(container).size());
  const std::size_t dot = name.find('.');
  const std::optional<std::int64_t> msn = canonical<std::int64_t>(name.substr(0, dot));
  if (!msn) return std::nullopt;
  if (dot == std::string_view::npos) return File{File::Kind::kSegment, *msn, 0, container};
  const std::optional<std::uint32_t> part = canonical<std::uint32_t>(name.substr(dot + 1));
  if (!part) return std::nullopt;
  return File{File::Kind::kPart, *msn, *part, container};
}

}  // namespace hls
