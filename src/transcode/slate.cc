#include "transcode/slate.h"

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
}

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <tuple>
#include <utility>

#include "transcode/av.h"
#include "transcode/frame_pool.h"

namespace transcode {
namespace {

// What is not in this list reads other files, or nobody has a slate in it.
constexpr const char* kFormats = "png_pipe,jpeg_pipe,webp_pipe,mov,mp4,matroska,webm,mpegts";
constexpr int kReadSize = 64 * 1024;
// A decoder that gives nothing for so many packets will give nothing.
constexpr int kMostPacketsAPicture = 600;
// Its decoding holds up the worker that opens it: UHD takes a quarter of a second.
constexpr std::int64_t kMostPixels = std::int64_t{3840} * 2160;
// No film has more pictures a second.
constexpr base::Micros kShortest = base::kSecond / 120;
constexpr int kMostPicturesAtOnce = 32;
// A film that is asked for a picture further away goes on from where it is: decoding up to there would take long.
constexpr base::Micros kMostBehind = 2 * base::kSecond;

using FormatContextPtr = std::unique_ptr<AVFormatContext, FreeByAddress<avformat_close_input>>;

}  // namespace

/// libavformat's view of bytes in memory.
class SlateInput {
 public:
  explicit SlateInput(base::View bytes) : bytes_(bytes) {
    auto* const buffer = static_cast<unsigned char*>(av_malloc(kReadSize));
    io_ = avio_alloc_context(buffer, kReadSize, 0, this, &SlateInput::read, nullptr, &SlateInput::seek);
  }
  ~SlateInput() {
    if (io_ != nullptr) av_freep(static_cast<void*>(&io_->buffer));
    avio_context_free(&io_);
  }
  SlateInput(const SlateInput&) = delete;
  SlateInput& operator=(const SlateInput&) = delete;

  AVIOContext* io() { return io_; }

 private:
  static int read(void* self, std::uint8_t* out, int size) {
    auto& in = *static_cast<SlateInput*>(self);
    const std::size_t taken = std::min(in.bytes_.size() - in.at_, static_cast<std::size_t>(size));
    if (taken == 0) return AVERROR_EOF;
    std::memcpy(out, in.bytes_.data() + in.at_, taken);
    in.at_ += taken;
    return static_cast<int>(taken);
  }
  static std::int64_t seek(void* self, std::int64_t offset, int whence) {
    auto& in = *static_cast<SlateInput*>(self);
    const auto size = static_cast<std::int64_t>(in.bytes_.size());
    if (whence == AVSEEK_SIZE) return size;
    if (whence == SEEK_CUR) offset += static_cast<std::int64_t>(in.at_);
    if (whence == SEEK_END) offset += size;
    if (offset < 0 || offset > size) return AVERROR(EINVAL);
    in.at_ = static_cast<std::size_t>(offset);
    return offset;
  }

  base::View bytes_;
  std::size_t at_ = 0;
  AVIOContext* io_ = nullptr;
};

namespace {

base::Error unusable(std::string why) {
  return {base::Code::kMalformed, std::move(why) +
                                      "; a slate is a PNG, JPEG or WebP picture, or a film in MP4, MOV, "
                                      "Matroska, WebM or MPEG-TS"};
}

/// The matrix that libswscale should take a picture's samples for; RGB has none.
const int* matrix_of(AVColorSpace space) { return sws_getCoefficients(space == AVCOL_SPC_RGB ? SWS_CS_ITU709 : space); }

bool full_range(const AVFrame& frame) {
  switch (frame.format) {
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ444P: return true;
    default: return frame.color_range == AVCOL_RANGE_JPEG;
  }
}

/// The same samples under a name that says nothing of their range.
AVPixelFormat unranged_format(int format) {
  switch (format) {
    case AV_PIX_FMT_YUVJ420P: return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P: return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P: return AV_PIX_FMT_YUV444P;
    default: return static_cast<AVPixelFormat>(format);
  }
}

}  // namespace

/// Pictures of any format in 8-bit 4:2:0 of one matrix and range; one that is so already is passed on without a copy.
class SlateConverter {
 public:
  explicit SlateConverter(const media::Colour& colour)
      : matrix_(colour.matrix == AVCOL_SPC_UNSPECIFIED ? AVCOL_SPC_BT709 : static_cast<AVColorSpace>(colour.matrix)),
        range_(colour.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG) {}

