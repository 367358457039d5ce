#include "upload/journal_tail.h"

#include <algorithm>
#include <utility>

#include "archive/journal_file.h"
#include "base/log.h"

namespace upload {

/// The next file, which becomes the one that is looked for.
std::optional<std::string> JournalTail::newer() {
  const auto files = archive::list_files(directory_);
  const auto found = std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.began >= next_; });
  if (found == files.end()) return std::nullopt;
  file_ = found->began;
  return found->path;
}

JournalTail::Found JournalTail::next(record::Record& record) {
  if (reader_ && reader_->next(record)) return Found::kRecord;
  const base::Micros before = file_;
  const auto path = newer();
  if (!path) {
    file_ = before;
    if (reader_) reader_->refresh();
    return reader_ && reader_->next(record) ? Found::kRecord : Found::kNothing;
  }
  // What was written to the old file before the new one began.
  if (reader_) {
    reader_->refresh();
    if (reader_->next(record)) {
      file_ = before;
      return Found::kRecord;
    }
  }
  auto opened = archive::FileReader::open(*path);
  if (!opened.ok()) {
    // It may be being written, or be damaged; a later one shows which.
    const base::Micros broken = file_;
    file_ = before;
    const auto files = archive::list_files(directory_);
    if (files.empty() || files.back().began == broken) return Found::kNothing;
    base::log_warn("upload", "a file of the journal cannot be read", {{"why", opened.error().what}});
    next_ = broken + 1;
    whole_before_ = false;
    reader_ = nullptr;
    return next(record);
  }
  whole_before_ = reader_ != nullptr && reader_->damage().empty();
  reader_ = opened.take();
  next_ = file_ + 1;
  return Found::kFile;
}

}  // namespace upload
