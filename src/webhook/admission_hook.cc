#include "webhook/admission_hook.h"

#include <pthread.h>

#include <ctime>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "client/curl_exchange.h"

namespace webhook {
namespace {

// How long the thread waits at the most: Exchange::wake() ends it at once.
constexpr base::Micros kLongestPoll = 10 * base::kSecond;
// "allow" and a reason; what is longer is cut and is no JSON then.
constexpr std::size_t kMostAnswer = 4096;

}  // namespace

/// A mutex, because requests come from another thread. Held for a move.
struct AdmissionHook::Shared {
  std::mutex mutex;
  std::vector<Admissions::Ask> asks;
  bool stop = false;
  std::thread thread;
};

AdmissionHook::AdmissionHook(const base::Clock& clock, Options options, std::unique_ptr<client::Exchange> exchange)
    : clock_(clock),
      options_(std::move(options)),
      run_(std::to_string(clock.utc())),
      exchange_(exchange ? std::move(exchange)
                         : std::make_unique<client::CurlExchange>(
                               client::TransferLimits{.most_body = kMostAnswer, .cut_body = true})),
      shared_(std::make_unique<Shared>()),
      life_(std::make_shared<AdmissionHook*>(this)) {
  admissions_.configure(options_.settings);
  shared_->thread = std::thread([this] { run(); });
}

AdmissionHook::~AdmissionHook() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
  }
  exchange_->wake();
  shared_->thread.join();
  *life_ = nullptr;
}

std::optional<AdmissionDecision> AdmissionHook::ask(const AdmissionQuestion& question, Admissions::Done done) {
  std::vector<Admissions::Ask> asks;
  auto decision = admissions_.ask(question, std::move(done), clock_.steady(), asks);
  if (asks.empty()) return decision;
  {
    const std::lock_guard lock(shared_->mutex);
    for (Admissions::Ask& ask : asks) shared_->asks.push_back(std::move(ask));
  }
  exchange_->wake();
  return decision;
}

void AdmissionHook::run() {
  pthread_setname_np(pthread_self(), "k-admission");
  while (true) {
    std::vector<Admissions::Ask> asks;
    {
      const std::lock_guard lock(shared_->mutex);
      if (shared_->stop) return;
      asks = std::exchange(shared_->asks, {});
    }
    for (const Admissions::Ask& ask : asks) {
      const std::string id = "publish-" + run_ + "-" + std::to_string(ask.id);
      // The machine's clock: receivers compare it with theirs.
      exchange_->begin(ask.id, request_of(ask.question, *ask.settings, id, std::time(nullptr)));
    }
    for (client::Exchange::Arrival& arrival : exchange_->take_answers(kLongestPoll)) {
      options_.post([life = life_, id = arrival.id, answer = std::move(arrival.answer)] {
        AdmissionHook* const self = *life;
        if (self != nullptr) self->admissions_.take_answer(id, answer, self->clock_.steady());
      });
    }
  }
}

}  // namespace webhook
