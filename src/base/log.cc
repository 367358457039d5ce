#include "base/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>

#include "base/clock.h"

namespace base {
namespace {

// 8,192 lines hold a burst of state changes of a thousand channels; beyond that the oldest are dropped.
constexpr std::size_t kQueuedLines = 8192;

std::shared_ptr<spdlog::logger> g_logger;
LogFormat g_format = LogFormat::kText;
std::atomic<Level> g_least{Level::kInfo};

std::string_view name_of(Level level) {
  switch (level) {
    case Level::kDebug: return "debug";
    case Level::kInfo: return "info";
    case Level::kWarn: return "warn";
    case Level::kError: return "error";
  }
  return "info";
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", byte);
      out += escaped;
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

void append_value(std::string& out, LogFormat format, const Field& field) {
  if (const auto* text = std::get_if<std::string>(&field.value)) {
    const bool plain = format == LogFormat::kText && text->find_first_of(" \"\\\n\r\t") == std::string::npos;
    if (plain && !text->empty()) {
      out += *text;
    } else {
      append_json_string(out, *text);
    }
  } else if (const auto* integer = std::get_if<std::int64_t>(&field.value)) {
    out += std::to_string(*integer);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    out += number_text(*real);
  } else {
    out += std::get<bool>(field.value) ? "true" : "false";
  }
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
    append_json_string(out, tag);
    out += ",\"event\":";
    append_json_string(out, event);
    for (const Field& field : fields) {
      out += ',';
      append_json_string(out, field.name);
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
  out += event;
  for (const Field& field : fields) {
    out += ' ';
    out += field.name;
    out += '=';
    append_value(out, format, field);
  }
  return out;
}

void set_log(LogFormat format, Level least) {
  g_format = format == LogFormat::kAuto ? (isatty(STDERR_FILENO) ? LogFormat::kText : LogFormat::kJson) : format;
  g_least = least;
}

LogFormat log_format() { return g_format; }

void start_log(LogFormat format, Level least) {
  set_log(format, least);
  spdlog::init_thread_pool(kQueuedLines, 1);
  g_logger = spdlog::create_async_nb<spdlog::sinks::stderr_sink_mt>("kickoff");
  g_logger->set_pattern("%v");
  g_logger->set_level(spdlog::level::trace);
  g_logger->flush_on(spdlog::level::info);
}

void stop_log() {
  g_logger.reset();
  spdlog::shutdown();
}

void log(Level level, std::string_view tag, std::string_view event, std::initializer_list<Field> fields) {
  if (level < g_least.load(std::memory_order_relaxed)) return;
  std::string line = format_line(g_format, format_utc(wall_now()), level, tag, event, fields);
  if (g_logger) {
    g_logger->log(level >= Level::kWarn ? spdlog::level::warn : spdlog::level::info, "{}", line);
    return;
  }
  line += '\n';
  // Standard error is all there is before start_log; a failed write has nowhere to be reported.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace base
