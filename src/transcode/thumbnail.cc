#include "transcode/thumbnail.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "transcode/av.h"

namespace transcode {
namespace {

// mjpeg's scale from 2 to 31: at 320 x 180 some 10 KB.
constexpr int kQuantiser = 5;

struct Size {
  int width = 0;
  int height = 0;
};

// Chroma has half the width and height: even ones.
int even(double length) { return std::max(2, static_cast<int>(std::lround(length / 2)) * 2); }

/// Of `frame` in square pixels.
Size size_for(const AVFrame& frame) {
  const AVRational pixel = frame.sample_aspect_ratio;
  const double aspect = pixel.num > 0 && pixel.den > 0 ? av_q2d(pixel) : 1.0;
  const double width = std::clamp(frame.width * aspect, 1.0, 1e6);
  const double scale = std::min(1.0, ThumbnailMaker::kMostSize / std::max<double>(width, frame.height));
  return {even(width * scale), even(frame.height * scale)};
}

CodecContextPtr open_encoder(const Size& size) {
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  if (codec == nullptr) return nullptr;
  CodecContextPtr context(avcodec_alloc_context3(codec));
  if (context == nullptr) return nullptr;
  context->width = size.width;
  context->height = size.height;
  context->pix_fmt = AV_PIX_FMT_YUVJ420P;
  context->color_range = AVCOL_RANGE_JPEG;
  context->time_base = {1, 25};  // asked for by libavcodec, not written
  context->thread_count = 1;
  context->flags |= AV_CODEC_FLAG_QSCALE;
  context->global_quality = kQuantiser * FF_QP2LAMBDA;
  if (avcodec_open2(context.get(), codec, nullptr) < 0) return nullptr;
  return context;
}

/// JPEG's levels and matrix: full range, BT.601.
bool convert(const AVFrame& from, AVFrame& to) {
  const SwsContextPtr scaler(sws_getContext(from.width, from.height, static_cast<AVPixelFormat>(from.format), to.width,
                                            to.height, AV_PIX_FMT_YUVJ420P, SWS_AREA, nullptr, nullptr, nullptr));
  if (scaler == nullptr) return false;
  const int full = full_range(from) ? 1 : 0;
  constexpr int kOne = 1 << 16;
  sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(from.colorspace), full,
                           sws_getCoefficients(AVCOL_SPC_SMPTE170M), 1, 0, kOne, kOne);
  return sws_scale(scaler.get(), from.data, from.linesize, 0, from.height, to.data, to.linesize) == to.height;
}

}  // namespace

struct ThumbnailMaker::State {
  CodecContextPtr encoder;
  FramePtr picture;

  bool prepare(const Size& size);
};

bool ThumbnailMaker::State::prepare(const Size& size) {
  const bool ready = encoder != nullptr && encoder->width == size.width && encoder->height == size.height;
  if (!ready) encoder = open_encoder(size);
  if (encoder == nullptr) return false;
  // The encoder may still hold the last one's buffers: new ones each time.
  picture.reset(av_frame_alloc());
  if (picture == nullptr) return false;
  picture->format = AV_PIX_FMT_YUVJ420P;
  picture->color_range = AVCOL_RANGE_JPEG;
  picture->width = size.width;
  picture->height = size.height;
  picture->quality = encoder->global_quality;
  return av_frame_get_buffer(picture.get(), 0) >= 0;
}

ThumbnailMaker::ThumbnailMaker() : state_(std::make_unique<State>()) {}
ThumbnailMaker::~ThumbnailMaker() = default;

std::optional<Thumbnail> ThumbnailMaker::make(const AVFrame& frame, base::Micros at) {
  if (frame.width <= 0 || frame.height <= 0 || !state_->prepare(size_for(frame))) return std::nullopt;
  if (!convert(frame, *state_->picture)) return std::nullopt;
  const AvPacketPtr packet(av_packet_alloc());
  const bool made = packet != nullptr && avcodec_send_frame(state_->encoder.get(), state_->picture.get()) >= 0 &&
                    avcodec_receive_packet(state_->encoder.get(), packet.get()) >= 0;
  if (!made) {
    state_->encoder.reset();  // it may want more than it was given
    return std::nullopt;
  }
  return Thumbnail{at, base::Bytes::copy_of({packet->data, static_cast<std::size_t>(packet->size)})};
}

}  // namespace transcode
