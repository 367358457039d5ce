#include "base/shared_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace base {
namespace {

constexpr int kSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;

Error failure(const char* what) { return {Code::kSystem, std::string(what) + ": " + strerror(errno)}; }

Status write_all(int descriptor, View bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failure("memory for a file");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return Ok{};
}

/// The bytes of a sealed file, mapped.
Result<View> map(int descriptor) {
  const int seals = fcntl(descriptor, F_GET_SEALS);
  if (seals < 0 || (seals & kSeals) != kSeals) return Error{Code::kMalformed, "a shared file that is not sealed"};
  // Not fstat(): where glibc makes newfstatat of it, a worker's sandbox refuses it.
  const off_t length = lseek(descriptor, 0, SEEK_END);
  if (length < 0) return failure("a shared file");
  if (length == 0) return Error{Code::kMalformed, "an empty shared file"};
  const auto size = static_cast<std::size_t>(length);
  // Private: kernels before 6.7 refuse shared mappings of a sealed file. The pages are shared all the same.
  void* const begin = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (begin == MAP_FAILED) return failure("memory for a shared file");
  return View{static_cast<const std::uint8_t*>(begin), size};
}

}  // namespace

Result<std::shared_ptr<const SharedFile>> SharedFile::make(View bytes) {
  const int descriptor = memfd_create("kickoff-shared", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) return failure("memory for a file");
  if (const Status status = write_all(descriptor, bytes); !status.ok()) {
    close(descriptor);
    return status.error();
  }
  if (fcntl(descriptor, F_ADD_SEALS, kSeals | F_SEAL_SEAL) != 0) {
    const Error error = failure("sealing a file in memory");
    close(descriptor);
    return error;
  }
  return open(descriptor);
}

Result<std::shared_ptr<const SharedFile>> SharedFile::open(int descriptor) {
  const auto view = map(descriptor);
  if (!view.ok()) {
    close(descriptor);
    return view.error();
  }
  return std::shared_ptr<const SharedFile>(new SharedFile(descriptor, *view));
}

SharedFile::~SharedFile() {
  munmap(const_cast<std::uint8_t*>(view_.data()), view_.size());
  close(descriptor_);
}

}  // namespace base
