#include "origin/numbering.h"

#include <algorithm>
#include <variant>

#include "hls/window.h"

namespace origin {

const record::Record& Numbering::apply(const record::Record& record) {
  if (const auto* presentation = std::get_if<record::Presentation>(&record)) {
    const media::Rational segment = media::reduce(presentation->segment);
    undecided_ = undecided_ || (segment_.known() && segment != segment_);
    segment_ = segment;
    return record;
  }
  const record::Record* out = &record;
  const auto number = [&](const auto& kind) {
    if constexpr (requires { kind.msn; }) {
      const std::int64_t msn = published(kind.msn);
      if (msn == kind.msn) return;
      auto shifted = kind;
      shifted.msn = msn;
      shifted_ = std::move(shifted);
      out = &shifted_;
    }
  };
  std::visit(number, record);
  return *out;
}

std::int64_t Numbering::published(std::int64_t msn) {
  constexpr std::int64_t kStep = hls::kNumberingStep;
  if (msn < 0 || msn > INT64_MAX / 2) return msn;  // impossible: the folds refuse it
  if (undecided_) {
    undecided_ = false;
    offset_ = msn > newest_ ? 0 : (newest_ - msn + kStep) / kStep * kStep;
  }
  newest_ = std::max(newest_, msn + offset_);
  return msn + offset_;
}

}  // namespace origin
