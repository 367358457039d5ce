#include "transcode/video_encoder.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
}

#include "captions/picture.h"
#include "media/av1.h"
#include "media/describe.h"
#include "media/h264.h"
#include "media/hdr.h"
#include "media/hevc.h"
#include "media/nal.h"
#include "transcode/captions.h"
#include "transcode/scaler.h"

namespace transcode {
namespace {

using Settings = std::vector<std::pair<const char*, std::string>>;

struct Library {
  const char* encoder;
  const char* package;
};

Library library_of(media::Codec codec) {
  switch (codec) {
    case media::Codec::kH264: return {"libx264", "libx264-164"};
    case media::Codec::kHevc: return {"libx265", "libx265-199"};
    case media::Codec::kAv1: return {"libaom-av1", "libaom3"};
    default: return {nullptr, nullptr};
  }
}

/// libavcodec 59 passes captions to x264 alone.
bool writes_captions(media::Codec codec) { return codec == media::Codec::kH264; }

base::Error missing(media::Codec codec) {
  const Library library = library_of(codec);
  if (library.encoder == nullptr) {
    return {base::Code::kUnsupported,
            std::string("no encoder for ") + avcodec_get_name(codec_id(codec)) + "; use h264, hevc or av1"};
  }
  return {base::Code::kUnsupported, std::string("this libavcodec has no encoder ") + library.encoder +
                                        "; install Debian's libavcodec59 with " + library.package +
                                        ", or choose another codec for the rung"};
}

/// Only what stands in no parameter set: CABAC, references, the 8x8 transform and weighted prediction stay the
/// preset's, or the track would need another init.
std::string less_analysis(const Rung& rung) {
  const std::string parameters = ":subme=0:me=dia:trellis=0:partitions=none:aq-mode=0:mbtree=0:mixed-refs=0";
  constexpr std::array<std::string_view, 4> kQuick{"ultrafast", "superfast", "veryfast", "faster"};
  const bool quick = std::find(kQuick.begin(), kQuick.end(), rung.preset) != kQuick.end();
  // From subme 6 on x264 lowers the chroma QP, which stands in the PPS.
  return quick ? parameters : parameters + ":chroma-qp-offset=-2";
}

/// No frame may wait in the encoder: no look-ahead, no B-frames, no frame threads. `quality` buys the preset's
/// look-ahead back; B-frames stay off, so that dts = pts everywhere.
Settings x264_settings(const Rung& rung, bool fast) {
  Settings settings{
      {"preset", rung.preset},
      {"profile", rung.profile},
      {"forced-idr", "1"},
      {"sc_threshold", "0"},
      // Without force-cfr the sequence header would call the timescale the frame rate.
      {"x264-params", "force-cfr=1:sync-lookahead=0:nal-hrd=none:open-gop=0" + (fast ? less_analysis(rung) : "")}};
  if (!rung.quality) settings.emplace_back("tune", "zerolatency");
  return settings;
}

/// What a rung's light means: the source's, if the rung shows the source's range. The source's metadata hold for a rung
/// in its own colours alone.
media::HdrMetadata metadata_of(const Rung& rung, const media::Track& source) {
  const bool kept =
      rung.range == Rung::Range::kHdr && media::dynamic_range(source.video.colour) != media::DynamicRange::kSdr;
  return kept ? media::hdr_metadata(source) : media::HdrMetadata{};
}

/// As x265 writes them into its SEI, in the same units.
std::string x265_metadata(const media::HdrMetadata& metadata) {
  const auto number = [](base::View bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[at + i];
    return std::to_string(value);
  };
  std::string parameters;
  if (const base::View display{metadata.mastering_display}; display.size() == 24) {
    const auto point = [&](std::size_t at) {
      return "(" + number(display, at, 2) + "," + number(display, at + 2, 2) + ")";
    };
    parameters += ":master-display=G" + point(0) + "B" + point(4) + "R" + point(8) + "WP" + point(12) + "L(" +
                  number(display, 16, 4) + "," + number(display, 20, 4) + ")";
  }
  if (const base::View light{metadata.content_light}; light.size() == 4) {
    parameters += ":max-cll=" + number(light, 0, 2) + "," + number(light, 2, 2);
  }
  return parameters;
}

Settings x265_settings(const Rung& rung, const media::HdrMetadata& metadata, int threads) {
  std::string parameters =
      "repeat-headers=0:annexb=1:open-gop=0:bframes=0:scenecut=0:keyint=-1:min-keyint=1:frame-threads=1:info=0:"
      "log-level=error:pools=" +
      std::to_string(threads);
  if (!rung.quality) parameters += ":rc-lookahead=0";
  parameters += x265_metadata(metadata);
  Settings settings{{"preset", rung.preset}, {"forced-idr", "1"}, {"x265-params", parameters}};
  if (!rung.quality) settings.emplace_back("tune", "zerolatency");
  return settings;
}

/// libaom and not SVT-AV1: SVT-AV1 1.4 refuses forced key frames in its low-delay structure and holds frames back.
Settings aom_settings(const Rung& rung) {
  char* end = nullptr;
  const long speed = std::strtol(rung.preset.c_str(), &end, 10);
  const bool numeric = end != rung.preset.c_str() && *end == '\0' && speed >= 0 && speed <= 10;
  return {{"usage", rung.quality ? "good" : "realtime"},
          // libavcodec's own option ends at 8; the speeds for real time lie above.
          {"aom-params", std::string("cpu-used=") + (numeric ? rung.preset : "9")},
          {"lag-in-frames", rung.quality ? "19" : "0"},
          {"row-mt", "1"}};
}

Settings settings_of(const Rung& rung, const media::Track& source, const VideoEncoder::Options& options) {
  switch (rung.codec) {
    case media::Codec::kHevc: return x265_settings(rung, metadata_of(rung, source), options.threads);
    case media::Codec::kAv1: return aom_settings(rung);
    default: return x264_settings(rung, options.fast);
  }
}

void configure(AVCodecContext& context, const Rung& rung, const media::Track& source, int threads) {
  context.width = rung.width;
  context.height = rung.height;
  const Look look = look_of(rung, source.video.colour);
  context.pix_fmt = look.format;
  context.sample_aspect_ratio = {1, 1};
  context.time_base = {1, static_cast<int>(source.timescale)};
  // A source of unknown rate: only the rate control looks at this.
  const media::Rational rate = rung.frame_rate.known() ? rung.frame_rate : media::Rational{30, 1};
  context.framerate = {static_cast<int>(rate.num), static_cast<int>(rate.den)};
  context.bit_rate = rung.bitrate;
  context.rc_max_rate = rung.max_bitrate;
  context.rc_buffer_size = rung.buffer_bits;
  // libaom's constant bit rate, the only one that heeds a buffer without look-ahead, is chosen by three equal rates.
  if (rung.codec == media::Codec::kAv1 && !rung.quality) context.rc_max_rate = context.rc_min_rate = rung.bitrate;
  // Key frames come when they are forced; this is only beyond any slot.
  context.gop_size = 100'000;
  context.keyint_min = 1;
  context.max_b_frames = 0;
  context.thread_count = threads;
  context.flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_CLOSED_GOP;
  const media::Colour& colour = look.colour;
  context.color_primaries = static_cast<AVColorPrimaries>(colour.primaries);
  context.color_trc = static_cast<AVColorTransferCharacteristic>(colour.transfer);
  context.colorspace = static_cast<AVColorSpace>(colour.matrix);
  context.color_range = colour.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
}

base::Result<base::Bytes> avc_config(const std::vector<base::View>& nals) {
  std::vector<base::View> sps;
  std::vector<base::View> pps;
  for (const base::View nal : nals) {
    if (media::h264::nal_type(nal) == media::h264::kSps) sps.push_back(nal);
    if (media::h264::nal_type(nal) == media::h264::kPps) pps.push_back(nal);
  }
  return media::h264::make_avcc(sps, pps);
}

base::Result<base::Bytes> hevc_config(const std::vector<base::View>& nals) {
  std::vector<base::View> vps;
  std::vector<base::View> sps;
  std::vector<base::View> pps;
  std::vector<base::View> sei;
  for (const base::View nal : nals) {
    switch (media::hevc::nal_type(nal)) {
      case media::hevc::kVps: vps.push_back(nal); break;
      case media::hevc::kSps: sps.push_back(nal); break;
      case media::hevc::kPps: pps.push_back(nal); break;
      case media::hevc::kPrefixSei:
        if (!media::hevc::parse_hdr_sei(std::span{&nal, 1}).empty()) sei.push_back(nal);
        break;
      default: break;
    }
  }
  return media::hevc::make_hvcc(vps, sps, pps, sei);
}

base::Result<base::Bytes> config_of(media::Codec codec, base::View extradata) {
  const auto nals = media::split_annexb(extradata);
  return codec == media::Codec::kHevc ? hevc_config(nals) : avc_config(nals);
}

/// libaom writes no metadata: what is said of the light stands in the configuration alone, as with x265.
base::Result<base::Bytes> av1_config(base::View coded, const media::HdrMetadata& metadata) {
  TRY(const auto obus, media::av1::split_obus(coded));
  for (const media::av1::Obu& obu : obus) {
    if (obu.type != media::av1::kSequenceHeader) continue;
    TRY(const base::Bytes config, media::av1::make_av1c(obu.whole));
    std::vector<std::uint8_t> whole(config.begin(), config.end());
    const auto light = media::av1::make_hdr_obus(metadata);
    whole.insert(whole.end(), light.begin(), light.end());
    return base::Bytes::adopt(std::move(whole));
  }
  return base::Error{base::Code::kMalformed, "the AV1 encoder gave no sequence header"};
}

/// libaom tells its sequence header with the first packet only, which is too late for a track that is announced before:
/// another encoder of the same settings encodes one black picture. Leaves `context` used up.
base::Result<base::Bytes> probe_av1_config(AVCodecContext& context, const media::HdrMetadata& metadata) {
  const FramePtr frame(av_frame_alloc());
  const AvPacketPtr packet(av_packet_alloc());
  if (frame == nullptr || packet == nullptr) return av_failure(AVERROR(ENOMEM), "encoder");
  frame->format = context.pix_fmt;
  frame->width = context.width;
  frame->height = context.height;
  frame->pts = 0;
  int code = av_frame_get_buffer(frame.get(), 0);
  if (code >= 0) {
    const std::array<std::ptrdiff_t, 4> strides{frame->linesize[0], frame->linesize[1], frame->linesize[2], 0};
    code = av_image_fill_black(frame->data, strides.data(), context.pix_fmt, AVCOL_RANGE_MPEG, context.width,
                               context.height);
  }
  if (code >= 0) code = avcodec_send_frame(&context, frame.get());
  if (code >= 0) code = avcodec_send_frame(&context, nullptr);
  if (code >= 0) code = avcodec_receive_packet(&context, packet.get());
  if (code < 0) return av_failure(code, "asking the AV1 encoder for its sequence header");
  return av1_config({packet->data, static_cast<std::size_t>(packet->size)}, metadata);
}

base::Result<CodecContextPtr> open(const AVCodec& codec, const Rung& rung, const media::Track& source,
                                   const VideoEncoder::Options& options) {
  CodecContextPtr context(avcodec_alloc_context3(&codec));
  if (context == nullptr) return av_failure(AVERROR(ENOMEM), "encoder");
  configure(*context, rung, source, options.threads);
  for (const auto& [name, value] : settings_of(rung, source, options)) {
    if (const int code = av_opt_set(context->priv_data, name, value.c_str(), 0); code < 0) {
      return av_failure(code, "rung " + rung.name + ": " + codec.name + " option " + name + "=" + value);
    }
  }
  if (const int code = avcodec_open2(context.get(), &codec, nullptr); code < 0) {
    return av_failure(code, "rung " + rung.name + ": opening " + codec.name);
  }
  return context;
}

/// The packet's payload in the shape of media::Packet::data.
base::Bytes payload_of(media::Codec codec, base::View coded) {
  if (codec != media::Codec::kAv1) return media::join_lengths(media::split_annexb(coded));
  const auto obus = media::av1::split_obus(coded);
  if (!obus) return base::Bytes::copy_of(coded);
  std::vector<std::uint8_t> kept;
  kept.reserve(coded.size());
  for (const media::av1::Obu& obu : *obus) {
    if (obu.type == media::av1::kTemporalDelimiter || obu.type == media::av1::kPadding) continue;
    kept.insert(kept.end(), obu.whole.begin(), obu.whole.end());
  }
  return base::Bytes::adopt(std::move(kept));
}

base::Status check(const Rung& rung) {
  const auto bad = [&](const char* what) {
    return base::Error{base::Code::kMalformed, "rung " + rung.name + ": " + what};
  };
  if (rung.width < 16 || rung.height < 16 || rung.width > 8192 || rung.height > 8192) return bad("size out of range");
  if (rung.width % 2 != 0 || rung.height % 2 != 0) return bad("width and height must be even");
  if (rung.bitrate < 1000) return bad("needs a bitrate");
  if (rung.range == Rung::Range::kHdr && rung.codec == media::Codec::kH264) return bad("H.264 is SDR alone");
  if (rung.max_bitrate < rung.bitrate) return bad("max_bitrate is below bitrate");
  if (rung.buffer_bits <= 0) return bad("needs a VBV buffer");
  return base::Ok{};
}

}  // namespace

base::Result<std::unique_ptr<VideoEncoder>> VideoEncoder::make(const Rung& rung, const media::Track& source,
                                                               const Options& options) {
  quiet_libav();
  TRY_OK(check(rung));
  const Library library = library_of(rung.codec);
  const AVCodec* codec = library.encoder == nullptr ? nullptr : avcodec_find_encoder_by_name(library.encoder);
  if (codec == nullptr) return missing(rung.codec);
  std::unique_ptr<VideoEncoder> encoder(new VideoEncoder);
  encoder->packet_.reset(av_packet_alloc());
  if (encoder->packet_ == nullptr) return av_failure(AVERROR(ENOMEM), "encoder");
  TRY(encoder->context_, open(*codec, rung, source, options));
  media::Track& track = encoder->track_;
  const Look look = look_of(rung, source.video.colour);
  track.codec = rung.codec;
  track.timescale = source.timescale;
  track.video = {
      rung.width, rung.height, rung.frame_rate, {1, 1}, look.colour, false, look.format == AV_PIX_FMT_YUV420P ? 8 : 10};
  if (rung.codec == media::Codec::kAv1) {
    TRY(const CodecContextPtr probe, open(*codec, rung, source, options));
    TRY(track.config, probe_av1_config(*probe, metadata_of(rung, source)));
  } else {
    const AVCodecContext& context = *encoder->context_;
    TRY(track.config,
        config_of(rung.codec, {context.extradata, static_cast<std::size_t>(std::max(0, context.extradata_size))}));
  }
  TRY(track, media::describe(std::move(track)));
  track.video.frame_rate = rung.frame_rate;
  if (rung.frame_rate.known()) {
    encoder->frame_ticks_ = media::rescale(source.timescale, rung.frame_rate.num, rung.frame_rate.den);
  }
  return encoder;
}

base::Status VideoEncoder::encode(AVFrame& frame, bool key, const Origin& origin, const Take& take) {
  frame.pict_type = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  frame.key_frame = 0;
  std::vector<captions::Triplet> triplets;
  if (!writes_captions(track_.codec)) take_captions(frame, triplets);
  if (const int code = avcodec_send_frame(context_.get(), &frame); code < 0) return av_failure(code, "encoder");
  waiting_.push_back({frame.pts, origin, std::move(triplets)});
  return take_packets(take);
}

base::Status VideoEncoder::finish(const Take& take) {
  if (const int code = avcodec_send_frame(context_.get(), nullptr); code < 0) return av_failure(code, "encoder");
  return take_packets(take);
}

base::Status VideoEncoder::take_packets(const Take& take) {
  for (;;) {
    const int code = avcodec_receive_packet(context_.get(), packet_.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return base::Ok{};
    if (code < 0) return av_failure(code, "encoder");
    take(wrap(*packet_));
    av_packet_unref(packet_.get());
  }
}

VideoEncoder::Encoded VideoEncoder::wrap(const AVPacket& packet) {
  Encoded encoded;
  encoded.packet.pts = packet.pts;
  encoded.packet.dts = packet.pts;  // no B-frames, so showing is decoding order
  encoded.packet.duration = packet.duration > 0 ? packet.duration : frame_ticks_;
  encoded.packet.key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
  encoded.packet.idr = encoded.packet.key;
  encoded.packet.data = payload_of(track_.codec, {packet.data, static_cast<std::size_t>(packet.size)});
  while (!waiting_.empty() && waiting_.front().pts < packet.pts) waiting_.pop_front();
  if (!waiting_.empty() && waiting_.front().pts == packet.pts) {
    encoded.origin = waiting_.front().origin;
    encoded.packet.data = captions::with_captions(track_.codec, encoded.packet.data, waiting_.front().triplets);
    waiting_.pop_front();
  }
  encoded.packet.arrived = encoded.origin.arrived;
  encoded.packet.held = encoded.origin.held;
  return encoded;
}

}  // namespace transcode
