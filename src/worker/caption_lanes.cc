#include "worker/caption_lanes.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "packager/text_lane.h"

namespace worker {
namespace {

// [RFC 8216bis 4.4.6.1, CHARACTERISTICS], SU-8
constexpr std::string_view kSdh =
    "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound";
// After which captions leave the screen that nothing clears (CTA-608-E 9.1): their feed may be gone.
constexpr base::Micros kLongestOnScreen = 16 * base::kSecond;

}  // namespace

void CaptionLanes::open() {
  for (const job::Subtitle& subtitle : options_.subtitles) {
    const std::string name = "s" + std::to_string(renditions_.size() + 1);
    renditions_.push_back(outlet_.add_rendition(name, [this, &subtitle] { return describe(subtitle); }));
    if (subtitle.line21 > 0) open_lane(renditions_.back(), subtitle.line21);
  }
}

void CaptionLanes::open_lane(std::uint32_t rendition, int channel) {
  auto decoder = transcode::CaptionDecoder::make();
  if (!decoder.ok()) {
    base::log_error("worker", "captions cannot be decoded; their text rendition stays empty",
                    {{"channel", options_.channel}, {"why", decoder.error().message()}});
    return;
  }
  lanes_.push_back({rendition, channel, captions::Line21Filter(channel), decoder.take()});
}

packager::RenditionSpec CaptionLanes::describe(const job::Subtitle& subtitle) const {
  packager::RenditionSpec spec;
  spec.track.codec = media::Codec::kWebVtt;
  spec.track.timescale = packager::TextLane::kTimescale;
  spec.track.language = subtitle.language;
  spec.label = subtitle.name;
  spec.is_default = subtitle.is_default;
  spec.forced = subtitle.forced;
  if (subtitle.sdh) spec.characteristics = kSdh;
  return spec;
}

void CaptionLanes::take(const media::Track& video, const media::Packet& packet) {
  if (lanes_.empty() || packet.track_id != video.id) return;
  if (std::exchange(source_, video.id).value_or(video.id) != video.id) restart();
  waiting_.put(packet.pts, reader_.read(video.codec, packet.data.view()));
  // Every later picture is shown at its own dts or after it.
  due_.clear();
  waiting_.take(packet.dts, kMostWaiting, due_);
  const base::Micros at = media::rescale(packet.dts, video.timescale, base::kSecond);
  for (Lane& lane : lanes_) show(lane, at);
}

void CaptionLanes::show(Lane& lane, base::Micros at) {
  picked_.clear();
  for (const captions::Triplet& triplet : due_) {
    if (const auto picked = lane.filter.take(triplet)) picked_.push_back(*picked);
  }
  if (auto screen = lane.decoder.feed(picked_, at))
    outlet_.publish_cue(lane.rendition, {"screen", at, at + kLongestOnScreen, std::move(*screen)});
}

void CaptionLanes::restart() {
  waiting_ = captions::Queue(kMostWaiting);
  for (Lane& lane : lanes_) {
    auto decoder = transcode::CaptionDecoder::make();
    if (decoder.ok()) lane.decoder = decoder.take();
    lane.filter = captions::Line21Filter(lane.channel);
  }
}

bool CaptionLanes::put(std::size_t subtitle, media::TextCue cue) {
  if (subtitle >= renditions_.size() || options_.subtitles[subtitle].line21 > 0) return false;
  outlet_.publish_cue(renditions_[subtitle], std::move(cue));
  return true;
}

}  // namespace worker