  FramePtr convert(const AVFrame& from) {
    const AVPixelFormat format = unranged_format(from.format);
    AVColorSpace space = from.colorspace;
    // JPEG says that its matrix is BT.601 by being JPEG.
    if (space == AVCOL_SPC_UNSPECIFIED) space = full_range(from) ? AVCOL_SPC_SMPTE170M : AVCOL_SPC_BT709;
    const bool same_range = full_range(from) == (range_ == AVCOL_RANGE_JPEG);
    if (format == AV_PIX_FMT_YUV420P && same_range && space == matrix_) {
      FramePtr same(av_frame_clone(&from));
      if (same != nullptr) same->format = format;
      return same;
    }
    open(from, format);
    FramePtr to = pool_.picture(AV_PIX_FMT_YUV420P, from.width, from.height);
    if (context_ == nullptr || to == nullptr) return nullptr;
    sws_setColorspaceDetails(context_.get(), matrix_of(space), full_range(from) ? 1 : 0, matrix_of(matrix_),
                             range_ == AVCOL_RANGE_JPEG ? 1 : 0, 0, 1 << 16, 1 << 16);
    if (sws_scale(context_.get(), from.data, from.linesize, 0, from.height, to->data, to->linesize) < 0) return nullptr;
    to->sample_aspect_ratio = from.sample_aspect_ratio;
    to->colorspace = matrix_;
    to->color_range = range_;
    return to;
  }

 private:
  /// The context for pictures such as this. libswscale looks at the ranges when it is initialised: with two of one
  /// format it otherwise only copies.
  void open(const AVFrame& from, AVPixelFormat format) {
    const Shape shape{from.width, from.height, format, full_range(from)};
    if (context_ != nullptr && shape == shape_) return;
    shape_ = shape;
    context_.reset(sws_alloc_context());
    if (context_ == nullptr) return;
    const auto set = [&](const char* name, int value) { av_opt_set_int(context_.get(), name, value, 0); };
    set("srcw", from.width);
    set("srch", from.height);
    set("src_format", format);
    set("src_range", full_range(from) ? 1 : 0);
    set("dstw", from.width);
    set("dsth", from.height);
    set("dst_format", AV_PIX_FMT_YUV420P);
    set("dst_range", range_ == AVCOL_RANGE_JPEG ? 1 : 0);
    set("sws_flags", SWS_BICUBIC);
    if (sws_init_context(context_.get(), nullptr, nullptr) < 0) context_.reset();
  }

  using Shape = std::tuple<int, int, AVPixelFormat, bool>;  ///< width, height, format, full range

  const AVColorSpace matrix_;
  const AVColorRange range_;
  Shape shape_{};
  SwsContextPtr context_;
  FramePool pool_;
};

struct Slate::State {
  State(base::View file, const media::Colour& colour) : input(file), converter(colour) {}

  base::Status open();
  base::Status open_decoder(const AVStream& stream);
  FramePtr decode();
  FramePtr next();
  bool rewind();
  bool feed_decoder();
  base::Micros time_of(const AVFrame& frame) const;

  SlateInput input;  ///< outlives the format
  FormatContextPtr format;
  CodecContextPtr decoder;
  AvPacketPtr packet{av_packet_alloc()};
  SlateConverter converter;
  int stream = -1;

  FramePtr shown;           ///< converted
  FramePtr coming;          ///< decoded; null: there is none, a still
  base::Micros first = 0;   ///< time stamp of the first picture
  base::Micros lasts = 0;   ///< of a picture, as the file claims or the last two were apart
  base::Micros turn = 0;    ///< when the present turn of the film began, since the slate did
  base::Micros newest = 0;  ///< time of `coming` in its turn
  base::Micros asked = 0;   ///< by the last move_to()
  bool still = false;       ///< the file has one picture
  bool drained = false;     ///< the file has no more packets
};

base::Status Slate::State::open() {
  if (input.io() == nullptr || packet == nullptr) return av_failure(AVERROR(ENOMEM), "slate");
  AVFormatContext* context = avformat_alloc_context();
  if (context == nullptr) return av_failure(AVERROR(ENOMEM), "slate");
  context->pb = input.io();
  context->flags |= AVFMT_FLAG_CUSTOM_IO;
  context->format_whitelist = av_strdup(kFormats);
  context->protocol_whitelist = av_strdup("");
  // Frees the context where it fails.
  if (const int code = avformat_open_input(&context, nullptr, nullptr, nullptr); code < 0) {
    return unusable(av_failure(code, "the slate cannot be read").message());
  }
  format.reset(context);
  if (const int code = avformat_find_stream_info(context, nullptr); code < 0) {
    return unusable(av_failure(code, "the slate cannot be read").message());
  }
  stream = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (stream < 0) return unusable("the slate has no picture");
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    if (static_cast<int>(i) != stream) context->streams[i]->discard = AVDISCARD_ALL;
  }
  const AVStream& video = *context->streams[stream];
  TRY_OK(open_decoder(video));
  const AVRational rate = video.avg_frame_rate;
  lasts = rate.num > 0 ? av_rescale(base::kSecond, rate.den, rate.num) : base::kSecond / 25;
  const FramePtr picture = decode();
  if (picture == nullptr) return unusable("the slate's picture cannot be decoded");
  first = time_of(*picture);
  shown = converter.convert(*picture);
  if (shown == nullptr) return unusable("the slate's pixel format cannot be converted");
  coming = next();
  still = turn > 0 || coming == nullptr;
  return base::Ok{};
}

