#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "archive/file_check.h"
#include "archive/journal_file.h"
#include "archive/journal_reader.h"
#include "archive/vod_export.h"
#include "record/encoding.h"

namespace {

using Raw = std::vector<std::uint8_t>;

/// One journal's directory for the whole run, with one file.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "kickoff-journal-fuzz-XXXXXX").string();
    const char* made = mkdtemp(name.data());
    if (made == nullptr) std::abort();
    directory_ = made;
  }
  ~Scratch() { std::filesystem::remove_all(directory_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& directory() const { return directory_; }
  std::string write(base::View bytes) const {
    const std::string path = directory_ + "/" + archive::file_name(1'795'999'355'123'456);
    std::ofstream(path, std::ios::binary) << base::text_of(bytes);
    return path;
  }

 private:
  std::string directory_;
};

Raw flat(const record::Record& record) {
  const record::Encoded encoded = record::encode(record);
  Raw bytes = encoded.head;
  bytes.insert(bytes.end(), encoded.body.begin(), encoded.body.end());
  return bytes;
}

std::vector<Raw> read_file(const std::string& path, bool& damaged) {
  std::vector<Raw> records;
  auto reader = archive::FileReader::open(path);
  if (!reader.ok()) std::abort();
  for (record::Record record; (*reader)->next(record);) records.push_back(flat(record));
  damaged = !(*reader)->damage().empty();
  return records;
}

/// Everything that is done with a journal: whatever it says, that ends, and without a crash.
void use(const std::string& directory) {
  auto heads = archive::JournalReader::open(directory, 0, archive::Bodies::kSkip);
  if (!heads.ok()) return;
  for (record::Record record; heads->next(record);) {
    if (const auto* part = std::get_if<record::Part>(&record); part != nullptr && part->stored.place.size > 0)
      static_cast<void>(archive::read_body(part->stored.place, part->stored.hash));
  }
  archive::VodExport::Options options;
  options.mp4 = true;
  archive::VodExport made(options,
                          [](const std::string&, media::Kind, base::View) -> base::Status { return base::Ok{}; });
  auto journal = archive::JournalReader::open(directory, 0);
  if (!journal.ok()) return;
  made.begin(journal->first().standing);
  bool good = true;
  for (record::Record record; good && journal->next(record);) good = made.apply(record).ok();
  if (good) static_cast<void>(made.finish().ok());
}

}  // namespace

// The reader gives the sound records up to the first damage, the check all of them; what is repaired is read whole and
// is the same when it is repaired again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Scratch scratch;
  const base::View bytes{data, size};
  std::vector<Raw> sound;
  const archive::FileContents contents =
      archive::check_contents(bytes, [&](const record::Record* record, base::View, bool) {
        if (record != nullptr) sound.push_back(flat(*record));
      });
  std::uint64_t damaged_bytes = 0;
  for (const archive::Damage& damage : contents.damage) damaged_bytes += damage.size();
  if (damaged_bytes > size) std::abort();
  if (!contents.header) return 0;

  bool damaged = false;
  const std::vector<Raw> read = read_file(scratch.write(bytes), damaged);
  if (read.size() > sound.size() || !std::equal(read.begin(), read.end(), sound.begin())) std::abort();
  if (!damaged && read.size() != sound.size()) std::abort();
  use(scratch.directory());

  const Raw repaired = archive::without_damage(bytes);
  if (!archive::check_contents(repaired).sound() || archive::without_damage(repaired) != repaired) std::abort();
  if (read_file(scratch.write(repaired), damaged) != sound || damaged) std::abort();
  return 0;
}
