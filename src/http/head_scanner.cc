#include "http/head_scanner.h"

#include <cstring>

namespace http {
namespace {

/// Method, two blanks and the version beside the target.
constexpr std::size_t kRequestLineExtra = 64;

}  // namespace

int HeadScanner::check_line(base::View line, bool first) const {
  if (!first && (line[0] == ' ' || line[0] == '\t')) return 400;
  // A CR inside the line: some parsers end the line there.
  return std::memchr(line.data(), '\r', line.size()) == nullptr ? 0 : 400;
}

HeadScanner::Outcome HeadScanner::scan(base::View head, const Limits& limits) {
  // Garbage and TLS on the plain port are refused at their first byte, not after the slow-header time.
  if (!head.empty() && (head[0] < 'A' || head[0] > 'Z')) return {400, 0};
  while (scanned_ < head.size()) {
    const auto* end =
        static_cast<const std::uint8_t*>(std::memchr(head.data() + scanned_, '\n', head.size() - scanned_));
    scanned_ = head.size();
    if (end == nullptr) break;
    const auto at = static_cast<std::size_t>(end - head.data());
    if (at == line_ || head[at - 1] != '\r') return {400, 0};
    const base::View line = head.subspan(line_, at - 1 - line_);
    const bool first = lines_ == 0;
    if (at + 1 > limits.head) return {first ? 414 : 431, 0};
    if (line.empty()) return {0, at + 1};
    if (const int refused = check_line(line, first); refused != 0) return {refused, 0};
    if (first && line.size() > limits.target + kRequestLineExtra) return {414, 0};
    if (++lines_ > limits.fields + 1) return {431, 0};
    line_ = scanned_ = at + 1;
  }
  const bool in_request_line = lines_ == 0;
  if (in_request_line && head.size() > limits.target + kRequestLineExtra) return {414, 0};
  if (head.size() > limits.head) return {431, 0};
  return {};
}

}  // namespace http
