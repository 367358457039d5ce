#include "rtmp/parameter_sets.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "media/nal.h"
#include "rtmp/nal_framing.h"

namespace rtmp {
namespace {

using base::View;

struct Header {
  int length_size = 4;
  std::vector<View> sets;
};

base::Result<Header> read_header(media::Codec codec, View body) {
  Header header;
  if (begins_with_start_code(body)) {
    header.sets = media::split_annexb(body);
    return header;
  }
  const auto add = [&](const std::vector<View>& units) {
    header.sets.insert(header.sets.end(), units.begin(), units.end());
  };
  if (codec == media::Codec::kHevc) {
    TRY(const media::hevc::Config config, media::hevc::parse_hvcc(body));
    header.length_size = config.length_size;
    for (const auto* units : {&config.vps, &config.sps, &config.pps, &config.sei}) add(*units);
    return header;
  }
  TRY(const media::h264::Config config, media::h264::parse_avcc(body));
  header.length_size = config.length_size;
  for (const auto* units : {&config.sps, &config.pps}) add(*units);
  return header;
}

}  // namespace

bool is_parameter_set(media::Codec codec, View nal) {
  if (codec == media::Codec::kHevc) {
    const std::uint8_t type = media::hevc::nal_type(nal);
    return type >= media::hevc::kVps && type <= media::hevc::kPps;
  }
  const std::uint8_t type = media::h264::nal_type(nal);
  return type == media::h264::kSps || type == media::h264::kPps;
}

SetsInForce::SetsInForce(media::Codec codec) : codec_(codec) {
  if (codec == media::Codec::kHevc) sets_ = media::hevc::ParameterSets{};
}

bool SetsInForce::is_sps(View nal) const {
  return codec_ == media::Codec::kHevc ? media::hevc::nal_type(nal) == media::hevc::kSps
                                       : media::h264::nal_type(nal) == media::h264::kSps;
}

base::Result<int> SetsInForce::take_header(View body) {
  TRY(const Header header, read_header(codec_, body));
  if (header.sets.empty()) return header.length_size;
  auto alone = sets_;
  const bool complete = std::visit(
      [&](auto& sets) {
        sets.clear();
        for (const View set : header.sets) static_cast<void>(sets.feed(set));
        return sets.complete();
      },
      alone);
  if (!complete) return base::Error{base::Code::kMalformed, "sequence header without usable parameter sets"};
  sets_ = std::move(alone);
  stale_ = true;
  return header.length_size;
}

void SetsInForce::take(std::span<const View> nals) {
  std::visit(
      [&](auto& sets) {
        bool changed = false;
        bool sps_changed = false;
        for (const View nal : nals) {
          if (!sets.feed(nal)) continue;
          changed = true;
          sps_changed = sps_changed || is_sps(nal);
        }
        stale_ = stale_ || changed;
        if (!sps_changed) return;
        // A new sequence: what it does not repeat belonged to the old one, and must not come first in the
        // configuration.
        std::decay_t<decltype(sets)> alone;
        for (const View nal : nals) static_cast<void>(alone.feed(nal));
        if (alone.complete()) sets = std::move(alone);
      },
      sets_);
}

const base::Bytes& SetsInForce::config() {
  if (!stale_) return config_;
  stale_ = false;
  std::visit(
      [&](auto& sets) {
        if (!sets.complete()) return;
        if (auto config = sets.config()) config_ = config.take();
      },
      sets_);
  return config_;
}

}  // namespace rtmp
