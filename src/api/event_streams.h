#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "api/request.h"
#include "api/routes.h"
#include "base/clock.h"
#include "events/log.h"
#include "http/growing_body.h"

namespace api {

/// The clients that follow the event log by server-sent events. Each has a place in the log and is given pages from
/// there as fast as it reads: what it has not read waits in the log, not here, so that a slow client costs at most
/// kMostQueued bytes and misses events only when the log drops them, of which it is told. One that reads nothing for
/// kStuck is ended; it resumes with Last-Event-ID.
///
/// Spec: [html 9.2] server-sent events. An event is its sequence number (id) and a CloudEvent (data). Comments are sent
/// at the start and after each kHeartbeat without an event. An event of the type "missed" says that events before the
/// next one were dropped.
/// Thread: the administration port's.
class EventStreams {
 public:
  static constexpr std::size_t kMost = 32;  ///< streams at a time; the next one is refused
  static constexpr base::Micros kHeartbeat = 15 * base::kSecond;
  static constexpr base::Micros kStuck = 60 * base::kSecond;
  /// Units: bytes, of a client's events that wait for its connection. A page may be larger, if nothing waits.
  static constexpr std::size_t kMostQueued = 64 * 1024;

  /// Both outlive it.
  EventStreams(Backend& backend, const base::Clock& clock);
  ~EventStreams();
  EventStreams(const EventStreams&) = delete;
  EventStreams& operator=(const EventStreams&) = delete;

  /// A further client. `from_now`: without the events that there are; else after `query.after`. Its limit is not used.
  Answer open(events::Query query, bool from_now);
  /// The log has grown.
  void wake();
  /// Sends heartbeats and ends clients that are stuck. Call about once a second.
  void tick();
  std::size_t size() const { return streams_.size(); }

 private:
  class Stream;

  void fetch(Stream& stream);
  void take(std::uint64_t id, const events::Page& page);

  Backend& backend_;
  const base::Clock& clock_;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::unique_ptr<Stream>> streams_;
};

}  // namespace api
