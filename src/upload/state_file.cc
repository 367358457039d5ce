#include "upload/state_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace upload {
namespace {

constexpr std::string_view kTitle = "kickoff upload 1";
// Segments that are out of date before the file is written anew.
constexpr std::size_t kMostOld = 2000;

std::string quoted_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

base::Error state_failure(const std::string& path) { return {base::Code::kSystem, path + ": " + strerror(errno)}; }

base::Status write_file(const std::string& path, int flags, std::string_view text, bool sync) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
  if (file < 0) return state_failure(path);
  base::Status status = base::Ok{};
  while (status.ok() && !text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) status = state_failure(path);
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (status.ok() && sync && fsync(file) != 0) status = state_failure(path);
  close(file);
  return status;
}

std::optional<Range> parse_range(std::string_view text) {
  const nlohmann::json fields = nlohmann::json::parse(text, nullptr, false);
  if (!fields.is_string()) return std::nullopt;
  const std::vector<Range> ranges = parse_ranges(fields.get<std::string>());
  if (ranges.size() != 1) return std::nullopt;
  return ranges.front();
}

}  // namespace

base::Micros StateFile::load(Listing& listing) {
  std::ifstream in(path_, std::ios::binary);
  std::string line;
  if (!std::getline(in, line) || line != kTitle) return 0;
  if (!std::getline(in, line) || line != "to " + place_) return 0;
  known_ = true;
  while (std::getline(in, line)) {
    if (in.eof()) {  // it has no end: it was written in part, and the next one would be appended to it
      known_ = false;
      break;
    }
    const std::string_view text = line;
    if (text.starts_with("file ")) std::from_chars(text.begin() + 5, text.end(), file_);
    if (text == "clear") listing.clear();
    if (text == "end") listing.end();
    if (text.starts_with("segment ")) {
      ++written_;
      listing.reopen();
      if (auto entry = parse_entry(text.substr(8))) listing.add(*std::move(entry));
    }
    if (text.starts_with("cancel ")) {
      const nlohmann::json id = nlohmann::json::parse(text.substr(7), nullptr, false);
      if (id.is_string()) listing.cancel(id.get<std::string>());
    }
    if (text.starts_with("range ")) {
      if (auto range = parse_range(text.substr(6))) listing.add(*std::move(range));
    }
  }
  return file_;
}

void StateFile::note_file(base::Micros file) {
  if (std::exchange(file_, file) != file) lines_ += "file " + std::to_string(file) + "\n";
}

void StateFile::note(const Entry& entry) {
  lines_ += "segment " + write_entry(entry) + "\n";
  ++noted_;
}

void StateFile::note(const Range& range) { lines_ += "range " + quoted_text(range.line) + "\n"; }

void StateFile::note_cancel(const std::string& id) { lines_ += "cancel " + quoted_text(id) + "\n"; }

base::Status StateFile::save(const Listing& listing) {
  if (!known_ || written_ + noted_ > listing.size() + kMostOld) return rewrite(listing);
  if (lines_.empty()) return base::Ok{};
  TRY_OK(write_file(path_, O_APPEND, lines_, false));
  written_ += std::exchange(noted_, 0);
  lines_.clear();
  return base::Ok{};
}

base::Status StateFile::rewrite(const Listing& listing) {
  std::string text = std::string(kTitle) + "\nto " + place_ + "\nfile " + std::to_string(file_) + "\n";
  for (const Entry& entry : listing.entries()) text += "segment " + write_entry(entry) + "\n";
  for (const Range& range : listing.ranges()) text += "range " + quoted_text(range.line) + "\n";
  if (listing.ended()) text += "end\n";
  const std::string made = path_ + ".new";
  TRY_OK(write_file(made, O_TRUNC, text, true));
  if (rename(made.c_str(), path_.c_str()) != 0) return state_failure(path_);
  known_ = true;
  written_ = listing.size();
  noted_ = 0;
  lines_.clear();
  return base::Ok{};
}

}  // namespace upload
