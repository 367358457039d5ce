#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "client/transport.h"
#include "webhook/admission.h"

namespace webhook {

/// Asks an operator's program whether publishers may publish, by HTTP from a thread of its own. No call waits.
/// Thread: one, and `post` takes functions to it.
class AdmissionHook {
 public:
  struct Options {
    std::shared_ptr<const AdmissionSettings> settings;  ///< null: everybody is let in
    /// Has the function called on the thread of this, later. Called by the own thread.
    std::function<void(std::function<void()>)> post;
  };

  /// `clock` outlives it. `exchange`: null for the network.
  AdmissionHook(const base::Clock& clock, Options options, std::unique_ptr<client::Exchange> exchange = nullptr);
  /// Whoever waits is not called any more.
  ~AdmissionHook();
  AdmissionHook(const AdmissionHook&) = delete;
  AdmissionHook& operator=(const AdmissionHook&) = delete;

  /// See Admissions.
  void configure(std::shared_ptr<const AdmissionSettings> settings) { admissions_.configure(std::move(settings)); }
  /// The decision, or `done` is called with it, within the settings' timeout.
  std::optional<AdmissionDecision> ask(const AdmissionQuestion& question, Admissions::Done done);
  const Admissions::Counters& counters() const { return admissions_.counters(); }

 private:
  struct Shared;

  void run();

  const base::Clock& clock_;
  const Options options_;
  const std::string run_;  ///< of no other run of this instance
  Admissions admissions_;
  const std::unique_ptr<client::Exchange> exchange_;
  const std::unique_ptr<Shared> shared_;
  const std::shared_ptr<AdmissionHook*> life_;  ///< null inside once destroyed: for answers posted before
};

}  // namespace webhook
