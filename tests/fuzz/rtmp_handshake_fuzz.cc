#include <algorithm>
#include <cstdlib>

#include "rtmp/handshake.h"

// The first byte chooses how the rest is cut: any cut must leave the handshake in the same state.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::size_t step = std::size_t{data[0]} + 1;
  const base::View input(data + 1, size - 1);

  rtmp::Handshake whole(1);
  base::View rest = input;
  const bool accepted = whole.feed(rest).ok();

  rtmp::Handshake cut(1);
  bool cut_accepted = true;
  for (std::size_t at = 0; at < input.size() && cut_accepted; at += step) {
    base::View part = input.subspan(at, std::min(step, input.size() - at));
    cut_accepted = cut.feed(part).ok();
  }
  if (accepted != cut_accepted || whole.done() != cut.done()) std::abort();
  if (accepted && whole.take_output() != cut.take_output()) std::abort();
  return 0;
}
