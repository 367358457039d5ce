#include "archive/channel_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "cmaf/part.h"

namespace archive {

ChannelFiles::~ChannelFiles() { close(); }

void ChannelFiles::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

/// The rest of a record that was written in part would be taken for the beginning of the next one.
base::Error ChannelFiles::failed(const char* what) {
  error_ = errno;
  const std::string why = std::string(what) + " " + path_ + ": " + strerror(error_);
  close();
  return {base::Code::kSystem, why};
}

base::Status ChannelFiles::begin(FileHeader header, const std::vector<record::Record>& seed) {
  close();
  path_ = directory_;
  if (mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST) return failed("directory");
  const std::vector<ListedFile> before = list_files(directory_);
  if (!before.empty()) header.began = std::max(header.began, before.back().began + 1);
  path_ = directory_ + "/" + file_name(header.began);
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return failed("open");
  body_.path = std::make_shared<const std::string>(path_);
  size_ = 0;
  TRY_OK(write(encode_file_start(header, seed), {}));
  index_.begin(size_);
  // So that the name is on the disk as well.
  const int directory = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    fsync(directory);
    ::close(directory);
  }
  return base::Ok{};
}

base::Status ChannelFiles::append(const record::Record& record) {
  const auto* part = std::get_if<record::Part>(&record);
  if (part == nullptr || !part->independent) return append(record::encode(record));
  record::Part keyed = *part;
  keyed.stored.key_size = static_cast<std::uint32_t>(cmaf::first_sample_end(part->data));
  return append(record::encode(keyed));
}

base::Status ChannelFiles::append(const record::Encoded& encoded) {
  body_.offset = size_ + encoded.head.size();
  body_.size = static_cast<std::uint32_t>(encoded.body.size());
  TRY_OK(write(encoded.head, encoded.body.view()));
  index_.add(encoded.head);
  return index_.full() ? seal() : base::Ok{};
}

base::Status ChannelFiles::seal() {
  if (index_.empty()) return base::Ok{};
  return write(index_.take(size_), {});
}

base::Status ChannelFiles::sync() {
  if (fdatasync(descriptor_) != 0) return failed("sync");
  return base::Ok{};
}

base::Status ChannelFiles::write(base::View head, base::View body) {
  while (!head.empty() || !body.empty()) {
    std::array<iovec, 2> pieces{
        {{const_cast<std::uint8_t*>(head.data()), head.size()}, {const_cast<std::uint8_t*>(body.data()), body.size()}}};
    const ssize_t count = writev(descriptor_, pieces.data(), pieces.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("write");
    const auto done = static_cast<std::size_t>(count);
    const std::size_t of_head = std::min(done, head.size());
    head = head.subspan(of_head);
    body = body.subspan(done - of_head);
    written_ += done;
    size_ += done;
  }
  return base::Ok{};
}

int expire_files(const std::string& directory, base::Micros utc, const Keep& keep, bool writing) {
  std::vector<ListedFile> files = list_files(directory);
  std::uint64_t bytes = 0;
  for (const ListedFile& file : files) bytes += file.size;
  const std::size_t least = writing ? 1 : 0;
  std::size_t deleted = 0;
  while (files.size() - deleted > least) {
    const ListedFile& oldest = files[deleted];
    const bool old = oldest.written + keep.age < utc && oldest.began < keep.read_from;
    const bool much = keep.bytes > 0 && bytes > keep.bytes && oldest.written + keep.least < utc;
    if ((!old && !much) || unlink(oldest.path.c_str()) != 0) break;
    bytes -= oldest.size;
    ++deleted;
  }
  if (!writing && deleted == files.size()) rmdir(directory.c_str());
  return static_cast<int>(deleted);
}

}  // namespace archive
