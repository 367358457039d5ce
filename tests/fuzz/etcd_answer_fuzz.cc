#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "registry/gateway.h"
#include "registry/source_clock.h"

// What etcd answers, and what other servers have written there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::text_of({data, size});
  const auto login = registry::parse_login(text);
  if (login.ok() && login->find('\n') != std::string::npos) std::abort();
  const auto range = registry::parse_range(text);
  if (range.ok() && *range && (*range)->revision < 0) std::abort();
  const auto swap = registry::parse_swap(text);
  if (swap.ok() && swap->written && swap->found) std::abort();
  if (registry::parse_fault(text).find('\n') != std::string::npos) std::abort();
  const auto clocks = registry::parse_clocks(text);
  if (!clocks.ok()) return 0;
  const auto again = registry::parse_clocks(registry::write_clocks(*clocks));
  if (!again.ok() || *again != *clocks) std::abort();
  for (const registry::SourceClock& clock : *clocks) {
    const auto near = registry::clock_near(*clocks, clock);
    if (!near || near->stamps != clock.stamps) std::abort();
  }
  return 0;
}
