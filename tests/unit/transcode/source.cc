#include "unit/transcode/source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>

extern "C" {
#include <libavutil/opt.h>
}

#include "captions/picture.h"
#include "media/describe.h"
#include "media/h264.h"
#include "media/nal.h"
#include "media/opus.h"
#include "transcode/captions.h"
#include "transcode/decoder.h"

namespace transcode::testing {
namespace {

/// A slope that moves, with a square on it.
void paint(AVFrame& frame, int index, const VideoSpec& spec) {
  const bool deep = frame.format == AV_PIX_FMT_YUV420P10LE;
  for (int plane = 0; plane < 3; ++plane) {
    const int width = plane == 0 ? frame.width : frame.width / 2;
    const int height = plane == 0 ? frame.height : frame.height / 2;
    for (int y = 0; y < height; ++y) {
      std::uint8_t* row = frame.data[plane] + std::ptrdiff_t{y} * frame.linesize[plane];
      for (int x = 0; x < width; ++x) {
        const bool square = (x + index * 4) % width < width / 8 && y < height / 4;
        const int value = spec.luma    ? (plane == 0 ? spec.luma(x, y, index) : 128)
                          : plane == 0 ? (square ? 235 : 40 + (x + y + index * 2) % 128)
                                       : 100 + (x + index) % 40;
        if (deep) {
          reinterpret_cast<std::uint16_t*>(row)[x] = static_cast<std::uint16_t>(value * 4);
        } else {
          row[x] = static_cast<std::uint8_t>(value);
        }
      }
    }
  }
}

FramePtr make_picture(const VideoSpec& spec, int index) {
  FramePtr frame(av_frame_alloc());
  frame->format = spec.format;
  frame->width = spec.width;
  frame->height = spec.height;
  EXPECT_GE(av_frame_get_buffer(frame.get(), 0), 0);
  paint(*frame, index, spec);
  frame->pts = index;
  frame->interlaced_frame = spec.interlaced ? 1 : 0;
  frame->top_field_first = 1;
  std::vector<captions::Triplet> triplets;
  for (int i = 0; i < spec.captions; ++i) triplets.push_back(numbered(index * spec.captions + i));
  give_captions(*frame, triplets);
  return frame;
}

CodecContextPtr open_video(const VideoSpec& spec) {
  const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
  CodecContextPtr context(avcodec_alloc_context3(codec));
  context->width = spec.width;
  context->height = spec.height;
  context->pix_fmt = spec.format;
  context->time_base = {static_cast<int>(spec.rate.den), static_cast<int>(spec.rate.num)};
  context->framerate = {static_cast<int>(spec.rate.num), static_cast<int>(spec.rate.den)};
  context->sample_aspect_ratio = {static_cast<int>(spec.pixel_aspect.num), static_cast<int>(spec.pixel_aspect.den)};
  context->gop_size = spec.gop;
  context->max_b_frames = spec.b_frames;
  context->bit_rate = 800'000;
  context->thread_count = 1;
  context->color_primaries = static_cast<AVColorPrimaries>(spec.colour.primaries);
  context->color_trc = static_cast<AVColorTransferCharacteristic>(spec.colour.transfer);
  context->colorspace = static_cast<AVColorSpace>(spec.colour.matrix);
  context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  if (spec.interlaced) context->flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
  av_opt_set(context->priv_data, "preset", "ultrafast", 0);
  av_opt_set(context->priv_data, "x264-params", ("scenecut=0:force-cfr=1:" + spec.parameters).c_str(), 0);
  EXPECT_GE(avcodec_open2(context.get(), codec, nullptr), 0);
  return context;
}

media::Track video_track(const VideoSpec& spec, const AVCodecContext& context) {
  media::Track track;
  track.id = 256;
  track.timescale = spec.timescale;
  std::vector<base::View> sps;
  std::vector<base::View> pps;
  for (const base::View nal :
       media::split_annexb({context.extradata, static_cast<std::size_t>(context.extradata_size)})) {
    if (media::h264::nal_type(nal) == media::h264::kSps) sps.push_back(nal);
    if (media::h264::nal_type(nal) == media::h264::kPps) pps.push_back(nal);
  }
  track.config = media::h264::make_avcc(sps, pps).take();
  track = media::describe(track).take();
  track.video.frame_rate = spec.rate;
  track.video.interlaced = spec.interlaced;
  track.video.pixel_aspect = spec.pixel_aspect;
  track.video.colour = spec.colour;
  return track;
}

template <typename OnPacket>
void receive(AVCodecContext& context, const OnPacket& on_packet) {
  AvPacketPtr packet(av_packet_alloc());
  while (avcodec_receive_packet(&context, packet.get()) >= 0) {
    on_packet(*packet);
    av_packet_unref(packet.get());
  }
}

void put_sample(AVFrame& frame, int index, int channel, float value) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  std::uint8_t* plane = planar ? frame.extended_data[channel] : frame.extended_data[0];
  const int at = planar ? index : index * frame.ch_layout.nb_channels + channel;
  if (av_get_packed_sample_fmt(format) == AV_SAMPLE_FMT_FLT) {
    reinterpret_cast<float*>(plane)[at] = value;
  } else {
    ASSERT_EQ(av_get_packed_sample_fmt(format), AV_SAMPLE_FMT_S16);
    reinterpret_cast<std::int16_t*>(plane)[at] = static_cast<std::int16_t>(value * 32000);
  }
}

CodecContextPtr open_audio(const AudioSpec& spec) {
  const AVCodec* codec = avcodec_find_encoder_by_name(spec.encoder);
  EXPECT_NE(codec, nullptr) << spec.encoder;
  CodecContextPtr context(avcodec_alloc_context3(codec));
  context->sample_rate = spec.rate;
  context->sample_fmt = codec->sample_fmts[0];
  for (const AVSampleFormat* format = codec->sample_fmts; *format != AV_SAMPLE_FMT_NONE; ++format) {
    const AVSampleFormat packed = av_get_packed_sample_fmt(*format);
    if (packed == AV_SAMPLE_FMT_FLT || packed == AV_SAMPLE_FMT_S16) context->sample_fmt = *format;
  }
  av_channel_layout_default(&context->ch_layout, spec.channels);
  context->bit_rate = 128'000;
  context->time_base = {1, spec.rate};
  context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  EXPECT_GE(avcodec_open2(context.get(), codec, nullptr), 0);
  return context;
}

base::Bytes audio_config(const AudioSpec& spec, const AVCodecContext& context) {
  const base::View extradata{context.extradata, static_cast<std::size_t>(std::max(0, context.extradata_size))};
  if (spec.codec == media::Codec::kAac) return base::Bytes::copy_of(extradata);
  if (spec.codec == media::Codec::kOpus) return media::opus::make_dops(media::opus::parse_opus_head(extradata).take());
  if (spec.codec == media::Codec::kFlac) {
    std::vector<std::uint8_t> dfla{0, 0, 0, 0, 0x80, 0, 0, 34};
    dfla.insert(dfla.end(), extradata.begin(), extradata.end());
    return base::Bytes::adopt(std::move(dfla));
  }
  return {};
}

float sample_at(const AVFrame& frame, int index) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  const int at = planar ? index : index * frame.ch_layout.nb_channels;
  if (av_get_packed_sample_fmt(format) == AV_SAMPLE_FMT_FLT) {
    return reinterpret_cast<const float*>(frame.extended_data[0])[at];
  }
  return static_cast<float>(reinterpret_cast<const std::int16_t*>(frame.extended_data[0])[at]) / 32768;
}

}  // namespace

