#include "facility/sample.h"

namespace facility {

Wanted wanted_of(const channel::Options& options) {
  using Emsg = job::Options::Emsg;
  const job::Options& media = options.media;
  Wanted wanted;
  wanted.segment = media.segment;
  wanted.part = media.part;
  wanted.copies_video = media.copy_video;
  wanted.audio = media.audio != job::Options::Audio::kNone;
  wanted.loudness = media.loudness.target.value_or(Wanted::kUsualLoudness);
  wanted.true_peak = media.loudness.ceiling;
  wanted.measures_loudness = media.loudness.measured;
  wanted.splices = media.splice_cuts || media.splice_keys || media.emsg == Emsg::kScte35 || media.emsg == Emsg::kAll;
  for (const job::Subtitle& subtitle : media.subtitles) {
    wanted.captions = wanted.captions || subtitle.line21 > 0 || subtitle.digital > 0;
    wanted.teletext = wanted.teletext || subtitle.teletext;
    wanted.texts = wanted.texts || subtitle.data;
  }
  return wanted;
}

}  // namespace facility
