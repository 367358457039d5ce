#include "worker/feed_time_code.h"

#include <cstdlib>
#include <variant>

#include "media/time.h"

namespace worker {
namespace {

// Codes in messages are those of the video signal, which number pairs of pictures at higher rates.
constexpr std::uint16_t kHighestCodeRate = 30;

std::optional<media::TimeCode> code_of(const rtmp::FrameInfo& info, std::uint16_t rate) {
  if (rate > kHighestCodeRate) rate = static_cast<std::uint16_t>(rate / 2);
  std::optional<media::TimeCode> code = media::parse_time_code(info.time_code, rate);
  if (!code) code = media::parse_time_code(info.system_time, rate);
  if (code) code->source = media::TimeCode::Source::kOnFi;
  return code;
}

}  // namespace

void FeedTimeCode::take(const media::Event& event) {
  if (const auto* packet = std::get_if<media::Packet>(&event)) {
    take(*packet);
  } else if (const auto* track = std::get_if<media::Track>(&event)) {
    const bool first = !video_ || video_->id == track->id;
    if (track->kind() != media::Kind::kVideo || !first) return;
    video_ = *track;
    reader_.set_track(*track);
  } else if (const auto* gone = std::get_if<media::TrackGone>(&event)) {
    if (video_ && video_->id == gone->track_id) restart();
  }
}

void FeedTimeCode::take(const media::Packet& packet) {
  if (!video_ || packet.track_id != video_->id) return;
  stamp_ = media::rescale(packet.pts, video_->timescale, base::kSecond);
  if (const std::optional<media::TimeCode> code = reader_.read(packet.data.view())) {
    in_pictures_ = true;
    return note(*stamp_, *code);
  }
  clock_.pass(*stamp_);
  if (clock_.newest()) return;
  newest_.reset();
  in_pictures_ = false;
}

void FeedTimeCode::take(const rtmp::FrameInfo& info) {
  if (in_pictures_) return;
  const std::optional<media::TimeCode> code = code_of(info, reader_.rate());
  if (!code) return;
  const base::Micros stamp = info.time * base::kMillisecond;
  note(stamp_ && std::abs(stamp - *stamp_) > kBeside ? *stamp_ : stamp, *code);
}

std::optional<base::Micros> FeedTimeCode::shared_origin() const { return from_start_ ? std::nullopt : origin(); }

std::optional<base::Micros> FeedTimeCode::clock_near(base::Micros arrived) const {
  const std::optional<base::Micros> origin = clock_.newest();
  if (!origin) return std::nullopt;
  const base::Micros stamp = stamp_.value_or(0);
  return arrived + align::day_distance(arrived, *origin + stamp) - stamp;
}

void FeedTimeCode::note(base::Micros stamp, const media::TimeCode& code) {
  const base::Micros time = media::time_of_day(code);
  if (!newest_) from_start_ = time < kFromStart;
  clock_.note(stamp, time);
  newest_ = code;
}

}  // namespace worker