Feed make_video(const VideoSpec& spec) {
  const CodecContextPtr context = open_video(spec);
  Feed feed;
  feed.track = video_track(spec, *context);
  const auto ticks = [&](std::int64_t frames) {
    return media::rescale(frames, spec.rate.num, spec.rate.den * spec.timescale);
  };
  const auto on_packet = [&](const AVPacket& coded) {
    media::Packet packet;
    packet.track_id = feed.track.id;
    packet.pts = spec.first_pts + ticks(coded.pts);
    packet.dts = spec.first_pts + ticks(coded.dts);
    packet.duration = ticks(1);
    packet.key = packet.idr = (coded.flags & AV_PKT_FLAG_KEY) != 0;
    packet.arrived = 1'000'000 + coded.pts;
    packet.data = media::join_lengths(media::split_annexb({coded.data, static_cast<std::size_t>(coded.size)}));
    feed.packets.push_back(std::move(packet));
  };
  for (int i = 0; i < spec.frames; ++i) {
    EXPECT_GE(avcodec_send_frame(context.get(), make_picture(spec, i).get()), 0);
    receive(*context, on_packet);
  }
  avcodec_send_frame(context.get(), nullptr);
  receive(*context, on_packet);
  return feed;
}

Feed make_audio(const AudioSpec& spec) {
  const CodecContextPtr context = open_audio(spec);
  Feed feed;
  feed.track.id = 257;
  feed.track.codec = spec.codec;
  feed.track.timescale = spec.rate;
  feed.track.config = audio_config(spec, *context);
  feed.track.audio = {spec.rate, spec.channels, context->frame_size, 0};
  const auto on_packet = [&](const AVPacket& coded) {
    if (coded.size == 0) return;  // FLAC's last one only corrects the configuration
    media::Packet packet;
    packet.track_id = feed.track.id;
    packet.pts = packet.dts = coded.pts;
    packet.duration = coded.duration;
    packet.key = packet.idr = true;
    packet.arrived = 7;
    packet.data = base::Bytes::copy_of({coded.data, static_cast<std::size_t>(coded.size)});
    feed.packets.push_back(std::move(packet));
  };
  const int size = context->frame_size > 0 ? context->frame_size : 1024;
  for (std::int64_t done = 0; done < spec.samples; done += size) {
    FramePtr frame(av_frame_alloc());
    frame->format = context->sample_fmt;
    frame->nb_samples = size;
    frame->sample_rate = spec.rate;
    frame->ch_layout = context->ch_layout;
    EXPECT_GE(av_frame_get_buffer(frame.get(), 0), 0);
    frame->pts = spec.first_sample + done;
    for (int i = 0; i < size; ++i) {
      for (int c = 0; c < spec.channels; ++c) {
        put_sample(*frame, i, c, spec.signal ? spec.signal(frame->pts + i, c) : 0.0F);
      }
    }
    EXPECT_GE(avcodec_send_frame(context.get(), frame.get()), 0);
    receive(*context, on_packet);
  }
  avcodec_send_frame(context.get(), nullptr);
  receive(*context, on_packet);
  return feed;
}

