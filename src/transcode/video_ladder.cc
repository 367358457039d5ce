#include "transcode/video_ladder.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include "transcode/cadence.h"
#include "transcode/cascade.h"
#include "transcode/intake.h"
#include "transcode/outbox.h"
#include "transcode/picture_source.h"
#include "transcode/rung_worker.h"

namespace transcode {
namespace {

constexpr media::Rational kOneToOne{1, 1};

int planned_cores(int asked) {
  if (asked > 0) return asked;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// One thread an encoder, unless the rung alone is more than a core at veryfast can do (1080p at 45 frames a second)
/// and there are cores to share.
int encoder_threads(const Rung& rung, int cores) {
  constexpr double kPixelsPerCore = 1920.0 * 1080 * 45;
  const double rate = rung.frame_rate.known()
                          ? static_cast<double>(rung.frame_rate.num) / static_cast<double>(rung.frame_rate.den)
                          : 30.0;
  const double load = rung.width * rung.height * rate / kPixelsPerCore;
  if (load <= 1 || cores < 4) return 1;
  return load <= 2 ? 2 : 4;
}

}  // namespace

struct VideoLadder::State {
  State(const Options& given, std::vector<Rung> resolved, const Intake::Limits& limits)
      : options(given), rungs(std::move(resolved)), intake(limits), cascade(rungs), key_clock(clock_of(given, 1)) {
    for (const Rung& rung : rungs) thinners.emplace_back(rung.frame_rate);
  }

  static KeyClock clock_of(const Options& options, std::int64_t timescale) {
    return options.keys == Keys::kGrid ? KeyClock::grid(options.segment, timescale) : KeyClock::forced(timescale);
  }

  base::Status open(const media::Track& source);
  void run();
  /// False at the end of the stream.
  bool act(Intake::Item item);
  void show(FramePtr frame, const Origin& origin);
  bool shed(std::int64_t pts);
  void publish_counters();

  const Options options;
  const std::vector<Rung> rungs;
  Outbox outbox;
  Intake intake;
  std::vector<std::unique_ptr<RungWorker>> workers;
  std::uint64_t fed = 0;
  bool ended = false;

  // The decoder thread's own.
  std::optional<PictureSource> pictures;
  Cascade cascade;
  KeyClock key_clock;
  std::vector<Thinner> thinners;
  std::int64_t last_pts = INT64_MIN;
  bool shed_last = false;

