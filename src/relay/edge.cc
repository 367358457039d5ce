#include "relay/edge.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace relay {
namespace {

// How long a channel that no origin has any more is still asked for: one that was restarted without a journal may get
// its encoder back.
constexpr base::Micros kAskAgain = base::kSecond;
// A connection that breaks off sooner is not made again at once.
constexpr base::Micros kLeastConnection = base::kSecond;
// How long nobody is asked for a channel that no origin could be asked for.
constexpr base::Micros kLeaveAlone = base::kSecond;

}  // namespace

struct Edge::Pull {
  Pull(const std::string& channel, PulledLog::Context context, std::size_t origins)
      : name(channel), log(channel, std::move(context)), refusals(origins) {}

  const std::string name;
  PulledLog log;
  Path path;                      ///< of who asked first
  client::StreamId stream = 0;    ///< 0: none
  std::size_t origin = 0;         ///< that is asked, or was last
  std::vector<Refusal> refusals;  ///< by origin, since the last greeting
  bool greeted = false;           ///< this connection
  base::Micros asked_at = 0;      ///< by viewers; steady
  base::Micros connected_at = 0;  ///< steady
  base::Micros well_at = 0;       ///< steady; when it last had a connection that was greeted, or began
  base::Micros retry_at = 0;      ///< steady; 0: not waiting
};

Edge::Edge(Options options, Context context)
    : options_(std::move(options)),
      context_(std::move(context)),
      origins_(options_.origins),
      random_(options_.chance) {}

Edge::~Edge() = default;

void Edge::demand(const std::string& channel, const Path& path) {
  const base::Micros now = context_.clock.steady();
  const auto found = pulls_.find(channel);
  if (found != pulls_.end()) {
    found->second->asked_at = now;
    return;
  }
  if (const auto given_up = given_up_.find(channel); given_up != given_up_.end()) {
    if (now < given_up->second) return context_.on_given_up(channel);
    given_up_.erase(given_up);
  }
  if (pulls_.size() >= options_.most_channels) {
    base::log_warn("relay", "too many channels at a time: another one is refused", {{"channel", channel}});
    return context_.on_given_up(channel);
  }
  PulledLog::Context context{context_.clock, options_.node, options_.window, context_.on_snapshot,
                             [this, channel](std::shared_ptr<const Reel> reel) { context_.on_reel(channel, reel); }};
  auto made = std::make_unique<Pull>(channel, std::move(context), origins_.size());
  Pull& pull = *made;
  pull.path = path;
  pull.origin = origins_.start(random_);
  pull.asked_at = pull.well_at = now;
  pulls_[channel] = std::move(made);
  connect(pull);
}

void Edge::take_origins(const std::vector<FoundOrigin>& found) {
  const Origins::Change change = origins_.take(found, [this](std::size_t place) {
    return std::any_of(by_stream_.begin(), by_stream_.end(),
                       [&](const auto& open) { return open.second->origin == place; });
  });
  for (const std::size_t place : change.gone) {
    base::log_info("relay", "an origin is not listed any more", {{"origin", origins_[place].url}});
    if (origins_[place].directory.stream() != 0) end_list(origins_[place], false);
    if (origins_[place].report.lost) regain(place);
  }
  for (const std::size_t place : change.come)
    base::log_info("relay", "an origin was found", {{"origin", origins_[place].url}});
  if (change.come.empty() && change.gone.empty()) return;
  for (const auto& [name, pull] : pulls_) {
    pull->refusals.resize(origins_.size());
    for (const std::size_t place : change.gone) pull->refusals[place] = Refusal::kNone;
    for (const std::size_t place : change.come) pull->refusals[place] = Refusal::kNone;
    // Who waits for an origin tries the new one.
    if (!change.come.empty()) pull->retry_at = 0;
  }
  if (!change.come.empty()) given_up_.clear();
}

/// Asks the first origin that may have the channel, from the last one on.
void Edge::connect(Pull& pull) {
  pull.retry_at = 0;
  const base::Micros now = context_.clock.steady();
  for (const std::size_t at : origins_.order(pull.name, pull.origin, pull.log.ready())) {
    if (pull.refusals[at] != Refusal::kNone) continue;
    if (!pull.log.ready() && origins_[at].directory.lacks(pull.name, now)) {
      pull.refusals[at] = Refusal::kAbsent;
      ask_list(at);
      continue;
    }
    if (origins_[at].closed_until > now) continue;
    return ask(pull, at);
  }
  nobody_has(pull);
}

