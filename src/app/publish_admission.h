#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "channel/refusal_events.h"
#include "events/event.h"
#include "ingest/publish_gate.h"
#include "ingest/srt_gate.h"
#include "loop/mailbox.h"
#include "webhook/admission_hook.h"

namespace app {

/// The operator's program as the listeners ask it. It is not asked about a publisher that has no right to publish: the
/// channels refuse that one. A refusal is an event and a line of the log.
/// Thread: the control loop's.
class PublishAdmission final : public ingest::PublishGate {
 public:
  /// All outlive it. `exchange`: null for the network.
  PublishAdmission(const base::Clock& clock, loop::Mailbox& control, events::Sink& events,
                   std::unique_ptr<client::Exchange> exchange = nullptr);

  /// From now on. `settings`: without a URL nobody is asked. `policy`: says who has the right to publish.
  /// REQUIRES: called before ask().
  void configure(const webhook::AdmissionSettings& settings, std::shared_ptr<const ingest::SrtPolicy> policy);
  std::optional<Answer> ask(const ingest::PublishRequest& request, std::function<void(const Answer&)> done) override;
  /// Nothing: there has been no URL since the start.
  std::optional<webhook::Admissions::Counters> counters() const;

 private:
  Answer judge(const ingest::PublishRequest& request, const webhook::AdmissionDecision& decision);
  void tell_log(const webhook::AdmissionDecision& decision);

  const base::Clock& clock_;
  loop::Mailbox& control_;
  std::unique_ptr<client::Exchange> exchange_;
  channel::RefusalEvents refusals_;
  std::shared_ptr<const ingest::SrtPolicy> policy_;
  bool failing_ = false;                          ///< the log was told
  std::unique_ptr<webhook::AdmissionHook> hook_;  ///< null: there was never a URL
};

}  // namespace app
