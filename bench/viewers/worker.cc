#include "viewers/worker.h"

#include <csignal>
#include <memory>

#include "viewers/crowd.h"
#include "viewers/engine.h"

namespace viewers {
namespace {

constexpr std::uint64_t kTickMillis = 10;
constexpr Micros kSettleEvery = 5 * base::kSecond;
// One source address has about 28,000 ports for one destination.
constexpr std::size_t kConnectionsASource = 20'000;

/// One process at work.
class Worker {
 public:
  Worker(const Options& share, std::size_t process, const Schedule& schedule)
      : schedule_(schedule), engine_(share, tally_) {
    uv_loop_init(&engine_.loop);
    const Url& url = share.url;
    engine_.head_rest = " HTTP/1.1\r\nHost: " + url.authority + "\r\nUser-Agent: kickoff-viewers\r\n\r\n";
    if (url.tls) {
      engine_.tls =
          std::make_unique<TlsClient>(share.h2, share.resume ? TlsClient::Resume::kYes : TlsClient::Resume::kNo);
    }
    const double whole =
        static_cast<double>((share.viewers + share.slow) * share.processes) * share.descriptors_per_viewer();
    if (url.address == "127.0.0.1") engine_.sources = 1 + static_cast<std::size_t>(whole) / kConnectionsASource;
    // Processes begin at different addresses.
    engine_.connections = process;
    crowd_ = std::make_unique<Crowd>(engine_, process);
    arm();
  }

  Tally run() {
    uv_run(&engine_.loop, UV_RUN_DEFAULT);
    tally_.measuring = false;
    tally_.rounds.settle_all();
    crowd_.reset();
    engine_.buried.clear();
    for (uv_handle_t* handle :
         {as_handle(timer_), as_handle(prepare_), as_handle(signals_[0]), as_handle(signals_[1])}) {
      uv_close(handle, nullptr);
    }
    uv_run(&engine_.loop, UV_RUN_DEFAULT);
    uv_loop_close(&engine_.loop);
    return std::move(tally_);
  }

 private:
  template <typename T>
  static uv_handle_t* as_handle(T& handle) {
    return reinterpret_cast<uv_handle_t*>(&handle);
  }

  void arm() {
    uv_timer_init(&engine_.loop, &timer_);
    timer_.data = this;
    uv_timer_start(&timer_, [](uv_timer_t* t) { static_cast<Worker*>(t->data)->tick(); }, 0, kTickMillis);
    uv_prepare_init(&engine_.loop, &prepare_);
    prepare_.data = this;
    uv_prepare_start(&prepare_, [](uv_prepare_t* p) { static_cast<Worker*>(p->data)->engine_.buried.clear(); });
    const int numbers[] = {SIGINT, SIGTERM};
    for (int i = 0; i < 2; ++i) {
      uv_signal_init(&engine_.loop, &signals_[i]);
      signals_[i].data = this;
      uv_signal_start(&signals_[i], [](uv_signal_t* s, int) { static_cast<Worker*>(s->data)->stop(); }, numbers[i]);
    }
  }

  void tick() {
    const Micros now = steady_now();
    if (now < schedule_.start) return;
    if (!tally_.measuring && now >= schedule_.measure && !stopped_) {
      tally_.measuring = true;
      cpu_from_ = cpu_now();
    }
    if (now >= schedule_.end) return stop();
    crowd_->tick(now);
    if (now - settled_ < kSettleEvery) return;
    settled_ = now;
    tally_.rounds.settle(now);
  }

  void stop() {
    if (stopped_) return;
    stopped_ = true;
    if (tally_.measuring) tally_.cpu = cpu_now() - cpu_from_;
    crowd_->leave(steady_now());
    uv_stop(&engine_.loop);
  }

  Schedule schedule_;
  Tally tally_;
  Engine engine_;
  std::unique_ptr<Crowd> crowd_;
  uv_timer_t timer_{};
  uv_prepare_t prepare_{};
  uv_signal_t signals_[2]{};
  Micros cpu_from_ = 0;
  Micros settled_ = 0;
  bool stopped_ = false;
};

}  // namespace

Tally run_share(const Options& share, std::size_t process, const Schedule& schedule) {
  return std::make_unique<Worker>(share, process, schedule)->run();
}

}  // namespace viewers
