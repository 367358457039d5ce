#include "worker/caption_lanes.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "media/language.h"
#include "packager/text_lane.h"

namespace worker {
namespace {

// [RFC 8216bis 4.4.6.1, CHARACTERISTICS], SU-8
constexpr std::string_view kSdh =
    "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound";
constexpr std::string_view kKorean = "kor";  // ISO 639-2
// After which captions leave the screen that nothing clears (CTA-608-E 9.1): their feed may be gone.
constexpr base::Micros kLongestOnScreen = 16 * base::kSecond;

std::string rendition_name(std::size_t subtitle) { return "s" + std::to_string(subtitle + 1); }

}  // namespace

CaptionLanes::CaptionLanes(const job::Options& options, LaneOutlet& outlet)
    : options_(options), outlet_(outlet), data_(options.subtitles) {
  for (std::size_t i = 0; i < options_.subtitles.size(); ++i) {
    const job::Subtitle& subtitle = options_.subtitles[i];
    languages_.push_back(subtitle.language);
    if (subtitle.teletext) teletexts_.try_emplace(i, options_.channel, subtitle);
  }
}

void CaptionLanes::resume(const record::Presentation& known) {
  for (auto& [index, lane] : teletexts_) {
    for (const record::Rendition& rendition : known.renditions) {
      if (rendition.name == rendition_name(index))
        lane.resume(rendition.track.language, rendition.characteristics == kSdh);
    }
  }
  for (std::size_t i = 0; i < options_.subtitles.size(); ++i) {
    for (const record::Rendition& rendition : known.renditions) {
      if (rendition.name != rendition_name(i)) continue;
      data_.resume(i, rendition.track.language);
      if (languages_[i].empty()) languages_[i] = rendition.track.language;
    }
  }
}

void CaptionLanes::name_languages(const CaptionList& captions) {
  for (std::size_t i = 0; i < options_.subtitles.size(); ++i) {
    const job::Subtitle& subtitle = options_.subtitles[i];
    if (!subtitle.language.empty() || (subtitle.line21 == 0 && subtitle.digital == 0)) continue;
    std::string language = captions.language_of(subtitle.line21 > 0 ? captions::Service::line21(subtitle.line21)
                                                                    : captions::Service::digital(subtitle.digital));
    if (language.empty() || language == languages_[i]) continue;
    languages_[i] = std::move(language);
    outlet_.on_change();
  }
}

void CaptionLanes::open() {
  for (std::size_t i = 0; i < options_.subtitles.size(); ++i) {
    newest_.push_back(0);
    renditions_.push_back(outlet_.add_rendition(rendition_name(i), [this, i] { return describe(i); }));
    if (const int channel = options_.subtitles[i].line21; channel > 0) open_lane(renditions_.back(), channel);
    if (const int service = options_.subtitles[i].digital; service > 0)
      digital_.push_back({renditions_.back(), service, i, captions::DigitalDecoder(service)});
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

packager::RenditionSpec CaptionLanes::describe(std::size_t index) const {
  const job::Subtitle& subtitle = options_.subtitles[index];
  const auto teletext = teletexts_.find(index);
  const bool described = teletext != teletexts_.end();
  packager::RenditionSpec spec;
  spec.track.codec = media::Codec::kWebVtt;
  spec.track.timescale = packager::TextLane::kTimescale;
  spec.track.language = described       ? teletext->second.language()
                        : subtitle.data ? data_.language(index)
                                        : languages_[index];
  spec.label = subtitle.name;
  spec.is_default = subtitle.is_default;
  spec.forced = subtitle.forced;
  if (subtitle.sdh || (described && teletext->second.hard_of_hearing())) spec.characteristics = kSdh;
  return spec;
}

void CaptionLanes::take(const media::Track& video, const media::Packet& packet) {
  if ((lanes_.empty() && digital_.empty()) || packet.track_id != video.id) return;
  if (std::exchange(source_, video.id).value_or(video.id) != video.id) restart();
  waiting_.put(packet.pts, reader_.read(video.codec, packet.data.view()));
  const std::int64_t until = order_.pass(packet.pts, packet.dts);
  while (!waiting_.empty() && waiting_.next() <= until) decode(waiting_.next(), video.timescale);
  // What is typed comes out in time, also where nothing follows.
  if (decoded_ < until) decode(until, video.timescale);
}

/// What the pictures up to this one carry, at its time. It does not go back for one that comes later than others did.
void CaptionLanes::decode(std::int64_t pts, std::int64_t timescale) {
  due_.clear();
  waiting_.take(pts, kMostWaiting, due_);
  decoded_ = std::max(decoded_, pts);
  const base::Micros at = media::rescale(decoded_, timescale, base::kSecond);
  for (Lane& lane : lanes_) show(lane, at);
  for (DigitalLane& lane : digital_) {
    lane.decoder.read_korean(media::language_code(languages_[lane.subtitle]) == kKorean);
    publish(lane.rendition, at, lane.decoder.feed(due_, at), lane.decoder.place());
  }
}

void CaptionLanes::show(Lane& lane, base::Micros at) {
  picked_.clear();
  for (const captions::Triplet& triplet : due_) {
    if (const auto picked = lane.filter.take(triplet)) picked_.push_back(*picked);
  }
  publish(lane.rendition, at, lane.decoder.feed(picked_, at), lane.decoder.place());
}

/// What the screen shows from then on, if that changed.
void CaptionLanes::publish(std::uint32_t rendition, base::Micros at, std::optional<std::string> screen,
                           const std::optional<media::CuePlace>& place) {
  if (screen) publish(rendition, media::TextCue{"screen", at, at + kLongestOnScreen, std::move(*screen), place});
}

void CaptionLanes::publish(std::uint32_t rendition, media::TextCue cue) {
  const auto place = std::find(renditions_.begin(), renditions_.end(), rendition) - renditions_.begin();
  base::Micros& newest = newest_[static_cast<std::size_t>(place)];
  if (!cue.text.empty()) newest = std::max(newest, cue.start);
  outlet_.publish_cue(rendition, std::move(cue));
}

void CaptionLanes::take(const media::Teletext& teletext) {
  if (teletexts_.empty()) return;
  lines_.clear();
  teletext_damaged_ += teletext::read_lines(teletext.data.view(), lines_);
  for (auto& [index, lane] : teletexts_) {
    if (lane.describe(teletext)) outlet_.on_change();
    if (index >= renditions_.size() || lines_.empty()) continue;
    if (auto cue = lane.take(teletext.stream, lines_, teletext.at.micros()))
      publish(renditions_[index], std::move(*cue));
  }
}

void CaptionLanes::take(const media::Text& text) {
  std::optional<TextLanes::Taken> taken = data_.take(text);
  if (!taken) return;
  if (taken->named) outlet_.on_change();
  if (taken->cue && taken->subtitle < renditions_.size()) publish(renditions_[taken->subtitle], std::move(*taken->cue));
}

void CaptionLanes::restart() {
  waiting_ = captions::Queue(kMostWaiting);
  order_ = {};
  decoded_ = INT64_MIN;
  for (Lane& lane : lanes_) {
    auto decoder = transcode::CaptionDecoder::make();
    if (decoder.ok()) lane.decoder = decoder.take();
    lane.filter = captions::Line21Filter(lane.channel);
  }
  for (DigitalLane& lane : digital_) lane.decoder = captions::DigitalDecoder(lane.service);
}

bool CaptionLanes::put(std::size_t subtitle, media::TextCue cue) {
  if (subtitle >= renditions_.size() || !options_.subtitles[subtitle].from_api()) return false;
  publish(renditions_[subtitle], std::move(cue));
  return true;
}

}  // namespace worker
