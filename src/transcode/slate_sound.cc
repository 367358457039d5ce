#include "transcode/slate_sound.h"

#include <algorithm>
#include <utility>

#include "media/time.h"
#include "transcode/resampler.h"
#include "transcode/slate_input.h"

namespace transcode {
namespace {

// One read() takes no more from the file than this, so that it holds nothing up: 6 s of AAC without pictures.
constexpr int kMostPacketsAtOnce = 300;
// Time stamps in whole milliseconds, as Matroska's, are not what samples lie by.
constexpr base::Micros kJitter = 20 * base::kMillisecond;
// A place so near to the beginning is reached by decoding up to it.
constexpr base::Micros kNear = base::kSecond / 2;

/// Multiplies samples of `frame`, `from` to `until`, by gain(i).
template <typename Gain>
void scale(AVFrame& frame, int from, int until, const Gain& gain) {
  const bool planar = av_sample_fmt_is_planar(static_cast<AVSampleFormat>(frame.format)) != 0;
  const int channels = frame.ch_layout.nb_channels;
  for (int channel = 0; channel < channels; ++channel) {
    auto* const samples = reinterpret_cast<float*>(frame.extended_data[planar ? channel : 0]) + (planar ? 0 : channel);
    for (int i = from; i < until; ++i) samples[std::ptrdiff_t{i} * (planar ? 1 : channels)] *= gain(i);
  }
}

/// Not so far from 0 that sums of it would not be numbers.
base::Micros time_of(const AVStream& stream, std::int64_t stamp) {
  constexpr base::Micros kFarthest = std::int64_t{1} << 50;  // 35 years
  return std::clamp(SlateInput::time_of(stream, stamp), -kFarthest, kFarthest);
}

/// The time stamps of the film's pictures, from a first reading of the file.
struct Pictures {
  void add(base::Micros at) {
    first = count == 0 ? at : std::min(first, at);
    if (count == 0 || at > last) {
      before = last;
      last = at;
    } else if (at < last && at > before) {
      before = at;
    }
    ++count;
  }
  /// As Slate has it: the last picture is shown for as long as the one before it.
  base::Micros turn() const { return 2 * last - before - first; }

  int count = 0;
  base::Micros first = 0;
  base::Micros before = INT64_MIN;  ///< the last but one in the order of showing
  base::Micros last = INT64_MIN;
};

}  // namespace

struct SlateSound::State {
  State(base::View bytes, const Format& asked) : input(bytes), format(asked) {}

  base::Status open();
  base::Status measure(int video);
  base::Status go_to(std::int64_t at);
  bool decode(int& packets);
  bool feed_decoder(int& packets);
  bool place(const AVFrame& frame);
  void finish();
  std::int64_t position_of(base::Micros at) const { return media::rescale(at, base::kSecond, format.rate); }
  std::int64_t written() const { return next + resampler->size() + resampler->held(); }

