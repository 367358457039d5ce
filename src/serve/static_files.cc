#include "serve/static_files.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "serve/replies.h"

namespace serve {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 32u << 20;

struct Type {
  std::string_view suffix;
  const char* content_type;
  bool text;
};
constexpr Type kTypes[] = {
    {".html", "text/html; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".mjs", "text/javascript; charset=utf-8", true},
    {".css", "text/css; charset=utf-8", true},
    {".json", "application/json", true},
    {".map", "application/json", true},
    {".svg", "image/svg+xml", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".wasm", "application/wasm", true},
    {".png", "image/png", false},
    {".ico", "image/x-icon", false},
    {".woff2", "font/woff2", false},
};

Type type_of(const fs::path& path) {
  const std::string suffix = path.extension().string();
  for (const Type& type : kTypes)
    if (suffix == type.suffix) return type;
  return {"", "application/octet-stream", false};
}

std::array<http::Response, 2> make_replies(std::string content, const fs::path& path, base::Micros modified) {
  const Type type = type_of(path);
  // A page must be able to change; what it loads is asked about again by its ETag.
  const Description description{type.content_type, CacheControl::seconds(60), "", modified, Urgency::kPage};
  const origin::Rendered rendered = origin::make_rendered(std::move(content));
  const bool worth = type.text && rendered.gzip.size() < rendered.identity.size();
  const http::Response plain = make_text(rendered, false, description);
  return {plain, worth ? make_text(rendered, true, description) : plain};
}

}  // namespace

base::Result<std::shared_ptr<const StaticFiles>> StaticFiles::load(const std::string& directory) {
  auto files = std::make_shared<StaticFiles>();
  std::error_code failed;
  std::size_t total = 0;
  fs::recursive_directory_iterator entry(directory, failed);
  if (failed) return base::Error{base::Code::kNotFound, "web files in " + directory + ": " + failed.message()};
  for (; entry != fs::recursive_directory_iterator(); entry.increment(failed)) {
    const fs::path& path = entry->path();
    if (path.filename().string().front() == '.') {
      entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file(failed)) continue;
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    struct stat status{};
    if (!file.good() || stat(path.c_str(), &status) != 0)
      return base::Error{base::Code::kSystem, "cannot read " + path.string()};
    total += content.size();
    if (total > kMostBytes) return base::Error{base::Code::kTooLarge, "web files in " + directory + " pass 32 MiB"};
    files->files_[fs::relative(path, directory, failed).generic_string()] =
        make_replies(std::move(content), path, status.st_mtim.tv_sec * base::kSecond);
  }
  if (failed) return base::Error{base::Code::kSystem, "web files in " + directory + ": " + failed.message()};
  return std::shared_ptr<const StaticFiles>(std::move(files));
}

http::Response StaticFiles::find(std::string_view name, bool gzip) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : found->second[gzip ? 1 : 0];
}

}  // namespace serve
