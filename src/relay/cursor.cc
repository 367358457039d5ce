#include "relay/cursor.h"

#include <algorithm>
#include <utility>

#include "record/encoding.h"
#include "relay/wire.h"

namespace relay {

namespace {

std::optional<record::Part> part_of(const Entry& entry) {
  if (entry.body.empty()) return std::nullopt;
  auto record = record::decode_head(entry.head.view());
  auto* part = record.ok() && *record ? std::get_if<record::Part>(&**record) : nullptr;
  return part == nullptr ? std::nullopt : std::optional<record::Part>(std::move(*part));
}

/// Whether the log has the part by which an edge's media are known.
bool shares(const Reel& reel, const Have& have) {
  const auto is_it = [&](const Entry& entry) {
    const auto part = part_of(entry);
    return part && part->msn == have.last && part->stored.hash == have.hash;
  };
  return std::any_of(reel.chunks.rbegin(), reel.chunks.rend(), [&](const auto& chunk) {
    return std::any_of(chunk->entries.begin(), chunk->entries.end(), is_it);
  });
}

}  // namespace

Cursor::Cursor(std::shared_ptr<const Reel> reel, const std::optional<Place>& from, const std::optional<Have>& have)
    : reel_(std::move(reel)), log_(reel_->log), resumes_(from && reel_->has(*from)) {
  if (resumes_) {
    next_ = from->next;
  } else if (have && shares(*reel_, *have)) {
    have_ = have;
  }
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
    have_.reset();
    return true;
  }
  const auto& chunks = reel_->chunks;
  const auto after = std::upper_bound(chunks.begin(), chunks.end(), next_,
                                      [](std::uint64_t number, const auto& chunk) { return number < chunk->first; });
  const Chunk& chunk = **std::prev(after);
  const Entry& entry = chunk.entries[next_ - chunk.first];
  ++next_;
  if (have_) {
    const auto part = part_of(entry);
    if (part && part->msn >= have_->first && part->msn <= have_->last) {
      out.push_back(encode_known(entry.head.view()));
      return true;
    }
  }
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
