#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rtmp/amf.h"

namespace rtmp::amf {

/// Reads the one AMF3 value that follows an AMF0 "avmplus" marker (0x11), on behalf of the AMF0 reader whose
/// bytes and limits it shares. References to strings and traits are followed; references to whole objects read as
/// undefined, since following them lets a few bytes stand for any amount of memory. Spec: AMF3 notes, RT-22.
class Amf3Reader {
 public:
  explicit Amf3Reader(Reader& outer) : outer_(outer) {}

  base::Result<Value> value(int depth);

 private:
  struct Traits {
    std::vector<std::string> names;
    bool dynamic = false;
  };

  base::Result<std::uint32_t> u29();
  base::Result<std::string> text();
  base::Result<Value> date();
  base::Result<Value> skip_bytes();
  base::Result<Value> array(int depth);
  base::Result<Value> object(int depth);
  base::Result<Traits> traits(std::uint32_t flags);
  base::Status dynamic_part(Value::Object& into, int depth);

  Reader& outer_;
  std::vector<std::string> texts_;
  std::vector<Traits> traits_;
};

}  // namespace rtmp::amf
