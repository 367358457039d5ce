#include "transcode/decode_side.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "transcode/dropped_captions.h"
#include "transcode/encode_side_state.h"
#include "transcode/intake.h"
#include "transcode/picture_source.h"
#include "transcode/picture_watch.h"
#include "transcode/switch.h"

namespace transcode {
namespace {

constexpr media::Rational kOneToOne{1, 1};

base::Status check(const media::Track& source) {
  if (source.kind() != media::Kind::kVideo || source.timescale <= 0 || source.timescale > INT32_MAX) {
    return base::Error{base::Code::kMalformed, "not a video track, or one without a timescale"};
  }
  return base::Ok{};
}

int filter_threads(int cores) {
  const unsigned machine = std::thread::hardware_concurrency();
  return (cores > 0 ? static_cast<unsigned>(cores) : machine) > 2 ? 2 : 1;
}

}  // namespace

struct DecodeSide::State {
  State(const Options& given, EncodeSide::State& inside, const media::Track& source, Decoder decoder)
      : options(given),
        encode_side(inside),
        entry(inside.entry),
        out_timescale(inside.timescale),
        id(inside.entry.add()),
        intake({given.max_lag, given.max_bytes, given.when_full == WhenFull::kWait},
               [this](const media::Packet& packet) { note_dropped(packet); }),
        in_timescale(source.timescale),
        codec(source.codec),
        watch(given.health),
        pictures(source, std::move(decoder), filter_threads(given.cores),
                 [this](FramePtr frame, const Origin& origin) { hand_over(std::move(frame), origin); }) {}

  void enter(media::Packet&& packet, bool excused);
  void note_dropped(const media::Packet& packet);
  void run();
  /// False at the end of the stream.
  bool act(Intake::Item item);
  void hand_over(FramePtr frame, const Origin& origin);
  void publish_counters();

  const Options options;
  EncodeSide::State& encode_side;
  Switch& entry;
  const std::int64_t out_timescale;
  const Switch::Side id;
  DroppedCaptions dropped_captions;
  Intake intake;

  // The owner's thread's own.
  std::int64_t in_timescale;  ///< of what is fed
  media::Codec codec;         ///< likewise
  bool decodable = true;
  bool ended = false;
  std::uint64_t fed = 0;
  std::uint64_t undecodable = 0;

  // The decoding thread's own.
  PictureWatch watch;  ///< its report any thread's
  PictureSource pictures;
  std::int64_t caught_up_after = INT64_MIN;  ///< newest pts of an excused packet, in ticks of the source

