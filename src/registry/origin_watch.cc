#include "registry/origin_watch.h"

#include <utility>

#include "base/bytes.h"
#include "base/log.h"
#include "base/printable.h"
#include "registry/gateway.h"

namespace registry {
namespace {

constexpr int kGood = 200;
constexpr int kLoginRefused = 401;
constexpr std::size_t kMostRefusal = 64 * 1024;
constexpr std::size_t kLongestFailure = 200;

}  // namespace

OriginWatch::OriginWatch(Options options, Context context)
    : options_(std::move(options)),
      context_(std::move(context)),
      prefix_(origins_prefix(options_.prefix)),
      origins_(prefix_),
      reachability_(options_.spread) {}

void OriginWatch::tick() {
  const base::Micros now = context_.clock.steady();
  if (origins_.expire(now)) publish();
  if (step_ == Step::kWaiting) {
    if (now >= reachability_.next()) begin();
  } else if (!created_ && now - asked_at_ >= kAnswer) {
    fail("it does not answer");
  } else if (created_ && now - asked_at_ >= kWatchFor) {
    stop();
    begin();
  }
}

void OriginWatch::begin() {
  if (options_.etcd.user.empty() || !token_.empty()) return list();
  ask(Step::kLogin, kLoginPath, login_request(options_.etcd.user, options_.etcd.password));
}

void OriginWatch::list() { ask(Step::kList, kRangePath, list_request(prefix_)); }

void OriginWatch::ask(Step step, std::string_view path, std::string body) {
  step_ = step;
  stream_ = ++last_stream_;
  status_ = 0;
  body_.clear();
  created_ = false;
  asked_at_ = context_.clock.steady();
  client::Request request{.method = "POST", .url = options_.etcd.endpoints[current_], .direct = true};
  request.url += path;
  request.headers.emplace_back("Content-Type", "application/json");
  if (step != Step::kLogin && !token_.empty()) request.headers.emplace_back("Authorization", token_);
  request.body = base::Bytes::copy_of(body);
  context_.transport.start(stream_, std::move(request));
}

void OriginWatch::on_head(client::StreamId id, int status) {
  if (id == stream_) status_ = status;
}

void OriginWatch::on_body(client::StreamId id, base::Bytes bytes) {
  context_.transport.taken(id, bytes.size());
  if (id != stream_) return;
  if (status_ == kGood && step_ == Step::kWatch) {
    const base::Status status =
        watch_.feed(bytes.view(), [this](const WatchMessage& message) { take_message(message); });
    if (!status.ok()) return fail(status.error().what);
    if (!over_.empty()) fail(over_);
    return;
  }
  if (body_.size() + bytes.size() > (status_ == kGood ? kMostList : kMostRefusal))
    return fail("its answer is too long: remove what is below " + prefix_ + " and is no origin");
  body_.append(base::text_of(bytes.view()));
}

void OriginWatch::on_end(client::StreamId id, std::string_view error) {
  if (id != stream_) return;
  stream_ = 0;
  if (!error.empty()) return fail(base::printable(error, kLongestFailure));
  if (status_ != kGood) {
    if (status_ == kLoginRefused) token_.clear();
    const std::string fault = parse_fault(body_);
    return fail("it answered " + std::to_string(status_) + (fault.empty() ? "" : ": " + fault));
  }
  end_step();
}

void OriginWatch::end_step() {
  switch (step_) {
    case Step::kLogin: return take_login();
    case Step::kList: return take_list();
    case Step::kWaiting:
    case Step::kWatch: return fail("it ends the watch");
  }
}

void OriginWatch::take_login() {
  auto token = parse_login(body_);
  if (!token.ok()) return fail(token.error().what);
  token_ = token.take();
  list();
}

void OriginWatch::take_list() {
  const auto found = parse_list(body_);
  if (!found.ok()) return fail(found.error().what);
  origins_.take_list(found->keys, std::exchange(outage_, false), context_.clock.steady());
  publish();
  watch_ = {};
  over_.clear();
  ask(Step::kWatch, kWatchPath, watch_request(prefix_, found->revision + 1));
}

void OriginWatch::take_message(const WatchMessage& message) {
  over_ = message.over;
  if (message.created && over_.empty()) {
    created_ = true;
    if (const auto change = reachability_.note("", context_.clock.steady()))
      base::log_info("registry", "origins are watched in etcd again", {{"origins", published_.size()}});
  }
  for (const KeyChange& change : message.changes) origins_.take_change(change);
  if (!message.changes.empty()) publish();
}

void OriginWatch::publish() {
  std::vector<AnnouncedOrigin> all = origins_.origins();
  if (all == published_) return;
  published_ = std::move(all);
  context_.on_change(published_);
}

void OriginWatch::stop() {
  if (stream_ != 0) context_.transport.stop(std::exchange(stream_, 0));
}

/// The next member is asked later.
void OriginWatch::fail(const std::string& why) {
  stop();
  step_ = Step::kWaiting;
  created_ = false;
  outage_ = true;
  ++failures_;
  const std::string place = options_.etcd.endpoints[current_];
  current_ = (current_ + 1) % options_.etcd.endpoints.size();
  if (reachability_.note(why, context_.clock.steady())) {
    base::log_error("registry", "origins cannot be watched in etcd; those that are known are used",
                    {{"endpoint", place}, {"why", why}, {"origins", published_.size()}});
  }
}

WatchReport OriginWatch::report() const {
  return {reachability_.reachable(), published_.size(), origins_.refused(), failures_};
}

}  // namespace registry
