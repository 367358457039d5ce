#pragma once

// Builders of tags for the tests, field by field as the specifications have them.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/byte_writer.h"
#include "rtmp/message.h"

namespace rtmp {

using Buffer = std::vector<std::uint8_t>;

inline Buffer operator+(Buffer left, const Buffer& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}
inline Buffer text_bytes(std::string_view text) { return Buffer(text.begin(), text.end()); }

// SPS and PPS of 1280x720 High 3.1, as x264 writes them, in avcC with 4-byte lengths.
inline const Buffer kAvcc = {0x01, 0x64, 0x00, 0x1f, 0xff, 0xe1, 0x00, 0x1a, 0x67, 0x64, 0x00, 0x1f, 0xac, 0xd9, 0x40,
                             0x50, 0x05, 0xbb, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0x20,
                             0xf1, 0x83, 0x19, 0x60, 0x01, 0x00, 0x06, 0x68, 0xeb, 0xe3, 0xcb, 0x22, 0xc0};
// AAC-LC, 48 kHz, stereo.
inline const Buffer kAsc = {0x11, 0x90};

/// What a slice that is the first of its picture begins with: first_mb_in_slice 0, slice_type 7 (I).
inline constexpr std::string_view kFirstSlice = "\x88slice";
/// What a slice in the middle of a picture begins with: first_mb_in_slice 1, slice_type 7.
inline constexpr std::string_view kNextSlice = "\x44\x0fslice";

/// NAL unit of `type` led by its length.
inline Buffer nal(std::uint8_t type, std::string_view body = kFirstSlice, int length_size = 4) {
  base::ByteWriter out;
  if (length_size == 2) {
    out.u16(body.size() + 1);
  } else {
    out.u32(body.size() + 1);
  }
  out.u8(0x60U | type);
  out.text(body);
  return out.take();
}

inline Buffer avc_tag(int frame_type, int packet_type, int composition, const Buffer& body) {
  base::ByteWriter out;
  out.u8(static_cast<std::uint8_t>(frame_type << 4 | 7));
  out.u8(static_cast<std::uint8_t>(packet_type));
  out.u24(static_cast<std::uint32_t>(composition) & 0xFFFFFF);
  out.bytes(body);
  return out.take();
}

inline Buffer aac_tag(int packet_type, const Buffer& body) {
  return Buffer{0xAF, static_cast<std::uint8_t>(packet_type)} + body;
}

inline Buffer ex_video(int frame_type, int packet_type, std::string_view fourcc, const Buffer& body) {
  return Buffer{static_cast<std::uint8_t>(0x80 | frame_type << 4 | packet_type)} + text_bytes(fourcc) + body;
}

inline Buffer ex_audio(int packet_type, std::string_view fourcc, const Buffer& body) {
  return Buffer{static_cast<std::uint8_t>(0x90 | packet_type)} + text_bytes(fourcc) + body;
}

/// One track of a multitrack body, with its size.
inline Buffer track_of(int id, const Buffer& body) {
  base::ByteWriter out;
  out.u8(static_cast<std::uint8_t>(id));
  out.u24(body.size());
  out.bytes(body);
  return out.take();
}

}  // namespace rtmp
