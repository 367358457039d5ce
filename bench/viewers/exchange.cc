#include "viewers/exchange.h"

#include <algorithm>

#include "base/hash.h"

namespace viewers {

Exchange::~Exchange() { cancel(); }

void Exchange::begin(Connection& connection, Micros now) {
  connection_ = &connection;
  asked_ = now;
  first_byte_ = last_byte_ = 0;
  received_ = 0;
  head_ = {};
  only_ = {};
  pieces_ = false;
  kept_.clear();
  lead_.fill(0);
}

void Exchange::take_head(const Head& head, Micros now) {
  head_ = head;
  first_byte_ = now;
  if (head.status == 200) owner_.on_first_byte(*this);
}

void Exchange::take_body(base::View bytes, bool last) {
  if (bytes.empty()) return;
  if (received_ < static_cast<std::int64_t>(lead_.size())) {
    const auto at = static_cast<std::size_t>(received_);
    std::copy_n(bytes.data(), std::min(bytes.size(), lead_.size() - at), lead_.data() + at);
  }
  received_ += static_cast<std::int64_t>(bytes.size());
  // What comes as a whole, as a playlist does, is hashed and read where it lies.
  if (last && !pieces_) {
    only_ = bytes;
    return;
  }
  if (!pieces_) {
    if (state_ == nullptr) state_.reset(XXH3_createState());
    XXH3_64bits_reset(state_.get());
    pieces_ = true;
  }
  XXH3_64bits_update(state_.get(), bytes.data(), bytes.size());
  if (keep == Keep::kBody) kept_.append(base::text_of(bytes));
}

void Exchange::complete(Micros now) {
  last_byte_ = now;
  hash_ = pieces_ ? XXH3_64bits_digest(state_.get()) : base::hash64(only_);
  body_ = pieces_ ? std::string_view(kept_) : base::text_of(only_);
  connection_ = nullptr;
  asked_ = 0;  // it may be asked again from within on_response
  if (head_.length >= 0 && head_.length != received_) {
    owner_.on_failure(*this, Failure::kProtocol, "the body is not as long as Content-Length says");
    return;
  }
  owner_.on_response(*this);
}

void Exchange::fail(Failure failure, std::string_view what) {
  if (!in_flight()) return;
  forget();
  owner_.on_failure(*this, failure, what);
}

void Exchange::cancel() {
  if (Connection* connection = connection_; connection != nullptr) {
    forget();
    connection->cancel(*this);
  }
  asked_ = 0;
}

void Exchange::forget() {
  connection_ = nullptr;
  asked_ = 0;
}

}  // namespace viewers
