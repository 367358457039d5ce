#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "viewers/engine.h"
#include "viewers/exchange.h"
#include "viewers/lines.h"

namespace viewers {

/// One of the crowd. What all kinds have in common: asking, waiting out a refusal, trying again, counting what went
/// wrong.
class Viewer : protected ExchangeOwner {
 public:
  Viewer(Engine& engine, SharedLine* shared, Transport::Pace pace = {})
      : engine_(engine), lines_(engine, shared, pace) {}

  /// Comes; may be called again after leave().
  virtual void join(Micros now) = 0;
  /// Forgets everything and hangs up.
  virtual void leave(Micros now) = 0;
  /// Called ten times a second.
  virtual void tick(Micros now);

 protected:
  void ask(Exchange& exchange);
  /// Asks for the same again after `delay`.
  void ask_later(Exchange& exchange, Micros delay) { later_.push_back({&exchange, steady_now() + delay}); }
  /// Drops everything under way and closes the connections.
  void drop(std::initializer_list<Exchange*> exchanges);
  /// An object whose bytes may never differ: compares them with what others were sent.
  void check_object(const Exchange& exchange);
  /// As check_object(), of a part or a segment: a CMAF chunk begins with styp or moof.
  void check_media(const Exchange& exchange);
  void fault(std::string_view kind, const Exchange& exchange, std::string_view what);

  /// A response of status 200.
  virtual void on_good(Exchange& exchange) = 0;
  /// Another status, which has been counted. Default: asks again in a second.
  virtual void on_refused(Exchange& exchange) { ask_later(exchange, base::kSecond); }
  /// True where a status other than 200 is no error; it is counted by who says so.
  virtual bool excuses(const Exchange& exchange) {
    static_cast<void>(exchange);
    return false;
  }
  /// True while a 503 with Retry-After only turns the viewer away.
  virtual bool joining() const = 0;

  void on_response(Exchange& exchange) override;
  void on_failure(Exchange& exchange, Failure failure, std::string_view what) override;

  Engine& engine_;
  Lines lines_;

 private:
  struct Later {
    Exchange* exchange;
    Micros at;
  };
  std::vector<Later> later_;
  std::vector<Exchange*> asked_;  ///< to look for those that take too long
};

/// Path of the playlist with delivery directives, in the order the draft asks for (LL-108).
enum class Skip : bool { kNo, kYes };
enum class PartDirective : bool { kLeftOut, kGiven };
std::string blocking_path(const std::string& path, Position wanted, PartDirective part, Skip skip);

}  // namespace viewers
