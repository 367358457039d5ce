#include "transcode/picture_probe.h"

#include <pthread.h>
#include <sys/resource.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "transcode/decoder.h"
#include "transcode/picture_watch.h"

namespace transcode {
namespace {

constexpr int kLowestPriority = 19;

base::Result<Decoder> open(const media::Track& source) {
  if (source.kind() != media::Kind::kVideo || source.timescale <= 0 || source.timescale > INT32_MAX) {
    return base::Error{base::Code::kMalformed, "not a video track, or one without a timescale"};
  }
  return Decoder::make(source);
}

}  // namespace

struct PictureProbe::State {
  State(const PictureHealth::Options& options, Decoder opened) : decoder(std::move(opened)), watch(options) {}

  struct Waiting {
    media::Packet packet;
    base::Micros at = 0;  ///< of its picture
  };
  void run();
  void decode(const Waiting& key);

  std::mutex mutex;  // a hand-over of one picture, and the newest wins: base/ has no queue of this policy
  std::condition_variable changed;
  std::optional<Waiting> waiting;
  std::optional<Decoder> next_decoder;
  bool closed = false;

  // The owner's thread's own.
  std::int64_t timescale = 1;
  bool decodable = true;

  Decoder decoder;  ///< the probe's thread's own
  PictureWatch watch;
  std::atomic<std::uint64_t> decoded{0};
  std::atomic<std::uint64_t> skipped{0};
  std::atomic<std::uint64_t> errors{0};
};

void PictureProbe::State::run() {
  // On Linux this is the calling thread's. Where it is refused the probe still does little.
  setpriority(PRIO_PROCESS, 0, kLowestPriority);
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [&] { return closed || waiting; });
    if (closed) return;
    if (next_decoder) decoder = *std::exchange(next_decoder, std::nullopt);
    const Waiting key = *std::exchange(waiting, std::nullopt);
    lock.unlock();
    decode(key);
    lock.lock();
  }
}

void PictureProbe::State::decode(const Waiting& key) {
  bool damaged = !decoder.send(key.packet, 0);
  decoder.end();
  const FramePtr picture = decoder.receive();
  damaged = decoder.take_errors() > 0 || damaged || picture == nullptr;
  decoder.restart();
  if (damaged) ++errors;
  // What a damaged picture shows says nothing of the feed.
  if (!damaged) watch.look(*picture, key.at);
  ++decoded;
}

PictureProbe::PictureProbe(std::shared_ptr<State> state) : state_(std::move(state)) {}

base::Result<std::unique_ptr<PictureProbe>> PictureProbe::make(const media::Track& source,
                                                               const PictureHealth::Options& options) {
  TRY(Decoder decoder, open(source));
  std::unique_ptr<PictureProbe> probe(new PictureProbe(std::make_shared<State>(options, std::move(decoder))));
  State& state = *probe->state_;
  state.timescale = source.timescale;
  std::thread thread([shared = probe->state_] { shared->run(); });
  pthread_setname_np(thread.native_handle(), "k-probe");
  thread.detach();
  return probe;
}

PictureProbe::~PictureProbe() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
  }
  state_->changed.notify_all();
}

void PictureProbe::feed(const media::Packet& packet) {
  State& state = *state_;
  if (!packet.key || !state.decodable) return;
  const base::Micros at = media::rescale(packet.pts, state.timescale, base::kSecond);
  const std::lock_guard lock(state.mutex);
  if (state.waiting) ++state.skipped;
  state.waiting = State::Waiting{packet, at};
  state.changed.notify_one();
}

base::Status PictureProbe::change_source(const media::Track& source) {
  State& state = *state_;
  state.decodable = false;
  TRY(Decoder decoder, open(source));
  state.decodable = true;
  state.timescale = source.timescale;
  const std::lock_guard lock(state.mutex);
  if (std::exchange(state.waiting, std::nullopt)) ++state.skipped;
  state.next_decoder = std::move(decoder);
  return base::Ok{};
}

PictureHealth::Report PictureProbe::health() const { return state_->watch.report(); }

void PictureProbe::ask_thumbnail() { state_->watch.ask_thumbnail(); }
std::optional<Thumbnail> PictureProbe::take_thumbnail() { return state_->watch.take_thumbnail(); }

PictureProbe::Counters PictureProbe::counters() const { return {state_->decoded, state_->skipped, state_->errors}; }

}  // namespace transcode
