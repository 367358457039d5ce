#include "transcode/audio_encoder.h"

#include <algorithm>
#include <string>
#include <utility>

extern "C" {
#include <libavutil/opt.h>
}

#include "media/ac3.h"
#include "media/describe.h"
#include "media/opus.h"

namespace transcode {
namespace {

constexpr int kLeastDialnorm = -31;

const char* audio_library_of(media::Codec codec) {
  switch (codec) {
    case media::Codec::kAac: return "aac";
    case media::Codec::kOpus: return "libopus";
    case media::Codec::kAc3: return "ac3";
    case media::Codec::kEac3: return "eac3";
    default: return nullptr;
  }
}

base::Error missing_audio(media::Codec codec) {
  const char* library = audio_library_of(codec);
  if (library == nullptr) {
    return {base::Code::kUnsupported,
            std::string("no encoder for ") + avcodec_get_name(codec_id(codec)) + "; use aac, opus, ac3 or eac3"};
  }
  return {base::Code::kUnsupported, std::string("this libavcodec has no encoder ") + library +
                                        "; install Debian's libavcodec59, or choose another codec for the rung"};
}

bool has_rate(const AVCodec& codec, int rate) {
  if (codec.supported_samplerates == nullptr) return rate > 0;
  for (const int* supported = codec.supported_samplerates; *supported != 0; ++supported) {
    if (*supported == rate) return true;
  }
  return false;
}

/// Floating point where the encoder takes it: what comes from the resampler is not rounded twice.
AVSampleFormat best_format(const AVCodec& codec) {
  for (const AVSampleFormat* format = codec.sample_fmts; *format != AV_SAMPLE_FMT_NONE; ++format) {
    if (av_get_packed_sample_fmt(*format) == AV_SAMPLE_FMT_FLT) return *format;
  }
  return codec.sample_fmts[0];
}

bool is_dolby(media::Codec codec) { return codec == media::Codec::kAc3 || codec == media::Codec::kEac3; }

base::Result<CodecContextPtr> open_audio_encoder(const AudioRung& rung, const AVCodec& codec) {
  CodecContextPtr context(avcodec_alloc_context3(&codec));
  if (context == nullptr) return av_failure(AVERROR(ENOMEM), "encoder");
  context->sample_rate = rung.sample_rate;
  context->sample_fmt = best_format(codec);
  av_channel_layout_default(&context->ch_layout, rung.channels);
  context->bit_rate = rung.bitrate;
  context->time_base = {1, rung.sample_rate};
  context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  context->thread_count = 1;
  // A peak that stays near the average keeps BANDWIDTH honest (MV-3).
  if (rung.codec == media::Codec::kOpus) av_opt_set(context->priv_data, "vbr", "constrained", 0);
  if (is_dolby(rung.codec)) av_opt_set_int(context->priv_data, "dialnorm", rung.dialnorm, 0);
  if (const int code = avcodec_open2(context.get(), &codec, nullptr); code < 0) {
    return av_failure(code, "rung " + rung.name + ": opening " + codec.name);
  }
  return context;
}

/// dac3 or dec3: the encoder has no extradata, its first frame says what all of them are.
base::Result<base::Bytes> dolby_config_of(const AudioRung& rung, const AVCodec& codec) {
  TRY(const CodecContextPtr context, open_audio_encoder(rung, codec));
  const FramePtr frame(av_frame_alloc());
  const AvPacketPtr packet(av_packet_alloc());
  if (frame == nullptr || packet == nullptr) return av_failure(AVERROR(ENOMEM), "encoder");
  frame->format = context->sample_fmt;
  frame->nb_samples = context->frame_size;
  frame->sample_rate = context->sample_rate;
  frame->ch_layout = context->ch_layout;
  int code = av_frame_get_buffer(frame.get(), 0);
  if (code < 0) return av_failure(code, "encoder");
  av_samples_set_silence(frame->extended_data, 0, frame->nb_samples, rung.channels, context->sample_fmt);
  code = avcodec_send_frame(context.get(), frame.get());
  if (code >= 0) code = avcodec_receive_packet(context.get(), packet.get());
  if (code < 0) return av_failure(code, "rung " + rung.name + ": its first frame");
  TRY(const auto head, media::ac3::parse_frame({packet->data, static_cast<std::size_t>(packet->size)}));
  return rung.codec == media::Codec::kEac3 ? media::ac3::make_dec3(head) : media::ac3::make_dac3(head);
}

base::Result<base::Bytes> audio_config_of(const AudioRung& rung, const AVCodecContext& context) {
  const base::View extradata{context.extradata, static_cast<std::size_t>(std::max(0, context.extradata_size))};
  if (rung.codec == media::Codec::kAac) return base::Bytes::copy_of(extradata);
  if (is_dolby(rung.codec)) return dolby_config_of(rung, *context.codec);
  TRY(const auto config, media::opus::parse_opus_head(extradata));
  return media::opus::make_dops(config);
}

}  // namespace

AudioRung resolve(AudioRung rung, const media::AudioParams& source) {
  if (rung.channels == 0) rung.channels = std::clamp(source.channels, 1, 2);
  if (rung.codec == media::Codec::kOpus) {
    rung.sample_rate = media::opus::kSampleRate;
  } else if (rung.sample_rate == 0) {
    // Rates that every player's AAC decoder has; others (8 kHz telephony, 96 kHz) are brought to the usual one.
    const int rate = source.sample_rate;
    rung.sample_rate = rate == 44100 || rate == 32000 ? rate : 48000;
  }
  if (rung.bitrate == 0) rung.bitrate = 64'000 * rung.channels;
  if (rung.dialnorm == 0) rung.dialnorm = kLeastDialnorm;
  return rung;
}

base::Result<AudioEncoder> AudioEncoder::make(const AudioRung& rung) {
  quiet_libav();
  const char* library = audio_library_of(rung.codec);
  const AVCodec* codec = library == nullptr ? nullptr : avcodec_find_encoder_by_name(library);
  if (codec == nullptr) return missing_audio(rung.codec);
  const auto bad = [&](const char* what) {
    return base::Error{base::Code::kMalformed, "rung " + rung.name + ": " + what};
  };
  if (!has_rate(*codec, rung.sample_rate)) return bad("the codec does not have this sample rate");
  if (rung.channels < 1 || rung.channels > 8) return bad("1 to 8 channels");
  if (is_dolby(rung.codec) && rung.channels > 6) return bad("ac3 and eac3 have up to 6 channels");
  if (rung.bitrate < 6'000) return bad("needs a bitrate");

  AudioEncoder encoder;
  encoder.packet_.reset(av_packet_alloc());
  if (encoder.packet_ == nullptr) return av_failure(AVERROR(ENOMEM), "encoder");
  TRY(encoder.context_, open_audio_encoder(rung, *codec));
  media::Track& track = encoder.track_;
  track.codec = rung.codec;
  track.timescale = rung.sample_rate;
  TRY(track.config, audio_config_of(rung, *encoder.context_));
  TRY(track, media::describe(std::move(track)));
  track.audio.sample_rate = rung.sample_rate;
  track.audio.channels = rung.channels;
  track.audio.frame_samples = encoder.context_->frame_size;
  return encoder;
}

base::Status AudioEncoder::encode(AVFrame& frame, const Take& take) {
  if (const int code = avcodec_send_frame(context_.get(), &frame); code < 0) return av_failure(code, "encoder");
  return take_packets(take);
}

base::Status AudioEncoder::finish(const Take& take) {
  if (const int code = avcodec_send_frame(context_.get(), nullptr); code < 0) return av_failure(code, "encoder");
  return take_packets(take);
}

base::Status AudioEncoder::take_packets(const Take& take) {
  for (;;) {
    const int code = avcodec_receive_packet(context_.get(), packet_.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return base::Ok{};
    if (code < 0) return av_failure(code, "encoder");
    media::Packet packet;
    packet.pts = packet_->pts;
    packet.dts = packet_->pts;
    packet.duration = context_->frame_size;
    packet.key = packet.idr = true;
    packet.data = base::Bytes::copy_of({packet_->data, static_cast<std::size_t>(packet_->size)});
    av_packet_unref(packet_.get());
    take(std::move(packet));
  }
}

}  // namespace transcode
