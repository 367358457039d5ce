#include "serve/static_files.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "base/directory.h"
#include "serve/replies.h"

namespace serve {
namespace {

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

Type type_of(std::string_view name) {
  for (const Type& type : kTypes)
    if (name.ends_with(type.suffix)) return type;
  return {"", "application/octet-stream", false};
}

std::array<http::Response, 2> make_replies(std::string content, std::string_view name, base::Micros modified) {
  const Type type = type_of(name);
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
  std::size_t total = 0;
  std::vector<std::string> folders{""};
  while (!folders.empty()) {
    const std::string folder = std::move(folders.back());
    folders.pop_back();
    auto names = base::list_directory(directory + folder);
    if (!names) return base::Error{names.error().code, "web files in " + names.error().what};
    for (std::string& name : *names) {
      if (name.front() == '.') continue;
      name.insert(0, folder + "/");
      const std::string path = directory + name;
      struct stat status{};
      // A link is followed to a file, and not to a folder: it could lead back.
      if (lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) folders.push_back(name);
      if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
      std::ifstream file(path, std::ios::binary);
      std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
      if (!file.good()) return base::Error{base::Code::kSystem, "cannot read " + path};
      total += content.size();
      if (total > kMostBytes) return base::Error{base::Code::kTooLarge, "web files in " + directory + " pass 32 MiB"};
      files->files_[name.substr(1)] = make_replies(std::move(content), name, status.st_mtim.tv_sec * base::kSecond);
    }
  }
  return std::shared_ptr<const StaticFiles>(std::move(files));
}

http::Response StaticFiles::find(std::string_view name, bool gzip) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : found->second[gzip ? 1 : 0];
}

}  // namespace serve
