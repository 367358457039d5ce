#include "transcode/silence.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

extern "C" {
#include <libavutil/opt.h>
#include <libavutil/samplefmt.h>
}

#include "media/aac.h"
#include "media/ac3.h"
#include "media/flac.h"
#include "media/opus.h"
#include "transcode/av.h"

namespace transcode {
namespace {

/// What an encoder has to be asked for.
struct Wanted {
  const char* encoder = nullptr;
  AVChannelLayout layout{};  ///< a native one, that owns nothing
  int sample_rate = 0;
  int outputs_per_sample = 1;  ///< samples that a decoder makes of one: 2 with SBR
  int bitrate = 0;             ///< Units: bit/s
  int frame_samples = 0;       ///< 0: the encoder's own
  int bits = 16;               ///< a sample, where the codec is lossless
  int dialnorm = 0;            ///< of AC-3 and E-AC-3; 0: the encoder's own, -31
};

base::Error unsupported(const char* what) { return {base::Code::kUnsupported, std::string("silence for ") + what}; }

AVChannelLayout usual_layout(int channels) {
  AVChannelLayout layout{};
  av_channel_layout_default(&layout, channels);
  return layout;
}

base::Result<Wanted> wanted_aac(const media::Track& format) {
  TRY(const auto config, media::aac::parse_config(format.config.view()));
  if (config.object_type != 2 || config.channels == 0 || config.frame_samples != 1024) {
    return unsupported("this kind of AAC");
  }
  Wanted wanted{"aac", usual_layout(config.channels), config.core_sample_rate};
  if (config.sbr && config.core_sample_rate > 0) {
    wanted.outputs_per_sample = config.sample_rate / config.core_sample_rate;
  }
  wanted.bitrate = 32'000 * config.channels;
  return wanted;
}

/// By audio coding mode.  Spec: [TS 102 366 table 4.3]. 0 is two mono programmes.
base::Result<AVChannelLayout> dolby_layout(const media::ac3::Frame& frame) {
  constexpr std::array<std::uint64_t, 8> kLayouts{0,
                                                  AV_CH_LAYOUT_MONO,
                                                  AV_CH_LAYOUT_STEREO,
                                                  AV_CH_LAYOUT_SURROUND,
                                                  AV_CH_LAYOUT_2_1,
                                                  AV_CH_LAYOUT_4POINT0,
                                                  AV_CH_LAYOUT_2_2,
                                                  AV_CH_LAYOUT_5POINT0};
  if (frame.acmod == 0) return unsupported("two mono programmes in one AC-3 stream");
  AVChannelLayout layout{};
  av_channel_layout_from_mask(&layout, kLayouts[frame.acmod] | (frame.lfe ? AV_CH_LOW_FREQUENCY : 0));
  return layout;
}

base::Result<Wanted> wanted_dolby(const media::Track& format) {
  const bool enhanced = format.codec == media::Codec::kEac3;
  const base::View config = format.config.view();
  TRY(const auto frame, enhanced ? media::ac3::parse_dec3(config) : media::ac3::parse_dac3(config));
  TRY(const AVChannelLayout layout, dolby_layout(frame));
  // AC-3 keeps the frame size that its box says; E-AC-3 says only an average, and the encoder has a smallest.
  const int bitrate = enhanced ? std::max(frame.bit_rate, 32 * layout.nb_channels) : frame.bit_rate;
  return Wanted{enhanced ? "eac3" : "ac3", layout, frame.sample_rate, 1, bitrate * 1000};
}

base::Result<Wanted> wanted_flac(const media::Track& format) {
  TRY(const auto config, media::flac::parse_dfla(format.config.view()));
  if (config.bits != 16 && config.bits != 24) return unsupported("FLAC of this sample size");
  if (config.channels < 1 || config.channels > 8) return unsupported("FLAC of this channel count");
  // Spec: [RFC 9639 8.2]: no block is larger than STREAMINFO says, and but for the last none is smaller than 16.
  const int block = std::clamp(config.max_block, 16, 65535);
  return Wanted{"flac", usual_layout(config.channels), config.sample_rate, 1, 0, block, config.bits};
}

base::Result<Wanted> wanted_for(const media::Track& format) {
  switch (format.codec) {
    case media::Codec::kAac: return wanted_aac(format);
    case media::Codec::kOpus: {
      const int channels = format.audio.channels;
      if (channels < 1 || channels > 8) return unsupported("Opus of this channel count");
      return Wanted{"libopus", usual_layout(channels), media::opus::kSampleRate, 1, 32'000 * channels};
    }
    case media::Codec::kAc3:
    case media::Codec::kEac3: return wanted_dolby(format);
    case media::Codec::kFlac: return wanted_flac(format);
    default: return unsupported("this audio codec");
  }
}

AVSampleFormat sample_format(const AVCodec& codec, int bits) {
  if (bits <= 16) return codec.sample_fmts[0];
  for (const AVSampleFormat* format = codec.sample_fmts; *format != AV_SAMPLE_FMT_NONE; ++format) {
    if (av_get_bytes_per_sample(*format) * 8 >= bits) return *format;
  }
  return codec.sample_fmts[0];
}

base::Result<CodecContextPtr> open(const Wanted& wanted) {
  quiet_libav();
  const AVCodec* codec = avcodec_find_encoder_by_name(wanted.encoder);
  if (codec == nullptr) return unsupported("a codec that this libavcodec cannot encode");
  CodecContextPtr context(avcodec_alloc_context3(codec));
  if (context == nullptr) return av_failure(AVERROR(ENOMEM), "encoder");
  context->sample_rate = wanted.sample_rate;
  context->sample_fmt = sample_format(*codec, wanted.bits);
  context->bits_per_raw_sample = wanted.bits > 16 ? wanted.bits : 0;
  context->ch_layout = wanted.layout;
  context->bit_rate = wanted.bitrate;
  context->frame_size = wanted.frame_samples;
  context->time_base = {1, wanted.sample_rate};
  context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  context->thread_count = 1;
  if (wanted.dialnorm != 0) av_opt_set_int(context->priv_data, "dialnorm", wanted.dialnorm, 0);
  if (const int code = avcodec_open2(context.get(), codec, nullptr); code < 0) {
    return av_failure(code, std::string("silence: opening ") + wanted.encoder);
  }
  return context;
}

base::Result<FramePtr> silent_frame(const AVCodecContext& context) {
  FramePtr frame(av_frame_alloc());
  if (frame == nullptr) return av_failure(AVERROR(ENOMEM), "silence");
  frame->format = context.sample_fmt;
  frame->nb_samples = context.frame_size;
  frame->sample_rate = context.sample_rate;
  frame->ch_layout = context.ch_layout;
  if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0) return av_failure(code, "silence");
  av_samples_set_silence(frame->extended_data, 0, frame->nb_samples, frame->ch_layout.nb_channels, context.sample_fmt);
  return frame;
}

/// A packet from the middle of silence, where the encoder has forgotten its start.
base::Result<base::Bytes> encode_silence(AVCodecContext& context) {
  const AvPacketPtr packet(av_packet_alloc());
  if (packet == nullptr) return av_failure(AVERROR(ENOMEM), "silence");
  base::Bytes newest;
  constexpr int kFrames = 8;
  for (int i = 0; i < kFrames; ++i) {
    TRY(const FramePtr frame, silent_frame(context));
    frame->pts = std::int64_t{i} * context.frame_size;
    if (const int code = avcodec_send_frame(&context, frame.get()); code < 0) return av_failure(code, "silence");
    while (avcodec_receive_packet(&context, packet.get()) >= 0) {
      newest = base::Bytes::copy_of({packet->data, static_cast<std::size_t>(packet->size)});
      av_packet_unref(packet.get());
    }
  }
  if (newest.empty()) return base::Error{base::Code::kSystem, "the encoder gave nothing for silence"};
  return newest;
}

}  // namespace

base::Result<Silence> Silence::make(const media::Track& format, int dialnorm) {
  TRY(Wanted wanted, wanted_for(format));
  if (format.codec == media::Codec::kAc3 || format.codec == media::Codec::kEac3) wanted.dialnorm = dialnorm;
  TRY(const CodecContextPtr context, open(wanted));
  Silence silence;
  TRY(silence.data_, encode_silence(*context));
  silence.frame_samples_ = context->frame_size * wanted.outputs_per_sample;
  silence.track_id_ = format.id;
  silence.duration_ =
      media::rescale(silence.frame_samples_, wanted.sample_rate * wanted.outputs_per_sample, format.timescale);
  return silence;
}

media::Packet Silence::packet(std::int64_t pts) const {
  media::Packet packet;
  packet.track_id = track_id_;
  packet.pts = packet.dts = pts;
  packet.duration = duration_;
  packet.key = packet.idr = true;
  packet.data = data_;
  return packet;
}

}  // namespace transcode
