#pragma once

#include <uv.h>

#include <memory>
#include <vector>

#include "viewers/book.h"
#include "viewers/exchange.h"
#include "viewers/options.h"
#include "viewers/tally.h"
#include "viewers/tls.h"

namespace viewers {

/// What everything in a process shares. Thread: one.
struct Engine {
  explicit Engine(const Options& given, Tally& counted) : options(given), tally(counted), read_buffer(256u << 10) {}

  const Options& options;
  Tally& tally;
  uv_loop_t loop{};
  Book book;
  std::unique_ptr<TlsClient> tls;
  std::vector<std::uint8_t> read_buffer;
  std::size_t connections = 0;  ///< made so far; spreads them over source addresses
  std::size_t sources = 1;      ///< addresses 127.0.0.1 to 127.0.0.x that connections come from
  std::string head_rest;        ///< of a request: " HTTP/1.1", Host and so on
  /// Lost connections, freed when the loop's turn is over: they may be what is on the stack.
  std::vector<std::unique_ptr<Connection>> buried;
};

}  // namespace viewers
