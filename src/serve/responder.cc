#include "serve/responder.h"

#include <utility>

namespace serve {

void Responder::finish(Viewer& viewer, http::StreamId id, const ObjectRequest& wanted, const Verdict& verdict,
                       base::Micros part_published) {
  http::Response response = verdict.response;
  if (response->status() == 200 && wanted.conditions != nullptr) response = conditional(response, *wanted.conditions);
  counters_.count_request(object_of(wanted.kind), response->status());
  if (verdict.cause != Cause::kNone) counters_.count_cause(verdict.cause);
  const bool media = wanted.kind == Route::Kind::kPart || wanted.kind == Route::Kind::kSegment;
  if (media && response->status() < 300 && (!viewer.join.known || viewer.join.since != 0))
    joins_.on_media(viewer.join, clock_.steady());
  viewer.answer(id, std::move(response), part_published);
}

}  // namespace serve