void Edge::ask(Pull& pull, std::size_t origin) {
  pull.origin = origin;
  pull.stream = ++last_stream_;
  pull.greeted = false;
  pull.connected_at = context_.clock.steady();
  pull.log.begin();
  by_stream_[pull.stream] = &pull;
  ++origins_[origin].report.pulls;
  client::Request request;
  request.url = origins_[origin].url + "/relay/v1/" + pull.name;
  if (const auto place = pull.log.place()) request.url += "?after=" + format_place(*place);
  Path path = pull.path;
  path.push_back(options_.node);
  request.headers = {{"X-Kickoff-Relay", options_.secret}, {"X-Kickoff-Via", format_path(path)}};
  if (const auto have = pull.log.have()) request.headers.emplace_back("X-Kickoff-Have", format_have(*have));
  context_.transport.start(pull.stream, std::move(request));
}

/// Of those who said no to a name there will be more: from now on its list answers.
void Edge::ask_list(std::size_t origin) {
  Directory& directory = origins_[origin].directory;
  const base::Micros now = context_.clock.steady();
  if (!directory.due(now) || origins_[origin].closed_until > now) return;
  directory.begin(++last_stream_, now);
  client::Request request;
  request.url = origins_[origin].url + "/relay/v1/";
  request.headers = {{"X-Kickoff-Relay", options_.secret}};
  context_.transport.start(directory.stream(), std::move(request));
}

void Edge::end_list(Origin& origin, bool whole) {
  if (!whole) context_.transport.stop(origin.directory.stream());
  origin.directory.end(whole, context_.clock.steady());
}

/// Every origin has said no, or is left alone.
void Edge::nobody_has(Pull& pull) {
  const bool absent = std::any_of(pull.refusals.begin(), pull.refusals.end(),
                                  [](Refusal refusal) { return refusal == Refusal::kAbsent; });
  if (!pull.log.ready() || (absent && pull.log.ended())) {
    const std::string name = pull.name;
    // An origin that fails is left alone anyway.
    if (!absent && std::find(pull.refusals.begin(), pull.refusals.end(), Refusal::kOther) != pull.refusals.end()) {
      if (given_up_.size() >= kMostGivenUp) given_up_.clear();
      given_up_[name] = context_.clock.steady() + kLeaveAlone;
    }
    return drop(name, absent, absent ? "no origin has it" : "no origin can be asked");
  }
  base::Micros at = context_.clock.steady() + kAskAgain;
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    if (origins_[i].listed() && pull.refusals[i] == Refusal::kNone) at = std::min(at, origins_[i].closed_until);
  }
  std::fill(pull.refusals.begin(), pull.refusals.end(), Refusal::kNone);
  pull.retry_at = at;
}

void Edge::leave(Pull& pull) {
  if (pull.stream == 0) return;
  by_stream_.erase(pull.stream);
  context_.transport.stop(std::exchange(pull.stream, 0));
}

/// The connection is of no use any more, and was until now: once more to the same origin.
void Edge::retry(Pull& pull) {
  if (context_.clock.steady() - pull.connected_at < kLeastConnection)
    return fail(pull, "it cuts its answer off at once");
  leave(pull);
  ++reconnects_;
  ++origins_[pull.origin].report.failures;
  connect(pull);
}

/// The origin is left alone for a while.
void Edge::fail(Pull& pull, std::string_view why) {
  leave(pull);
  Origin& origin = origins_[pull.origin];
  ++origin.report.failures;
  origin.close(context_.clock.steady(), options_.first_wait, options_.longest_wait, random_);
  // Of one that is not listed any more that is to be expected.
  if (origin.listed() && !origin.report.lost) lose(pull.origin, why, pull.name);
  connect(pull);
}

void Edge::lose(std::size_t place, std::string_view why, std::string_view channel) {
  Origin& origin = origins_[place];
  origin.report.lost = true;
  base::log_error("relay", "an origin cannot be used", {{"origin", origin.url}, {"channel", channel}, {"why", why}});
  context_.events.append({events::Type::kOriginLost,
                          "",
                          events::State::kRaised,
                          std::to_string(place),
                          {{"origin", origin.url}, {"reason", why}}});
}

/// It can be used again, or is not to be.
void Edge::regain(std::size_t place) {
  origins_[place].report.lost = false;
  context_.events.append({events::Type::kOriginLost,
                          "",
                          events::State::kCleared,
                          std::to_string(place),
                          {{"origin", origins_[place].url}}});
}

void Edge::refuse(Pull& pull, Refusal refusal) {
  leave(pull);
  pull.refusals[pull.origin] = refusal;
  if (refusal == Refusal::kAbsent && !pull.log.ready()) ask_list(pull.origin);
  connect(pull);
}

/// The origin has said how it goes on: it is well.
void Edge::greet(Pull& pull) {
  pull.greeted = true;
  std::fill(pull.refusals.begin(), pull.refusals.end(), Refusal::kNone);
  Origin& origin = origins_[pull.origin];
  origin.wait = origin.closed_until = 0;
  if (!origin.report.lost) return;
  base::log_info("relay", "an origin can be used again", {{"origin", origin.url}});
  regain(pull.origin);
}

Edge::Pull* Edge::find(client::StreamId id) {
  const auto found = by_stream_.find(id);
  return found == by_stream_.end() ? nullptr : found->second;
}

