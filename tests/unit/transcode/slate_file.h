#pragma once

extern "C" {
#include <libavformat/avformat.h>
}

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
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

/// The feeds in a file of libavformat's format `name`: H.264, and AAC.
inline std::vector<std::uint8_t> film(const std::vector<Feed>& feeds, const char* name = "matroska") {
  AVFormatContext* context = nullptr;
  EXPECT_GE(avformat_alloc_output_context2(&context, nullptr, name, nullptr), 0);
  EXPECT_EQ(avio_open_dyn_buf(&context->pb), 0);
  for (const Feed& feed : feeds) {
    const bool video = feed.track.kind() == media::Kind::kVideo;
    AVStream* stream = avformat_new_stream(context, nullptr);
    stream->time_base = {1, static_cast<int>(feed.track.timescale)};
    AVCodecParameters& parameters = *stream->codecpar;
    parameters.codec_type = video ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO;
    parameters.codec_id = video ? AV_CODEC_ID_H264 : AV_CODEC_ID_AAC;
    parameters.width = feed.track.video.width;
    parameters.height = feed.track.video.height;
    if (!video) {
      parameters.sample_rate = feed.track.audio.sample_rate;
      parameters.frame_size = 1024;
      av_channel_layout_default(&parameters.ch_layout, feed.track.audio.channels);
    }
    parameters.extradata_size = static_cast<int>(feed.track.config.size());
    parameters.extradata =
        static_cast<std::uint8_t*>(av_mallocz(feed.track.config.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    std::copy(feed.track.config.begin(), feed.track.config.end(), parameters.extradata);
  }
  EXPECT_GE(avformat_write_header(context, nullptr), 0);
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    const AVRational ticks = {1, static_cast<int>(feeds[i].track.timescale)};
    for (const media::Packet& from : feeds[i].packets) {
      const AvPacketPtr packet(av_packet_alloc());
      EXPECT_EQ(av_new_packet(packet.get(), static_cast<int>(from.data.size())), 0);
      std::copy(from.data.begin(), from.data.end(), packet->data);
      packet->stream_index = static_cast<int>(i);
      packet->pts = from.pts;
      packet->dts = from.dts;
      packet->duration = from.duration;
      packet->flags = from.key ? AV_PKT_FLAG_KEY : 0;
      av_packet_rescale_ts(packet.get(), ticks, context->streams[i]->time_base);
      EXPECT_EQ(av_interleaved_write_frame(context, packet.get()), 0);
    }
  }
  EXPECT_EQ(av_write_trailer(context), 0);
  std::uint8_t* bytes = nullptr;
  const int size = avio_close_dyn_buf(context->pb, &bytes);
  std::vector<std::uint8_t> file(bytes, bytes + size);
  av_free(bytes);
  avformat_free_context(context);
  return file;
}
inline std::vector<std::uint8_t> film(const Feed& feed, const char* name = "matroska") {
  return film(std::vector<Feed>{feed}, name);
}

/// A film at 25 frames a second whose picture number n has the luma 40 + 20 n.
inline std::vector<std::uint8_t> counting_film(int pictures, const char* name = "matroska") {
  VideoSpec spec{.width = 160, .height = 90, .frames = pictures, .gop = pictures, .first_pts = 90000};
  spec.luma = [](int, int, int picture) { return 40 + 20 * picture; };
  return film(make_video(spec), name);
}

struct SoundFilm {
  int pictures = 10;             ///< 25 a second, whose luma counts as that of counting_film()
  base::Micros begins = 0;       ///< the sound, after the first picture
  base::Micros sound = 400'000;  ///< how long
  int rate = 48000;
  int channels = 2;
  const char* format = "matroska";
  /// Amplitude of a tone of 1 kHz, 0 to 1, while a picture is shown; empty: 0.05 more with each, from 0.05 on.
  std::function<float(std::int64_t picture)> loudness;
};

/// A film with a tone whose loudness tells which picture it belongs to.
inline std::vector<std::uint8_t> sound_film(const SoundFilm& spec) {
  VideoSpec video{.width = 160, .height = 90, .frames = spec.pictures, .gop = spec.pictures, .first_pts = 90000};
  video.luma = [](int, int, int picture) { return 40 + 20 * (picture % 10); };
  AudioSpec audio{.rate = spec.rate, .channels = spec.channels, .first_sample = spec.rate};
  audio.first_sample += media::rescale(spec.begins, base::kSecond, spec.rate);
  audio.samples = media::rescale(spec.sound, base::kSecond, spec.rate);
  audio.signal = [&spec](std::int64_t sample, int) {
    const std::int64_t picture = (sample - spec.rate) * 25 / spec.rate;
    const float loudness = spec.loudness ? spec.loudness(picture) : 0.05F * static_cast<float>(picture + 1);
    return loudness * std::sin(static_cast<float>(sample % spec.rate) * 6283.185F / static_cast<float>(spec.rate));
  };
  return film({make_video(video), make_audio(audio)}, spec.format);
}

/// The largest of `count` samples from `from` on.
inline float peak_of(const std::vector<float>& samples, std::int64_t from, std::int64_t count) {
  float peak = 0;
  for (std::int64_t i = from; i < from + count; ++i)
    peak = std::max(peak, std::fabs(samples.at(static_cast<std::size_t>(i))));
  return peak;
}
/// Of the tone while a picture of 40 ms is shown, in its middle. Units: samples at 48 kHz.
inline float loudness_at(const std::vector<float>& samples, std::int64_t picture) {
  return peak_of(samples, picture * 1920 + 600, 720);
}

}  // namespace transcode::testing
