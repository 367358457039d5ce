#include "app/origin_finder.h"

#include <random>
#include <utility>

namespace app {
namespace {

constexpr base::Micros kWatchTick = 100 * base::kMillisecond;
constexpr base::Micros kWatchConnect = 2 * base::kSecond;

}  // namespace

OriginFinder::OriginFinder(const config::Config::Etcd& etcd, loop::Loop& loop, const base::Clock& clock,
                           OnChange on_change)
    : mailbox_(loop), tick_(loop, [this] { watch_->tick(); }) {
  client::CurlStreams::Options options;
  options.connect_timeout = kWatchConnect;
  options.stall_timeout = 0;  // a watch says nothing while nothing changes
  options.certificates = etcd.certificates;
  options.thread = "k-watch";
  transport_ = std::make_unique<client::CurlStreams>(options, mailbox_.poster(), late_);
  registry::OriginWatch::Options watch{.etcd = {etcd.endpoints, etcd.user, etcd.password}, .prefix = etcd.prefix};
  watch.spread = [random = std::minstd_rand(std::random_device{}()),
                  share = std::uniform_real_distribution<double>(0, 1)]() mutable { return share(random); };
  watch_ = std::make_unique<registry::OriginWatch>(
      std::move(watch), registry::OriginWatch::Context{clock, *transport_, std::move(on_change)});
  late_.handler = watch_.get();
  tick_.start(0, kWatchTick);
}

OriginFinder::~OriginFinder() {
  transport_.reset();  // it calls no more
}

}  // namespace app
