#include "app/token_keys.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/regular_file.h"

namespace app {

TokenKeys::TokenKeys(Options options, client::Transport& transport, const base::Clock& clock)
    : options_(std::move(options)),
      transport_(transport),
      clock_(clock),
      kept_(options_.kept, options_.url),
      of_url_(options_.known) {}

std::optional<TokenKeys::Found> TokenKeys::look(bool missed) {
  const base::Micros now = clock_.steady();
  const bool first = !std::exchange(began_, true);
  bool changed = first;
  if (!options_.file.empty()) changed = look_at_file() || changed;
  const bool from_kept = first && take_kept();
  const bool wanted = !from_kept && (now >= fetch_due_ || (missed && now - asked_ >= kLeastWait));
  if (!options_.url.empty() && wanted) changed = fetch() || changed;
  if (!changed) return std::nullopt;
  auto all = std::make_shared<tokens::KeySet>(options_.fixed);
  all->add(of_file_);
  all->add(of_url_);
  report_.keys = all->size();
  return Found{std::move(all), std::make_shared<const tokens::KeySet>(of_url_)};
}

/// Reads it each time: it is small, and its time stamp may stay the same within a second.
bool TokenKeys::look_at_file() {
  auto text = base::read_regular_file(options_.file);
  if (text.ok() && *text == text_of_file_) return false;
  tokens::KeySet read;
  base::Status status = base::Ok{};
  if (text.ok()) {
    text_of_file_ = text.take();
    status = read.add(text_of_file_, tokens::KeySource::kConfiguration);
  } else if (!std::exchange(text_of_file_, "").empty()) {
    status = text.error();
  } else {
    return false;  // and was not there before
  }
  if (!status.ok()) {
    base::log_warn("app", "keys of tokens stay as they were", {{"file", options_.file}, {"why", status.error().what}});
    return false;
  }
  of_file_ = std::move(read);
  base::log_info("app", "keys of tokens were read", {{"file", options_.file}, {"keys", of_file_.size()}});
  return true;
}

bool TokenKeys::fetch() {
  asked_ = clock_.steady();
  ++report_.fetches;
  client::Request request;
  request.url = options_.url;
  request.headers = {{"Accept", "application/json, application/jwk-set+json"}};
  request.timeout = 15 * base::kSecond;
  const client::Answer answer = transport_.perform({request}).front();
  tokens::KeySet read;
  if (!answer.ok()) {
    fail(answer.status == 0 ? answer.error : "status " + std::to_string(answer.status));
    return false;
  }
  if (const base::Status status = read.add(answer.body, tokens::KeySource::kNetwork); !status.ok()) {
    fail(status.error().what);
    return false;
  }
  backoff_ = 0;
  fetch_due_ = clock_.steady() + kRefresh;
  report_.fetched = clock_.utc();
  report_.kept = KeptState::kUnused;
  const bool same = answer.body == text_of_url_;
  text_of_url_ = answer.body;
  keep();
  if (same) return false;
  of_url_ = std::move(read);
  base::log_info("app", "keys of tokens were fetched", {{"url", options_.url}, {"keys", of_url_.size()}});
  return true;
}

/// Whether the keys of before the start are used.
bool TokenKeys::take_kept() {
  if (options_.url.empty() || !of_url_.empty()) return false;
  auto kept = kept_.read(clock_.utc(), kMostKept);
  if (kept.ok() && !*kept) return false;
  tokens::KeySet read;
  const base::Status status = kept.ok() ? read.add((*kept)->text, tokens::KeySource::kNetwork) : kept.error();
  if (!status.ok()) {
    const bool old = !kept.ok() && status.error().code == base::Code::kUnsupported;
    report_.kept = old ? KeptState::kTooOld : KeptState::kDamaged;
    base::log_warn("app", "kept keys of tokens are not used: until the URL answers there are none of it",
                   {{"url", options_.url}, {"why", status.error().what}});
    return false;
  }
  of_url_ = std::move(read);
  text_of_url_ = std::move((*kept)->text);
  report_.fetched = (*kept)->fetched;
  report_.kept = KeptState::kUsed;
  base::log_info(
      "app", "keys of tokens are those that were kept, until the URL answers",
      {{"url", options_.url}, {"keys", of_url_.size()}, {"age_s", (clock_.utc() - report_.fetched) / base::kSecond}});
  return true;
}

void TokenKeys::keep() {
  const base::Status status = kept_.write({text_of_url_, report_.fetched});
  const bool failed = !status.ok();
  if (std::exchange(kept_failing_, failed) == failed) return;
  if (failed) {
    base::log_warn("app", "keys of tokens cannot be kept: a restart while the URL does not answer has none",
                   {{"why", status.error().what}});
  } else {
    base::log_info("app", "keys of tokens are kept again", {{"file", options_.kept}});
  }
}

void TokenKeys::fail(const std::string& why) {
  ++report_.failures;
  backoff_ = std::clamp(2 * backoff_, kFirstBackoff, kRefresh);
  fetch_due_ = clock_.steady() + backoff_;
  base::log_warn(
      "app", "keys of tokens were not fetched",
      {{"url", options_.url}, {"why", why}, {"again_in_s", backoff_ / base::kSecond}, {"keys", of_url_.size()}});
}

}  // namespace app
