#include "channel/channels.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "base/log.h"
#include "channel/ladder_weight.h"
#include "govern/economy.h"
#include "hls/media_playlist.h"
#include "loop/peer_limits.h"
#include "media/slot.h"

namespace channel {
namespace {

// How often ended channels are looked at, and how fast a stop is noticed.
constexpr base::Micros kSweep = 100 * base::kMillisecond;
constexpr base::Micros kGovern = 250 * base::kMillisecond;
ingest::PublishPolicy policy_of(const Channels::Settings& settings) {
  ingest::PublishPolicy::Keys keys;
  for (const auto& [name, options] : settings) keys[name] = {options.keys, options.backup_keys};
  return ingest::PublishPolicy(std::move(keys));
}

/// "v1080, v720".
std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// "1.25".
std::string cores(double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", number);
  return text.data();
}

void log_step(const govern::Governor::Step& step) {
  const std::string meaning = govern::describe(step.to);
  if (step.to > step.from) {
    base::log_warn("channel", "the CPU is short, the ladder does less",
                   {{"channel", step.channel},
                    {"level", step.to},
                    {"meaning", meaning},
                    {"for", step.because_of},
                    {"pictures_lost_last_second", step.second.lost},
                    {"lag_ms", step.second.lag / base::kMillisecond}});
  } else {
    base::log_info("channel", "the CPU suffices again, the ladder does more",
                   {{"channel", step.channel}, {"level", step.to}, {"meaning", meaning}});
  }
}

/// A condition for each level: a ladder at level 2 is at level 1 as well.
void append_level(events::Sink& sink, const std::string& channel, int level, events::State state,
                  std::vector<base::Field> data) {
  data.insert(data.begin(), {{"level", level}, {"meaning", govern::describe(level)}});
  sink.append({events::Type::kGovernorLevel, channel, state, std::to_string(level), std::move(data)});
}

}  // namespace

Channels::Channels(const Environment& environment, Settings settings, const Limits& limits, OnRemove on_remove)
    : environment_(environment),
      settings_(std::move(settings)),
      policy_(policy_of(settings_)),
      admission_(limits),
      refusals_(environment.events),
      on_remove_(std::move(on_remove)),
      sweep_(environment.alarms.make([this] { sweep(); })),
      govern_(environment.alarms.make([this] { govern(); })) {
  sweep_->start(kSweep, kSweep);
  govern_->start(kGovern, kGovern);
}

Channels::~Channels() = default;

// Segments stay up for as long as the longest playlist that lists them, their own length, and as long as a cache may
// show that playlist (LL-27, LL-46, LL-123).
base::Micros Channels::retention_of(const Options& options) {
  const int target = hls::target_duration_for(
      media::longest_segment({options.media.segment, base::kSecond}, options.media.splice_cuts));
  return options.window + (options.media.splice_cuts ? 3 : 2) * options.media.segment +
         (hls::longest_cache_life(target) + 10) * base::kSecond;
}

base::Micros Channels::kept_for_restart(const Options& options) {
  const base::Micros retention = retention_of(options);
  return std::max(retention, Channel::most_absent(options)) + retention;
}

std::variant<ingest::FeedSink*, ingest::Publisher::Refusal> Channels::on_publish(const ingest::PublishRequest& request,
                                                                                 ingest::Feed& feed) {
  auto checked = policy_.check(request);
  if (on_stopped_) checked = Refusal{Refusal::Why::kOverload, "the server is stopping"};
  if (const auto* refusal = std::get_if<Refusal>(&checked)) {
    ++denied_;
    // An unknown name may be a key in the wrong place, so it is not logged (RT-44).
    const bool known = settings_.contains(request.channel) || channels_.contains(request.channel);
    base::log_warn("channel", "publisher refused",
                   {{"channel", known ? request.channel : std::string("?")},
                    {"protocol", request.protocol},
                    {"peer", request.peer},
                    {"why", refusal->text}});
    report_refusal(known ? request.channel : "", request, *refusal);
    return *refusal;
  }
  if (begins_session(request.channel)) {
    auto admitted = admit(request);
    if (auto* refusal = std::get_if<Refusal>(&admitted)) return std::move(*refusal);
    begin_session(request.channel, std::get<LeftOut>(std::move(admitted)));
  }
  Channel& channel = *channels_.at(request.channel);
  auto answer = channel.publish(request, std::get<feed::Id>(checked), feed);
  const std::vector<std::string>& missing = channel.left_out().rungs;
  if (std::holds_alternative<ingest::FeedSink*>(answer) && !missing.empty()) {
    feed.tell("publishing without the renditions " + list_of(missing) +
              ": the server has not enough CPU left for them");
  }
  if (const auto* refusal = std::get_if<Refusal>(&answer)) report_refusal(request.channel, request, *refusal);
  return answer;
}

void Channels::report_refusal(const std::string& channel, const ingest::PublishRequest& request,
                              const Refusal& refusal) {
  refusals_.add(events::Type::kPublisherRefused, reason_of(refusal.why), channel, request, refusal.text,
                environment_.clock.steady());
}

ingest::Publisher::Refusal Channels::refuse_for(Limit limit, const ingest::PublishRequest& request) {
  const base::Micros now = environment_.clock.steady();
  Refusal refusal = admission_.refuse(limit, request.peer, now);
  // The names of channels that are not declared are their publishers' own, and as many as they like.
  refusals_.add(events::Type::kAdmissionRefused, to_string(limit), declared(request.channel) ? request.channel : "",
                request, refusal.text, now);
  return refusal;
}

/// Only channels that begin a log, and so start a worker, are limited: a publisher that comes back to its channel is
/// accepted.
bool Channels::begins_session(const std::string& channel) const {
  const auto known = channels_.find(channel);
  return known == channels_.end() || known->second->state() == Channel::State::kEnded;
}

std::variant<LeftOut, ingest::Publisher::Refusal> Channels::admit(const ingest::PublishRequest& request) {
  auto left_out = fit(*options_of(request.channel));
  if (!left_out) return refuse_for(Limit::kCpuReserve, request);
  if (auto full = limit(request)) return *std::move(full);
  return *std::move(left_out);
}

void Channels::begin_session(const std::string& name, LeftOut left_out) {
  if (!left_out.rungs.empty()) {
    ++reduced_;
    base::log_warn("channel",
                   "the CPU does not suffice for the whole ladder, the channel begins without its largest rungs",
                   {{"channel", name},
                    {"left_out", list_of(left_out.rungs)},
                    {"why", left_out.reason},
                    {"remedy",
                     "more cores, fewer channels, or a lower limits.cpu_reserve; it holds until the channel "
                     "has ended and is published again"}});
  }
  std::unique_ptr<Channel>& channel = channels_[name];
  if (!channel) channel = std::make_unique<Channel>(environment_, name, *options_of(name));
  channel->begin_session(*options_of(name), std::move(left_out));
  // Its worker comes with its first media: until then it counts here, or all that come at once would be let in for the
  // same CPU.
  const double weight = weight_of(channel->options().media);
  if (weight > 0) budget_.sample(environment_.clock.steady(), {name, weight});
}

std::optional<ingest::Publisher::Refusal> Channels::limit(const ingest::PublishRequest& request) {
  if (declared(request.channel)) return std::nullopt;
  const std::string address = loop::peer_key(request.peer);
  if (const auto full = admission_.full(count(address), request.loopback)) {
    const bool room =
        full == Limit::kChannelsPerAddress ? make_room(std::string_view(address)) : make_room(std::nullopt);
    if (!room) return refuse_for(*full, request);
  }
  const auto over = admission_.take(request.peer, request.loopback, environment_.clock.steady());
  if (over) return refuse_for(*over, request);
  return std::nullopt;
}

/// What has to be left out of the ladder for the CPU to suffice. nullopt: it does not suffice whatever is left out.
std::optional<LeftOut> Channels::fit(Options options) const {
  LeftOut left_out;
  const double reserve = admission_.cpu_reserve();
  if (reserve <= 0 || options.priority == govern::Priority::kHigh) return left_out;
  const base::Micros now = environment_.clock.steady();
  const govern::CpuBudget::Machine machine = environment_.cpu();
  const double whole = weight_of(options.media);
  for (double weight = whole; weight > 0 && !budget_.fits(now, machine, weight, reserve);
       weight = weight_of(options.media)) {
    const auto rung = admission_.smaller_ladders() ? first_to_leave_out(options.media) : std::nullopt;
    if (!rung) return std::nullopt;
    leave_out(*rung, options.media);
    left_out.rungs.push_back(*rung);
  }
  if (!left_out.rungs.empty()) {
    left_out.reason = "the whole ladder is expected to take " + cores(budget_.expected(whole)) + " cores, " +
                      cores(budget_.free(now, machine)) + " of " + cores(machine.cores) +
                      " are free, and limits.cpu_reserve keeps " + cores(reserve * machine.cores);
  }
  return left_out;
}

Admission::Count Channels::count(std::string_view address) const {
  Admission::Count count;
  for (const auto& [name, channel] : channels_) {
    if (declared(name) || channel->blank()) continue;
    ++count.channels;
    if (!address.empty() && loop::peer_key(channel->shown().publisher().peer) == address) ++count.of_address;
  }
  return count;
}

/// The publisher that has been connected longest, for at least FeedSlot::kSilent, and has sent no media. Only those of
/// `address`, if given.
Channel* Channels::longest_without_media(std::optional<std::string_view> address) const {
  Channel* longest = nullptr;
  for (const auto& [name, channel] : channels_) {
    const FeedSlot& feed = channel->shown();
    const bool waits = channel->state() == Channel::State::kLive && !channel->source().running() && feed.silent();
    if (declared(name) || !waits || feed.closing()) continue;
    if (address && loop::peer_key(feed.publisher().peer) != *address) continue;
    if (longest == nullptr || feed.silence() > longest->shown().silence()) longest = channel.get();
  }
  return longest;
}

bool Channels::make_room(std::optional<std::string_view> address) {
  Channel* longest = longest_without_media(address);
  return longest != nullptr &&
         longest->disconnect(longest->choice().shown(), "no media, and the server is at its channel limit");
}

std::optional<std::set<std::string, std::less<>>> Channels::accepted_when_full() const {
  const bool no_room = admission_.full(count({}), true) && longest_without_media(std::nullopt) == nullptr;
  const auto others = settings_.find("*");
  const bool no_cpu = others != settings_.end() && !fit(others->second);
  if (!no_room && !no_cpu) return std::nullopt;
  std::set<std::string, std::less<>> names;
  for (const auto& [name, channel] : channels_) {
    if (!declared(name) && channel->state() != Channel::State::kEnded) names.insert(name);
  }
  return names;
}

std::optional<Options> Channels::options_of(const std::string& channel) const {
  auto found = settings_.find(channel);
  if (found == settings_.end()) found = settings_.find("*");
  if (found == settings_.end()) return std::nullopt;
  Options options = found->second;
  options.declared = declared(channel);
  return options;
}

void Channels::configure(Settings settings, const Limits& limits) {
  settings_ = std::move(settings);
  policy_ = policy_of(settings_);
  admission_.configure(limits);
  for (auto& [name, channel] : channels_) {
    if (auto options = options_of(name)) channel->set_options(*std::move(options));
    for (const feed::Id id : feed::kIds) disconnect_revoked(*channel, id);
  }
}

/// A publisher whose key was revoked is disconnected, also one whose key is for another feed now.
void Channels::disconnect_revoked(Channel& channel, feed::Id id) {
  if (!channel.feed(id).occupied()) return;
  const auto checked = policy_.check(channel.feed(id).asked());
  const auto* admitted = std::get_if<feed::Id>(&checked);
  if (admitted != nullptr && *admitted == id) return;
  channel.disconnect(id, "its key, or the channel, is no longer in the configuration");
}

void Channels::stop(std::function<void()> done) {
  on_stopped_ = std::move(done);
  for (auto& [name, channel] : channels_) channel->stop();
}

void Channels::sweep() {
  forget_ended();
  // Publishers fall silent and channels are removed without a call: compare with the last state.
  auto now = occupied();
  auto full = accepted_when_full();
  if (now != last_occupied_ || full != last_full_) {
    last_occupied_ = std::move(now);
    last_full_ = std::move(full);
    environment_.on_publishers();
  }
  if (!on_stopped_) return;
  const bool all_ended = std::all_of(channels_.begin(), channels_.end(), [](const auto& entry) {
    return entry.second->state() == Channel::State::kEnded || entry.second->state() == Channel::State::kIdle;
  });
  if (!all_ended) return;
  sweep_->stop();
  // Last statement, out of a copy: it may destroy this object.
  const std::function<void()> done = on_stopped_;
  done();
}

void Channels::govern() {
  std::vector<govern::Governor::Ladder> ladders;
  const base::Micros now = environment_.clock.steady();
  for (const auto& [name, channel] : channels_) {
    const Worker* worker = channel->source().worker();
    if (worker == nullptr) continue;
    const double weight = weight_of(channel->options().media);
    const bool saving = governor_.level(name) > 0;
    if (weight > 0) budget_.sample(now, {name, weight, static_cast<base::Micros>(worker->stats().cpu_us), saving});
    const auto load = channel->source().load();
    if (!load) continue;
    const auto most = static_cast<int>(worker->stats().economy_most);
    ladders.push_back({name, channel->options().priority, *load, most});
  }
  for (const auto& step : governor_.update(now, ladders, environment_.cpu().idle)) report_step(step);
  clear_levels();
  // All of them: the governor forgets a channel that has ended, which then begins anew.
  for (const auto& [name, channel] : channels_) channel->set_economy(governor_.level(name));
}

void Channels::report_step(const govern::Governor::Step& step) {
  log_step(step);
  for (int level = step.from + 1; level <= step.to; ++level) {
    append_level(environment_.events, step.channel, level, events::State::kRaised,
                 {{"for", step.because_of},
                  {"pictures_lost_last_second", step.second.lost},
                  {"lag_ms", step.second.lag / base::kMillisecond}});
  }
  for (int level = step.from; level > step.to; --level)
    append_level(environment_.events, step.channel, level, events::State::kCleared, {{"reason", "cpu_suffices"}});
  levels_[step.channel] = step.to;
}

/// Levels of ladders that the governor has forgotten, since their workers are gone.
void Channels::clear_levels() {
  for (auto& [name, reported] : levels_) {
    for (; reported > governor_.level(name); --reported)
      append_level(environment_.events, name, reported, events::State::kCleared, {{"reason", "worker_gone"}});
  }
  std::erase_if(levels_, [](const auto& entry) { return entry.second == 0; });
}

void Channels::forget_ended() {
  const base::Micros now = environment_.clock.steady();
  for (auto at = channels_.begin(); at != channels_.end();) {
    Channel& channel = *at->second;
    const bool ended = channel.state() == Channel::State::kEnded;
    if (!ended || (!channel.blank() && now - channel.ended_at() < retention_of(channel.options()))) {
      ++at;
      continue;
    }
    base::log_info("channel", "forgotten", {{"channel", at->first}});
    on_remove_(at->first);
    at = channels_.erase(at);
  }
}

Channels::Disconnect Channels::disconnect(std::string_view channel, feed::Id id, std::string_view reason) {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) return Disconnect::kNoChannel;
  return found->second->disconnect(id, reason) ? Disconnect::kDone : Disconnect::kNoPublisher;
}

