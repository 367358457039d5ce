#include "events/alarms.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>
#include <variant>

namespace events {
namespace {

constexpr std::array kAlarmKinds{
    AlarmKind{Type::kOutage, Severity::kPage, "kickoffpictureheld"},
    AlarmKind{Type::kFeedFault, Severity::kPage, "kickofffeedpoor"},
    AlarmKind{Type::kGovernorLevel, Severity::kTicket, "kickoffladderreduced"},
    AlarmKind{Type::kJournal, Severity::kPage, "kickoffjournalgivenup"},
    AlarmKind{Type::kUpload, Severity::kTicket, "kickoffuploadfailing"},
    AlarmKind{Type::kRegistry, Severity::kTicket, "kickoffregistrygone"},
    AlarmKind{Type::kWebhook, Severity::kTicket, "kickoffwebhookfailing"},
    AlarmKind{Type::kOriginLost, Severity::kPage, "kickoffedgeoriginlost"},
};

constexpr std::string_view kSilenced = "silenced";
constexpr std::string_view kLifted = "lifted";
constexpr std::string_view kOver = "over";

template <typename T>
T datum(const Fact& fact, std::string_view name) {
  for (const base::Field& field : fact.data) {
    if (field.name != name) continue;
    if (const T* value = std::get_if<T>(&field.value)) return *value;
  }
  return T{};
}

}  // namespace

std::string_view to_string(Severity severity) { return severity == Severity::kPage ? "page" : "ticket"; }

const AlarmKind* alarm_kind(Type type) {
  const auto* found =
      std::find_if(kAlarmKinds.begin(), kAlarmKinds.end(), [type](const AlarmKind& kind) { return kind.type == type; });
  return found == kAlarmKinds.end() ? nullptr : found;
}

const AlarmKind* alarm_kind(std::string_view name) {
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  const auto* found = std::find_if(kAlarmKinds.begin(), kAlarmKinds.end(), [name](const AlarmKind& kind) {
    return to_string(kind.type).substr(kPrefix.size()) == name;
  });
  return found == kAlarmKinds.end() ? nullptr : found;
}

void Alarms::restore(const std::deque<Kept>& events) {
  const base::Micros now = clock_.utc();
  for (const Kept& kept : events) {
    const Fact& fact = kept.event->fact;
    if (fact.type != Type::kAlarmSilence) continue;
    const AlarmKind* const kind = alarm_kind(datum<std::string>(fact, "alarm"));
    if (kind == nullptr) continue;
    const SilenceTarget target{kind->type, datum<bool>(fact, "kind"), fact.channel, fact.which};
    const base::Micros duration = datum<std::int64_t>(fact, "for_s") * base::kSecond;
    if (datum<std::string>(fact, "action") != kSilenced || duration <= 0 || duration > kLongestSilence) {
      silences_.erase(target);
    } else if (silences_.size() < kMostSilences || silences_.contains(target)) {
      silences_[target] = {kept.event->time + duration, datum<std::string>(fact, "by"),
                           datum<std::string>(fact, "reason")};
    }
  }
  // Without an event: that they have ended is known from when they began.
  std::erase_if(silences_, [now](const auto& entry) { return entry.second.until <= now; });
}

void Alarms::take(const std::shared_ptr<const Event>& event) {
  const Fact& fact = event->fact;
  if (fact.state == State::kMoment || alarm_kind(fact.type) == nullptr) return;
  const Conditions::Name name{fact.type, fact.channel, fact.which};
  const auto found = entries_.find(name);
  const base::Micros now = clock_.steady();
  if (fact.state == State::kCleared) {
    if (found == entries_.end()) return;
    Entry& entry = found->second;
    if (!entry.set) {
      entries_.erase(found);
      return;
    }
    if (std::exchange(entry.alarm.lasts, false)) entry.changed = now;
    return;
  }
  if (found == entries_.end() && entries_.size() >= Conditions::kMost) return;
  Entry& entry = found == entries_.end() ? entries_[name] : found->second;
  if (entry.alarm.event == nullptr) {
    entry.alarm.id = event->id;
    entry.alarm.since = event->time;
  }
  entry.alarm.event = event;
  ++entry.alarm.raised;
  if (!std::exchange(entry.alarm.lasts, true)) entry.changed = now;
  entry.set = entry.set || options_.raise_after <= 0;
}

void Alarms::advance() {
  const base::Micros now = clock_.steady();
  for (auto at = entries_.begin(); at != entries_.end();) {
    Entry& entry = at->second;
    const base::Micros age = now - entry.changed;
    if (entry.alarm.lasts && age >= options_.raise_after) entry.set = true;
    const bool over = !entry.alarm.lasts && age >= options_.clear_after;
    at = over ? entries_.erase(at) : std::next(at);
  }
  const base::Micros utc = clock_.utc();
  for (auto at = silences_.begin(); at != silences_.end();) {
    if (at->second.until > utc) {
      ++at;
      continue;
    }
    const auto [target, silence] = *at;
    at = silences_.erase(at);
    append(target, silence, kOver, 0);
  }
}

std::optional<SilenceTarget> Alarms::find(const SilenceOrder& order) const {
  if (const AlarmKind* const kind = alarm_kind(order.id)) return SilenceTarget{kind->type, true, order.channel, {}};
  std::uint64_t number = 0;
  const char* const last = order.id.data() + order.id.size();
  const auto [end, error] = std::from_chars(order.id.data(), last, number);
  if (error != std::errc{} || end != last || !order.channel.empty()) return std::nullopt;
  for (const auto& [name, entry] : entries_) {
    if (!entry.set || entry.alarm.id != number) continue;
    const auto& [type, channel, which] = name;
    return SilenceTarget{type, false, channel, which};
  }
  return std::nullopt;
}

Alarms::Outcome Alarms::order(const SilenceOrder& order) {
  const std::optional<SilenceTarget> target = find(order);
  if (!target) return Outcome::kUnknown;
  if (order.duration <= 0) {
    if (silences_.erase(*target) == 0) return Outcome::kNotSilenced;
    append(*target, {.by = order.by}, kLifted, 0);
    return Outcome::kDone;
  }
  if (silences_.size() >= kMostSilences && !silences_.contains(*target)) return Outcome::kTooMany;
  const base::Micros duration = std::min(order.duration, kLongestSilence);
  silences_[*target] = {clock_.utc() + duration, order.by, order.reason};
  append(*target, silences_[*target], kSilenced, duration);
  return Outcome::kDone;
}

void Alarms::append(const SilenceTarget& target, const Silence& silence, std::string_view action,
                    base::Micros duration) {
  Fact fact{Type::kAlarmSilence, target.channel, State::kMoment, target.which, {}};
  fact.data = {{"alarm", to_string(target.type).substr(kPrefix.size())}, {"kind", target.kind}, {"action", action}};
  if (!target.which.empty()) fact.data.emplace_back("which", target.which);
  if (duration > 0) {
    fact.data.emplace_back("for_s", duration / base::kSecond);
    fact.data.emplace_back("reason", silence.reason);
  }
  fact.data.emplace_back("by", silence.by);
  sink_.append(std::move(fact));
}

std::optional<Silence> Alarms::silence_of(const Conditions::Name& name) const {
  const auto& [type, channel, which] = name;
  std::optional<Silence> longest;
  for (const SilenceTarget& target : {SilenceTarget{type, false, channel, which},
                                      SilenceTarget{type, true, channel, {}}, SilenceTarget{type, true, {}, {}}}) {
    const auto found = silences_.find(target);
    if (found != silences_.end() && (!longest || longest->until < found->second.until)) longest = found->second;
  }
  return longest;
}

std::vector<Alarms::Alarm> Alarms::all() const {
  std::vector<Alarm> alarms;
  for (const auto& [name, entry] : entries_) {
    if (!entry.set) continue;
    alarms.push_back(entry.alarm);
    alarms.back().silence = silence_of(name);
  }
  std::sort(alarms.begin(), alarms.end(), [](const Alarm& a, const Alarm& b) { return a.id < b.id; });
  return alarms;
}

}  // namespace events
