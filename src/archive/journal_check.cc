#include "archive/journal_check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/regular_file.h"

namespace archive {
namespace {

// Of a file that grows while it is read.
constexpr int kReadings = 5;

base::Error failure(const std::string& path) { return {base::Code::kSystem, path + ": " + strerror(errno)}; }

FileContents contents_of(const std::string& path) {
  const auto bytes = base::read_regular_file(path, kLargestFile);
  if (bytes.ok()) return check_contents(base::view_of(bytes.value()));
  FileContents unread;
  unread.error = bytes.error().what;
  return unread;
}

std::uint64_t size_of_file(const std::string& path) {
  struct stat status{};
  return lstat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

void find_hole(CheckedFile& file, const CheckedFile& before) {
  const bool continues = file.contents.header && file.contents.header->continues;
  if (continues && before.contents.sound()) return;
  file.hole = true;
  if (file.contents.first > 0 && before.contents.last > 0)
    file.missing = std::max<base::Micros>(file.contents.first - before.contents.last, 0);
}

base::Status write_whole(const std::string& path, base::View bytes, base::Micros written) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return failure(path);
  bool good = true;
  while (good && !bytes.empty()) {
    const ssize_t count = write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    good = count > 0;
    if (good) bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  // The age of a file's last change is that of its last record: what is kept, and what a restart takes up.
  const timespec time{static_cast<time_t>(written / base::kSecond), static_cast<long>(written % base::kSecond * 1000)};
  const std::array<timespec, 2> times{time, time};
  good = good && futimens(descriptor, times.data()) == 0 && fsync(descriptor) == 0;
  const base::Error error = failure(path);
  close(descriptor);
  if (good) return base::Ok{};
  return error;
}

}  // namespace

std::vector<CheckedFile> check_channel(const std::string& directory) {
  std::vector<CheckedFile> files;
  for (ListedFile& listed : list_files(directory)) files.push_back({std::move(listed), {}, false, 0});
  for (std::size_t i = 0; i < files.size(); ++i) {
    CheckedFile& file = files[i];
    for (int reading = 0; reading < kReadings; ++reading) {
      file.contents = contents_of(file.file.path);
      const bool grows = i + 1 == files.size() && size_of_file(file.file.path) > file.contents.size;
      if (!grows || !file.contents.torn()) break;
    }
    if (i > 0) find_hole(file, files[i - 1]);
  }
  return files;
}

base::Status repair_file(const ListedFile& file, Original original) {
  TRY(const std::string bytes, base::read_regular_file(file.path, kLargestFile));
  const bool readable = parse_file_header(base::view_of(bytes)).ok();
  const std::string made = file.path + ".repair";
  if (readable) TRY_OK(write_whole(made, without_damage(base::view_of(bytes)), file.written));
  const std::string kept = file.path + ".damaged";
  if (original == Original::kKeep && link(file.path.c_str(), kept.c_str()) != 0) {
    const base::Error error = failure(kept);
    if (readable) unlink(made.c_str());
    return error;
  }
  const int done = readable ? rename(made.c_str(), file.path.c_str()) : unlink(file.path.c_str());
  if (done != 0) return failure(file.path);
  return base::Ok{};
}

}  // namespace archive
