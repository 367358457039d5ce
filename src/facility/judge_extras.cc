#include "base/clock.h"
#include "facility/judge.h"
#include "facility/wording.h"

namespace facility {
namespace {

void add_words(std::string& text, const std::string& more) { text += (text.empty() ? "" : ", ") + more; }

std::string describe_captions(const Observation& seen) {
  std::string text = seen.captions;
  if (text.empty() && seen.caption_pictures.total() > 0) text = "padding in the pictures, no text yet";
  if (seen.teletext.total() > 0 || seen.teletext_described) add_words(text, "teletext");
  if (seen.texts.total() > 0) add_words(text, "text of the feed's own");
  if (seen.bitmap_subtitles > 0) add_words(text, "DVB subtitles as pictures, which are not converted");
  return text.empty() ? "none" : text;
}

std::string wanted_captions(const Wanted& wanted) {
  std::string text;
  if (wanted.captions) add_words(text, "CEA-608 or CEA-708");
  if (wanted.teletext) add_words(text, "teletext");
  if (wanted.texts) add_words(text, "onTextData");
  return text.empty() ? "any: the channel makes no text of the feed" : text + ", of which text renditions are made";
}

/// Of what text is made, whether it comes. Captions are text now and then: padding shows that the encoder inserts them.
Verdict verdict_of_captions(const Observation& seen, const Wanted& wanted) {
  const bool padding_alone = seen.captions.empty() && seen.caption_pictures.total() > 0;
  if (wanted.captions && seen.captions.empty() && !padding_alone) return Verdict::kFail;
  if (wanted.teletext && seen.teletext.total() == 0) return Verdict::kFail;
  // What is sent only while somebody speaks may be missing for a while.
  const bool waits = (wanted.captions && padding_alone) || (wanted.texts && seen.texts.total() == 0);
  return waits ? Verdict::kWarn : Verdict::kPass;
}

Line judge_captions(const Observation& seen, const Wanted& wanted) {
  return judged("captions", verdict_of_captions(seen, wanted), describe_captions(seen), wanted_captions(wanted),
                "ask the venue to send captions, with text, for as long as the check takes");
}

Line judge_markers(const Observation& seen, const Wanted& wanted) {
  const std::string text = wanted.splices ? "some, and none damaged" : "none damaged";
  const std::uint64_t count = seen.counts.cues.total();
  const std::uint64_t bad = seen.counts.bad_cues.total();
  std::string measured = count > 0 ? std::to_string(count) + ", the last at " + base::format_utc(*seen.last_cue)
                         : seen.cues_before > 0 ? "none meanwhile, " + std::to_string(seen.cues_before) + " before"
                                                : "none";
  if (bad > 0)
    return judged("markers", Verdict::kFail, measured + ", " + std::to_string(bad) + " damaged or not understood", text,
                  "the log says what is wrong with them: look at the splicer, and at whether they are encrypted");
  const bool missing = wanted.splices && count == 0;
  return judged("markers", missing ? Verdict::kWarn : Verdict::kPass, std::move(measured), text,
                "the channel makes something of splice information (SCTE-35): have the venue send one");
}

}  // namespace

std::vector<Line> judge_extras(const Observation& seen, const Wanted& wanted) {
  return {judge_captions(seen, wanted), judge_markers(seen, wanted)};
}

}  // namespace facility
