#include "media/describe.h"

#include "media/aac.h"
#include "media/ac3.h"
#include "media/av1.h"
#include "media/flac.h"
#include "media/h264.h"
#include "media/hevc.h"
#include "media/opus.h"
#include "media/vp9.h"

namespace media {
namespace {

using base::Code;
using base::Error;

/// Takes over what the bitstream says, but leaves a frame rate it does not know.
void take_video(Track& track, VideoParams video) {
  if (!video.frame_rate.known()) video.frame_rate = track.video.frame_rate;
  track.video = video;
}

base::Status describe_h264(Track& track) {
  TRY(const h264::Config config, h264::parse_avcc(track.config.view()));
  if (config.sps.empty()) return Error{Code::kMalformed, "avcC without an SPS"};
  TRY(const h264::Sps sps, h264::parse_sps(config.sps.front()));
  take_video(track, sps.video);
  track.codec_string = h264::codec_string(config);
  return base::Ok{};
}

base::Status describe_hevc(Track& track) {
  TRY(const hevc::Config config, hevc::parse_hvcc(track.config.view()));
  if (config.sps.empty()) return Error{Code::kMalformed, "hvcC without an SPS"};
  TRY(hevc::Sps sps, hevc::parse_sps(config.sps.front()));
  if (!sps.video.frame_rate.known() && !config.vps.empty()) {
    if (const auto rate = hevc::parse_vps_frame_rate(config.vps.front())) sps.video.frame_rate = *rate;
  }
  take_video(track, sps.video);
  track.codec_string = hevc::codec_string(config.ptl);
  return base::Ok{};
}

base::Status describe_av1(Track& track) {
  TRY(const av1::Config config, av1::parse_av1c(track.config.view()));
  TRY(const std::vector<av1::Obu> obus, av1::split_obus(config.obus));
  for (const av1::Obu& obu : obus) {
    if (obu.type != av1::kSequenceHeader) continue;
    TRY(const av1::SequenceHeader header, av1::parse_sequence_header(obu.payload));
    take_video(track, header.video);
  }
  track.video.bit_depth = config.bit_depth;
  track.codec_string = av1::codec_string(config);
  return base::Ok{};
}

base::Status describe_vp9(Track& track) {
  TRY(const vp9::Config config, vp9::parse_vpcc(track.config.view()));
  track.video.bit_depth = config.bit_depth;
  track.video.colour = config.colour;
  track.codec_string = vp9::codec_string(config);
  return base::Ok{};
}

base::Status describe_aac(Track& track) {
  TRY(const aac::Config config, aac::parse_config(track.config.view()));
  track.audio.sample_rate = config.sample_rate;
  track.audio.channels = config.ps && config.channels == 1 ? 2 : config.channels;
  track.audio.frame_samples =
      static_cast<int>(std::int64_t{config.frame_samples} * config.sample_rate / config.core_sample_rate);
  track.codec_string = aac::codec_string(config);
  return base::Ok{};
}

base::Status describe_ac3(Track& track) {
  const bool enhanced = track.codec == Codec::kEac3;
  TRY(const ac3::Frame frame, enhanced ? ac3::parse_dec3(track.config.view()) : ac3::parse_dac3(track.config.view()));
  track.audio.sample_rate = frame.sample_rate;
  track.audio.channels = frame.channels;
  track.audio.frame_samples = frame.samples;
  track.codec_string = enhanced ? "ec-3" : "ac-3";
  return base::Ok{};
}

base::Status describe_opus(Track& track) {
  TRY(const opus::Config config, opus::parse_dops(track.config.view()));
  track.audio.sample_rate = opus::kSampleRate;
  track.audio.channels = config.channels;
  track.audio.frame_samples = 0;
  track.audio.priming = config.pre_skip;
  track.codec_string = "Opus";
  return base::Ok{};
}

base::Status describe_flac(Track& track) {
  TRY(const flac::Config config, flac::parse_dfla(track.config.view()));
  track.audio.sample_rate = config.sample_rate;
  track.audio.channels = config.channels;
  track.audio.frame_samples = config.min_block == config.max_block ? config.max_block : 0;
  track.codec_string = "fLaC";
  return base::Ok{};
}

base::Status fill(Track& track) {
  switch (track.codec) {
    case Codec::kH264: return describe_h264(track);
    case Codec::kHevc: return describe_hevc(track);
    case Codec::kAv1: return describe_av1(track);
    case Codec::kVp9: return describe_vp9(track);
    case Codec::kAac: return describe_aac(track);
    case Codec::kAc3:
    case Codec::kEac3: return describe_ac3(track);
    case Codec::kOpus: return describe_opus(track);
    case Codec::kFlac: return describe_flac(track);
    case Codec::kMp3: track.codec_string = "mp4a.40.34"; return base::Ok{};
    case Codec::kWebVtt: track.codec_string = "wvtt"; return base::Ok{};
    case Codec::kMp2:
    case Codec::kMpeg2Video: track.codec_string.clear(); return base::Ok{};
  }
  return base::Ok{};
}

}  // namespace

base::Result<Track> describe(Track track) {
  TRY_OK(fill(track));
  return track;
}

std::string_view name_of(Codec codec) {
  switch (codec) {
    case Codec::kH264: return "H.264";
    case Codec::kHevc: return "HEVC";
    case Codec::kAv1: return "AV1";
    case Codec::kVp9: return "VP9";
    case Codec::kMpeg2Video: return "MPEG-2";
    case Codec::kAac: return "AAC";
    case Codec::kOpus: return "Opus";
    case Codec::kAc3: return "AC-3";
    case Codec::kEac3: return "E-AC-3";
    case Codec::kMp2: return "MP2";
    case Codec::kMp3: return "MP3";
    case Codec::kFlac: return "FLAC";
    case Codec::kWebVtt: return "WebVTT";
  }
  return "unknown";
}

}  // namespace media
