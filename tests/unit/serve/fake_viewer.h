#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "response_text.h"
#include "serve/viewer.h"

namespace serve_test {

/// A clock that tests set, from any thread.
class FakeClock final : public base::Clock {
 public:
  base::Micros utc() const override { return steady() + 1'776'000'000 * base::kSecond; }
  base::Micros steady() const override { return now_.load(); }
  void advance(base::Micros by) { now_ += by; }

 private:
  std::atomic<base::Micros> now_{1'000 * base::kSecond};
};

/// A viewer without a socket: what it is answered, it keeps; what happens, it writes into a trace that viewers share.
class FakeViewer final : public serve::Viewer {
 public:
  struct Answer {
    http::StreamId id;
    http::Response response;
    base::Micros part_published;
  };

  FakeViewer(serve::Counters& counters, std::string name, std::vector<std::string>& trace)
      : Viewer(counters), name_(std::move(name)), trace_(trace) {}

  void answer(http::StreamId id, http::Response response, base::Micros part_published) override {
    trace_.push_back(name_ + " " + std::to_string(response->status()) + " to " + std::to_string(id));
    answers.push_back({id, std::move(response), part_published});
  }
  bool answer(http::StreamId, http::Response, std::shared_ptr<http::GrowingBody>) override { return false; }
  void pump() override {
    trace_.push_back(name_ + " pumped");
    if (on_pump) on_pump();
  }
  void shut_down() override { trace_.push_back(name_ + " shut down"); }
  void shut_down_after_answer() override { shut_down(); }

  void multiplex() { set_multiplexed(); }
  /// Its connection closes.
  void leave() { release_all(); }
  void reset(http::StreamId id) { drop_held(id); }
  bool holding() const { return holds_any(); }

  std::vector<Answer> answers;
  std::function<void()> on_pump;

 private:
  std::string name_;
  std::vector<std::string>& trace_;
};

}  // namespace serve_test
