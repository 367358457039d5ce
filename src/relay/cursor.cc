#include "relay/cursor.h"

#include <algorithm>
#include <utility>

#include "relay/wire.h"

namespace relay {

Cursor::Cursor(std::shared_ptr<const Reel> reel, const std::optional<Place>& from)
    : reel_(std::move(reel)), log_(reel_->log), resumes_(from && reel_->has(*from)) {
  if (resumes_) next_ = from->next;
}

bool Cursor::next(std::vector<base::Bytes>& out) {
  if (lost() || reel_->chunks.empty()) return false;
  if (!said_hello_) {
    begin(out);
    return true;
  }
  if (next_ == reel_->next) {
    if (std::exchange(caught_up_, true)) return false;
    out.push_back(caught_up_item());
    return true;
  }
  const auto& chunks = reel_->chunks;
  const auto after = std::upper_bound(chunks.begin(), chunks.end(), next_,
                                      [](std::uint64_t number, const auto& chunk) { return number < chunk->first; });
  const Chunk& chunk = **std::prev(after);
  const Entry& entry = chunk.entries[next_ - chunk.first];
  ++next_;
  out.push_back(entry.head);
  if (!entry.body.empty()) out.push_back(entry.body);
  return true;
}

void Cursor::begin(std::vector<base::Bytes>& out) {
  said_hello_ = true;
  const Chunk& first = *reel_->chunks.front();
  Hello hello;
  hello.resumed = resumes_;
  if (!resumes_) {
    next_ = first.first;
    hello.standing = first.standing;
  }
  hello.at = {log_, next_};
  hello.path = reel_->path;
  hello.terms = *reel_->terms;
  out.push_back(encode_hello(hello));
  if (!resumes_) out.insert(out.end(), first.seed.begin(), first.seed.end());
  out.push_back(seeded_item());
}

}  // namespace relay
