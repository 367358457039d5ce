#include "serve/joins.h"

#include <utility>

#include "base/hash.h"

namespace serve {
namespace {

// In a header the value is sid="…"; in a query it comes percent-encoded, as sid%3D%22…%22.
std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  const std::size_t at = text.find(open);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + open.size());
  const std::size_t end = text.find(close);
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end);
}

std::uint64_t hash_of(std::string_view session) { return base::hash64(base::view_of(session)); }

}  // namespace

std::string_view cmcd_session(const http::Request& request) {
  if (const std::size_t at = request.query.find("CMCD="); at != std::string_view::npos) {
    const std::string_view value = request.query.substr(at, request.query.find('&', at) - at);
    const std::string_view encoded = between(value, "sid%3D%22", "%22");
    return encoded.empty() ? between(value, "sid=\"", "\"") : encoded;
  }
  return between(request.find("cmcd-session"), "sid=\"", "\"");
}

bool Joins::seen(std::uint64_t session) const {
  return sessions_[0].contains(session) || sessions_[1].contains(session);
}

bool Joins::is_new(const Mark& mark, const http::Request& request) const {
  const std::string_view session = cmcd_session(request);
  return session.empty() ? !mark.known : !seen(hash_of(session));
}

void Joins::admit(Mark& mark, const http::Request& request, base::Micros now) {
  if (const std::string_view session = cmcd_session(request); !session.empty()) {
    if (sessions_[0].size() >= kSessions || now - generation_since_ > kGeneration) {
      sessions_[1] = std::exchange(sessions_[0], {});
      generation_since_ = now;
    }
    sessions_[0].insert(hash_of(session));
  }
  leave(mark);
  tick(now);
  mark = {true, now};
  ++on_their_way_[static_cast<std::size_t>(now / kTick) % kSlots];
  counters_.joins.add();
  counters_.joining.add();
}

void Joins::on_media(Mark& mark, base::Micros now) {
  mark.known = true;
  if (mark.since == 0) return;
  counters_.join_time.observe(now - mark.since);
  leave(mark);
}

void Joins::on_closed(Mark& mark) { leave(mark); }

void Joins::leave(Mark& mark) {
  const base::Micros since = std::exchange(mark.since, 0);
  if (since == 0 || since / kTick + static_cast<std::int64_t>(kSlots) <= newest_) return;  // given up already
  --on_their_way_[static_cast<std::size_t>(since / kTick) % kSlots];
  counters_.joining.subtract();
}

void Joins::tick(base::Micros now) {
  const std::int64_t target = now / kTick;
  if (target - newest_ >= static_cast<std::int64_t>(kSlots)) newest_ = target - static_cast<std::int64_t>(kSlots);
  while (newest_ < target) {
    // The slot that begins now is the one of ten seconds ago.
    std::uint32_t& slot = on_their_way_[static_cast<std::size_t>(++newest_) % kSlots];
    counters_.joining.subtract(std::exchange(slot, 0));
  }
}

}  // namespace serve
