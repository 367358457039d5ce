#include "config/slate_file.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>

#include "base/hash.h"
#include "base/regular_file.h"

namespace config {
namespace {

using namespace std::string_view_literals;

bool has(std::string_view bytes, std::size_t at, std::string_view what) {
  return bytes.size() >= at + what.size() && bytes.substr(at, what.size()) == what;
}

bool is_slate(std::string_view bytes) {
  constexpr std::size_t kTsPacket = 188;
  const bool picture = has(bytes, 0, "\x89PNG"sv) || has(bytes, 0, "\xff\xd8\xff"sv) ||
                       (has(bytes, 0, "RIFF"sv) && has(bytes, 8, "WEBP"sv));
  const bool film = has(bytes, 4, "ftyp"sv) || has(bytes, 0, "\x1a\x45\xdf\xa3"sv) ||
                    (has(bytes, 0, "G"sv) && has(bytes, kTsPacket, "G"sv));
  return picture || film;
}

bool is_font(std::string_view bytes) {
  return has(bytes, 0, "\0\1\0\0"sv) || has(bytes, 0, "true"sv) || has(bytes, 0, "OTTO"sv) || has(bytes, 0, "ttcf"sv);
}

/// The files that workers have now, by what is in them.
class Files {
 public:
  base::Result<std::shared_ptr<const base::SharedFile>> share(base::View bytes) {
    const std::lock_guard lock(mutex_);
    std::weak_ptr<const base::SharedFile>& known = files_[{base::hash64(bytes), bytes.size()}];
    if (auto file = known.lock()) return file;
    TRY(auto file, base::SharedFile::make(bytes));
    known = file;
    std::erase_if(files_, [](const auto& entry) { return entry.second.expired(); });
    return file;
  }

 private:
  std::mutex mutex_;  // a reload reads on its own thread
  std::map<std::pair<std::uint64_t, std::size_t>, std::weak_ptr<const base::SharedFile>> files_;
};

Files& files() {
  static Files all;
  return all;
}

}  // namespace

base::Result<std::shared_ptr<const base::SharedFile>> read_slate(const std::string& path) {
  TRY(const std::string bytes, base::read_regular_file(path, kMostSlate));
  if (!is_slate(bytes)) {
    return base::Error{base::Code::kUnsupported,
                       path + " is neither a picture (PNG, JPEG, WebP) nor a film (MP4, MOV, Matroska, WebM, MPEG-TS)"};
  }
  return files().share(base::view_of(bytes));
}

base::Result<std::shared_ptr<const base::SharedFile>> read_font(const std::string& path) {
  TRY(const std::string bytes, base::read_regular_file(path, kMostSlate));
  if (!is_font(bytes)) return base::Error{base::Code::kUnsupported, path + " is no font (TrueType or OpenType)"};
  return files().share(base::view_of(bytes));
}

std::shared_ptr<const base::SharedFile> default_font() {
  static std::mutex mutex;  // a reload reads on its own thread
  static std::shared_ptr<const base::SharedFile> font;
  const std::lock_guard lock(mutex);
  if (font == nullptr) {
    if (auto read = read_font(kDefaultFont); read.ok()) font = read.take();
  }
  return font;
}

}  // namespace config
