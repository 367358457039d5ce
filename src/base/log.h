#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace base {

/// One named value of a log line.
struct Field {
  std::string_view name;
  std::variant<std::string, std::int64_t, double, bool> value;

  Field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  Field(std::string_view n, std::string_view v) : name(n), value(std::string(v)) {}
  Field(std::string_view n, const char* v) : name(n), value(std::string(v)) {}
  Field(std::string_view n, bool v) : name(n), value(v) {}
  Field(std::string_view n, double v) : name(n), value(v) {}
  template <typename T>
    requires std::is_integral_v<T>
  Field(std::string_view n, T v) : name(n), value(static_cast<std::int64_t>(v)) {}
};

enum class Level : std::uint8_t { kDebug, kInfo, kWarn, kError };
enum class LogFormat : std::uint8_t {
  kAuto,  ///< readable on a terminal, JSON otherwise
  kJson,
  kText,
};

/// Starts logging to standard error on a thread of its own (line_writer.h), which drops the oldest lines when too many
/// wait: a thread that logs never waits for a disk, a pipe or a terminal. Call once, before the first thread. Without
/// it lines are written at once, and one that there is no room for is lost.
void start_log(LogFormat format, Level least);
/// The format lines are written in now: kJson or kText.
LogFormat log_format();
/// Writes what waits, within a second, and ends the thread. REQUIRES: no other thread logs any more.
void stop_log();
/// Lines that were dropped since the process started. Thread: any.
std::uint64_t log_lines_lost();

/// Writes one line: time, level, the folder it comes from ("rtmp"), what happened, and its fields. Values of text are
/// made printable() first: a stranger's name can neither forge a line nor fill the log. Never log a key or a token.
/// Thread: any.
void log(Level level, std::string_view tag, std::string_view event, std::initializer_list<Field> fields = {});

inline void log_debug(std::string_view tag, std::string_view event, std::initializer_list<Field> fields = {}) {
  log(Level::kDebug, tag, event, fields);
}
inline void log_info(std::string_view tag, std::string_view event, std::initializer_list<Field> fields = {}) {
  log(Level::kInfo, tag, event, fields);
}
inline void log_warn(std::string_view tag, std::string_view event, std::initializer_list<Field> fields = {}) {
  log(Level::kWarn, tag, event, fields);
}
inline void log_error(std::string_view tag, std::string_view event, std::initializer_list<Field> fields = {}) {
  log(Level::kError, tag, event, fields);
}

/// The line that log() would write, without its end.
std::string format_line(LogFormat format, std::string_view time, Level level, std::string_view tag,
                        std::string_view event, std::initializer_list<Field> fields);

}  // namespace base
