#pragma once

extern "C" {
#include <libavformat/avformat.h>
}

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "transcode/av.h"
#include "unit/transcode/picture.h"
#include "unit/transcode/source.h"

/// Files in memory that a slate is made of.
namespace transcode::testing {

inline std::vector<std::uint8_t> coded_picture(AVCodecID codec, const AVFrame& frame) {
  const AVCodec* encoder = avcodec_find_encoder(codec);
  const CodecContextPtr context(avcodec_alloc_context3(encoder));
  context->width = frame.width;
  context->height = frame.height;
  context->pix_fmt = static_cast<AVPixelFormat>(frame.format);
  context->color_range = AVCOL_RANGE_JPEG;
  context->time_base = {1, 25};
  EXPECT_EQ(avcodec_open2(context.get(), encoder, nullptr), 0);
  EXPECT_EQ(avcodec_send_frame(context.get(), &frame), 0);
  const AvPacketPtr packet(av_packet_alloc());
  EXPECT_EQ(avcodec_receive_packet(context.get(), packet.get()), 0);
  return {packet->data, packet->data + packet->size};
}

/// A PNG of one colour.
inline std::vector<std::uint8_t> png(int width, int height, int red, int green, int blue) {
  const FramePtr frame(av_frame_alloc());
  frame->format = AV_PIX_FMT_RGB24;
  frame->width = width;
  frame->height = height;
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint8_t* pixel = frame->data[0] + std::ptrdiff_t{y} * frame->linesize[0] + std::ptrdiff_t{x} * 3;
      pixel[0] = static_cast<std::uint8_t>(red);
      pixel[1] = static_cast<std::uint8_t>(green);
      pixel[2] = static_cast<std::uint8_t>(blue);
    }
  }
  return coded_picture(AV_CODEC_ID_PNG, *frame);
}

/// The feed in a file of libavformat's format `name`.
inline std::vector<std::uint8_t> film(const Feed& feed, const char* name = "matroska") {
  AVFormatContext* context = nullptr;
  EXPECT_GE(avformat_alloc_output_context2(&context, nullptr, name, nullptr), 0);
  EXPECT_EQ(avio_open_dyn_buf(&context->pb), 0);
  AVStream* stream = avformat_new_stream(context, nullptr);
  stream->time_base = {1, static_cast<int>(feed.track.timescale)};
  AVCodecParameters& parameters = *stream->codecpar;
  parameters.codec_type = AVMEDIA_TYPE_VIDEO;
  parameters.codec_id = AV_CODEC_ID_H264;
  parameters.width = feed.track.video.width;
  parameters.height = feed.track.video.height;
  parameters.extradata_size = static_cast<int>(feed.track.config.size());
  parameters.extradata =
      static_cast<std::uint8_t*>(av_mallocz(feed.track.config.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  std::copy(feed.track.config.begin(), feed.track.config.end(), parameters.extradata);
  EXPECT_GE(avformat_write_header(context, nullptr), 0);
  for (const media::Packet& from : feed.packets) {
    const AvPacketPtr packet(av_packet_alloc());
    EXPECT_EQ(av_new_packet(packet.get(), static_cast<int>(from.data.size())), 0);
    std::copy(from.data.begin(), from.data.end(), packet->data);
    packet->pts = from.pts;
    packet->dts = from.dts;
    packet->duration = from.duration;
    packet->flags = from.key ? AV_PKT_FLAG_KEY : 0;
    av_packet_rescale_ts(packet.get(), {1, static_cast<int>(feed.track.timescale)}, stream->time_base);
    EXPECT_EQ(av_interleaved_write_frame(context, packet.get()), 0);
  }
  EXPECT_EQ(av_write_trailer(context), 0);
  std::uint8_t* bytes = nullptr;
  const int size = avio_close_dyn_buf(context->pb, &bytes);
  std::vector<std::uint8_t> file(bytes, bytes + size);
  av_free(bytes);
  avformat_free_context(context);
  return file;
}

/// A film at 25 frames a second whose picture number n has the luma 40 + 20 n.
inline std::vector<std::uint8_t> counting_film(int pictures, const char* name = "matroska") {
  VideoSpec spec{.width = 160, .height = 90, .frames = pictures, .gop = pictures, .first_pts = 90000};
  spec.luma = [](int, int, int picture) { return 40 + 20 * picture; };
  return film(make_video(spec), name);
}

}  // namespace transcode::testing
