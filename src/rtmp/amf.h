#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/bytes.h"
#include "base/result.h"

/// AMF0, and AMF3 where an AMF0 stream switches to it for a value. Spec: AMF0 and AMF3 notes, RT-21, RT-22, RT-43.
namespace rtmp::amf {

struct Property;

/// One AMF value. Dates read as numbers (milliseconds), XML as text; references and byte arrays as undefined.
class Value {
 public:
  using Object = std::vector<Property>;  ///< objects, typed objects and ECMA arrays, in the order sent
  using Array = std::vector<Value>;
  struct Undefined {};
  struct Null {};

  Value();
  static Value null();
  Value(double number);
  Value(bool boolean);
  Value(std::string text);
  Value(std::string_view text);
  Value(const char* text);
  Value(Object object);
  Value(Array array);

  bool is_undefined() const { return std::holds_alternative<Undefined>(state_); }
  bool is_null() const { return std::holds_alternative<Null>(state_); }
  const double* number() const { return std::get_if<double>(&state_); }
  const bool* boolean() const { return std::get_if<bool>(&state_); }
  const std::string* text() const { return std::get_if<std::string>(&state_); }
  const Object* object() const { return std::get_if<Object>(&state_); }
  const Array* array() const { return std::get_if<Array>(&state_); }

  /// The named property of an object, or nullptr.
  const Value* find(std::string_view name) const;
  /// The named property if it is a number or text, else the fallback.
  double number_or(std::string_view name, double fallback) const;
  std::string text_or(std::string_view name, std::string_view fallback) const;

 private:
  using State = std::variant<Undefined, Null, double, bool, std::string, Object, Array>;

  State state_;
};

struct Property {
  std::string name;
  Value value;
};

inline Value::Value() = default;
inline Value::Value(double number) : state_(number) {}
inline Value::Value(bool boolean) : state_(boolean) {}
inline Value::Value(std::string text) : state_(std::move(text)) {}
inline Value::Value(std::string_view text) : state_(std::string(text)) {}
inline Value::Value(const char* text) : state_(std::string(text)) {}
inline Value::Value(Object object) : state_(std::move(object)) {}
inline Value::Value(Array array) : state_(std::move(array)) {}
inline Value Value::null() {
  Value value;
  value.state_ = Null{};
  return value;
}

/// What one command or data message may cost (RT-43).
struct Limits {
  int depth = 16;             ///< objects within objects; recursion goes no deeper, so the stack is bounded too
  std::size_t items = 1024;   ///< properties and array elements, all together
  std::size_t bytes = 65536;  ///< text decoded, all together: AMF3 string references must not multiply it
};

/// Reads AMF0 values one after another.
/// Errors: kTruncated, kMalformed, kUnsupported (a marker that is unknown or cannot stand here), kTooLarge (Limits).
class Reader {
 public:
  explicit Reader(base::View view) : Reader(view, Limits()) {}
  Reader(base::View view, const Limits& limits) : bytes_(view), limits_(limits) {}

  bool empty() const { return bytes_.empty(); }
  std::size_t offset() const { return bytes_.offset(); }
  base::Result<Value> next() { return value(0); }

 private:
  base::Result<Value> value(int depth);
  base::Result<Value> object(int depth);
  base::Result<Value> strict_array(int depth);
  base::Result<Value> date();
  base::Result<std::string> text(std::size_t length);
  base::Result<std::string> short_text();
  base::Status spend_item();

  base::ByteReader bytes_;
  Limits limits_;
  std::size_t items_ = 0;
  std::size_t text_bytes_ = 0;

  friend class Amf3Reader;
};

/// All values of a message. Errors: as Reader.
base::Result<std::vector<Value>> parse_values(base::View view);

/// Appends one value as AMF0.
void write_value(base::ByteWriter& out, const Value& value);
/// Values one after another, as a message's payload.
std::vector<std::uint8_t> write_values(const std::vector<Value>& values);

}  // namespace rtmp::amf
