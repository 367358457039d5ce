#include "transcode/slate_input.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <utility>

namespace transcode {
namespace {

// What is not in this list reads other files, or nobody has a slate in it.
constexpr const char* kFormats = "png_pipe,jpeg_pipe,webp_pipe,mov,mp4,matroska,webm,mpegts";
constexpr int kReadSize = 64 * 1024;

}  // namespace

SlateInput::SlateInput(base::View bytes) : bytes_(bytes) {
  auto* const buffer = static_cast<unsigned char*>(av_malloc(kReadSize));
  io_ = avio_alloc_context(buffer, kReadSize, 0, this, &SlateInput::read, nullptr, &SlateInput::seek);
}

SlateInput::~SlateInput() {
  if (io_ != nullptr) av_freep(static_cast<void*>(&io_->buffer));
  avio_context_free(&io_);
}

int SlateInput::read(void* self, std::uint8_t* out, int size) {
  auto& in = *static_cast<SlateInput*>(self);
  const std::size_t taken = std::min(in.bytes_.size() - in.at_, static_cast<std::size_t>(size));
  if (taken == 0) return AVERROR_EOF;
  std::memcpy(out, in.bytes_.data() + in.at_, taken);
  in.at_ += taken;
  return static_cast<int>(taken);
}

std::int64_t SlateInput::seek(void* self, std::int64_t offset, int whence) {
  auto& in = *static_cast<SlateInput*>(self);
  const auto size = static_cast<std::int64_t>(in.bytes_.size());
  if (whence == AVSEEK_SIZE) return size;
  if (whence == SEEK_CUR) offset += static_cast<std::int64_t>(in.at_);
  if (whence == SEEK_END) offset += size;
  if (offset < 0 || offset > size) return AVERROR(EINVAL);
  in.at_ = static_cast<std::size_t>(offset);
  return offset;
}

base::Result<FormatContextPtr> SlateInput::open() {
  quiet_libav();
  AVFormatContext* context = io_ == nullptr ? nullptr : avformat_alloc_context();
  if (context == nullptr) return av_failure(AVERROR(ENOMEM), "slate");
  context->pb = io_;
  context->flags |= AVFMT_FLAG_CUSTOM_IO;
  context->format_whitelist = av_strdup(kFormats);
  context->protocol_whitelist = av_strdup("");
  // Frees the context where it fails.
  if (const int code = avformat_open_input(&context, nullptr, nullptr, nullptr); code < 0) {
    return unusable(av_failure(code, "the slate cannot be read").message());
  }
  FormatContextPtr opened(context);
  if (const int code = avformat_find_stream_info(context, nullptr); code < 0) {
    return unusable(av_failure(code, "the slate cannot be read").message());
  }
  return opened;
}

base::Error SlateInput::unusable(std::string why) {
  return {base::Code::kMalformed, std::move(why) +
                                      "; a slate is a PNG, JPEG or WebP picture, or a film in MP4, MOV, "
                                      "Matroska, WebM or MPEG-TS"};
}

bool SlateInput::rewind(AVFormatContext& file, int stream) {
  // libavformat finds a place in a transport stream by decoding times alone, which need not be a key frame's.
  const bool transport = std::strcmp(file.iformat->name, "mpegts") == 0;
  if (transport) return avformat_seek_file(&file, -1, 0, 0, 0, AVSEEK_FLAG_BYTE) >= 0;
  return av_seek_frame(&file, stream, file.streams[stream]->start_time, AVSEEK_FLAG_BACKWARD) >= 0;
}

base::Result<CodecContextPtr> SlateInput::open_decoder(const AVStream& stream, std::int64_t most_pixels) {
  const AVCodec* codec = avcodec_find_decoder(stream.codecpar->codec_id);
  if (codec == nullptr) return unusable("the slate's codec has no decoder");
  CodecContextPtr decoder(avcodec_alloc_context3(codec));
  if (decoder == nullptr) return av_failure(AVERROR(ENOMEM), "slate");
  if (const int code = avcodec_parameters_to_context(decoder.get(), stream.codecpar); code < 0) {
    return av_failure(code, "slate");
  }
  decoder->thread_count = 1;
  decoder->max_pixels = most_pixels;
  decoder->pkt_timebase = stream.time_base;
  if (const int code = avcodec_open2(decoder.get(), codec, nullptr); code < 0) return av_failure(code, "slate");
  return decoder;
}

base::Micros SlateInput::time_of(const AVStream& stream, std::int64_t stamp) {
  return av_rescale(stamp, base::kSecond * stream.time_base.num, stream.time_base.den);
}

}  // namespace transcode
