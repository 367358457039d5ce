#include "serve/responder.h"

#include <utility>

namespace serve {

void Responder::finish(Viewer& viewer, http::StreamId id, const ObjectRequest& wanted, const Verdict& verdict,
                       base::Micros part_published) {
  http::Response response = verdict.response;
  if (response->status() == 200 && wanted.conditions != nullptr) response = conditional(response, *wanted.conditions);
  Cause cause = verdict.cause;
  if (!response->files().empty() && !files_->has_room()) {
    response = files_->busy();
    cause = Cause::kTooManyReads;
  }
  const ObjectKind object = wanted.shift == nullptr ? object_of(wanted.kind) : ObjectKind::kShifted;
  counters_.count_request(object, response->status());
  if (cause != Cause::kNone) counters_.count_cause(cause);
  const bool media = wanted.kind == Route::Kind::kPart || wanted.kind == Route::Kind::kSegment;
  if (media && response->status() < 300 && (!viewer.join.known || viewer.join.since != 0))
    joins_.on_media(viewer.join, clock_.steady());
  if (!response->files().empty()) return files_->start(viewer, id, response);
  viewer.answer(id, std::move(response), part_published);
}

}  // namespace serve
