#pragma once

#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "archive/journal_file.h"
#include "archive/journal_reader.h"
#include "base/clock.h"
#include "record/record.h"

namespace archive {

/// A directory of its own for each test, deleted after it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "kickoff-archive-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// 2026-11-30T00:42:35.123456Z.
inline constexpr base::Micros kJournalStart = 1'795'999'355'123'456;

inline record::Presentation one_picture(std::int64_t formats_from = INT64_MIN) {
  record::Rendition video;
  video.name = "v720";
  video.track.codec = media::Codec::kH264;
  video.track.timescale = 90'000;
  video.init = base::Bytes::of_static("init");
  video.part_ticks = 45'000;
  record::Presentation made;
  made.renditions = {video};
  made.formats_from = formats_from;
  return made;
}

inline record::Part a_part(std::int64_t msn, std::uint32_t index, std::string data = "media") {
  record::Part part;
  part.msn = msn;
  part.index = index;
  part.start = msn * 180'000 + index * 45'000;
  part.duration = 45'000;
  part.independent = index == 0;
  part.data = base::Bytes::adopt(std::move(data));
  return part;
}

inline record::SegmentEnd a_segment_end(std::int64_t msn) {
  record::SegmentEnd end;
  end.msn = msn;
  end.start = msn * 180'000;
  end.duration = 180'000;
  return end;
}

/// Presentation, "part 7.0 media", "end 7", "marker id", "image jpeg", "discontinuity 7", "over": a record as a word.
inline std::string word_of(const record::Record& record) {
  if (std::holds_alternative<record::Presentation>(record)) return "presentation";
  if (const auto* part = std::get_if<record::Part>(&record))
    return "part " + std::to_string(part->msn) + "." + std::to_string(part->index) + " " +
           std::string(part->data.text());
  if (const auto* end = std::get_if<record::SegmentEnd>(&record)) return "end " + std::to_string(end->msn);
  if (const auto* marker = std::get_if<record::Marker>(&record)) return "marker " + marker->id;
  if (const auto* image = std::get_if<record::Thumbnail>(&record)) return "image " + std::string(image->jpeg.text());
  if (const auto* at = std::get_if<record::Discontinuity>(&record)) return "discontinuity " + std::to_string(at->msn);
  return std::holds_alternative<record::End>(record) ? "over" : "other";
}

inline std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// All that a reader gives, or the error.
inline std::string read_journal(const std::string& directory, base::Micros since = 0) {
  auto reader = JournalReader::open(directory, since);
  if (!reader.ok()) return reader.error().message();
  JournalReader journal = reader.take();
  std::vector<std::string> words;
  for (record::Record record; journal.next(record);) words.push_back(word_of(record));
  return joined(words);
}

/// What one file holds, seed included, from its beginning to its end or its damage.
inline std::string read_file_words(const std::string& path) {
  auto reader = FileReader::open(path);
  if (!reader.ok()) return reader.error().message();
  std::vector<std::string> words;
  for (record::Record record; (*reader)->next(record);)
    words.push_back(((*reader)->in_seed() ? "[" : "") + word_of(record));
  if (!(*reader)->damage().empty()) words.push_back("DAMAGE " + (*reader)->damage());
  return joined(words);
}

inline void append_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::app | std::ios::binary) << bytes;
}

}  // namespace archive
