#pragma once

#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/frame.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include "base/result.h"
#include "media/track.h"

/// Owners for what libav* allocates, and its names for our codecs. Included by this folder's .cc files and by its own
/// inner headers only: nothing of libav* shows in the folder's public headers.
namespace transcode {

template <auto kFree>
struct FreeByAddress {
  template <typename T>
  void operator()(T* object) const {
    kFree(&object);
  }
};
using FramePtr = std::unique_ptr<AVFrame, FreeByAddress<av_frame_free>>;
using AvPacketPtr = std::unique_ptr<AVPacket, FreeByAddress<av_packet_free>>;
using CodecContextPtr = std::unique_ptr<AVCodecContext, FreeByAddress<avcodec_free_context>>;
using FilterGraphPtr = std::unique_ptr<AVFilterGraph, FreeByAddress<avfilter_graph_free>>;
using SwrContextPtr = std::unique_ptr<SwrContext, FreeByAddress<swr_free>>;

struct FreeByValue {
  void operator()(SwsContext* context) const { sws_freeContext(context); }
  void operator()(AVAudioFifo* fifo) const { av_audio_fifo_free(fifo); }
};
using SwsContextPtr = std::unique_ptr<SwsContext, FreeByValue>;
using AudioFifoPtr = std::unique_ptr<AVAudioFifo, FreeByValue>;

/// `what` with libav's own words for `code` behind it.
base::Error av_failure(int code, std::string what);

AVCodecID codec_id(media::Codec codec);

/// Whether black is 0 and white the largest sample.
bool full_range(const AVFrame& frame);
/// The same samples under a name that says nothing of their range: libswscale changes the range where two formats
/// differ by their names alone.
AVPixelFormat unranged_format(int format);

/// Sends libav's messages to our log at debug level: what matters in them is counted, and a damaged feed would flood
/// any other level. Takes effect once a process. Thread: any.
void quiet_libav();

}  // namespace transcode
