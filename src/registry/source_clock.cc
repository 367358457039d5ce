#include "registry/source_clock.h"

#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "media/stamp_wrap.h"

namespace registry {
namespace {

using nlohmann::json;

// Of what others wrote: within some thousand years, so that differences do not overflow.
constexpr std::int64_t kFurthest = std::int64_t{1} << 58;

const char* name_of(feed::Format stamps) { return stamps == feed::Format::kRtmp ? "rtmp" : "mpegts"; }

std::optional<feed::Format> stamps_from(const json& name) {
  for (const feed::Format stamps : {feed::Format::kRtmp, feed::Format::kMpegTs}) {
    if (name == name_of(stamps)) return stamps;
  }
  return std::nullopt;
}

}  // namespace

media::Instant wrap_of(feed::Format stamps) {
  return stamps == feed::Format::kRtmp ? media::kRtmpWrap : media::kMpegTsWrap;
}

base::Result<SourceClocks> parse_clocks(std::string_view text) {
  const base::Error error{base::Code::kMalformed, "the clocks that are in etcd"};
  const json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("clocks")) return error;
  const json& list = parsed["clocks"];
  if (!list.is_array() || list.size() > kMostClocks) return error;
  SourceClocks clocks;
  for (const json& one : list) {
    if (!one.is_object() || !one.contains("stamps") || !one.contains("zero_us")) return error;
    if (!one["zero_us"].is_number_integer()) return error;
    const auto zero = one["zero_us"].get<std::int64_t>();
    if (zero < -kFurthest || zero > kFurthest) return error;
    if (const auto stamps = stamps_from(one["stamps"])) clocks.push_back({zero, *stamps});
  }
  return clocks;
}

std::string write_clocks(const SourceClocks& clocks) {
  json list = json::array();
  for (const SourceClock& clock : clocks) list.push_back({{"zero_us", clock.zero}, {"stamps", name_of(clock.stamps)}});
  return json{{"clocks", std::move(list)}}.dump();
}

std::optional<SourceClock> clock_near(const SourceClocks& clocks, const SourceClock& mine) {
  std::optional<SourceClock> nearest;
  base::Micros least = media::kMostClockOff + 1;
  for (const SourceClock& clock : clocks) {
    if (clock.stamps != mine.stamps) continue;
    const base::Micros off = std::abs(media::clock_distance(clock.zero, mine.zero, wrap_of(mine.stamps)));
    if (off >= least) continue;
    least = off;
    nearest = clock;
  }
  return nearest;
}

void add_clock(SourceClocks& clocks, const SourceClock& clock) {
  clocks.push_back(clock);
  if (clocks.size() > kMostClocks) clocks.erase(clocks.begin());
}

}  // namespace registry