base::Status Slate::State::open_decoder(const AVStream& video) {
  const AVCodec* codec = avcodec_find_decoder(video.codecpar->codec_id);
  if (codec == nullptr) return unusable("the slate's codec has no decoder");
  decoder.reset(avcodec_alloc_context3(codec));
  if (decoder == nullptr) return av_failure(AVERROR(ENOMEM), "slate");
  if (const int code = avcodec_parameters_to_context(decoder.get(), video.codecpar); code < 0) {
    return av_failure(code, "slate");
  }
  decoder->thread_count = 1;
  decoder->max_pixels = kMostPixels;
  decoder->pkt_timebase = video.time_base;
  if (const int code = avcodec_open2(decoder.get(), codec, nullptr); code < 0) return av_failure(code, "slate");
  return base::Ok{};
}

/// False once there is nothing more to give it.
bool Slate::State::feed_decoder() {
  if (drained) return false;
  while (av_read_frame(format.get(), packet.get()) >= 0) {
    const bool ours = packet->stream_index == stream;
    if (ours) avcodec_send_packet(decoder.get(), packet.get());  // what it refuses is skipped
    av_packet_unref(packet.get());
    if (ours) return true;
  }
  drained = true;
  avcodec_send_packet(decoder.get(), nullptr);
  return true;
}

/// The next picture of this turn; null at its end.
FramePtr Slate::State::decode() {
  FramePtr frame(av_frame_alloc());
  for (int fed = 0; frame != nullptr && fed < kMostPacketsAPicture; ++fed) {
    const int code = avcodec_receive_frame(decoder.get(), frame.get());
    if (code == 0) return frame;
    if (code != AVERROR(EAGAIN) || !feed_decoder()) return nullptr;
  }
  return nullptr;
}

/// Back to the file's beginning, before a first picture or after a last one.
bool Slate::State::rewind() {
  avcodec_flush_buffers(decoder.get());
  drained = false;
  newest = -lasts;
  AVFormatContext* const file = format.get();
  // libavformat finds a place in a transport stream by decoding times alone, which need not be a key frame's.
  const bool transport = std::strcmp(file->iformat->name, "mpegts") == 0;
  if (transport) return avformat_seek_file(file, -1, 0, 0, 0, AVSEEK_FLAG_BYTE) >= 0;
  return av_seek_frame(file, stream, file->streams[stream]->start_time, AVSEEK_FLAG_BACKWARD) >= 0;
}

/// The picture after `coming`, of the next turn where this one is over; null where there is none. Time stamps that do
/// not rise are taken to follow at the film's pace.
FramePtr Slate::State::next() {
  FramePtr frame = decode();
  if (frame == nullptr) {
    turn += newest + lasts;
    if (!rewind()) return nullptr;
    frame = decode();
    if (frame == nullptr) return nullptr;
    first = time_of(*frame);
    newest = 0;
    return frame;
  }
  base::Micros at = time_of(*frame) - first;
  if (at <= newest) {
    first -= newest + lasts - at;
    at = newest + lasts;
  }
  lasts = std::max(at - newest, kShortest);
  newest = std::max(at, newest + kShortest);
  return frame;
}

base::Micros Slate::State::time_of(const AVFrame& frame) const {
  if (frame.best_effort_timestamp == AV_NOPTS_VALUE) return first + newest + lasts;
  const AVRational base = format->streams[stream]->time_base;
  return av_rescale(frame.best_effort_timestamp, base::kSecond * base.num, base.den);
}

Slate::Slate(std::unique_ptr<State> state) : state_(std::move(state)) {}

Slate::~Slate() = default;

base::Result<std::unique_ptr<Slate>> Slate::make(base::View file, const media::Colour& colour) {
  quiet_libav();
  if (file.size() > kMostBytes) return unusable("the slate is larger than 64 MiB");
  std::unique_ptr<Slate> slate(new Slate(std::make_unique<State>(file, colour)));
  TRY_OK(slate->state_->open());
  return slate;
}

bool Slate::move_to(base::Micros at) {
  State& state = *state_;
  if (state.still) return false;
  // A slate that is shown again begins where a turn of its film does, also where the last turn did not.
  if (at < state.asked) {
    state.turn = 0;
    state.coming = state.rewind() ? state.decode() : nullptr;
    if (state.coming != nullptr) state.first = state.time_of(*state.coming);
    state.newest = 0;
  }
  state.asked = at;
  if (at - state.turn - state.newest > kMostBehind) state.turn = at - state.newest;
  FramePtr reached;
  for (int taken = 0; state.coming != nullptr && state.turn + state.newest <= at; ++taken) {
    if (taken == kMostPicturesAtOnce) state.turn = at - state.newest + kShortest;
    reached = std::move(state.coming);
    state.coming = state.next();
  }
  if (reached == nullptr) return false;
  FramePtr converted = state.converter.convert(*reached);
  if (converted == nullptr) return false;
  state.shown = std::move(converted);
  return true;
}

const AVFrame& Slate::picture() const { return *state_->shown; }

}  // namespace transcode
