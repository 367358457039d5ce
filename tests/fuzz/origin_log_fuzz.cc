#include <cstdint>
#include <cstdlib>
#include <string>

#include "origin/log.h"
#include "record/record.h"

namespace {

/// Takes numbers off the input; zeros when it is used up.
class Numbers {
 public:
  Numbers(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool empty() const { return at_ >= size_; }
  std::uint8_t byte() { return empty() ? std::uint8_t{0} : data_[at_++]; }
  /// Mostly near `base`, at times anything.
  std::int64_t near(std::int64_t base, std::int64_t step) {
    const std::uint8_t choice = byte();
    if (choice < 240) {
      const auto steps = static_cast<std::uint64_t>(std::int64_t{choice % 16 - 4} * step);
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(base) + steps);
    }
    std::uint64_t any = 0;
    for (int i = 0; i < 8; ++i) any = any << 8 | byte();
    return static_cast<std::int64_t>(any);
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

record::Presentation presentation(Numbers& in) {
  record::Presentation presentation;
  presentation.segment = {in.near(2, 1), in.near(1, 1)};
  for (unsigned i = 0; i < in.byte() % 4U; ++i) {
    record::Rendition rendition;
    rendition.name = std::string(1, static_cast<char>('a' + i + in.byte() / 250U));
    rendition.track.timescale = in.near(90000, 1000);
    rendition.track.codec = i == 0 ? media::Codec::kH264 : media::Codec::kAac;
    rendition.init = base::Bytes::copy_of(std::string(1, static_cast<char>('0' + in.byte() % 3U)));
    rendition.part_ticks = in.near(45000, 5000);
    presentation.renditions.push_back(rendition);
  }
  return presentation;
}

/// Where a slot starts, by two's complement for numbers that are nonsense.
std::int64_t slot(std::int64_t msn) { return static_cast<std::int64_t>(static_cast<std::uint64_t>(msn) * 180000); }

record::Record next_record(Numbers& in, std::int64_t& msn) {
  const unsigned kind = in.byte() % 16;
  const std::uint32_t rendition = in.byte() % 3U;
  if (kind == 0) return presentation(in);
  if (kind == 1) return record::Discontinuity{in.near(msn, 1)};
  if (kind == 2 && in.byte() > 200) return record::End{};
  if (kind < 5) {
    const std::int64_t at = in.near(msn, 1);
    ++msn;
    return record::SegmentEnd{rendition, at, in.near(slot(at), 90), in.near(180000, 9000)};
  }
  const std::int64_t at = in.near(msn, kind == 5 ? 20 : 0);
  const std::uint32_t index = in.byte() % 8U == 7 ? in.byte() * 50U : in.byte() % 4U;
  if (kind < 8) return record::Gap{rendition, at, index, in.near(slot(at), 45000), in.near(45000, 1000)};
  record::Part part;
  part.rendition = rendition;
  part.msn = at;
  part.index = index;
  part.start = in.near(slot(at), 45000);
  part.duration = in.near(45000, 1000);
  part.last = kind == 8;
  part.data = base::Bytes::copy_of("part");
  return part;
}

}  // namespace

// Whatever records say, in whatever order: no crash, bounded work, and two logs stay the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Numbers in(data, size);
  origin::Log one("c", {});
  origin::Log two("c", {});
  record::Presentation first;
  first.renditions.resize(1);
  first.renditions[0].name = "a";
  first.renditions[0].init = base::Bytes::copy_of("0");
  first.renditions[0].part_ticks = 45000;
  one.apply(first);
  two.apply(first);
  std::int64_t msn = 888'000'000;
  for (unsigned count = 1; !in.empty(); ++count) {
    const record::Record record = next_record(in, msn);
    one.apply(record);
    two.apply(record);
    if (count % 32 != 0) continue;
    for (const auto& rendition : one.snapshot()->renditions) {
      if (rendition->ready()) rendition->playlist(hls::Skip::kYes);
    }
  }
  const auto left = one.snapshot();
  const auto right = two.snapshot();
  for (std::size_t i = 0; i < left->renditions.size(); ++i) {
    if (!left->renditions[i]->ready()) continue;
    const auto& a = left->renditions[i]->playlist(hls::Skip::kNo);
    const auto& b = right->renditions[i]->playlist(hls::Skip::kNo);
    if (a.identity.text() != b.identity.text()) std::abort();
  }
  return 0;
}
