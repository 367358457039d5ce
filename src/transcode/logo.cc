#include "transcode/logo.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "media/png.h"
#include "transcode/colour_map.h"

namespace transcode {
namespace {

constexpr std::size_t kChannels = 4;
constexpr std::size_t kAlpha = 3;
constexpr int kMost16 = 65'535;

base::Error undecodable(int code) {
  return {base::Code::kMalformed, "the PNG picture cannot be decoded: " + av_failure(code, "png").what};
}

/// The picture in the file, in any format.
base::Result<FramePtr> decode(base::View png) {
  quiet_libav();
  if (png.empty()) return undecodable(AVERROR_INVALIDDATA);
  const AVCodec* const codec = avcodec_find_decoder(AV_CODEC_ID_PNG);
  if (codec == nullptr) return base::Error{base::Code::kUnsupported, "this libavcodec has no decoder of PNG"};
  CodecContextPtr decoder(avcodec_alloc_context3(codec));
  AvPacketPtr packet(av_packet_alloc());
  FramePtr frame(av_frame_alloc());
  if (decoder == nullptr || packet == nullptr || frame == nullptr) return av_failure(AVERROR(ENOMEM), "logo");
  decoder->thread_count = 1;
  decoder->max_pixels = std::int64_t{media::kLargestPng} * media::kLargestPng;
  if (const int code = av_new_packet(packet.get(), static_cast<int>(png.size())); code < 0) {
    return av_failure(code, "logo");
  }
  std::memcpy(packet->data, png.data(), png.size());
  if (const int code = avcodec_open2(decoder.get(), codec, nullptr); code < 0) return av_failure(code, "logo");
  if (const int code = avcodec_send_packet(decoder.get(), packet.get()); code < 0) return undecodable(code);
  avcodec_send_packet(decoder.get(), nullptr);
  if (const int code = avcodec_receive_frame(decoder.get(), frame.get()); code < 0) return undecodable(code);
  return frame;
}

base::Result<FramePtr> picture_of(AVPixelFormat format, int width, int height) {
  FramePtr made(av_frame_alloc());
  if (made == nullptr) return av_failure(AVERROR(ENOMEM), "logo");
  made->format = format;
  made->width = width;
  made->height = height;
  if (const int code = av_frame_get_buffer(made.get(), 0); code < 0) return av_failure(code, "logo");
  return made;
}

base::Result<FramePtr> converted(const AVFrame& from, AVPixelFormat format, int width, int height) {
  TRY(FramePtr to, picture_of(format, width, height));
  // Both average: the one over what a sample becomes part of, the other between two samples.
  const int flags = width < from.width ? SWS_AREA : SWS_BILINEAR;
  const SwsContextPtr context(sws_getContext(from.width, from.height, unranged_format(from.format), width, height,
                                             format, flags | SWS_ACCURATE_RND, nullptr, nullptr, nullptr));
  if (context == nullptr ||
      sws_scale(context.get(), from.data, from.linesize, 0, from.height, to->data, to->linesize) < 0) {
    return base::Error{base::Code::kMalformed, "the PNG picture's samples cannot be converted"};
  }
  return to;
}

/// One channel of an RGBA picture, in 16 bits; colour is times alpha, so that what is transparent has none.
base::Result<FramePtr> channel_of(const AVFrame& rgba, std::size_t channel) {
  TRY(FramePtr plane, picture_of(AV_PIX_FMT_GRAY16LE, rgba.width, rgba.height));
  for (int y = 0; y < rgba.height; ++y) {
    const std::uint8_t* const in = rgba.data[0] + std::ptrdiff_t{y} * rgba.linesize[0];
    auto* const out = reinterpret_cast<std::uint16_t*>(plane->data[0] + std::ptrdiff_t{y} * plane->linesize[0]);
    for (int x = 0; x < rgba.width; ++x) {
      const std::uint8_t* const sample = in + static_cast<std::size_t>(x) * kChannels;
      const int by = channel == kAlpha ? 255 : sample[kAlpha];
      out[x] = static_cast<std::uint16_t>(sample[channel] * by * (kMost16 / 255) / 255);
    }
  }
  return plane;
}

/// The colours of a logo in those of a picture.
class Colours {
 public:
  explicit Colours(const media::Colour& to) : to_(to), converts_(needs_sdr_conversion(to)), map_(kBt709, to) {}