  std::atomic<std::uint64_t> decoded{0};
  std::atomic<std::uint64_t> decode_errors{0};
  std::atomic<std::uint64_t> dropped_frames{0};
  std::atomic<std::uint64_t> duplicated{0};
  std::int64_t timescale = 1;
  std::thread thread;
};

base::Status VideoLadder::State::open(const media::Track& source) {
  timescale = source.timescale;
  key_clock = clock_of(options, timescale);
  const int cores = planned_cores(options.cores);
  TRY_OK(outbox.open());
  TRY(Decoder decoder, Decoder::make(source));
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    TRY(auto encoder, VideoEncoder::make(rungs[i], source, {encoder_threads(rungs[i], cores)}));
    media::Track track = encoder->track();
    track.id = static_cast<std::uint32_t>(i);
    outbox.put({i, std::move(track)});
    workers.push_back(std::make_unique<RungWorker>(i, std::move(encoder), outbox));
  }
  pictures.emplace(source, std::move(decoder), cores > 2 ? 2 : 1,
                   [this](FramePtr frame, const Origin& origin) { show(std::move(frame), origin); });
  for (std::size_t i = 0; i < rungs.size(); ++i) workers[i]->start(rungs[i].name);
  thread = std::thread([this] { run(); });
  pthread_setname_np(thread.native_handle(), "k-decode");
  return base::Ok{};
}

void VideoLadder::State::run() {
  while (auto item = intake.take()) {
    const bool more = act(std::move(*item));
    publish_counters();
    if (!more) return;
  }
}

bool VideoLadder::State::act(Intake::Item item) {
  if (const auto* packet = std::get_if<Intake::Fed>(&item)) {
    pictures->feed(packet->packet, packet->at);
  } else if (auto* source = std::get_if<Intake::NewSource>(&item)) {
    pictures->replace(source->track, std::move(source->decoder));
  } else if (const auto* force = std::get_if<Intake::ForceKey>(&item)) {
    key_clock.force_at(force->pts);
  } else {
    pictures->restart();
    if (std::holds_alternative<Intake::Flush>(item)) {
      for (auto& worker : workers) worker->finish();
      return false;
    }
  }
  return true;
}

/// Under overload every other picture stays out, of all rungs alike, so that they keep showing the same instants; never
/// one that starts a segment. Nobody taking the results is overload, too.
bool VideoLadder::State::shed(std::int64_t pts) {
  if (options.when_full == WhenFull::kWait) return false;
  if (outbox.bytes() > options.max_bytes) return true;
  const bool late = intake.lag() > media::rescale(options.max_lag, base::kSecond, timescale) / 2;
  shed_last = late && !shed_last && !key_clock.peek(pts);
  return shed_last;
}

void VideoLadder::State::show(FramePtr frame, const Origin& origin) {
  const std::int64_t pts = frame->pts;
  if (pts <= last_pts || shed(pts)) {
    ++dropped_frames;
    return;
  }
  last_pts = pts;
  const bool key = key_clock.take(pts);
  const media::Track& source = pictures->track();
  const media::Rational aspect = source.video.pixel_aspect.known() ? source.video.pixel_aspect : kOneToOne;
  cascade.next(std::move(frame), aspect);
  for (std::size_t i = 0; i < workers.size(); ++i) {
    if (!thinners[i].keep(pts, key_clock.slot_start(pts), key, full_rate(source.video), timescale)) {
      workers[i]->count_thinned();
      continue;
    }
    FramePtr scaled = cascade.picture(i);
    if (scaled == nullptr) {
      ++dropped_frames;
      continue;
    }
    workers[i]->put(std::move(scaled), key, origin);
  }
}

void VideoLadder::State::publish_counters() {
  decoded = pictures->decoded();
  decode_errors = pictures->errors();
  duplicated = pictures->duplicated();
}

VideoLadder::VideoLadder(std::unique_ptr<State> state) : state_(std::move(state)) {}

base::Result<std::unique_ptr<VideoLadder>> VideoLadder::make(const media::Track& source, std::vector<Rung> rungs,
                                                             const Options& options) {
  if (source.kind() != media::Kind::kVideo || source.video.width <= 0 || source.video.height <= 0) {
    return base::Error{base::Code::kMalformed, "the source has no picture size"};
  }
  if (source.timescale <= 0 || source.timescale > INT32_MAX || !options.segment.known()) {
    return base::Error{base::Code::kMalformed, "the source's timescale or the segment duration is not usable"};
  }
  for (Rung& rung : rungs) rung = resolve(std::move(rung), source);
  const Intake::Limits limits{media::rescale(options.max_lag, base::kSecond, source.timescale), options.max_bytes,
                              options.when_full == WhenFull::kWait};
  std::unique_ptr<VideoLadder> ladder(new VideoLadder(std::make_unique<State>(options, std::move(rungs), limits)));
  TRY_OK(ladder->state_->open(source));
  return ladder;
}

VideoLadder::~VideoLadder() {
  state_->intake.close();
  for (auto& worker : state_->workers) worker->close();
  if (state_->thread.joinable()) state_->thread.join();
}

void VideoLadder::feed(media::Packet&& packet) {
  if (state_->ended) return;
  ++state_->fed;
  state_->intake.put(Intake::Fed{std::move(packet), steady_now()});
}

base::Status VideoLadder::change_source(const media::Track& source) {
  TRY(Decoder decoder, Decoder::make(source));
  state_->intake.put(Intake::NewSource{source, std::move(decoder)});
  return base::Ok{};
}

void VideoLadder::discontinuity() { state_->intake.put(Intake::Discontinuity{}); }

void VideoLadder::force_key_at(std::int64_t pts) { state_->intake.put(Intake::ForceKey{pts}); }

void VideoLadder::flush() {
  if (std::exchange(state_->ended, true)) return;
  state_->intake.put(Intake::Flush{});
  state_->thread.join();
  for (auto& worker : state_->workers) worker->join();
}

int VideoLadder::descriptor() const { return state_->outbox.descriptor(); }

void VideoLadder::drain(Output& out) { state_->outbox.drain(out); }

VideoLadder::Counters VideoLadder::counters() const {
  const State& state = *state_;
  Counters counters;
  counters.fed = state.fed;
  counters.decoded = state.decoded;
  counters.decode_errors = state.decode_errors;
  counters.dropped_packets = state.intake.dropped();
  counters.dropped_frames = state.dropped_frames;
  counters.duplicated = state.duplicated;
  counters.lag = media::rescale(state.intake.lag(), state.timescale, base::kSecond);
  for (const auto& worker : state.workers) counters.rungs.push_back(worker->counters());
  return counters;
}

const std::vector<Rung>& VideoLadder::rungs() const { return state_->rungs; }

}  // namespace transcode
