#include "transcode/av.h"

#include <array>
#include <cstdarg>
#include <mutex>
#include <string_view>

#include "base/log.h"

namespace transcode {
namespace {

void forward_message(void* context, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR) return;
  std::array<char, 512> line{};
  int prefix = 1;
  av_log_format_line2(context, level, format, arguments, line.data(), static_cast<int>(line.size()), &prefix);
  std::string_view text{line.data()};
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  base::log_debug("transcode", "libav", {{"message", text}});
}

}  // namespace

base::Error av_failure(int code, std::string what) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return base::Error{base::Code::kSystem, std::move(what) + ": " + text.data()};
}

AVCodecID codec_id(media::Codec codec) {
  switch (codec) {
    case media::Codec::kH264: return AV_CODEC_ID_H264;
    case media::Codec::kHevc: return AV_CODEC_ID_HEVC;
    case media::Codec::kAv1: return AV_CODEC_ID_AV1;
    case media::Codec::kVp9: return AV_CODEC_ID_VP9;
    case media::Codec::kMpeg2Video: return AV_CODEC_ID_MPEG2VIDEO;
    case media::Codec::kAac: return AV_CODEC_ID_AAC;
    case media::Codec::kOpus: return AV_CODEC_ID_OPUS;
    case media::Codec::kAc3: return AV_CODEC_ID_AC3;
    case media::Codec::kEac3: return AV_CODEC_ID_EAC3;
    case media::Codec::kMp2: return AV_CODEC_ID_MP2;
    case media::Codec::kMp3: return AV_CODEC_ID_MP3;
    case media::Codec::kFlac: return AV_CODEC_ID_FLAC;
    case media::Codec::kWebVtt: return AV_CODEC_ID_WEBVTT;
  }
  return AV_CODEC_ID_NONE;
}

bool full_range(const AVFrame& frame) {
  return frame.color_range == AVCOL_RANGE_JPEG || unranged_format(frame.format) != frame.format;
}

AVPixelFormat unranged_format(int format) {
  switch (format) {
    case AV_PIX_FMT_YUVJ420P: return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P: return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P: return AV_PIX_FMT_YUV444P;
    default: return static_cast<AVPixelFormat>(format);
  }
}

void quiet_libav() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(forward_message); });
}

}  // namespace transcode
