#include "channel/live_captions.h"

#include <algorithm>

#include "media/text_cue.h"

namespace channel {

std::string_view to_string(CaptionRefusal refusal) {
  switch (refusal) {
    case CaptionRefusal::kNotLive: return "not_live";
    case CaptionRefusal::kNoRendition: return "no_rendition";
    case CaptionRefusal::kPast: return "past";
    case CaptionRefusal::kFuture: return "future";
    case CaptionRefusal::kTooMany: return "too_many";
  }
  return "unknown";
}

LiveCaptions::Outcome LiveCaptions::add(const Request& request, const std::vector<job::Subtitle>& subtitles, bool live,
                                        base::Micros now) {
  const auto rendition = std::find_if(subtitles.begin(), subtitles.end(), [&](const job::Subtitle& at) {
    return at.from_api() && at.language == request.language;
  });
  feed::Caption caption;
  caption.rendition = static_cast<std::uint8_t>(rendition - subtitles.begin());
  caption.cue.id = request.id;
  caption.cue.text = request.text;
  caption.cue.start = request.start.value_or(now);
  caption.cue.end = request.end.value_or(caption.cue.start + request.duration.value_or(kUsualTime));
  std::optional<CaptionRefusal> refusal;
  if (rendition == subtitles.end()) {
    refusal = CaptionRefusal::kNoRendition;
  } else if (!live) {
    refusal = CaptionRefusal::kNotLive;
  } else {
    refusal = check(caption, now);
  }
  if (refusal) {
    ++counters_.refused[static_cast<std::size_t>(*refusal)];
    return {refusal};
  }
  caption.cue.end = std::min(caption.cue.end, caption.cue.start + media::kLongestCue);
  ++counters_.taken;
  write_(caption);
  return {std::nullopt, caption.cue.start, caption.cue.end};
}

std::optional<CaptionRefusal> LiveCaptions::check(const feed::Caption& caption, base::Micros now) {
  if (caption.cue.start < now - kMostBehind || caption.cue.end <= now) return CaptionRefusal::kPast;
  if (caption.cue.start > now + kMostAhead) return CaptionRefusal::kFuture;
  if (!admit(now)) return CaptionRefusal::kTooMany;
  return std::nullopt;
}

bool LiveCaptions::admit(base::Micros now) {
  const base::Micros since = std::clamp<base::Micros>(now - admitted_at_.value_or(now), 0, kBurst * base::kSecond);
  admitted_at_ = now;
  allowance_ = std::min<double>(kBurst, allowance_ + kRate * static_cast<double>(since) / base::kSecond);
  if (allowance_ < 1) return false;
  allowance_ -= 1;
  return true;
}

}  // namespace channel
