#include "http/growing_body.h"

#include <algorithm>
#include <utility>

namespace http {

BodyWriter::BodyWriter(Source& source, std::size_t most_queued)
    : body_(std::make_shared<GrowingBody>(source, most_queued)) {}

BodyWriter::~BodyWriter() {
  abort();
  body_->source_ = nullptr;
}

BodyWriter::Pushed BodyWriter::push(base::Bytes slice) {
  if (body_->state_ != GrowingBody::State::kGrowing) return Pushed::kGone;
  if (slice.empty()) return Pushed::kQueued;
  if (body_->queued_ != 0 && slice.size() > body_->most_queued_ - std::min(body_->queued_, body_->most_queued_)) {
    body_->refused_ = true;
    return Pushed::kFull;
  }
  const bool first = body_->queued_ == 0;
  body_->queued_ += slice.size();
  body_->slices_.push_back(std::move(slice));
  if (first && body_->reader_ != nullptr) body_->reader_->on_grown();
  return Pushed::kQueued;
}

std::size_t BodyWriter::queued() const { return body_->queued_; }

void BodyWriter::finish() { body_->end(GrowingBody::State::kFinished); }

void BodyWriter::abort() { body_->end(GrowingBody::State::kAborted); }

void GrowingBody::end(State state) {
  if (state_ != State::kGrowing) return;
  state_ = state;
  if (state == State::kAborted) {
    slices_.clear();
    queued_ = 0;
  }
  if (reader_ != nullptr) reader_->on_grown();
}

std::size_t GrowingBody::take(std::size_t most, std::vector<base::Bytes>& out) {
  std::size_t taken = 0;
  while (taken < most && !slices_.empty()) {
    base::Bytes& slice = slices_.front();
    if (slice.size() > most - taken) {
      out.push_back(slice.slice(0, most - taken));
      slice = slice.slice(most - taken);
      taken = most;
    } else {
      taken += slice.size();
      out.push_back(std::move(slice));
      slices_.pop_front();
    }
  }
  queued_ -= taken;
  return taken;
}

void GrowingBody::notify_writable() {
  if (queued_ != 0 || state_ != State::kGrowing || !std::exchange(refused_, false)) return;
  source_->on_writable();
}

void GrowingBody::leave() {
  reader_ = nullptr;
  slices_.clear();
  queued_ = 0;
  if (state_ != State::kGrowing) return;
  state_ = State::kGone;
  source_->on_gone();
}

}  // namespace http
