#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "ingest/publish_gate.h"

namespace ingest {

/// A gate that answers at once, or when it is told to.
class FakeGate final : public PublishGate {
 public:
  std::optional<Answer> ask(const PublishRequest& request, std::function<void(const Answer&)> done) override {
    asked.push_back(request);
    if (!now) waiting.push_back(std::move(done));
    return now;
  }
  void answer(const Answer& answer) {
    for (const auto& done : std::exchange(waiting, {})) done(answer);
  }

  std::optional<Answer> now;  ///< nothing: they wait
  std::vector<PublishRequest> asked;
  std::vector<std::function<void(const Answer&)>> waiting;
};

}  // namespace ingest
