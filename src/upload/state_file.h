#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "upload/listing.h"

namespace upload {

/// What is in the bucket, on disk, so that a server that is started again goes on. Lines of text:
///
///     kickoff upload 1
///     to s3://BUCKET/PREFIX             another place: the state is of no use
///     file 1795999355123456             the journal's file from which on something may be missing
///     clear                             a session begins
///     segment [...]                     see write_entry()
///     range "..."                       an EXT-X-DATERANGE line, as JSON
///     cancel "..."                      a range of that id is no longer there
///     end                               the session is over
///
/// It is appended to, and written anew where most of it is out of date. A line that was written in part is passed over:
/// then what it says is uploaded again, which changes nothing. Waits for the disk. Thread: one.
class StateFile {
 public:
  /// `place`: where uploads go.
  StateFile(std::string path, std::string place) : path_(std::move(path)), place_(std::move(place)) {}

  /// Reads it into an empty listing. Returns the file of the journal; 0: there is no state.
  base::Micros load(Listing& listing);

  void note_file(base::Micros file);
  void note_clear() { lines_ += "clear\n"; }
  void note(const Entry& entry);
  void note(const Range& range);
  void note_cancel(const std::string& id);
  void note_end() { lines_ += "end\n"; }
  /// Writes what was noted. Errors: kSystem; what was noted is written with the next save().
  base::Status save(const Listing& listing);

 private:
  base::Status rewrite(const Listing& listing);

  const std::string path_;
  const std::string place_;
  base::Micros file_ = 0;
  std::string lines_;        ///< not written yet
  std::size_t written_ = 0;  ///< lines of segments in the file
  std::size_t noted_ = 0;    ///< likewise, in lines_
  bool known_ = false;       ///< the file there is this one's
};

}  // namespace upload
