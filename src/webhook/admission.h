#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "client/transport.h"
#include "webhook/signature.h"

namespace webhook {

/// What is asked about a publisher. Its key is not in it.
struct AdmissionQuestion {
  std::string channel;
  std::string feed = {};      ///< "primary", "backup"; empty: it does not say
  std::string protocol = {};  ///< "rtmp", "rtmps", "srt"
  std::string peer = {};      ///< "192.0.2.7:4711"
  std::string encoder = {};
  std::string key_sha256 = {};  ///< of the key, in hexadecimal digits; empty: there is none
};

/// What an operator says of the hook.
struct AdmissionSettings {
  std::string url = {};
  std::vector<Secret> secrets = {};          ///< none: unsigned
  base::Micros timeout = 2 * base::kSecond;  ///< of an answer
  bool allow_on_timeout = false;             ///< also where the answer is none
  base::Micros cache = 60 * base::kSecond;   ///< how long an answer holds; 0: for one publisher

  bool operator==(const AdmissionSettings&) const = default;
};

/// Whether a publisher is let in, and why not.
struct AdmissionDecision {
  bool allow = false;
  bool answered = false;    ///< by the hook; else the settings say so
  std::string reason = {};  ///< of a refusal, or why there is no answer; one printable line
};

/// The request that asks. `id`: of no other request; `now`: seconds since 1970. Thread: any.
/// Spec: Standard Webhooks, "Webhook headers".
client::Request request_of(const AdmissionQuestion& question, const AdmissionSettings& settings, const std::string& id,
                           std::int64_t now);

/// What an answer says:
///
///   2xx with a JSON object that has "allow": true or false   that; "reason" goes with a refusal
///   2xx without a body                                       let in
///   401, 403                                                 refused; "reason" of a JSON object
///   all else, also 2xx with another body                     no answer: as the settings say
AdmissionDecision decision_of(const client::Answer& answer, const AdmissionSettings& settings);

/// The questions that are open and the answers that hold. Does no I/O. Thread: one at a time.
///
/// Publishers that differ in their port and encoder alone are one question. Bounded: kMostOpen questions, kMostWaiting
/// publishers, kMostCached answers; a publisher beyond is decided as if the hook had not answered.
class Admissions {
 public:
  static constexpr std::size_t kMostOpen = 64;
  static constexpr std::size_t kMostWaiting = 1024;
  static constexpr std::size_t kMostCached = 10'000;

  using Done = std::function<void(const AdmissionDecision&)>;

  struct Counters {
    std::array<std::uint64_t, 2> answered{};    ///< publishers, by the hook: refused, let in
    std::array<std::uint64_t, 2> cached{};      ///< likewise, from an answer that held
    std::array<std::uint64_t, 2> unanswered{};  ///< likewise, without an answer
    std::uint64_t failures = 0;                 ///< requests without an answer
    std::uint64_t overflows = 0;                ///< publishers beyond a bound
    std::size_t open = 0;                       ///< questions
  };

  /// A request that is to be made.
  struct Ask {
    std::uint64_t id = 0;  ///< of no other
    AdmissionQuestion question;
    std::shared_ptr<const AdmissionSettings> settings;
  };

  /// Other settings forget all answers; null: everybody is let in. Questions that are open stay open.
  void configure(std::shared_ptr<const AdmissionSettings> settings);
  /// The decision, if there is one now; else `done` is called by take_answer(). `now`: steady. Appends to `asks` what
  /// has to be asked.
  std::optional<AdmissionDecision> ask(const AdmissionQuestion& question, Done done, base::Micros now,
                                       std::vector<Ask>& asks);
  /// Calls those who wait for it.
  void take_answer(std::uint64_t id, const client::Answer& answer, base::Micros now);
  const Counters& counters() const { return counters_; }

 private:
  struct Open {
    std::string key;
    std::shared_ptr<const AdmissionSettings> settings;
    std::vector<Done> waiting;
  };
  struct Cached {
    AdmissionDecision decision;
    base::Micros until = 0;
    std::list<std::string>::iterator age;
  };

  const Cached* cached(const std::string& key, base::Micros now);
  void keep(const std::string& key, const AdmissionDecision& decision, base::Micros until);

  std::shared_ptr<const AdmissionSettings> settings_;
  std::map<std::uint64_t, Open> open_;
  std::map<std::string, std::uint64_t> open_by_key_;
  std::map<std::string, Cached> cache_;
  std::list<std::string> ages_;  ///< keys of the cache, the oldest answer first
  std::size_t waiting_ = 0;
  std::uint64_t next_id_ = 1;
  Counters counters_;
};

}  // namespace webhook
