#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "http/growing_body.h"
#include "http/request.h"
#include "http/response.h"
#include "origin/waiters.h"
#include "serve/counters.h"
#include "serve/joins.h"
#include "serve/object_request.h"

namespace serve {

class ChannelView;
class Viewer;

/// A request that waits. Owned by its viewer, linked into its channel's Waiters.
struct Held final : origin::Waiter {
  Viewer* viewer = nullptr;
  http::StreamId id = 0;
  ChannelView* channel = nullptr;
  bool starting = false;   ///< waits for the first playlist of the channel (LL-111)
  base::Micros since = 0;  ///< steady
  ObjectRequest wanted;
  Held* previous = nullptr;  ///< in the viewer's list
  Held* next = nullptr;
};

/// One viewer's or cache's connection as the classes that decide on requests see it: it is answered, its requests are
/// held and released, it is shut down. Connection is the one of the product; tests have one without a socket.
/// Thread: its loop's.
class Viewer {
 public:
  /// `counters` outlive it.
  explicit Viewer(Counters& counters) : counters_(counters) {}
  /// Releases what it holds.
  virtual ~Viewer();
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  /// Answers a request; goes out with the next pump(). `part_published` (steady, 0: none) is measured against when
  /// the last byte has been taken. Does nothing if the request is gone.
  virtual void answer(http::StreamId id, http::Response response, base::Micros part_published) = 0;
  /// Answers with `head` (without Content-Length) and a body that grows: see http::BodyWriter. What its source pushes
  /// goes out on a later turn of the loop, without another call. Returns false if the request is gone: `body` is then
  /// not used.
  [[nodiscard]] virtual bool answer(http::StreamId id, http::Response head,
                                    std::shared_ptr<http::GrowingBody> body) = 0;
  /// Sends what there is. Not to be called from within RequestHandler::on_request.
  virtual void pump() = 0;
  /// Finishes the answers to requests that were received, then closes.
  virtual void shut_down() = 0;
  /// The same from within RequestHandler::on_request.
  virtual void shut_down_after_answer() = 0;

  /// "192.0.2.7:4711"; empty: there is none.
  virtual std::string_view peer() const { return {}; }

  /// Prefetch the memory that answering reads, one level of pointers further each time. The first is not virtual,
  /// because the address of the virtual table lies in the memory that is to be fetched.
  void prefetch() const {
    const auto* line = reinterpret_cast<const char*>(this);
    for (std::size_t at = 0; at < kFetched; at += kCacheLine) __builtin_prefetch(line + at);
  }
  virtual void prefetch_parts() const {}
  virtual void prefetch_socket() const {}

  /// A request to be held: the one that keep() left, or a new one.
  std::unique_ptr<Held> make_held() { return spare_ != nullptr ? std::move(spare_) : std::make_unique<Held>(); }
  /// Keeps an answered one for reuse. A viewer over HTTP/1.1 has one held request at a time.
  void keep(std::unique_ptr<Held> held) {
    if (!multiplexed_) spare_ = std::move(held);
  }
  /// Keeps a request that is answered later.
  void hold(std::unique_ptr<Held> held);
  /// Returns a kept request, to be answered now.
  std::unique_ptr<Held> release(Held& held);
  /// Many requests share it: answer them all, then pump once.
  bool multiplexed() const { return multiplexed_; }

  Joins::Mark join;
  bool refused = false;    ///< one too many: gets 503 and is closed
  bool certified = false;  ///< has shown a client certificate of the lock's authority
  bool in_pass = false;    ///< is in the wake pass's list of those to pump

 protected:
  static constexpr std::size_t kCacheLine = 64;
  static constexpr std::size_t kFetched = 4 * kCacheLine;  ///< a Connection, from its Viewer on

  bool holds_any() const { return held_ != nullptr; }
  void release_all();
  /// Drops the held request `id`, if there is one: its answer is not needed any more.
  void drop_held(http::StreamId id);
  void set_multiplexed() { multiplexed_ = true; }
  Counters& counters() const { return counters_; }

 private:
  Counters& counters_;
  Held* held_ = nullptr;  ///< owned, linked
  std::unique_ptr<Held> spare_;
  bool multiplexed_ = false;
};

/// Decides on requests.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  virtual void on_request(Viewer& viewer, http::StreamId id, const http::Request& request) = 0;
  /// The answer to what is not a request (400, 413 …).
  virtual http::Response on_malformed(int status) = 0;
  /// A growing answer has more to send: pump the viewer on a later turn.
  virtual void on_output(Viewer& viewer) = 0;
};

}  // namespace serve