  SlateInput input;  ///< outlives the file
  const Format format;
  FormatContextPtr file;
  CodecContextPtr decoder;
  AvPacketPtr packet{av_packet_alloc()};
  FramePtr frame{av_frame_alloc()};
  std::unique_ptr<Resampler> resampler;
  int stream = -1;
  base::Micros zero = 0;    ///< time stamp of the film's first picture
  std::int64_t length = 0;  ///< of a turn. Units: samples, as below.
  std::int64_t next = 0;    ///< position in the turn of what waits in the resampler
  bool placed = false;      ///< a frame has been, since go_to()
  bool waits = false;       ///< `frame` is decoded, and silence goes before it
  bool drained = false;     ///< the file has no more packets
  bool ended = false;       ///< nor has the decoder frames
};

base::Status SlateSound::State::open() {
  if (packet == nullptr || frame == nullptr) return av_failure(AVERROR(ENOMEM), "slate");
  TRY(file, input.open());
  const int video = av_find_best_stream(file.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  stream = av_find_best_stream(file.get(), AVMEDIA_TYPE_AUDIO, -1, video, nullptr, 0);
  if (stream < 0) return base::Error{base::Code::kNotFound, "the slate has no sound"};
  for (unsigned i = 0; i < file->nb_streams; ++i) {
    const int number = static_cast<int>(i);
    if (number != stream && number != video) file->streams[i]->discard = AVDISCARD_ALL;
  }
  TRY_OK(measure(video));
  if (video >= 0) file->streams[video]->discard = AVDISCARD_ALL;
  return go_to(0);
}

/// When the film's pictures begin, and how long a turn of them is.
base::Status SlateSound::State::measure(int video) {
  Pictures pictures;
  base::Micros sound_begins = INT64_MAX;
  base::Micros sound_ends = INT64_MIN;
  while (av_read_frame(file.get(), packet.get()) >= 0) {
    const AVStream& of = *file->streams[packet->stream_index];
    if (packet->pts != AV_NOPTS_VALUE) {
      const base::Micros at = time_of(of, packet->pts);
      if (packet->stream_index == video) pictures.add(at);
      if (packet->stream_index == stream) {
        sound_begins = std::min(sound_begins, at);
        sound_ends = std::max(sound_ends, at + time_of(of, packet->duration));
      }
    }
    av_packet_unref(packet.get());
  }
  const bool moves = pictures.before != INT64_MIN;
  zero = pictures.count > 0 ? pictures.first : sound_begins;
  length = moves ? position_of(pictures.turn()) : position_of(sound_ends - zero);
  if (sound_begins == INT64_MAX || length <= 0) return SlateInput::unusable("the slate's sound has no time stamps");
  return base::Ok{};
}

base::Status SlateSound::State::go_to(std::int64_t at) {
  next = at;
  drained = ended = false;
  placed = false;
  TRY(Resampler made, Resampler::make(format.format, format.layout, format.rate));
  resampler = std::make_unique<Resampler>(std::move(made));
  waits = false;
  resampler->fade_in(static_cast<int>(position_of(kEdge)));
  // A decoder of its own, for what one holds is of another place.
  TRY(decoder, SlateInput::open_decoder(*file->streams[stream], 0));
  const AVRational base = file->streams[stream]->time_base;
  const base::Micros time = media::rescale(at, format.rate, base::kSecond);
  const std::int64_t stamp = av_rescale(zero + time, base.den, base::kSecond * base.num);
  const bool there = time > kNear && av_seek_frame(file.get(), stream, stamp, AVSEEK_FLAG_BACKWARD) >= 0;
  if (!there && !SlateInput::rewind(*file, stream)) drained = ended = true;
  return base::Ok{};
}

bool SlateSound::State::feed_decoder(int& packets) {
  while (!drained && packets > 0) {
    --packets;
    if (av_read_frame(file.get(), packet.get()) < 0) {
      drained = true;
      avcodec_send_packet(decoder.get(), nullptr);
      return true;
    }
    const bool ours = packet->stream_index == stream;
    if (ours) avcodec_send_packet(decoder.get(), packet.get());  // what it refuses is skipped
    av_packet_unref(packet.get());
    if (ours) return true;
  }
  return false;
}

/// Puts the next frame, or silence that goes before it, into the resampler. False where there is none, or `packets`,
/// which it counts down, are at 0.
bool SlateSound::State::decode(int& packets) {
  if (waits) {
    waits = !place(*frame);
    return true;
  }
  while (!ended) {
    const int code = avcodec_receive_frame(decoder.get(), frame.get());
    if (code == 0) {
      waits = !place(*frame);
      return true;
    }
    if (code == AVERROR(EAGAIN) && feed_decoder(packets)) continue;
    if (code == AVERROR(EAGAIN) && !drained) return false;
    finish();
  }
  return false;
}

/// The sound is over: the rest of the turn is silent.
void SlateSound::State::finish() {
  ended = true;
  resampler->drain();
  (void)resampler->fade_out(static_cast<int>(position_of(kEdge)));  // where memory is out, it ends without
}

/// Where its time stamp says; what is before `next` is left out. False where silence goes before it, of a second at
/// most so that it needs little memory: the frame is then to be placed again.
bool SlateSound::State::place(const AVFrame& decoded) {
  if (decoded.nb_samples <= 0 || decoded.sample_rate <= 0) return true;
  const std::int64_t stamp = decoded.best_effort_timestamp;
  // One without follows the one before it.
  if (stamp == AV_NOPTS_VALUE && !placed) return true;
  const std::int64_t here =
      stamp == AV_NOPTS_VALUE ? written() : position_of(time_of(*file->streams[stream], stamp) - zero);
  placed = true;
  const std::int64_t hole = std::min(here, length) - written();
  if (hole > position_of(kJitter) || (hole > 0 && resampler->size() == 0)) {
    if (resampler->drain() > 0) return false;
    return resampler->silence(static_cast<int>(std::min<std::int64_t>(hole, format.rate))) == 0;
  }
  int skip = 0;
  if (hole < -position_of(kJitter) || (hole < 0 && resampler->size() == 0)) {
    skip = static_cast<int>(
        std::min<std::int64_t>(media::rescale(-hole, format.rate, decoded.sample_rate), decoded.nb_samples));
  }
  if (skip < decoded.nb_samples) (void)resampler->feed(decoded, skip);  // what cannot be converted is left out
  return true;
}

SlateSound::SlateSound(std::unique_ptr<State> state) : state_(std::move(state)) {}

SlateSound::~SlateSound() = default;

base::Result<std::unique_ptr<SlateSound>> SlateSound::make(base::View file, const Format& format) {
  if (av_get_packed_sample_fmt(format.format) != AV_SAMPLE_FMT_FLT) {
    return base::Error{base::Code::kUnsupported, "the slate's sound is not mixed in this sample format"};
  }
  std::unique_ptr<SlateSound> sound(new SlateSound(std::make_unique<State>(file, format)));
  TRY_OK(sound->state_->open());
  return sound;
}

std::int64_t SlateSound::length() const { return state_->length; }

FramePtr SlateSound::read(std::int64_t at, int count) {
  State& state = *state_;
  FramePtr out(av_frame_alloc());
  if (out == nullptr) return nullptr;
  out->format = state.format.format;
  out->nb_samples = count;
  out->sample_rate = state.format.rate;
  out->ch_layout = state.format.layout;
  if (av_frame_get_buffer(out.get(), 0) < 0) return nullptr;
  av_samples_set_silence(out->extended_data, 0, count, state.format.layout.nb_channels, state.format.format);
  const int edge = static_cast<int>(state.position_of(kEdge));
  int packets = kMostPacketsAtOnce;
  for (int done = 0; done < count;) {
    const std::int64_t in_turn = at + done - media::floor_div(at + done, state.length) * state.length;
    if (in_turn != state.next && !state.go_to(in_turn).ok()) return out;
    const int wanted = static_cast<int>(std::min<std::int64_t>(count - done, state.length - state.next));
    // What ends needs a ramp before it.
    const std::int64_t needed = std::min<std::int64_t>(wanted + edge, state.length - state.next);
    while (state.resampler->size() < needed && state.decode(packets)) {
    }
    const int have = std::min(wanted, state.resampler->size());
    if (const FramePtr sound = have > 0 ? state.resampler->take(have) : nullptr) {
      scale(*sound, 0, have, [&](int i) {
        const std::int64_t left = state.length - state.next - i;
        return left < edge ? static_cast<float>(left) / static_cast<float>(edge) : 1.0F;
      });
      av_samples_copy(out->extended_data, sound->extended_data, done, 0, have, state.format.layout.nb_channels,
                      state.format.format);
    }
    state.next += wanted;
    done += wanted;
  }
  return out;
}

}  // namespace transcode
