#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"

namespace channel {

/// An order to show the slate of a channel, an operator's or the schedule's, for a time or until it is taken back.
/// Reads no clock; all times are steady. Thread: one.
class SlateOrder {
 public:
  /// What is asked for.
  struct Request {
    bool on = false;
    base::Micros duration = 0;  ///< 0: until it is taken back
    std::string reason;         ///< for people; may be empty
    std::string text = {};      ///< that viewers see; empty: the channel's own, if it has one
    bool scheduled = false;     ///< by Schedule, not by an operator
  };

  /// Takes the place of an order that there was.
  void take(Request request, base::Micros now) {
    request_ = std::move(request);
    since_ = now;
  }
  void clear() { request_ = {}; }
  /// True of an order whose time has run out.
  bool over(base::Micros now) const {
    return request_.on && request_.duration > 0 && now - since_ >= request_.duration;
  }

  bool on() const { return request_.on; }
  bool scheduled() const { return request_.on && request_.scheduled; }
  const std::string& reason() const { return request_.reason; }
  const std::string& text() const { return request_.text; }
  /// Until it ends by itself; nothing where it does not.
  std::optional<base::Micros> left(base::Micros now) const {
    if (!request_.on || request_.duration == 0) return std::nullopt;
    return request_.duration - (now - since_);
  }

 private:
  Request request_;
  base::Micros since_ = 0;
};

}  // namespace channel
