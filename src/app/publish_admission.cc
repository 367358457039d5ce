#include "app/publish_admission.h"

#include <utility>
#include <variant>

#include "base/log.h"
#include "crypto/sha256.h"

namespace app {
namespace {

/// `as`: the feed that the publisher's key and words open.
webhook::AdmissionQuestion question_of(const ingest::PublishRequest& request, feed::Id as) {
  webhook::AdmissionQuestion question{.channel = request.channel,
                                      .feed = std::string(feed::to_string(as)),
                                      .protocol = request.protocol,
                                      .peer = request.peer,
                                      .encoder = request.encoder,
                                      .key_sha256 = ""};
  if (!request.key.empty()) question.key_sha256 = crypto::to_hex(crypto::sha256(base::view_of(request.key)));
  return question;
}

void log_refusal(const ingest::PublishRequest& request, const webhook::AdmissionDecision& decision) {
  if (decision.allow) return;
  base::log_warn("app", "publisher refused by publish_hook",
                 {{"channel", request.channel},
                  {"protocol", request.protocol},
                  {"peer", request.peer},
                  {"why", decision.reason},
                  {"answered", decision.answered}});
}

}  // namespace

PublishAdmission::PublishAdmission(const base::Clock& clock, loop::Mailbox& control, events::Sink& events,
                                   std::unique_ptr<client::Exchange> exchange)
    : clock_(clock), control_(control), exchange_(std::move(exchange)), refusals_(events) {}

void PublishAdmission::configure(const webhook::AdmissionSettings& settings,
                                 std::shared_ptr<const ingest::SrtPolicy> policy) {
  policy_ = std::move(policy);
  const bool asks = !settings.url.empty();
  if (asks && !hook_) {
    webhook::AdmissionHook::Options options;
    options.post = [this](std::function<void()> call) { control_.post(std::move(call)); };
    hook_ = std::make_unique<webhook::AdmissionHook>(clock_, std::move(options), std::move(exchange_));
  }
  if (hook_) hook_->configure(asks ? std::make_shared<const webhook::AdmissionSettings>(settings) : nullptr);
}

std::optional<webhook::Admissions::Counters> PublishAdmission::counters() const {
  return hook_ ? std::optional(hook_->counters()) : std::nullopt;
}

std::optional<ingest::PublishGate::Answer> PublishAdmission::ask(const ingest::PublishRequest& request,
                                                                 std::function<void(const Answer&)> done) {
  const auto permitted = policy_->keys.check(request);
  if (!hook_ || !std::holds_alternative<feed::Id>(permitted)) return Answer();
  const auto decision = hook_->ask(question_of(request, std::get<feed::Id>(permitted)),
                                   [this, request, done](const webhook::AdmissionDecision& later) {
                                     tell_log(later);
                                     log_refusal(request, later);
                                     done(judge(request, later));
                                   });
  if (!decision) return std::nullopt;
  // Without an answer there are too many publishers at once: no line for each of them.
  if (decision->answered) log_refusal(request, *decision);
  return judge(request, *decision);
}

ingest::PublishGate::Answer PublishAdmission::judge(const ingest::PublishRequest& request,
                                                    const webhook::AdmissionDecision& decision) {
  if (decision.allow) return std::nullopt;
  const std::string text =
      decision.answered ? decision.reason : "the server cannot find out whether this may be published; try again";
  refusals_.add(events::Type::kPublisherRefused, decision.answered ? "hook" : "hook_unanswered", request.channel,
                request, decision.reason, clock_.steady());
  // Not kDenied: the key was right, so that the address is not one to be shut out.
  return ingest::Publisher::Refusal{ingest::Publisher::Refusal::Why::kOverload, text};
}

/// Once when it stops answering, and once when it answers again: there may be very many publishers.
void PublishAdmission::tell_log(const webhook::AdmissionDecision& decision) {
  if (std::exchange(failing_, !decision.answered) == !decision.answered) return;
  if (decision.answered) {
    base::log_info("app", "publish_hook answers again");
  } else {
    base::log_error("app", "publish_hook does not answer",
                    {{"why", decision.reason}, {"publishers_are", decision.allow ? "let in" : "refused"}});
  }
}

}  // namespace app
