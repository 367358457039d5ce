#include "events/restore.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/log.h"
#include "base/regular_file.h"
#include "events/log_file.h"

namespace events {
namespace {

// Above what any configuration has a file grow to.
constexpr std::size_t kLargestFile = std::size_t{1} << 30;

/// Neither: it cannot be read.
struct Entry {
  std::optional<Header> header;
  std::shared_ptr<const Event> event;
};

/// One file's lines.
struct Content {
  std::vector<Entry> lines;
  std::size_t unreadable = 0;

  std::size_t events() const {
    return static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(), [](const Entry& entry) { return entry.event != nullptr; }));
  }
};

Content read_content(const std::string& path) {
  Content content;
  const auto text = base::read_regular_file(path, kLargestFile);
  if (!text.ok()) {
    base::log_warn("events", "a file of the event log cannot be read: its events are missing",
                   {{"why", text.error().what}});
    content.unreadable = 1;
    content.lines.emplace_back();
    return content;
  }
  std::string_view rest = *text;
  std::size_t number = 0;
  std::size_t first = 0;
  std::string why;
  while (!rest.empty()) {
    ++number;
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;  // torn: whoever appends next cuts it off
    auto line = parse_line(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    Entry& entry = content.lines.emplace_back();
    if (line.ok()) {
      if (auto* header = std::get_if<Header>(&*line)) entry.header = std::move(*header);
      if (auto* event = std::get_if<std::shared_ptr<const Event>>(&*line)) entry.event = std::move(*event);
    } else if (content.unreadable++ == 0) {
      first = number;
      why = line.error().what;
    }
  }
  if (content.unreadable > 0) {
    base::log_warn("events", "lines of the event log cannot be read: their events are missing",
                   {{"file", path}, {"lines", content.unreadable}, {"first", first}, {"why", why}});
  }
  return content;
}

/// Follows the lines of all files, the oldest first.
class Reader {
 public:
  Reader(std::size_t most, const Wanted& wanted) : most_(most), wanted_(wanted) {}

  void take(Content&& content) {
    out_.unreadable += content.unreadable;
    for (Entry& entry : content.lines) {
      if (entry.header) {
        take(*std::move(entry.header));
      } else if (entry.event) {
        take(entry.event);
      } else {
        doubt_ = true;
      }
    }
  }
  Restored finish() { return std::move(out_); }

 private:
  void take(Header&& header) {
    if (out_.next == 0) out_.begin = header.next - 1;
    out_.next = std::max(out_.next, header.next);
    out_.raised = std::move(header.raised);
  }

  void take(const std::shared_ptr<const Event>& event) {
    if (out_.next == 0) out_.begin = event->sequence - 1;
    if (event->sequence < out_.next) {  // of a file that was put there by hand
      ++out_.unreadable;
      return;
    }
    const bool hole = doubt_ || event->sequence > out_.next;
    const std::uint64_t lost = out_.next != 0 && hole ? event->sequence - 1 : 0;
    doubt_ = false;
    out_.next = event->sequence + 1;
    out_.raised.take(event->fact, event->id);
    out_.events.push_back({event, lost});
    if (out_.events.size() <= most_) return;
    const auto& oldest = out_.events.front().event;
    if (wanted_.is && wanted_.is(*oldest)) out_.wanted[oldest->sequence] = oldest;
    out_.begin = oldest->sequence;
    out_.events.pop_front();
  }

  const std::size_t most_;
  const Wanted& wanted_;
  bool doubt_ = false;  ///< something could not be read since the last event
  Restored out_;
};

/// The sequence that a file begins with, by its name; 0: none.
std::uint64_t first_of(const std::string& name) {
  return std::strtoull(name.c_str() + name.find('-') + 1, nullptr, 10);
}

}  // namespace

Restored restore_log(const std::string& directory, std::size_t most, const Wanted& wanted) {
  // Backwards, so that a large log costs no more than what is asked of it.
  const std::vector<std::string> names = list_log_files(directory);
  auto name = names.rbegin();
  std::vector<Content> contents;
  for (std::size_t events = 0; name != names.rend() && events < most; ++name) {
    contents.push_back(read_content(directory + "/" + *name));
    events += contents.back().events();
  }
  Reader reader(most, wanted);
  for (auto content = contents.rbegin(); content != contents.rend(); ++content) reader.take(std::move(*content));
  Restored restored = reader.finish();
  for (; name != names.rend() && wanted.is && first_of(*(name - 1)) > wanted.oldest; ++name) {
    for (const Entry& entry : read_content(directory + "/" + *name).lines) {
      if (entry.event && wanted.is(*entry.event)) restored.wanted[entry.event->sequence] = entry.event;
    }
  }
  return restored;
}

}  // namespace events
