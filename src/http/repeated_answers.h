#pragma once

#include <array>

#include "base/bytes.h"
#include "http/date.h"
#include "http/response.h"

namespace http {

/// Small HTTP/1.1 answers that were just given before, in one piece: head, date and body. When a crowd gets the same
/// playlist, each of them then costs one slice and one plain send instead of a gathered one.
/// Owns: the last few answers and, of those asked for twice within a second, the bytes. Bound: kAnswers of kMostBody.
/// Thread: one loop's.
class RepeatedAnswers {
 public:
  static constexpr std::size_t kMostBody = 32 * 1024;  ///< more is worth no copy

  /// The answer's bytes; nothing for the first viewer of an answer and of a second, and for large ones.
  /// `ending`: the date line that it ends its head with, of the second that now is.
  base::Bytes find(const Response& response, const base::Bytes& ending);

 private:
  // Playlists of two codings, beside a video and an audio rendition's.
  static constexpr std::size_t kAnswers = 4;
  struct Answer {
    Response response;
    base::Bytes ending;
    base::Bytes whole;
  };
  std::array<Answer, kAnswers> answers_;
  std::size_t oldest_ = 0;
};

}  // namespace http
