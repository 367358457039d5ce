#include <cstdint>
#include <cstdlib>
#include <string>

#include "webhook/admission.h"

/// The answer of a program that is asked about a publisher: its first byte chooses the status.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  constexpr int kStatus[] = {200, 204, 401, 403, 302, 404, 500, 0};
  client::Answer answer;
  answer.status = kStatus[data[0] % 8];
  answer.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  answer.error = answer.body;
  for (const bool allow : {false, true}) {
    const auto decision = webhook::decision_of(answer, {.allow_on_timeout = allow});
    if (!decision.answered && decision.allow != allow) std::abort();
    if (decision.allow && decision.answered && !answer.ok()) std::abort();
    if (decision.reason.size() > 1000 || decision.reason.find('\n') != std::string::npos) std::abort();
    if (!decision.allow && decision.reason.empty() && answer.status != 0) std::abort();
  }
  return 0;
}
