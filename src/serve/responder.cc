#include "serve/responder.h"

#include <utility>

namespace serve {

void Responder::finish(Viewer& viewer, http::StreamId id, const Ask& ask, const Verdict& verdict,
                       base::Micros part_published) {
  http::Response response = verdict.response;
  if (response->status() == 200 && ask.conditions != nullptr) response = conditional(response, *ask.conditions);
  counters_.count_request(object_of(ask.kind), response->status());
  if (verdict.cause != Cause::kNone) counters_.count_cause(verdict.cause);
  const bool media = ask.kind == Route::Kind::kPart || ask.kind == Route::Kind::kSegment;
  if (media && response->status() < 300 && (!viewer.join.known || viewer.join.since != 0))
    joins_.on_media(viewer.join, clock_.steady());
  viewer.answer(id, std::move(response), part_published);
}

}  // namespace serve
