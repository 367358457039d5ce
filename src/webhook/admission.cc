#include "webhook/admission.h"

#include <nlohmann/json.hpp>

#include "base/printable.h"

namespace webhook {
namespace {

constexpr std::size_t kLongestText = 200;

/// The same for publishers that differ in their port and encoder alone, and for no others.
std::string key_of(const AdmissionQuestion& question) {
  const std::string address = question.peer.substr(0, question.peer.rfind(':'));
  std::string key;
  for (const std::string& part : {question.channel, question.feed, question.protocol, address, question.key_sha256})
    key += std::to_string(part.size()) + ':' + part;
  return key;
}

std::string text_in(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? base::printable(found->get<std::string>(), kLongestText) : "";
}

AdmissionDecision no_answer(const AdmissionSettings& settings, std::string why) {
  return {.allow = settings.allow_on_timeout, .answered = false, .reason = std::move(why)};
}

AdmissionDecision refusal(std::string reason) {
  return {.allow = false, .answered = true, .reason = reason.empty() ? "publishing is not allowed" : reason};
}

}  // namespace

client::Request request_of(const AdmissionQuestion& question, const AdmissionSettings& settings, const std::string& id,
                           std::int64_t now) {
  nlohmann::ordered_json out = {{"type", "live.kickoff.publish"},
                                {"channel", question.channel},
                                {"protocol", question.protocol},
                                {"peer", question.peer}};
  if (!question.feed.empty()) out["feed"] = question.feed;
  if (!question.encoder.empty()) out["encoder"] = base::printable(question.encoder, kLongestText);
  if (!question.key_sha256.empty()) out["key_sha256"] = question.key_sha256;
  std::string body = out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  client::Request request{.method = "POST", .url = settings.url, .timeout = settings.timeout};
  request.headers = {{"content-type", "application/json; charset=utf-8"},
                     {"user-agent", "Kickoff"},
                     {"webhook-id", id},
                     {"webhook-timestamp", std::to_string(now)}};
  if (!settings.secrets.empty())
    request.headers.emplace_back("webhook-signature", sign(settings.secrets, id, now, body));
  request.body = base::Bytes::adopt(std::move(body));
  return request;
}

AdmissionDecision decision_of(const client::Answer& answer, const AdmissionSettings& settings) {
  if (answer.status == 0) return no_answer(settings, base::printable(answer.error, kLongestText));
  const nlohmann::json body = nlohmann::json::parse(answer.body, nullptr, false);
  const bool object = body.is_object();
  if (answer.status == 401 || answer.status == 403) return refusal(object ? text_in(body, "reason") : "");
  if (!answer.ok()) return no_answer(settings, "HTTP " + std::to_string(answer.status));
  if (answer.body.empty()) return {.allow = true, .answered = true, .reason = ""};
  // A text that was cut off, or the page of a proxy, is not taken for a yes.
  const auto allow = object ? body.find("allow") : body.end();
  if (!object || allow == body.end() || !allow->is_boolean())
    return no_answer(settings, "the answer is no JSON object with \"allow\": true or false");
  if (!allow->get<bool>()) return refusal(text_in(body, "reason"));
  return {.allow = true, .answered = true, .reason = ""};
}

void Admissions::configure(std::shared_ptr<const AdmissionSettings> settings) {
  const bool same = settings != nullptr && settings_ != nullptr && *settings == *settings_;
  if (same) return;
  settings_ = std::move(settings);
  cache_.clear();
  ages_.clear();
  // Whoever asks from now on asks with these.
  open_by_key_.clear();
}

std::optional<AdmissionDecision> Admissions::ask(const AdmissionQuestion& question, Done done, base::Micros now,
                                                 std::vector<Ask>& asks) {
  if (!settings_) return AdmissionDecision{.allow = true, .answered = false, .reason = ""};
  std::string key = key_of(question);
  if (const Cached* found = cached(key, now)) {
    ++counters_.cached[found->decision.allow ? 1 : 0];
    return found->decision;
  }
  const auto same = open_by_key_.find(key);
  const bool fits = waiting_ < kMostWaiting && (same != open_by_key_.end() || open_.size() < kMostOpen);
  if (!fits) {
    ++counters_.overflows;
    ++counters_.unanswered[settings_->allow_on_timeout ? 1 : 0];
    return no_answer(*settings_, "too many publishers wait for an answer");
  }
  ++waiting_;
  if (same != open_by_key_.end()) {
    open_.at(same->second).waiting.push_back(std::move(done));
    return std::nullopt;
  }
  const std::uint64_t id = next_id_++;
  asks.push_back({id, question, settings_});
  open_by_key_[key] = id;
  Open& open = open_[id];
  open.key = std::move(key);
  open.settings = settings_;
  open.waiting.push_back(std::move(done));
  counters_.open = open_.size();
  return std::nullopt;
}

void Admissions::take_answer(std::uint64_t id, const client::Answer& answer, base::Micros now) {
  auto node = open_.extract(id);
  if (node.empty()) return;
  const Open& open = node.mapped();
  counters_.open = open_.size();
  waiting_ -= open.waiting.size();
  const auto named = open_by_key_.find(open.key);
  const bool newest = named != open_by_key_.end() && named->second == id;
  if (newest) open_by_key_.erase(named);
  const AdmissionDecision decision = decision_of(answer, *open.settings);
  if (!decision.answered) ++counters_.failures;
  auto& counted = decision.answered ? counters_.answered : counters_.unanswered;
  counted[decision.allow ? 1 : 0] += open.waiting.size();
  // An answer by settings that are no more does not hold.
  if (decision.answered && newest && open.settings->cache > 0) keep(open.key, decision, now + open.settings->cache);
  for (const Done& done : open.waiting) done(decision);
}

const Admissions::Cached* Admissions::cached(const std::string& key, base::Micros now) {
  const auto found = cache_.find(key);
  return found == cache_.end() || found->second.until <= now ? nullptr : &found->second;
}

void Admissions::keep(const std::string& key, const AdmissionDecision& decision, base::Micros until) {
  const auto old = cache_.find(key);
  if (old != cache_.end()) {
    ages_.erase(old->second.age);
    cache_.erase(old);
  }
  if (cache_.size() >= kMostCached) {
    cache_.erase(ages_.front());
    ages_.pop_front();
  }
  ages_.push_back(key);
  cache_[key] = {decision, until, std::prev(ages_.end())};
}

}  // namespace webhook
