// What a part costs by the length of the window: folding it in, and the first request for each playlist of its revision
// (later ones share the bytes), the I-frame playlist's among them. And what memory a closed segment takes whose media
// is in the journal.

#include <malloc.h>
#include <time.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "origin/log.h"

namespace {

/// CPU time of this thread: what else the machine does is not in the figures.
struct Clock {
  using duration = std::chrono::nanoseconds;
  static duration now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }
};

constexpr std::int64_t kFirst = 888'000'000;
constexpr std::int64_t kPartTicks = 45'000;
constexpr int kParts = 4;

record::Presentation presentation() {
  record::Rendition video;
  video.name = "v720";
  video.track.codec = media::Codec::kH264;
  video.track.timescale = 90'000;
  video.track.codec_string = "avc1.64001f";
  video.track.video.width = 1280;
  video.track.video.height = 720;
  video.track.video.frame_rate = {25, 1};
  video.init = base::Bytes::of_static("init");
  video.bandwidth = 4'000'000;
  video.average_bandwidth = 4'000'000;
  video.part_ticks = kPartTicks;
  return {{video}, {2, 1}, true};
}

record::Part part(std::int64_t msn, std::uint32_t index) {
  record::Part part;
  part.msn = msn;
  part.index = index;
  part.start = (msn * kParts + index) * kPartTicks;
  part.duration = kPartTicks;
  part.independent = index == 0;
  part.last = index == kParts - 1;
  part.data = base::Bytes::of_static("media");
  return part;
}

double nanoseconds(Clock::duration time, int count) { return static_cast<double>(time.count()) / count; }

struct Bench {
  explicit Bench(base::Micros window) : log("bench", options(window)) { log.apply(presentation()); }

  static origin::Log::Options options(base::Micros window) {
    origin::Log::Options options;
    options.window = window;
    options.memory = 12 * base::kSecond;
    options.iframes = true;
    return options;
  }
  void add(std::uint32_t index) {
    log.apply(part(msn, index));
    log.file_part(0, msn, index, {path, static_cast<std::uint64_t>(msn - kFirst) * 1000, 5});
    if (index + 1 < kParts) return;
    log.apply(record::SegmentEnd{
        .rendition = 0, .msn = msn, .start = msn * kParts * kPartTicks, .duration = kParts * kPartTicks});
    if (msn % 1800 == 0)
      path = std::make_shared<const std::string>("/var/lib/kickoff/journal/match/20261130T004235.123456Z.journal");
    ++msn;
  }

  std::shared_ptr<const std::string> path = std::make_shared<const std::string>("first");
  std::int64_t msn = kFirst;
  origin::Log log;
};

void measure(const char* name, base::Micros window) {
  const auto segments = static_cast<std::int64_t>(window / (2 * base::kSecond));
  const std::size_t before = mallinfo2().uordblks;
  Bench bench(window);
  // Until as much has left the playlist as can still be fetched.
  while (bench.msn < kFirst + 2 * segments + 100) {
    for (std::uint32_t i = 0; i < kParts; ++i) bench.add(i);
    bench.log.snapshot();
  }
  const std::size_t kept = bench.log.snapshot()->renditions[0]->revision().closed->size();
  const double each = static_cast<double>(mallinfo2().uordblks - before) / static_cast<double>(kept);
  constexpr int kRounds = 400;
  Clock::duration fold{};
  Clock::duration delta{};
  Clock::duration full{};
  Clock::duration iframes{};
  std::size_t sizes[2] = {};
  for (int i = 0; i < kRounds; ++i) {
    for (std::uint32_t index = 0; index < kParts; ++index) {
      const auto start = Clock::now();
      bench.add(index);
      const auto snapshot = bench.log.snapshot();
      const auto folded = Clock::now();
      sizes[0] = snapshot->renditions[0]->playlist(hls::Skip::kYes).identity.size();
      const auto skipped = Clock::now();
      const origin::Rendered& whole = snapshot->renditions[0]->playlist(hls::Skip::kNo);
      const auto rendered = Clock::now();
      fold += folded - start;
      snapshot->renditions[0]->iframes();
      iframes += Clock::now() - rendered;
      delta += skipped - folded;
      full += rendered - skipped;
      sizes[1] = whole.identity.size();
      for (const base::Bytes& piece : whole.identity_rest) sizes[1] += piece.size();
    }
  }
  std::printf("| %6s | %8lld | %8.0f | %8.0f | %8.0f | %8.0f | %9zu | %9zu | %6.0f |\n", name,
              static_cast<long long>(segments), nanoseconds(fold, kRounds * kParts),
              nanoseconds(delta, kRounds * kParts), nanoseconds(full, kRounds * kParts),
              nanoseconds(iframes, kRounds * kParts), sizes[0], sizes[1], each);
}

}  // namespace

int main() {
  std::printf(
      "| window | segments | fold, ns | delta, ns | full, ns | I-frames, ns | delta, B | full, B | B a segment |\n");
  std::printf("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  measure("1 min", 60 * base::kSecond);
  measure("1 h", 3600 * base::kSecond);
  measure("4 h", 4 * 3600 * base::kSecond);
  measure("24 h", 24 * 3600 * base::kSecond);
  measure("14 d", 14 * 24 * 3600 * base::kSecond);
}
