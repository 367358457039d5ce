// The journal of a channel that ran for some hours up to now, for restarts: `restart write DIRECTORY HOURS KBIT_S`. And
// what of a restart is not the program's start: `restart read DIRECTORY HOURS`, as channel::Channels::restore() does.
// Picture and sound in parts of 0.2 s. The files are as many as at 4 Mbit/s, whatever the bit rate.

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "archive/channel_files.h"
#include "archive/journal_reader.h"
#include "origin/log.h"

namespace {

constexpr int kParts = 10;
constexpr std::int64_t kSegmentSeconds = 2;
constexpr std::int64_t kSegmentsAFile = 64;  // 64 MiB at 4 Mbit/s
constexpr std::array<std::int64_t, 2> kTimescales = {90'000, 48'000};

record::Presentation presentation() {
  record::Rendition video;
  video.name = "source";
  video.track.codec = media::Codec::kH264;
  video.track.timescale = kTimescales[0];
  video.track.codec_string = "avc1.64001f";
  video.track.video.width = 1280;
  video.track.video.height = 720;
  video.track.video.frame_rate = {25, 1};
  video.init = base::Bytes::of_static("init of the picture");
  video.bandwidth = video.average_bandwidth = 4'000'000;
  video.part_ticks = kTimescales[0] / 5;
  video.copied = true;
  record::Rendition audio;
  audio.name = "a1";
  audio.track.id = 2;
  audio.track.codec = media::Codec::kAac;
  audio.track.timescale = kTimescales[1];
  audio.track.codec_string = "mp4a.40.2";
  audio.track.audio = {48'000, 2, 1024, 0};
  audio.init = base::Bytes::of_static("init of the sound");
  audio.bandwidth = audio.average_bandwidth = 128'000;
  audio.part_ticks = kTimescales[1] / 5;
  audio.copied = audio.is_default = true;
  return {{video, audio}, {kSegmentSeconds, 1}};
}

record::Part part(std::uint32_t rendition, std::int64_t msn, std::uint32_t index, std::size_t size) {
  static const std::string kBytes(std::size_t{1} << 20, 'x');
  record::Part made;
  made.rendition = rendition;
  made.msn = msn;
  made.index = index;
  made.duration = kTimescales[rendition] / 5;
  made.start = (msn * kParts + index) * made.duration;
  made.independent = rendition == 1 || index == 0;
  made.last = index + 1 == kParts;
  made.data = base::Bytes::of_static(std::string_view(kBytes).substr(0, size));
  return made;
}

base::Status write(const std::string& directory, std::int64_t hours, std::int64_t kbits) {
  const base::SystemClock clock;
  const std::int64_t end = clock.utc() / base::kSecond / kSegmentSeconds;
  const std::size_t size = static_cast<std::size_t>(kbits) * 1000 / 8 / 5;
  archive::ChannelFiles files(directory);
  for (std::int64_t msn = end - hours * 3600 / kSegmentSeconds; msn < end; ++msn) {
    const base::Micros utc = msn * kSegmentSeconds * base::kSecond;
    if (!files.open() || msn % kSegmentsAFile == 0) {
      archive::FileHeader header;
      header.continues = files.open();
      header.began = utc;
      header.standing = {header.continues ? msn - 1 : -1, 0, 2};
      TRY_OK(files.begin(header, {presentation()}));
    }
    for (std::uint32_t i = 0; i < kParts; ++i) {
      TRY_OK(files.append(part(0, msn, i, size)));
      TRY_OK(files.append(part(1, msn, i, 3200)));
    }
    for (std::uint32_t rendition = 0; rendition < 2; ++rendition) {
      const std::int64_t ticks = kSegmentSeconds * kTimescales[rendition];
      TRY_OK(files.append(
          record::SegmentEnd{.rendition = rendition, .msn = msn, .start = msn * ticks, .duration = ticks}));
    }
  }
  return files.sync();
}

double milliseconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since).count();
}

base::Status read(const std::string& directory, std::int64_t hours) {
  const auto start = std::chrono::steady_clock::now();
  const auto files = archive::list_files(directory);
  if (files.empty()) return base::Error{base::Code::kNotFound, directory};
  TRY(archive::JournalReader journal,
      archive::JournalReader::open(directory, files.back().began - hours * 3600 * base::kSecond,
                                   archive::Bodies::kSkip));
  const double opened = milliseconds(start);
  origin::Log::Options options;
  options.window = hours * 3600 * base::kSecond;
  options.memory = 12 * base::kSecond;
  origin::Log log("bench", options);
  log.resume(journal.first().standing);
  log.begin_reading();
  std::size_t records = 0;
  for (record::Record record; journal.next(record); ++records) log.apply(record);
  log.end_reading([](const hls::FiledPart& part) { return archive::read_body(part.place, part.hash); });
  const std::size_t listed = log.snapshot()->renditions.at(0)->revision().closed->listed();
  std::printf("%zu records, %zu segments listed: checked in %.0f ms, read in %.0f ms more\n", records, listed, opened,
              milliseconds(start) - opened);
  return base::Ok{};
}

}  // namespace

int main(int count, char** words) {
  const bool writes = count == 5 && std::string(words[1]) == "write";
  const bool reads = count == 4 && std::string(words[1]) == "read";
  if (!writes && !reads) {
    std::fprintf(stderr, "restart write DIRECTORY HOURS KBIT_S | restart read DIRECTORY HOURS\n");
    return 2;
  }
  const base::Status status =
      writes ? write(words[2], std::atoll(words[3]), std::atoll(words[4])) : read(words[2], std::atoll(words[3]));
  if (!status.ok()) std::fprintf(stderr, "restart: %s\n", status.error().message().c_str());
  return status.ok() ? 0 : 1;
}