void Channels::on_clock(const registry::Answer& answer) {
  const auto found = channels_.find(answer.ask.channel);
  if (found != channels_.end()) found->second->on_clock(answer);
}

std::vector<Report> Channels::reports() {
  std::vector<Report> all;
  for (auto& [name, channel] : channels_) all.push_back(make_report(*channel));
  return all;
}

std::optional<Channels::One> Channels::report(std::string_view channel) {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) return std::nullopt;
  return One{make_report(*found->second), &found->second->options()};
}

Channels::Switch Channels::switch_feed(std::string_view channel, feed::Id to) {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) return std::nullopt;
  return found->second->switch_to(to);
}

Channels::Slate Channels::order_slate(std::string_view channel, SlateOrder::Request request) {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) return std::nullopt;
  return found->second->order_slate(std::move(request));
}

Channels::Overlaid Channels::order_overlay(std::string_view channel, const Overlays::Order& order) {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) return std::nullopt;
  return found->second->order_overlay(order);
}

Channels::Marked Channels::mark(std::string_view channel, const Channel::MarkerOrder& order) {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) return std::nullopt;
  return found->second->mark(order);
}

Channels::Thumbnail Channels::thumbnail(std::string_view channel, const ThumbnailAsk& ask) const {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) return std::nullopt;
  Channel& of = *found->second;
  ThumbnailFound answer;
  for (const auto& rendition : of.snapshot()->renditions) {
    if (rendition->kind() == media::Kind::kVideo) answer.rungs.push_back(rendition->name());
  }
  if (ask.rung.empty()) {
    answer.newest = of.thumbnails().newest(ask.feed.value_or(of.shown().id()));
  } else if (const Thumbnails::Thumbnail* newest = of.thumbnails().newest_of_rung(ask.rung)) {
    answer.newest = *newest;
  }
  return answer;
}

Channels::Captioned Channels::caption(std::string_view channel, const LiveCaptions::Request& request) {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) return std::nullopt;
  return found->second->caption(request);
}

Channels::MetadataAdded Channels::add_metadata(std::string_view channel, const LiveMetadata::Request& request) {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) return std::nullopt;
  return found->second->add_metadata(request);
}

ingest::FeedNames Channels::occupied() const {
  ingest::FeedNames names;
  for (const auto& [name, channel] : channels_) {
    for (const feed::Id id : feed::kIds) {
      if (channel->occupied(id)) names.emplace(name, id);
    }
  }
  return names;
}

std::string Channels::stale() const {
  for (const auto& [name, channel] : channels_) {
    if (channel->options().required && channel->stale()) return name;
  }
  return {};
}

}  // namespace channel
