#include "rtmp/amf3_reader.h"

#include <bit>

namespace rtmp::amf {
namespace {

using base::Code;
using base::Error;

enum class Amf3Marker : std::uint8_t {
  kUndefined = 0,
  kNull = 1,
  kFalse = 2,
  kTrue = 3,
  kInteger = 4,
  kDouble = 5,
  kString = 6,
  kXmlDocument = 7,
  kDate = 8,
  kArray = 9,
  kObject = 10,
  kXml = 11,
  kByteArray = 12,
};

}  // namespace

base::Result<Value> Amf3Reader::value(int depth) {
  if (depth > outer_.limits_.depth) return Error{Code::kTooLarge, "AMF3 nesting", outer_.offset()};
  TRY(const std::uint8_t marker, outer_.bytes_.u8("AMF3 marker"));
  switch (static_cast<Amf3Marker>(marker)) {
    case Amf3Marker::kUndefined: return Value();
    case Amf3Marker::kNull: return Value::null();
    case Amf3Marker::kFalse: return Value(false);
    case Amf3Marker::kTrue: return Value(true);
    case Amf3Marker::kInteger: {
      TRY(const std::uint32_t bits, u29());
      return Value(static_cast<double>(static_cast<std::int32_t>(bits << 3) >> 3));
    }
    case Amf3Marker::kDouble: {
      TRY(const std::uint64_t bits, outer_.bytes_.u64("AMF3 double"));
      return Value(std::bit_cast<double>(bits));
    }
    case Amf3Marker::kString: {
      TRY(std::string string, text());
      return Value(std::move(string));
    }
    case Amf3Marker::kXmlDocument:
    case Amf3Marker::kXml:
    case Amf3Marker::kByteArray: return skip_bytes();
    case Amf3Marker::kDate: return date();
    case Amf3Marker::kArray: return array(depth);
    case Amf3Marker::kObject: return object(depth);
    default: return Error{Code::kUnsupported, "AMF3 marker", outer_.offset()};
  }
}

/// Seven bits a byte while the top bit says more, and eight in a fourth byte.
base::Result<std::uint32_t> Amf3Reader::u29() {
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i) {
    TRY(const std::uint8_t byte, outer_.bytes_.u8("AMF3 integer"));
    if (i == 3) return (number << 8) | byte;
    number = (number << 7) | (byte & 0x7FU);
    if ((byte & 0x80U) == 0) break;
  }
  return number;
}

base::Result<std::string> Amf3Reader::text() {
  TRY(const std::uint32_t head, u29());
  if ((head & 1) == 0) {
    if (head / 2 >= texts_.size()) return Error{Code::kMalformed, "AMF3 string reference", outer_.offset()};
    const std::string& known = texts_[head / 2];
    outer_.text_bytes_ += known.size();
    if (outer_.text_bytes_ > outer_.limits_.bytes) return Error{Code::kTooLarge, "AMF3 text", outer_.offset()};
    return known;
  }
  TRY(std::string string, outer_.text(head / 2));
  if (!string.empty()) texts_.push_back(string);
  return string;
}

base::Result<Value> Amf3Reader::date() {
  TRY(const std::uint32_t head, u29());
  if ((head & 1) == 0) return Value();
  TRY(const std::uint64_t bits, outer_.bytes_.u64("AMF3 date"));
  return Value(std::bit_cast<double>(bits));
}

base::Result<Value> Amf3Reader::skip_bytes() {
  TRY(const std::uint32_t head, u29());
  if ((head & 1) != 0) TRY_OK(outer_.bytes_.skip(head / 2, "AMF3 bytes"));
  return Value();
}

base::Result<Value> Amf3Reader::array(int depth) {
  TRY(const std::uint32_t head, u29());
  if ((head & 1) == 0) return Value();
  Value::Object named;
  TRY_OK(dynamic_part(named, depth));
  Value::Array dense;
  for (std::uint32_t i = 0; i < head / 2; ++i) {
    TRY_OK(outer_.spend_item());
    TRY(Value element, value(depth + 1));
    dense.push_back(std::move(element));
  }
  if (!named.empty()) return Value(std::move(named));
  return Value(std::move(dense));
}

base::Result<Value> Amf3Reader::object(int depth) {
  TRY(const std::uint32_t head, u29());
  if ((head & 1) == 0) return Value();
  Traits shape;
  if ((head & 2) == 0) {
    if (head / 4 >= traits_.size()) return Error{Code::kMalformed, "AMF3 traits reference", outer_.offset()};
    shape = traits_[head / 4];
  } else {
    TRY(shape, traits(head));
  }
  Value::Object members;
  for (const std::string& name : shape.names) {
    TRY_OK(outer_.spend_item());
    TRY(Value member, value(depth + 1));
    members.push_back({name, std::move(member)});
  }
  if (shape.dynamic) TRY_OK(dynamic_part(members, depth));
  return Value(std::move(members));
}

base::Result<Amf3Reader::Traits> Amf3Reader::traits(std::uint32_t flags) {
  // An externalizable object's bytes mean something only to the class that wrote them.
  if ((flags & 4) != 0) return Error{Code::kUnsupported, "AMF3 externalizable object", outer_.offset()};
  TRY_OK(text());  // the class's name
  Traits shape;
  shape.dynamic = (flags & 8) != 0;
  for (std::uint32_t i = 0; i < flags / 16; ++i) {
    TRY_OK(outer_.spend_item());
    TRY(std::string name, text());
    shape.names.push_back(std::move(name));
  }
  traits_.push_back(shape);
  return shape;
}

base::Status Amf3Reader::dynamic_part(Value::Object& into, int depth) {
  while (true) {
    TRY(std::string name, text());
    if (name.empty()) return base::Ok{};
    TRY_OK(outer_.spend_item());
    TRY(Value member, value(depth + 1));
    into.push_back({std::move(name), std::move(member)});
  }
}

}  // namespace rtmp::amf
