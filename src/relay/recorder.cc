#include "relay/recorder.h"

#include <algorithm>
#include <random>
#include <utility>
#include <variant>

#include "record/encoding.h"

namespace relay {
namespace {

// LL-26: a playlist lists at least so many.
constexpr std::int64_t kLeastListed = 6;

/// What a feed shows is for operators of this server; images of what viewers see are part of the window.
bool is_relayed(const record::Record& record) {
  const auto* thumbnail = std::get_if<record::Thumbnail>(&record);
  return thumbnail == nullptr || thumbnail->feed.empty();
}

bool has_no_bytes(const record::Record& record) {
  const auto* part = std::get_if<record::Part>(&record);
  return part != nullptr && part->data.empty() && part->stored.place.size > 0;
}

}  // namespace

Place begin_log() {
  std::random_device chance;
  return {(std::uint64_t{chance()} << 32) | chance(), 1};
}

Recorder::Recorder(Context context, const origin::Log::Options& terms, const Place& start, Path path)
    : context_(std::move(context)),
      log_(start.log),
      path_(std::move(path)),
      terms_(std::make_shared<const origin::Log::Options>(terms)),
      next_(start.next) {
  auto reel = std::make_shared<Reel>();
  reel->log = log_;
  reel->path = path_;
  reel->terms = terms_;
  reel->next = next_;
  reel_ = std::move(reel);
}

void Recorder::follow(const record::Record& record) {
  seed_.follow(record, context_.numbering(), context_.clock.utc());
  if (const auto* presentation = std::get_if<record::Presentation>(&record)) segment_ = presentation->segment;
}

void Recorder::apply(const record::Record& record) {
  if (!is_relayed(record)) return;
  // Of media that memory does not have nothing can be sent: what edges get begins behind it.
  if (has_no_bytes(record)) {
    skip();
    return follow(record);
  }
  const origin::Log::Standing standing = context_.standing();
  if (!begun_ || (standing.begun > open_.standing.begun && seed_.settled(standing.begun))) begin_chunk();
  record::Encoded encoded = record::encode(record);
  open_.bytes += encoded.size();
  bytes_ += encoded.size();
  open_.entries.push_back({base::Bytes::adopt(std::move(encoded.head)), std::move(encoded.body)});
  ++next_;
  dirty_ = true;
  follow(record);
}

void Recorder::skip() {
  closed_.clear();
  open_ = {};
  begun_ = false;
  bytes_ = 0;
  ++next_;
  dirty_ = true;
}

void Recorder::begin_chunk() {
  if (begun_) closed_.push_back(std::make_shared<const Chunk>(std::exchange(open_, {})));
  begun_ = true;
  open_.standing = context_.standing();
  open_.first = next_;
  for (const record::Record& record : seed_.records(context_.clock.utc())) {
    const record::Encoded encoded = record::encode(record);
    open_.seed.push_back(base::Bytes::copy_of(encoded.head));
  }
  drop_old();
}

std::int64_t Recorder::kept_segments() const {
  const base::Micros span = terms_->memory > 0 ? terms_->memory : terms_->window;
  const std::int64_t listed = media::rescale(span, base::kSecond * segment_.num, segment_.den, media::Round::kUp);
  return std::max(listed, kLeastListed) + kSpare;
}

/// A reader that begins with a chunk has all of the segments that begin in it.
void Recorder::drop_old() {
  const std::int64_t needed = open_.standing.begun - kept_segments();
  const auto spare = [&](std::size_t i) {
    const Chunk& after = i + 1 < closed_.size() ? *closed_[i + 1] : open_;
    return after.standing.begun < needed || bytes_ > kMostBytes;
  };
  std::size_t gone = 0;
  for (; gone < closed_.size() && spare(gone); ++gone) bytes_ -= closed_[gone]->bytes;
  closed_.erase(closed_.begin(), closed_.begin() + static_cast<std::ptrdiff_t>(gone));
}

void Recorder::settle() {
  settle_quietly();
  if (std::exchange(unpublished_, false)) context_.publish(reel_);
}

void Recorder::settle_quietly() {
  if (!std::exchange(dirty_, false)) return;
  auto reel = std::make_shared<Reel>();
  reel->log = log_;
  reel->path = path_;
  reel->terms = terms_;
  reel->chunks = closed_;
  if (begun_) reel->chunks.push_back(std::make_shared<const Chunk>(open_));
  reel->next = next_;
  reel_ = std::move(reel);
  unpublished_ = true;
}

}  // namespace relay
