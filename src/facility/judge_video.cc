#include <algorithm>
#include <cmath>

#include "facility/judge.h"
#include "facility/wording.h"
#include "media/describe.h"

namespace facility {
namespace {

using media::Codec;

// Of the declared rate. Samples are taken while pictures come, so that a few may be on the wrong side of one.
constexpr double kRatePass = 0.01;
constexpr double kRateWarn = 0.05;
constexpr double kPicturesAtEnds = 3;
// What worker::Feed keeps of a feed that is not shown: a switch to a longer GOP waits for its next key frame.
constexpr double kLongestKept = 12;
constexpr double kUsualGop = 4;
// A key frame that is a picture early or late by rounding is none.
constexpr double kGopRounding = 0.045;
constexpr double kLongestSpell = 2;

std::string profile_name(const channel::FeedMake& make) {
  constexpr int kConstrained = 0x40;
  if (*make.video == Codec::kHevc) {
    switch (make.profile) {
      case 1: return "Main";
      case 2: return "Main 10";
      case 4: return "Range Extensions";
      default: return "profile " + std::to_string(make.profile);
    }
  }
  switch (make.profile) {
    case 66: return (make.constraints & kConstrained) != 0 ? "Constrained Baseline" : "Baseline";
    case 77: return "Main";
    case 100: return "High";
    case 110: return "High 10";
    case 122: return "High 4:2:2";
    case 244: return "High 4:4:4";
    default: return "profile " + std::to_string(make.profile);
  }
}

/// "H.264 High, level 4.0, 8 bit, progressive".
std::string describe_format(const channel::FeedMake& make) {
  std::string text(media::name_of(*make.video));
  if (make.profile > 0) {
    // H.264 counts tenths, HEVC thirtieths.
    const double level = make.level / (*make.video == Codec::kHevc ? 30.0 : 10.0);
    text += " " + profile_name(make) + ", level " + decimal(level, 1);
  }
  if (make.bit_depth > 0) text += ", " + std::to_string(make.bit_depth) + " bit";
  return text + (make.interlaced ? ", interlaced" : ", progressive");
}

/// Why a copy of it does not play everywhere; empty: it does.
std::string trouble_of_copy(const channel::FeedMake& make) {
  if (*make.video != Codec::kH264)
    return *make.video == Codec::kHevc ? "copied as it is, and not every player decodes HEVC: give the channel a ladder"
                                       : "players do not decode it: it is encoded where it can be";
  constexpr int kHigh = 100;
  if (make.bit_depth > 8 || make.profile > kHigh)
    return "copied as it is, and browsers decode 8 bit 4:2:0 alone: set the encoder to High, or give the channel a "
           "ladder";
  if (make.interlaced) return "copied as it is, and players show combs: set the encoder to progressive, or encode";
  return {};
}

Line judge_format(const Observation& seen, const Wanted& wanted) {
  const std::string text = wanted.copies_video ? "H.264 of 8 bit 4:2:0, progressive" : "a codec that can be decoded";
  if (!seen.newest || !seen.newest->feed.make.video)
    return judged("video_format", Verdict::kFail, "no video", text, "the feed has no video that is known");
  const channel::FeedMake& make = seen.newest->feed.make;
  if (seen.video_changes > 0)
    return judged("video_format", Verdict::kFail,
                  describe_format(make) + ", changed " + std::to_string(seen.video_changes) + " times", text,
                  "the encoder changes its format while it runs: each change costs players a new decoder");
  const std::string trouble = wanted.copies_video ? trouble_of_copy(make) : std::string();
  return judged("video_format", trouble.empty() ? Verdict::kPass : Verdict::kWarn, describe_format(make), text,
                trouble);
}

Line judge_size(const Observation& seen) {
  const std::string wanted = "the same all the time";
  if (!seen.newest || seen.newest->feed.make.width <= 0) return unmeasured("picture_size", "no video", wanted);
  const channel::FeedMake& make = seen.newest->feed.make;
  std::string size = std::to_string(make.width) + "x" + std::to_string(make.height);
  if (seen.size_changes > 0) size += ", changed " + std::to_string(seen.size_changes) + " times";
  return judged("picture_size", seen.size_changes > 0 ? Verdict::kFail : Verdict::kPass, std::move(size), wanted,
                "fix the size in the encoder");
}

Line judge_rate(const Observation& seen) {
  const double played = static_cast<double>(seen.counts.played.total()) / base::kSecond;
  const auto pictures = static_cast<double>(seen.counts.pictures.total());
  if (played < 1 || pictures < kPicturesAtEnds) return unmeasured("frame_rate", "fewer than 1 s of pictures came", "-");
  const double measured = pictures / played;
  const std::string text = decimal(measured, 2) + " pictures/s";
  const media::Rational declared = seen.newest ? seen.newest->feed.make.rate : media::Rational{};
  if (!declared.known())
    return judged("frame_rate", Verdict::kWarn, text + ", none declared", "a constant rate that the feed declares",
                  "a feed whose rate varies, or is not known, is not cut on an exact grid: set a constant rate");
  const double rate = static_cast<double>(declared.num) / static_cast<double>(declared.den);
  const double off = std::max(0.0, std::abs(pictures - rate * played) - kPicturesAtEnds) / (rate * played);
  return judged("frame_rate", by_limits(off, kRatePass, kRateWarn), text, decimal(rate, 2) + " pictures/s as declared",
                "pictures are missing or too many: look at the encoder's load and at its source's rate");
}

/// Whether segments can begin at a key frame each.
bool divides(double gop, double segment) {
  const double times = segment / gop;
  return std::abs(times - std::round(times)) * gop <= kGopRounding;
}

Line judge_gop(const Observation& seen, const Wanted& wanted) {
  const double segment = static_cast<double>(wanted.segment) / base::kSecond;
  const double pass = wanted.copies_video ? segment : kUsualGop;
  const std::string text = "at most " + in_seconds(pass) + (wanted.copies_video ? ", the segment" : "");
  const bool none = !seen.gop.most;
  const double longest = std::max(seen.gop.most.value_or(0), seen.since_key);
  // One that goes on still may become longer.
  if (none && longest <= pass + kGopRounding)
    return unmeasured("gop_length", "no two key frames came within " + in_seconds(longest), text);
  std::string measured = (none || seen.since_key > *seen.gop.most ? "above " : "") + in_seconds(longest);
  if (!none && *seen.gop.least < longest - kGopRounding) measured += ", down to " + in_seconds(*seen.gop.least);
  Verdict verdict = by_limits(longest, pass + kGopRounding, wanted.copies_video ? pass + kGopRounding : kLongestKept);
  std::string advice = wanted.copies_video
                           ? "copied segments begin without a key frame: joins and switches wait for one; set the "
                             "encoder's key frame interval to the segment"
                           : "switches to this feed and the first picture wait for a key frame: set 2 s";
  if (verdict == Verdict::kPass && wanted.copies_video && !divides(longest, segment)) {
    verdict = Verdict::kWarn;
    advice = "it does not divide the segment of " + in_seconds(segment) + ": copied segments are of uneven length";
  }
  return judged("gop_length", verdict, std::move(measured), text, std::move(advice));
}

Line judge_gop_kind(const Observation& seen, const Wanted& wanted) {
  const std::string text = wanted.copies_video ? "closed" : "any";
  const std::uint64_t keys = seen.counts.key_frames.total();
  const std::uint64_t open = seen.counts.open_key_frames.total();
  if (keys == 0) return unmeasured("gop_kind", "no key frame came meanwhile", text);
  if (open == 0) return judged("gop_kind", Verdict::kPass, "closed", text, "");
  return judged("gop_kind", wanted.copies_video ? Verdict::kWarn : Verdict::kPass,
                "open in " + std::to_string(open) + " of " + std::to_string(keys), text,
                "pictures around a join refer to what was before it: set closed GOPs in the encoder");
}

/// Black, still, or scrambled.
Line judge_picture(const Observation& seen) {
  const std::string wanted = "neither black, still nor scrambled for " + in_seconds(kLongestSpell);
  const auto spell = [](base::Micros span) { return static_cast<double>(span) / base::kSecond; };
  if (spell(seen.scrambled) >= kLongestSpell)
    return judged("picture", Verdict::kFail, "scrambled for " + in_seconds(spell(seen.scrambled)), wanted,
                  "the feed is encrypted (conditional access): have it descrambled before it comes here");
  if (!seen.watched) return unmeasured("picture", "nobody looks at the pictures: nothing is decoded", wanted);
  if (spell(seen.black) >= kLongestSpell)
    return judged("picture", Verdict::kFail, "black for " + in_seconds(spell(seen.black)), wanted,
                  "ask the venue for a picture");
  const bool still = spell(seen.frozen) >= kLongestSpell;
  return judged("picture", still ? Verdict::kWarn : Verdict::kPass,
                still ? "still for " + in_seconds(spell(seen.frozen)) : "moves", wanted,
                "a test card stands still, a programme does not: have the venue show something that moves");
}

}  // namespace

std::vector<Line> judge_video(const Observation& seen, const Wanted& wanted) {
  return {judge_format(seen, wanted),   judge_size(seen),   judge_rate(seen), judge_gop(seen, wanted),
          judge_gop_kind(seen, wanted), judge_picture(seen)};
}

}  // namespace facility