  std::atomic<std::uint64_t> decoded{0};
  std::atomic<std::uint64_t> decode_errors{0};
  std::atomic<std::uint64_t> duplicated{0};
  std::thread thread;
};

void DecodeSide::State::enter(media::Packet&& packet, bool excused) {
  if (ended) return;
  ++fed;
  if (!decodable) {
    ++undecodable;
    return note_dropped(packet);
  }
  const base::Micros dts = media::rescale(packet.dts, in_timescale, base::kSecond);
  intake.put(Intake::Fed{std::move(packet), dts, steady_now(), excused});
}

void DecodeSide::State::note_dropped(const media::Packet& packet) {
  dropped_captions.note(codec, packet, media::rescale(packet.pts, in_timescale, out_timescale));
}

void DecodeSide::State::run() {
  while (auto item = intake.take()) {
    const bool more = act(std::move(*item));
    publish_counters();
    if (!more) return;
  }
}

bool DecodeSide::State::act(Intake::Item item) {
  if (const auto* packet = std::get_if<Intake::Fed>(&item)) {
    if (packet->excused) caught_up_after = std::max(caught_up_after, packet->packet.pts);
    pictures.feed(packet->packet, packet->at);
  } else if (auto* source = std::get_if<Intake::NewSource>(&item)) {
    pictures.replace(source->track, std::move(source->decoder));
    caught_up_after = INT64_MIN;
  } else if (const auto* hold = std::get_if<Intake::Hold>(&item)) {
    entry.hold(id, {hold->until.in(out_timescale, media::Round::kDown), {hold->until.micros(), hold->at}});
  } else {
    pictures.restart();
    return !std::holds_alternative<Intake::Flush>(item);
  }
  return true;
}

/// What the bitstream does not say of its colours its container may have said.
void complete_colour(AVFrame& picture, const media::Colour& track) {
  if (picture.color_primaries == AVCOL_PRI_UNSPECIFIED)
    picture.color_primaries = static_cast<AVColorPrimaries>(track.primaries);
  if (picture.color_trc == AVCOL_TRC_UNSPECIFIED)
    picture.color_trc = static_cast<AVColorTransferCharacteristic>(track.transfer);
  if (picture.colorspace == AVCOL_SPC_UNSPECIFIED) picture.colorspace = static_cast<AVColorSpace>(track.matrix);
}

/// The one place where a picture's time leaves its source's timescale: the track is the one it was decoded with.
void DecodeSide::State::hand_over(FramePtr frame, const Origin& origin) {
  const media::Track& source = pictures.track();
  watch.look(*frame, media::rescale(frame->pts, source.timescale, base::kSecond));
  const bool behind = frame->pts <= caught_up_after || intake.catching_up();
  frame->pts = media::rescale(frame->pts, source.timescale, out_timescale);
  complete_colour(*frame, source.video.colour);
  Switch::Picture picture{std::move(frame), origin, source.video.pixel_aspect, full_rate(source.video)};
  if (!picture.aspect.known()) picture.aspect = kOneToOne;
  picture.late = options.when_full == WhenFull::kDrop && intake.overdue() > options.max_lag / 2;
  picture.catching_up = behind;
  picture.lost = dropped_captions.take(picture.frame->pts);
  entry.put(id, std::move(picture));
}

void DecodeSide::State::publish_counters() {
  decoded = pictures.decoded();
  decode_errors = pictures.errors();
  duplicated = pictures.duplicated();
}

DecodeSide::DecodeSide(std::unique_ptr<State> state) : state_(std::move(state)) {}

base::Result<std::unique_ptr<DecodeSide>> DecodeSide::make(const media::Track& source, EncodeSide& to,
                                                           const Options& options) {
  TRY_OK(check(source));
  TRY(Decoder decoder, Decoder::make(source));
  std::unique_ptr<DecodeSide> side(
      new DecodeSide(std::make_unique<State>(options, *to.state_, source, std::move(decoder))));
  State& state = *side->state_;
  state.thread = std::thread([&state] { state.run(); });
  pthread_setname_np(state.thread.native_handle(), "k-decode");
  state.encode_side.sides.push_back(side.get());
  return side;
}

DecodeSide::~DecodeSide() {
  State& state = *state_;
  std::erase(state.encode_side.sides, this);
  state.entry.remove(state.id);
  state.intake.close();
  if (state.thread.joinable()) state.thread.join();
}

void DecodeSide::feed(media::Packet&& packet) { state_->enter(std::move(packet), state_->entry.waiting(state_->id)); }

void DecodeSide::catch_up(std::vector<media::Packet>&& since_key) {
  for (media::Packet& packet : since_key) state_->enter(std::move(packet), true);
  since_key.clear();
}

base::Status DecodeSide::change_source(const media::Track& source) {
  State& state = *state_;
  state.decodable = false;
  TRY_OK(check(source));
  TRY(Decoder decoder, Decoder::make(source));
  state.decodable = true;
  state.in_timescale = source.timescale;
  state.codec = source.codec;
  state.intake.put(Intake::NewSource{source, std::move(decoder)});
  return base::Ok{};
}

void DecodeSide::discontinuity() { state_->intake.put(Intake::Discontinuity{}); }

void DecodeSide::hold(media::Instant until) { state_->intake.put(Intake::Hold{until, steady_now()}); }

std::uint32_t DecodeSide::id() const { return state_->id; }

void DecodeSide::flush() {
  if (std::exchange(state_->ended, true)) return;
  state_->intake.put(Intake::Flush{});
  state_->thread.join();
}

PictureHealth::Report DecodeSide::health() const { return state_->watch.report(); }
void DecodeSide::ask_thumbnail() { state_->watch.ask_thumbnail(); }
std::optional<Thumbnail> DecodeSide::take_thumbnail() { return state_->watch.take_thumbnail(); }

base::Micros DecodeSide::overdue() const { return state_->intake.overdue(); }

std::uint64_t DecodeSide::overflowed() const { return state_->intake.overflowed(); }

DecodeSide::Counters DecodeSide::counters() const {
  const State& state = *state_;
  Counters counters;
  counters.fed = state.fed;
  counters.decoded = state.decoded;
  counters.decode_errors = state.decode_errors;
  counters.dropped_packets = state.intake.dropped() + state.undecodable;
  counters.duplicated = state.duplicated;
  counters.lag = state.intake.lag();
  counters.waiting = state.entry.waiting(state.id);
  return counters;
}

}  // namespace transcode
