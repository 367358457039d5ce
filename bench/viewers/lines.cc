#include "viewers/lines.h"

#include "viewers/http1_client.h"
#include "viewers/http2_client.h"

namespace viewers {

std::unique_ptr<Connection> Lines::dial() {
  if (engine_.options.h2) return std::make_unique<Http2Client>(engine_, pace_);
  return std::make_unique<Http1Client>(engine_, pace_);
}

void Lines::ask(Exchange& exchange) { (shared_ != nullptr ? shared_one() : free_one()).ask(exchange); }

Connection& Lines::shared_one() {
  auto& connection = shared_->connection;
  if (connection != nullptr && connection->lost()) engine_.buried.push_back(std::move(connection));
  if (connection == nullptr) connection = dial();
  return *connection;
}

Connection& Lines::free_one() {
  for (std::size_t i = 0; i < own_.size();) {
    if (own_[i]->lost()) {
      engine_.buried.push_back(std::move(own_[i]));
      own_.erase(own_.begin() + static_cast<std::ptrdiff_t>(i));
    } else if (own_[i]->can_take()) {
      return *own_[i];
    } else {
      ++i;
    }
  }
  return *own_.emplace_back(dial());
}

void Lines::hang_up() {
  for (auto& connection : own_) engine_.buried.push_back(std::move(connection));
  own_.clear();
}

void Lines::read_paced(Micros now) {
  for (std::size_t i = 0; i < own_.size(); ++i) own_[i]->read_paced(now);
}

}  // namespace viewers