std::vector<std::int64_t> pts_of(const std::vector<media::Packet>& packets) {
  std::vector<std::int64_t> pts;
  for (const media::Packet& packet : packets) pts.push_back(packet.pts);
  return pts;
}

std::vector<std::int64_t> sorted_pts(const Feed& feed) {
  auto pts = pts_of(feed.packets);
  std::sort(pts.begin(), pts.end());
  return pts;
}

std::vector<std::int64_t> key_pts_of(const std::vector<media::Packet>& packets) {
  std::vector<std::int64_t> pts;
  for (const media::Packet& packet : packets) {
    if (packet.key) pts.push_back(packet.pts);
  }
  return pts;
}

std::vector<FramePtr> decode(const media::Track& track, const std::vector<media::Packet>& packets) {
  auto decoder = Decoder::make(track);
  EXPECT_TRUE(decoder.ok());
  std::vector<FramePtr> frames;
  const auto receive_all = [&] {
    while (FramePtr frame = decoder->receive()) frames.push_back(std::move(frame));
  };
  for (const media::Packet& packet : packets) {
    EXPECT_TRUE(decoder->send(packet, 0));
    receive_all();
  }
  decoder->end();
  receive_all();
  EXPECT_EQ(decoder->take_errors(), 0U);
  return frames;
}

std::vector<float> samples_of(const media::Track& track, const std::vector<media::Packet>& packets, std::int64_t from,
                              std::int64_t count) {
  std::vector<float> samples(static_cast<std::size_t>(count), 0.0F);
  for (const FramePtr& frame : decode(track, packets)) {
    for (int i = 0; i < frame->nb_samples; ++i) {
      const std::int64_t at = frame->pts + i - from;
      if (at >= 0 && at < count) samples[static_cast<std::size_t>(at)] = sample_at(*frame, i);
    }
  }
  return samples;
}

captions::Triplet numbered(int number) {
  return {true, captions::Triplet::Kind::kField1, static_cast<std::uint8_t>(number / 256),
          static_cast<std::uint8_t>(number % 256)};
}

std::vector<int> typed_in(const media::Track& track, const std::vector<media::Packet>& packets) {
  captions::PictureReader reader;
  std::vector<int> numbers;
  for (const media::Packet& packet : packets) {
    const auto triplets = reader.read(track.codec, packet.data.view());
    EXPECT_LE(triplets.size(), captions::kMostTriplets);
    for (const captions::Triplet& triplet : triplets) numbers.push_back(triplet.first * 256 + triplet.second);
  }
  return numbers;
}

double luma_of(const AVFrame& frame) {
  double sum = 0;
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) sum += frame.data[0][std::ptrdiff_t{y} * frame.linesize[0] + x];
  }
  return sum / frame.width / frame.height;
}

double difference_of(const AVFrame& a, const AVFrame& b) {
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.height, b.height);
  double sum = 0;
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width; ++x) {
      sum +=
          std::abs(a.data[0][std::ptrdiff_t{y} * a.linesize[0] + x] - b.data[0][std::ptrdiff_t{y} * b.linesize[0] + x]);
    }
  }
  return sum / a.width / a.height;
}

Rung ladder_rung(int height, media::Rational rate) {
  Rung made;
  made.name = "v" + std::to_string(height);
  made.height = height;
  made.frame_rate = rate;
  made.bitrate = height * 2'000;
  made.preset = "ultrafast";
  return made;
}

}  // namespace transcode::testing

/// libx265 3.5 does not free all of an encoder; found by LeakSanitizer, in its code alone.
extern "C" const char* __lsan_default_suppressions() { return "leak:libx265\n"; }

/// ThreadSanitizer does not see the reference counts inside these libraries, which are built without it: their memory
/// calls are left out, ours are not.
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libavutil.so\ncalled_from_lib:libavcodec.so\ncalled_from_lib:libavfilter.so\n"
         "called_from_lib:libswscale.so\ncalled_from_lib:libx264.so\ncalled_from_lib:libx265.so\n"
         "called_from_lib:libaom.so\ncalled_from_lib:libdav1d.so\n";
}
