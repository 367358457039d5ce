#include "transcode/decoder.h"

#include <cstring>
#include <string>
#include <vector>

extern "C" {
#include <libavutil/opt.h>
}

namespace transcode {
namespace {

constexpr std::ptrdiff_t kStreamInfoSize = 34;

/// libav keeps some configurations in the shape of other containers than ISO BMFF.
std::vector<std::uint8_t> extradata_of(const media::Track& track) {
  const base::View config = track.config.view();
  std::vector<std::uint8_t> bytes(config.begin(), config.end());
  if (track.codec == media::Codec::kOpus && config.size() >= 11) {
    // dOps is OpusHead without its magic, big-endian, version 0.  Spec: [Opus in ISOBMFF 4.3.2], [RFC 7845 5.1].
    const char magic[] = {'O', 'p', 'u', 's', 'H', 'e', 'a', 'd'};
    bytes.insert(bytes.begin(), std::begin(magic), std::end(magic));
    bytes[8] = 1;
    std::swap(bytes[10], bytes[11]);
    std::swap(bytes[12], bytes[15]);
    std::swap(bytes[13], bytes[14]);
    std::swap(bytes[16], bytes[17]);
  } else if (track.codec == media::Codec::kFlac && config.size() >= 8 + kStreamInfoSize) {
    // dfLa: version and flags, a block header, then STREAMINFO, which is all that libav wants.
    bytes.assign(bytes.begin() + 8, bytes.begin() + 8 + kStreamInfoSize);
  } else if (track.codec == media::Codec::kAc3 || track.codec == media::Codec::kEac3) {
    bytes.clear();
  }
  return bytes;
}

void describe_audio(AVCodecContext& context, const media::Track& track) {
  context.sample_rate = track.audio.sample_rate;
  if (track.audio.channels > 0) av_channel_layout_default(&context.ch_layout, track.audio.channels);
}

}  // namespace

base::Result<Decoder> Decoder::make(const media::Track& track) {
  quiet_libav();
  const AVCodecID id = codec_id(track.codec);
  const AVCodec* codec = avcodec_find_decoder(id);
  if (codec == nullptr) {
    return base::Error{base::Code::kUnsupported,
                       std::string("this libavcodec has no decoder for ") + avcodec_get_name(id)};
  }
  Decoder decoder;
  decoder.context_.reset(avcodec_alloc_context3(codec));
  decoder.packet_.reset(av_packet_alloc());
  if (decoder.context_ == nullptr || decoder.packet_ == nullptr) return av_failure(AVERROR(ENOMEM), "decoder");
  AVCodecContext& context = *decoder.context_;
  context.thread_count = 1;
  context.pkt_timebase = {1, static_cast<int>(track.timescale)};
  if (track.kind() == media::Kind::kAudio) describe_audio(context, track);
  if (const auto extradata = extradata_of(track); !extradata.empty()) {
    context.extradata = static_cast<std::uint8_t*>(av_mallocz(extradata.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    if (context.extradata == nullptr) return av_failure(AVERROR(ENOMEM), "decoder");
    std::memcpy(context.extradata, extradata.data(), extradata.size());
    context.extradata_size = static_cast<int>(extradata.size());
  }
  if (track.codec == media::Codec::kAv1) {
    // dav1d delays one frame a thread, and more by default.
    av_opt_set_int(context.priv_data, "framethreads", 1, 0);
    av_opt_set_int(context.priv_data, "max_frame_delay", 1, 0);
    context.flags |= AV_CODEC_FLAG_LOW_DELAY;
  }
  if (const int code = avcodec_open2(&context, codec, nullptr); code < 0) {
    return av_failure(code, std::string("opening the decoder ") + codec->name);
  }
  return decoder;
}

bool Decoder::send(const media::Packet& packet, std::int64_t mark) {
  // A copy, because libav reads some bytes past the end and wants them to be zero.
  const base::View data = packet.data.view();
  if (data.empty() || data.size() > INT32_MAX / 2) return false;
  if (av_new_packet(packet_.get(), static_cast<int>(data.size())) < 0) return false;
  std::memcpy(packet_->data, data.data(), data.size());
  packet_->pts = packet.pts;
  packet_->dts = packet.dts;
  packet_->duration = packet.duration;
  if (packet.key) packet_->flags |= AV_PKT_FLAG_KEY;
  context_->reordered_opaque = mark;
  const int code = avcodec_send_packet(context_.get(), packet_.get());
  av_packet_unref(packet_.get());
  return code >= 0;
}

void Decoder::end() { avcodec_send_packet(context_.get(), nullptr); }

FramePtr Decoder::receive() {
  FramePtr frame(av_frame_alloc());
  if (frame == nullptr) return nullptr;
  // A damaged picture shows up as an error here; the next one may be fine. The bound ends the loop for certain.
  for (int attempt = 0; attempt < 64; ++attempt) {
    const int code = avcodec_receive_frame(context_.get(), frame.get());
    if (code == 0) {
      if (frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0) ++errors_;
      return frame;
    }
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) break;
    ++errors_;
  }
  return nullptr;
}

void Decoder::restart() { avcodec_flush_buffers(context_.get()); }

}  // namespace transcode
