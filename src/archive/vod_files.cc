#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "archive/journal_file.h"
#include "archive/journal_reader.h"
#include "archive/vod_export.h"

namespace archive {
namespace {

// How long before a segment's media is written its number may begin, and how long after: a file is named by the time at
// which it was begun.
constexpr base::Micros kAround = 120 * base::kSecond;

base::Error vod_failure(const std::string& path) { return {base::Code::kSystem, path + ": " + strerror(errno)}; }

/// One directory, and those of renditions below it.
class VodFiles {
 public:
  explicit VodFiles(std::string root) : root_(std::move(root)) {}

  base::Status make() const {
    std::error_code error;
    std::filesystem::create_directories(root_, error);
    if (error) return base::Error{base::Code::kSystem, root_ + ": " + error.message()};
    if (std::filesystem::is_empty(root_, error)) return base::Ok{};
    return base::Error{base::Code::kBusy, root_ + " holds something"};
  }
  base::Status append(const std::string& name, base::View bytes) const {
    const std::string path = root_ + "/" + name;
    const std::size_t folder = name.find('/');
    if (folder != name.npos && mkdir((root_ + "/" + name.substr(0, folder)).c_str(), 0777) != 0 && errno != EEXIST)
      return vod_failure(path);
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file < 0) return vod_failure(path);
    base::Status status = base::Ok{};
    while (status.ok() && !bytes.empty()) {
      const ssize_t count = write(file, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) status = vod_failure(path);
      if (count > 0) bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    // Some file systems tell only now that the disk is full.
    if (close(file) != 0 && status.ok()) status = vod_failure(path);
    return status;
  }

 private:
  const std::string root_;
};

/// Reads one file into the export. Returns whether what the next file continues is all there.
base::Result<bool> export_file(FileReader& reader, bool continues, VodExport& made) {
  if (!continues) made.begin(reader.header().standing);
  for (record::Record record; !made.done() && reader.next(record);) {
    if (continues && reader.in_seed()) continue;
    TRY_OK(made.apply(record));
  }
  return reader.damage().empty();
}

}  // namespace

base::Result<VodExport::Append> files_below(const std::string& directory) {
  const VodFiles disk(directory);
  TRY_OK(disk.make());
  return VodExport::Append(
      [disk](const std::string& name, media::Kind, base::View bytes) { return disk.append(name, bytes); });
}

base::Result<VodExport::Totals> export_channel(const std::string& journal, const std::string& output,
                                               const VodExport::Options& options,
                                               const std::function<void(const std::string&)>& on_damage) {
  TRY(VodExport::Append append, files_below(output));
  return export_journal(journal, options, std::move(append), on_damage);
}

base::Result<VodExport::Totals> export_journal(const std::string& journal, const VodExport::Options& options,
                                               VodExport::Append append,
                                               const std::function<void(const std::string&)>& on_damage) {
  std::vector<ListedFile> files = list_files(journal);
  while (files.size() > 1 && files[1].began < options.from - kAround) files.erase(files.begin());
  VodExport made(options, std::move(append));
  bool whole = false;
  for (const ListedFile& file : files) {
    if (made.done()) break;
    auto opened = FileReader::open(file.path);
    if (!opened.ok()) {
      on_damage(opened.error().what);
      whole = false;
      continue;
    }
    FileReader& reader = **opened;
    TRY(whole, export_file(reader, whole && reader.header().continues, made));
    if (!whole) on_damage(file.path + " at byte " + std::to_string(reader.valid()) + ": " + reader.damage());
  }
  return made.finish();
}

}  // namespace archive
