#include "archive/journal_fold.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <variant>

namespace archive {
namespace {

std::uint64_t size_of(const record::Record& record) { return 128 + JournalWriter::media_of(record); }

/// What a feed shows is for operators, of now; images of what viewers see are part of the window.
bool is_kept(const record::Record& record) {
  const auto* thumbnail = std::get_if<record::Thumbnail>(&record);
  return thumbnail == nullptr || thumbnail->feed.empty();
}

}  // namespace

JournalFold::JournalFold(const std::string& channel, Context context)
    : context_(std::move(context)), line_(context_.writer.line(channel)) {
  if (line_ && context_.on_written) line_->follow();
}

JournalFold::~JournalFold() {
  if (begins_ == 0) return;
  batch_.push_back({line_, JournalWriter::Close{}});
  context_.writer.put(batch_);
}

void JournalFold::apply(const record::Record& record) {
  if (!line_ || !is_kept(record)) return;
  if (wants_file() && may_begin()) begin_file();
  if (open_) {
    bytes_ += size_of(record);
    batch_.push_back({line_, record});
  } else {
    ++dropped_;
  }
  follow(record);
}

void JournalFold::settle() {
  if (line_ && context_.on_written) {
    for (JournalWriter::Written& part : line_->take_written()) context_.on_written(std::move(part));
  }
  const int error = open_ ? line_->error_since(begins_) : 0;
  if (error != 0) return give_up(strerror(error));
  if (batch_.empty()) return;
  if (!context_.writer.put(batch_)) return give_up("queue_full");
  if (given_up_ && open_ && context_.clock.steady() >= healthy_at_) {
    given_up_ = false;
    context_.on_change("");
  }
}

void JournalFold::give_up(std::string_view why) {
  dropped_ += batch_.size();
  batch_.clear();
  open_ = continues_ = false;
  retry_at_ = context_.clock.steady() + kPause;
  if (!std::exchange(given_up_, true)) context_.on_change(why);
}

void JournalFold::restore(const record::Record& record) {
  continues_ = true;
  follow(record);
}

bool JournalFold::wants_file() const {
  if (!open_) return context_.clock.steady() >= retry_at_;
  return numbering_ != context_.numbering.offset() || bytes_ >= kFileBytes ||
         context_.clock.utc() - began_ >= kFileSpan;
}

/// Not between the announcement of formats, or of a discontinuity, and the segment that it is about: a file would have
/// to say both what is and what is to come.
bool JournalFold::may_begin() const {
  const bool renumbered = open_ && numbering_ != context_.numbering.offset();
  return renumbered || seed_.settled(context_.standing().begun);
}

void JournalFold::begin_file() {
  FileHeader header;
  header.continues = open_ || continues_;
  header.began = began_ = context_.clock.utc();
  header.numbering = numbering_ = context_.numbering.offset();
  header.standing = context_.standing();
  std::vector<record::Record> seed = seed_.records(began_);
  open_ = true;
  healthy_at_ = context_.clock.steady() + kTrial;
  bytes_ = 0;
  batch_.push_back({line_, JournalWriter::Begin{++begins_, header, std::move(seed)}});
}

void JournalFold::follow(const record::Record& record) {
  seed_.follow(record, context_.numbering.offset(), context_.clock.utc());
}

}  // namespace archive