void Edge::on_head(client::StreamId id, int status) {
  Origin* const listing = origins_.of_list(id);
  if (listing != nullptr && status != 200) return end_list(*listing, false);
  Pull* const pull = find(id);
  if (pull == nullptr || status == 200) return;
  if (status == 404) return refuse(*pull, Refusal::kAbsent);
  if (status == 508) {
    base::log_warn("relay", "a loop: the origin gets the channel from this server",
                   {{"origin", origins_[pull->origin].url}, {"channel", pull->name}});
    return refuse(*pull, Refusal::kOther);
  }
  fail(*pull, status == 403 ? "it refuses the secret (relay.secrets)" : "it answers " + std::to_string(status));
}

void Edge::on_body(client::StreamId id, base::Bytes bytes) {
  context_.transport.taken(id, bytes.size());
  if (Origin* const listing = origins_.of_list(id)) {
    listing->report.bytes += bytes.size();
    if (!listing->directory.take(bytes.view())) end_list(*listing, false);
    return;
  }
  Pull* const pull = find(id);
  if (pull == nullptr) return;
  origins_[pull->origin].report.bytes += bytes.size();
  const base::Status status = pull->log.feed(bytes.view());
  if (pull->log.absent()) return refuse(*pull, Refusal::kAbsent);
  if (pull->log.unavailable()) return refuse(*pull, Refusal::kOther);
  if (!status.ok() && status.error().code == base::Code::kNotFound) {
    pull->log.forget();
    leave(*pull);
    return connect(*pull);
  }
  if (!status.ok()) {
    if (status.error().code != base::Code::kDenied) return fail(*pull, status.error().message());
    base::log_warn("relay", "an origin is not used for a channel",
                   {{"origin", origins_[pull->origin].url}, {"channel", pull->name}, {"why", status.error().what}});
    return refuse(*pull, Refusal::kOther);
  }
  if (!pull->log.greeted()) return;
  pull->well_at = context_.clock.steady();
  if (!pull->greeted) greet(*pull);
}

void Edge::on_end(client::StreamId id, std::string_view error) {
  if (Origin* const listing = origins_.of_list(id))
    return listing->directory.end(error.empty(), context_.clock.steady());
  Pull* const pull = find(id);
  if (pull == nullptr) return;
  if (pull->greeted) return retry(*pull);
  fail(*pull, error.empty() ? "it ends its answer" : error);
}

/// Whether the channel is not needed any more, or cannot be had.
bool Edge::over(Pull& pull, base::Micros now) {
  if (now - pull.asked_at >= options_.idle) {
    drop(std::string(pull.name), false, "nobody has asked for it");
    return true;
  }
  if (now - pull.well_at >= options_.absence) {
    drop(std::string(pull.name), false, "no origin has sent anything of it");
    return true;
  }
  return false;
}

void Edge::tick() {
  const base::Micros now = context_.clock.steady();
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    Origin& origin = origins_[i];
    if (origin.directory.stream() != 0 && now - origin.directory.asked_at() >= options_.greeting)
      end_list(origin, false);
  }
  std::vector<Pull*> all;
  for (const auto& [name, pull] : pulls_) all.push_back(pull.get());
  for (Pull* pull : all) {
    if (over(*pull, now)) continue;
    if (pull->stream == 0) {
      if (pull->retry_at <= now) connect(*pull);
    } else if (!pull->greeted && now - pull->connected_at >= options_.greeting) {
      fail(*pull, "it does not say how it goes on");
    } else if (pull->greeted && now - pull->well_at >= options_.silence) {
      fail(*pull, "it says nothing any more");
    }
  }
}

void Edge::drop(const std::string& channel, bool absent, std::string_view why) {
  const auto found = pulls_.find(channel);
  // Of one that never was here nobody wants to know: strangers choose such names.
  const base::Level level = found->second->log.ready() ? base::Level::kInfo : base::Level::kDebug;
  base::log(level, "relay", "a channel is dropped", {{"channel", channel}, {"why", why}});
  leave(*found->second);
  restarts_ += found->second->log.restarts();
  if (absent) ++refused_;
  pulls_.erase(found);
  (absent ? context_.on_absent : context_.on_given_up)(channel);
}

EdgeReport Edge::report() const {
  EdgeReport report;
  for (std::size_t i = 0; i < origins_.size(); ++i) report.origins.push_back(origins_[i].report);
  report.restarts = restarts_;
  for (const auto& [name, pull] : pulls_) {
    report.restarts += pull->log.restarts();
    const base::Micros newest = pull->log.newest();
    if (pull->log.ready())
      report.channels.push_back({name, newest == 0 ? 0 : std::max<base::Micros>(context_.clock.utc() - newest, 0)});
  }
  report.reconnects = reconnects_;
  report.refused = refused_;
  return report;
}

}  // namespace relay
