#pragma once

// Inside ingest/srt_*.cc only: options of libsrt's sockets.

#include <srt/srt.h>

#include <array>
#include <string>

#include "base/result.h"

namespace ingest::srt_option {

template <typename T>
bool set(int socket, SRT_SOCKOPT option, const T& value) {
  return srt_setsockflag(socket, option, &value, static_cast<int>(sizeof value)) == 0;
}

inline bool set_text(int socket, SRT_SOCKOPT option, const std::string& text) {
  return srt_setsockflag(socket, option, text.data(), static_cast<int>(text.size())) == 0;
}

inline int get_int(int socket, SRT_SOCKOPT option) {
  int value = 0;
  int size = sizeof value;
  return srt_getsockflag(socket, option, &value, &size) == 0 ? value : 0;
}

inline std::string get_text(int socket, SRT_SOCKOPT option) {
  std::array<char, 1024> text{};
  int size = static_cast<int>(text.size());
  if (srt_getsockflag(socket, option, text.data(), &size) != 0 || size < 0) return {};
  return {text.data(), static_cast<std::size_t>(size)};
}

inline std::string version_text(int version) {
  return std::to_string(version >> 16 & 0xff) + "." + std::to_string(version >> 8 & 0xff) + "." +
         std::to_string(version & 0xff);
}

inline base::Error library_error(const std::string& what) {
  return base::Error{base::Code::kSystem, what + ": " + srt_getlasterror_str()};
}

}  // namespace ingest::srt_option
