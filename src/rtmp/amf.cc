#include "rtmp/amf.h"

#include <algorithm>
#include <bit>

#include "rtmp/amf3_reader.h"

namespace rtmp::amf {
namespace {

using base::Code;
using base::Error;

enum Marker : std::uint8_t {
  kNumber = 0x00,
  kBoolean = 0x01,
  kString = 0x02,
  kObject = 0x03,
  kNull = 0x05,
  kUndefined = 0x06,
  kReference = 0x07,
  kEcmaArray = 0x08,
  kObjectEnd = 0x09,
  kStrictArray = 0x0A,
  kDate = 0x0B,
  kLongString = 0x0C,
  kNoValue = 0x0D,
  kXmlDocument = 0x0F,
  kTypedObject = 0x10,
  kAmf3 = 0x11,
};

}  // namespace

const Value* Value::find(std::string_view name) const {
  const Object* properties = object();
  if (properties == nullptr) return nullptr;
  for (const Property& property : *properties) {
    if (property.name == name) return &property.value;
  }
  return nullptr;
}

double Value::number_or(std::string_view name, double fallback) const {
  const Value* value = find(name);
  return value != nullptr && value->number() != nullptr ? *value->number() : fallback;
}

std::string Value::text_or(std::string_view name, std::string_view fallback) const {
  const Value* value = find(name);
  return value != nullptr && value->text() != nullptr ? *value->text() : std::string(fallback);
}

base::Result<Value> Reader::value(int depth) {
  if (depth > limits_.depth) return Error{Code::kTooLarge, "AMF0 nesting", offset()};
  TRY(const std::uint8_t marker, bytes_.u8("AMF0 marker"));
  switch (marker) {
    case kNumber: {
      TRY(const std::uint64_t bits, bytes_.u64("AMF0 number"));
      return Value(std::bit_cast<double>(bits));
    }
    case kBoolean: {
      TRY(const std::uint8_t byte, bytes_.u8("AMF0 boolean"));
      return Value(byte != 0);
    }
    case kString: {
      TRY(std::string string, short_text());
      return Value(std::move(string));
    }
    case kLongString:
    case kXmlDocument: {
      TRY(const std::uint32_t length, bytes_.u32("AMF0 long string length"));
      TRY(std::string string, text(length));
      return Value(std::move(string));
    }
    case kNull: return Value::null();
    case kUndefined:
    case kNoValue: return Value();
    case kReference: TRY_OK(bytes_.skip(2, "AMF0 reference")); return Value();
    case kTypedObject: TRY_OK(short_text()); return object(depth);
    case kObject: return object(depth);
    case kEcmaArray: TRY_OK(bytes_.skip(4, "AMF0 ECMA array count")); return object(depth);  // the count is a hint
    case kStrictArray: return strict_array(depth);
    case kDate: return date();
    case kAmf3: return Amf3Reader(*this).value(depth);
    default: return Error{Code::kUnsupported, "AMF0 marker", offset()};
  }
}

base::Result<Value> Reader::object(int depth) {
  Value::Object properties;
  while (true) {
    TRY(std::string name, short_text());
    if (name.empty() && !bytes_.empty() && bytes_.rest()[0] == kObjectEnd) {
      TRY_OK(bytes_.skip(1, "AMF0 object end"));
      return Value(std::move(properties));
    }
    TRY_OK(spend_item());
    TRY(Value property, value(depth + 1));
    properties.push_back({std::move(name), std::move(property)});
  }
}

base::Result<Value> Reader::strict_array(int depth) {
  TRY(const std::uint32_t count, bytes_.u32("AMF0 array count"));
  Value::Array elements;
  for (std::uint32_t i = 0; i < count; ++i) {
    TRY_OK(spend_item());
    TRY(Value element, value(depth + 1));
    elements.push_back(std::move(element));
  }
  return Value(std::move(elements));
}

base::Result<Value> Reader::date() {
  TRY(const std::uint64_t bits, bytes_.u64("AMF0 date"));
  TRY_OK(bytes_.skip(2, "AMF0 date zone"));
  return Value(std::bit_cast<double>(bits));
}

base::Result<std::string> Reader::text(std::size_t length) {
  TRY(const base::View view, bytes_.bytes(length, "AMF0 text"));
  text_bytes_ += length;
  if (text_bytes_ > limits_.bytes) return Error{Code::kTooLarge, "AMF0 text", offset()};
  return std::string(base::text_of(view));
}

base::Result<std::string> Reader::short_text() {
  TRY(const std::uint16_t length, bytes_.u16("AMF0 string length"));
  return text(length);
}

base::Status Reader::spend_item() {
  if (++items_ > limits_.items) return Error{Code::kTooLarge, "AMF0 properties", offset()};
  return base::Ok{};
}

base::Result<std::vector<Value>> parse_values(base::View view) {
  const Limits limits;
  if (view.size() > limits.bytes) return Error{Code::kTooLarge, "AMF0 message"};
  Reader reader(view, limits);
  std::vector<Value> values;
  while (!reader.empty()) {
    if (values.size() >= limits.items) return Error{Code::kTooLarge, "AMF0 values", reader.offset()};
    TRY(Value value, reader.next());
    values.push_back(std::move(value));
  }
  return values;
}

namespace {

void write_text(base::ByteWriter& out, std::string_view text) {
  if (text.size() <= 0xFFFF) {
    out.u8(kString);
    out.u16(text.size());
  } else {
    out.u8(kLongString);
    out.u32(text.size());
  }
  out.text(text);
}

void write_object(base::ByteWriter& out, const Value::Object& object) {
  out.u8(kObject);
  for (const Property& property : object) {
    const std::string_view name = std::string_view(property.name).substr(0, 0xFFFF);
    out.u16(name.size());
    out.text(name);
    write_value(out, property.value);
  }
  out.u16(0);
  out.u8(kObjectEnd);
}

}  // namespace

void write_value(base::ByteWriter& out, const Value& value) {
  if (const double* number = value.number()) {
    out.u8(kNumber);
    out.u64(std::bit_cast<std::uint64_t>(*number));
  } else if (const bool* boolean = value.boolean()) {
    out.u8(kBoolean);
    out.u8(*boolean ? 1 : 0);
  } else if (const std::string* text = value.text()) {
    write_text(out, *text);
  } else if (const Value::Object* object = value.object()) {
    write_object(out, *object);
  } else if (const Value::Array* array = value.array()) {
    out.u8(kStrictArray);
    out.u32(array->size());
    for (const Value& element : *array) write_value(out, element);
  } else {
    out.u8(value.is_null() ? kNull : kUndefined);
  }
}

std::vector<std::uint8_t> write_values(const std::vector<Value>& values) {
  base::ByteWriter out;
  for (const Value& value : values) write_value(out, value);
  return out.take();
}

}  // namespace rtmp::amf
