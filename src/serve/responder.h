#pragma once

#include "base/clock.h"
#include "serve/channel_view.h"
#include "serve/counters.h"
#include "serve/file_bodies.h"
#include "serve/joins.h"
#include "serve/viewer.h"

namespace serve {

/// The last step of every answer: the conditions of the request, counters, the end of a join.
/// Thread: its loop's. What it is given outlives it.
class Responder final {
 public:
  /// `files`: null where no answer lies in files.
  Responder(const base::Clock& clock, Counters& counters, Joins& joins, FileBodies* files = nullptr)
      : clock_(clock), counters_(counters), joins_(joins), files_(files) {}

  /// Answers with the verdict's response, or with the 304, 206 or 416 that the conditions make of it.
  /// `part_published`: see Viewer::answer. REQUIRES: the verdict has a response.
  void finish(Viewer& viewer, http::StreamId id, const ObjectRequest& wanted, const Verdict& verdict,
              base::Micros part_published = 0);

 private:
  const base::Clock& clock_;
  Counters& counters_;
  Joins& joins_;
  FileBodies* const files_;
};

}  // namespace serve
