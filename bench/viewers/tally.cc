#include "viewers/tally.h"

namespace viewers {
namespace {

constexpr std::size_t kExamples = 4;

}  // namespace

void Tally::fault(std::string_view kind, std::string_view example, std::uint64_t times) {
  Fault& fault = faults[std::string(kind)];
  fault.count += times;
  if (fault.examples.size() < kExamples) fault.examples.emplace_back(example);
}

void Tally::merge(const Tally& other) {
  for (std::size_t i = 0; i < kCounts; ++i) counts[i] += other.counts[i];
  for (std::size_t i = 0; i < kSpans; ++i) spans[i].add(other.spans[i]);
  for (const auto& [kind, theirs] : other.faults) {
    Fault& fault = faults[kind];
    fault.count += theirs.count;
    for (const std::string& example : theirs.examples) {
      if (fault.examples.size() < kExamples) fault.examples.push_back(example);
    }
  }
  ledger.merge(other.ledger, [this](const std::string& path, std::uint64_t times) {
    fault(kWrongBytesFault, path + ": two processes were sent different bytes", times);
  });
  cpu += other.cpu;
}

}  // namespace viewers
