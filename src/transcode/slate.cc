#include "transcode/slate.h"

extern "C" {
#include <libavutil/opt.h>
}

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "transcode/av.h"
#include "transcode/frame_pool.h"
#include "transcode/slate_input.h"

namespace transcode {
namespace {

// A decoder that gives nothing for so many packets will give nothing.
constexpr int kMostPacketsAPicture = 600;
// Its decoding holds up the worker that opens it: UHD takes a quarter of a second.
constexpr std::int64_t kMostPixels = std::int64_t{3840} * 2160;
// No film has more pictures a second.
constexpr base::Micros kShortest = base::kSecond / 120;
constexpr int kMostPicturesAtOnce = 32;
// A film that is asked for a picture further away goes on from where it is: decoding up to there would take long.
constexpr base::Micros kMostBehind = 2 * base::kSecond;

/// The matrix that libswscale should take a picture's samples for; RGB has none.
const int* matrix_of(AVColorSpace space) { return sws_getCoefficients(space == AVCOL_SPC_RGB ? SWS_CS_ITU709 : space); }

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
  if (packet == nullptr) return av_failure(AVERROR(ENOMEM), "slate");
  TRY(format, input.open());
  AVFormatContext* const context = format.get();
  stream = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (stream < 0) return SlateInput::unusable("the slate has no picture");
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    if (static_cast<int>(i) != stream) context->streams[i]->discard = AVDISCARD_ALL;
  }
  const AVStream& video = *context->streams[stream];
  TRY(decoder, SlateInput::open_decoder(video, kMostPixels));
  const AVRational rate = video.avg_frame_rate;
  lasts = rate.num > 0 ? av_rescale(base::kSecond, rate.den, rate.num) : base::kSecond / 25;
  const FramePtr picture = decode();
  if (picture == nullptr) return SlateInput::unusable("the slate's picture cannot be decoded");
  first = time_of(*picture);
  shown = converter.convert(*picture);
  if (shown == nullptr) return SlateInput::unusable("the slate's pixel format cannot be converted");
  coming = next();
  still = turn > 0 || coming == nullptr;
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
  return SlateInput::rewind(*format, stream);
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
  return SlateInput::time_of(*format->streams[stream], frame.best_effort_timestamp);
}

Slate::Slate(std::unique_ptr<State> state) : state_(std::move(state)) {}

Slate::~Slate() = default;

base::Result<std::unique_ptr<Slate>> Slate::make(base::View file, const media::Colour& colour) {
  if (file.size() > kMostBytes) return SlateInput::unusable("the slate is larger than 64 MiB");
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

base::Micros Slate::turn() const { return state_->still ? 0 : state_->turn; }

const AVFrame& Slate::picture() const { return *state_->shown; }

}  // namespace transcode
