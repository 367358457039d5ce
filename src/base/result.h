#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace base {

/// What kind of failure an Error is; the caller decides by it, the text is for people.
enum class Code : std::uint8_t {
  kTruncated,    ///< the input ended too early
  kMalformed,    ///< the input breaks its format
  kUnsupported,  ///< well formed, but not something this build handles
  kTooLarge,     ///< a limit of ours was exceeded
  kNotFound,
  kDenied,
  kBusy,
  kCanceled,  ///< the operation's owner went away first
  kSystem,    ///< the environment refused: file, socket, process, library
};

/// Name of a code, for messages and metric labels ("truncated", "malformed" …).
constexpr std::string_view to_string(Code code) {
  switch (code) {
    case Code::kTruncated: return "truncated";
    case Code::kMalformed: return "malformed";
    case Code::kUnsupported: return "unsupported";
    case Code::kTooLarge: return "too_large";
    case Code::kNotFound: return "not_found";
    case Code::kDenied: return "denied";
    case Code::kBusy: return "busy";
    case Code::kCanceled: return "canceled";
    case Code::kSystem: return "system";
  }
  return "unknown";
}

/// A failure with its place: what was being read or done, and the byte offset where that applies.
struct [[nodiscard]] Error {
  Code code = Code::kMalformed;
  std::string what;
  std::size_t offset = 0;

  /// One line for a log: "truncated: PES header (at byte 42)".
  std::string message() const {
    std::string text{to_string(code)};
    text += ": ";
    text += what;
    if (offset != 0) text += " (at byte " + std::to_string(offset) + ")";
    return text;
  }
};

/// Value of a Result that carries none.
struct Ok {};

/// Either a T or an Error. Discarding one does not compile; reading the wrong side aborts.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  bool ok() const { return state_.index() == 0; }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  T& value() & {
    if (!ok()) std::abort();
    return std::get<0>(state_);
  }
  const T& value() const& {
    if (!ok()) std::abort();
    return std::get<0>(state_);
  }
  /// Moves the value out. REQUIRES: ok().
  T take() {
    if (!ok()) std::abort();
    return std::move(std::get<0>(state_));
  }
  const Error& error() const {
    if (ok()) std::abort();
    return std::get<1>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

using Status = Result<Ok>;

}  // namespace base

#define KICKOFF_CONCAT_INNER(a, b) a##b
#define KICKOFF_CONCAT(a, b) KICKOFF_CONCAT_INNER(a, b)

/// `TRY(auto x, parse_x(bytes));` binds x to the value, or returns the Error from the enclosing function.
#define TRY(declaration, expression) TRY_IMPL(KICKOFF_CONCAT(try_result_, __LINE__), declaration, expression)
#define TRY_IMPL(temporary, declaration, expression) \
  auto temporary = (expression);                     \
  if (!temporary.ok()) return temporary.error();     \
  declaration = temporary.take()

/// `TRY_OK(write_y());` returns the Error from the enclosing function, and drops the value.
#define TRY_OK(expression) \
  if (auto try_status = (expression); !try_status.ok()) return try_status.error()
