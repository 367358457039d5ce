#include "registry/announcer.h"

#include <algorithm>
#include <utility>

#include "registry/lease.h"

namespace registry {

void Announcer::set(std::string key, std::string value) {
  wanted_ = true;
  changed_ = changed_ || value != value_ || !written_;
  key_ = std::move(key);
  value_ = std::move(value);
}

base::Micros Announcer::next() const {
  if (!wanted_) return kNever;
  if (lease_ == 0) return retry_at_;
  const base::Micros renewal = renewed_at_ + kRenewal;
  return std::max(retry_at_, changed_ ? std::min(renewal, wrote_at_ + kLeastBetween) : renewal);
}

void Announcer::step(base::Micros until) {
  fault_.clear();
  if (clock_.steady() < next()) return;
  if (lease_ != 0 && clock_.steady() >= renewed_at_ + kRenewal && !renew(until)) return;
  if (lease_ == 0 && !grant(until)) return;
  if (changed_ && clock_.steady() >= wrote_at_ + kLeastBetween) put(until);
}

void Announcer::withdraw(base::Micros until) {
  fault_.clear();
  wanted_ = written_ = false;
  const std::int64_t lease = std::exchange(lease_, 0);
  if (lease != 0) static_cast<void>(call(kRevokePath, revoke_request(lease), until));
}

bool Announcer::grant(base::Micros until) {
  // A key that is to go with it has to be written again.
  written_ = false;
  changed_ = true;
  const base::Micros asked_at = clock_.steady();
  const auto answer = call(kGrantPath, grant_request(kLease / base::kSecond), until);
  if (!answer.ok()) return false;
  const auto lease = parse_grant(*answer);
  if (!lease.ok()) return fail(lease.error().what), false;
  lease_ = *lease;
  renewed_at_ = asked_at;
  return true;
}

/// False: it could not be asked. A lease that is gone is no failure: etcd was away for longer than it lasts.
bool Announcer::renew(base::Micros until) {
  const base::Micros asked_at = clock_.steady();
  const auto answer = call(kRenewPath, renew_request(lease_), until);
  if (!answer.ok()) return false;
  const auto alive = parse_renewal(*answer);
  if (!alive.ok()) return fail(alive.error().what), false;
  if (*alive) {
    renewed_at_ = asked_at;
  } else {
    lease_ = 0;
  }
  return true;
}

void Announcer::put(base::Micros until) {
  const auto answer = client_.call({{kPutPath, put_request(key_, value_, lease_)}}, until).front();
  if (!answer.ok()) {
    // Refused, where the lease has run out since: the next step gets another one.
    if (answer.error().code == base::Code::kDenied) lease_ = 0;
    return fail(answer.error().what);
  }
  written_ = true;
  changed_ = false;
  wrote_at_ = clock_.steady();
}

base::Result<std::string> Announcer::call(std::string_view path, std::string body, base::Micros until) {
  auto answer = client_.call({{path, std::move(body)}}, until).front();
  if (!answer.ok()) fail(answer.error().what);
  return answer;
}

void Announcer::fail(const std::string& why) {
  fault_ = why;
  retry_at_ = clock_.steady() + kRetry;
}

}  // namespace registry