  /// All from 0 to 1; asked for the same again it has nothing to do, as in most logos.
  const Yuv& of(const std::array<float, 3>& rgb) {
    if (last_ == rgb) return yuv_;
    last_ = rgb;
    const double y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    const Yuv here{y, (rgb[2] - y) / 1.8556, (rgb[0] - y) / 1.5748};
    yuv_ = converts_ ? map_.map(here) : with_matrix(here, kBt709, to_);
    return yuv_;
  }

 private:
  static constexpr media::Colour kBt709{1, 1, 1, false};

  const media::Colour to_;
  const bool converts_;
  const ColourMap map_;
  std::array<float, 3> last_{-1, -1, -1};
  Yuv yuv_;
};

int even(std::int64_t value) { return std::max(2, static_cast<int>((value + 1) / 2 * 2)); }

}  // namespace

PatchPlace place_of(const media::Overlay& overlay, int width, int height, int picture_width, int picture_height) {
  const int margin = static_cast<int>(std::int64_t{picture_width} * overlay.margin / 1000 / 2 * 2);
  const int most_width = std::max(2, (picture_width - 2 * margin) / 2 * 2);
  const int most_height = std::max(2, (picture_height - 2 * margin) / 2 * 2);
  std::int64_t wide = std::min<std::int64_t>(std::int64_t{picture_width} * overlay.width / 1000, most_width);
  wide = std::min(wide, std::int64_t{most_height} * width / height);
  PatchPlace place;
  place.width = std::min(even(wide), most_width);
  place.height = std::min(even(wide * height / width), most_height);
  using Corner = media::Overlay::Corner;
  const bool right = overlay.corner == Corner::kTopRight || overlay.corner == Corner::kBottomRight;
  const bool bottom = overlay.corner == Corner::kBottomLeft || overlay.corner == Corner::kBottomRight;
  place.left = right ? (picture_width - margin - place.width) / 2 * 2 : margin;
  place.top = bottom ? (picture_height - margin - place.height) / 2 * 2 : margin;
  return place;
}

base::Result<Logo> Logo::make(base::View png) {
  TRY(const FramePtr decoded, decode(png));
  TRY(FramePtr rgba, converted(*decoded, AV_PIX_FMT_RGBA, decoded->width, decoded->height));
  return Logo(std::move(rgba));
}

base::Result<OverlayPatch> Logo::patch(const media::Overlay& overlay, int picture_width, int picture_height,
                                       const Look& look) const {
  const PatchPlace place = place_of(overlay, picture_->width, picture_->height, picture_width, picture_height);
  std::array<FramePtr, kChannels> scaled;
  for (std::size_t i = 0; i < kChannels; ++i) {
    TRY(const FramePtr channel, channel_of(*picture_, i));
    TRY(scaled[i], converted(*channel, AV_PIX_FMT_GRAY16LE, place.width, place.height));
  }
  const auto at = [&](std::size_t channel, int x, int y) {
    const AVFrame& plane = *scaled[channel];
    return static_cast<float>(
        reinterpret_cast<const std::uint16_t*>(plane.data[0] + std::ptrdiff_t{y} * plane.linesize[0])[x]);
  };
  Colours colours(look.colour);
  std::vector<Tint> tints;
  tints.reserve(static_cast<std::size_t>(place.width) * static_cast<std::size_t>(place.height));
  for (int y = 0; y < place.height; ++y) {
    for (int x = 0; x < place.width; ++x) {
      const float alpha = at(kAlpha, x, y);
      Tint& tint = tints.emplace_back();
      if (alpha <= 0) continue;
      const auto of = [&](std::size_t i) { return std::min(at(i, x, y) / alpha, 1.0F); };
      tint.cover = alpha / kMost16 * static_cast<float>(overlay.opacity) / 1000;
      const Yuv& yuv = colours.of({of(0), of(1), of(2)});
      tint.part = {yuv.y * tint.cover, yuv.cb * tint.cover, yuv.cr * tint.cover};
    }
  }
  return OverlayPatch(place, tints, look);
}

}  // namespace transcode
