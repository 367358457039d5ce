#include "webhook/courier.h"

#include <algorithm>
#include <utility>

#include "events/cloud_event.h"

namespace webhook {
namespace {

/// The same at each attempt, and of no other event of any instance. A receiver may not expect a '.' in it.
std::string id_of(const events::Event& event, const std::string& source) {
  std::string id = source + "_" + std::to_string(event.sequence);
  id.erase(0, id.find_first_not_of('/'));
  for (char& c : id) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!plain) c = '-';
  }
  return id;
}

}  // namespace

client::Request request_of(const Dispatch& dispatch, const std::string& source, std::int64_t now) {
  std::string body = events::to_cloud_event(*dispatch.event, source);
  const std::string id = id_of(*dispatch.event, source);
  client::Request request{.method = "POST", .url = dispatch.endpoint->url, .timeout = dispatch.endpoint->timeout};
  request.headers = {{"content-type", "application/cloudevents+json; charset=utf-8"},
                     {"user-agent", "Kickoff"},
                     {"webhook-id", id},
                     {"webhook-timestamp", std::to_string(now)}};
  if (!dispatch.endpoint->secrets.empty())
    request.headers.emplace_back("webhook-signature", sign(dispatch.endpoint->secrets, id, now, body));
  request.body = base::Bytes::adopt(std::move(body));
  return request;
}

std::vector<Change> Courier::configure(const std::vector<Endpoint>& endpoints) {
  std::vector<std::unique_ptr<Entry>> before = std::move(entries_);
  entries_.clear();
  for (const Endpoint& endpoint : endpoints) {
    const auto same = std::find_if(before.begin(), before.end(), [&](const auto& entry) {
      return entry && entry->hook.endpoint()->name == endpoint.name;
    });
    if (same == before.end()) {
      entries_.push_back(std::make_unique<Entry>(next_serial_++, endpoint, spread_));
    } else {
      (*same)->hook.configure(endpoint);
      entries_.push_back(std::move(*same));
    }
  }
  std::vector<Change> changes;
  for (const auto& entry : before) {
    if (entry && entry->told) changes.push_back({entry->hook.endpoint()->name, false, "removed"});
  }
  return changes;
}

bool Courier::offer(const std::shared_ptr<const events::Event>& event, base::Micros now) {
  newest_ = event->sequence;
  bool any = false;
  for (const auto& entry : entries_) any = entry->hook.offer(event, now) || any;
  return any;
}

std::vector<Dispatch> Courier::take_due(base::Micros now) {
  std::vector<Dispatch> due;
  for (const auto& entry : entries_) {
    Hook& hook = entry->hook;
    while (auto attempt = hook.take_due(now)) {
      due.push_back({next_id_, std::move(attempt->event), hook.endpoint()});
      flights_[next_id_++] = {entry->serial, attempt->ticket};
    }
  }
  return due;
}

base::Micros Courier::next_due() const {
  base::Micros next = INT64_MAX;
  for (const auto& entry : entries_) next = std::min(next, entry->hook.next_due());
  return next;
}

std::vector<Change> Courier::take_answers(const std::vector<client::Exchange::Arrival>& arrivals, base::Micros now) {
  std::vector<Change> changes;
  for (const client::Exchange::Arrival& arrival : arrivals) {
    const auto flight = flights_.find(arrival.id);
    if (flight == flights_.end()) continue;
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const auto& entry) { return entry->serial == flight->second.serial; });
    if (found != entries_.end()) {
      Entry& entry = **found;
      entry.hook.take_answer(flight->second.ticket, arrival.answer, now);
      const bool failing = entry.hook.failing();
      // It works again when it has taken something: a replay alone does not tell.
      if (failing != entry.told && (failing || arrival.answer.ok())) {
        entry.told = failing;
        changes.push_back({entry.hook.endpoint()->name, failing, failing ? entry.hook.why() : "works_again"});
      }
    }
    flights_.erase(flight);
  }
  return changes;
}

std::optional<std::size_t> Courier::replay(const std::string& name, base::Micros now) {
  for (const auto& entry : entries_) {
    if (entry->hook.endpoint()->name == name) return entry->hook.replay(now);
  }
  return std::nullopt;
}

std::vector<Report> Courier::reports(base::Micros now, Letters letters) const {
  std::vector<Report> reports;
  for (const auto& entry : entries_) reports.push_back(entry->hook.report(now, letters));
  return reports;
}

std::optional<Saved> Courier::saved(std::size_t index, base::Micros now, base::Micros utc) const {
  if (index >= entries_.size()) return std::nullopt;
  return entries_[index]->hook.saved(newest_, now, utc);
}

void Courier::restore(const std::vector<Saved>& saved, const Earlier& earlier, base::Micros now, base::Micros utc) {
  for (const auto& entry : entries_) {
    const auto same = std::find_if(saved.begin(), saved.end(),
                                   [&](const Saved& one) { return one.name == entry->hook.endpoint()->name; });
    if (same != saved.end()) entry->hook.restore(*same, earlier, now, utc);
  }
}

bool Courier::busy() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const auto& entry) { return entry->hook.busy(); });
}

}  // namespace webhook
