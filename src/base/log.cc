#include "base/log.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/line_writer.h"
#include "base/printable.h"

namespace base {
namespace {

// 8,192 lines hold a burst of state changes of a thousand channels; beyond that the oldest are dropped.
constexpr std::size_t kQueuedLines = 8192;

constexpr Micros kStopWait = kSecond;
// What a pipe with room takes at once (PIPE_BUF of Linux).
constexpr std::size_t kLongestAtOnce = 4096;

std::unique_ptr<LineWriter> g_writer;
LogFormat g_format = LogFormat::kText;
std::atomic<Level> g_least{Level::kInfo};
std::atomic<std::uint64_t> g_lost{0};  ///< of lines written without a writer

std::string_view name_of(Level level) {
  switch (level) {
    case Level::kDebug: return "debug";
    case Level::kInfo: return "info";
    case Level::kWarn: return "warn";
    case Level::kError: return "error";
  }
  return "info";
}

void append_quoted(std::string& out, std::string_view printable_text) {
  out += '"';
  for (const char c : printable_text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

void append_value(std::string& out, LogFormat format, const Field& field) {
  if (const auto* given = std::get_if<std::string>(&field.value)) {
    const std::string text = printable(*given);
    const bool plain = format == LogFormat::kText && text.find_first_of(" \"\\=") == std::string::npos;
    if (plain && !text.empty()) {
      out += text;
    } else {
      append_quoted(out, text);
    }
  } else if (const auto* integer = std::get_if<std::int64_t>(&field.value)) {
    out += std::to_string(*integer);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    out += number_text(*real);
  } else {
    out += std::get<bool>(field.value) ? "true" : "false";
  }
}

/// Never waits: a line that standard error does not take at once is lost.
void write_at_once(std::string line) {
  line.resize(std::min(line.size(), kLongestAtOnce - 1));
  line += '\n';
  pollfd room{STDERR_FILENO, POLLOUT, 0};
  if (poll(&room, 1, 0) == 1 && ::write(STDERR_FILENO, line.data(), line.size()) > 0) return;
  ++g_lost;
}

Micros wall_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::string format_line(LogFormat format, std::string_view time, Level level, std::string_view tag,
                        std::string_view event, std::initializer_list<Field> fields) {
  std::string out;
  if (format == LogFormat::kJson) {
    out += "{\"time\":\"";
    out += time;
    out += "\",\"level\":\"";
    out += name_of(level);
    out += "\",\"tag\":";
    append_quoted(out, printable(tag));
    out += ",\"event\":";
    append_quoted(out, printable(event));
    for (const Field& field : fields) {
      out += ',';
      append_quoted(out, field.name);
      out += ':';
      append_value(out, format, field);
    }
    out += '}';
    return out;
  }
  out += time;
  out += ' ';
  out += name_of(level);
  out += ' ';
  out += tag;
  out += ": ";
  out += printable(event);
  for (const Field& field : fields) {
    out += ' ';
    out += field.name;
    out += '=';
    append_value(out, format, field);
  }
  return out;
}

LogFormat log_format() { return g_format; }

void start_log(LogFormat format, Level least) {
  g_format = format == LogFormat::kAuto ? (isatty(STDERR_FILENO) ? LogFormat::kText : LogFormat::kJson) : format;
  g_least = least;
  g_writer = std::make_unique<LineWriter>(STDERR_FILENO, kQueuedLines, [](std::uint64_t lines) {
    return format_line(g_format, format_utc(wall_now()), Level::kWarn, "base",
                       "log lines lost: standard error is too slow", {{"lines", lines}});
  });
}

void stop_log() {
  if (!g_writer) return;
  g_writer->stop(kStopWait);
  g_lost += g_writer->lost();
  g_writer.reset();
}

std::uint64_t log_lines_lost() { return g_lost + (g_writer ? g_writer->lost() : 0); }

void log(Level level, std::string_view tag, std::string_view event, std::initializer_list<Field> fields) {
  if (level < g_least.load(std::memory_order_relaxed)) return;
  std::string line = format_line(g_format, format_utc(wall_now()), level, tag, event, fields);
  if (g_writer) {
    g_writer->add(std::move(line));
  } else {
    write_at_once(std::move(line));
  }
}

}  // namespace base
