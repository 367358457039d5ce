#include <cstdint>
#include <cstdlib>
#include <set>
#include <vector>

#include "ts/merger.h"

// Each 188 bytes are one packet; its first byte says which paths bring it, which of them ends or leads from then on,
// and how much time passes. What is given out are packets that came, and of what one path brings nothing twice as much.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ts::Merger merger;
  merger.begin(0);
  merger.begin(1);
  std::set<std::vector<std::uint8_t>> came;
  std::size_t brought = 0;
  std::size_t given = 0;
  base::Micros now = base::kSecond;
  const auto take = [&](base::View out) {
    if (out.size() % ts::kPacketSize != 0) std::abort();
    for (std::size_t at = 0; at < out.size(); at += ts::kPacketSize, ++given) {
      const base::View one = out.subspan(at, ts::kPacketSize);
      if (!came.contains({one.begin(), one.end()})) std::abort();
    }
  };
  for (std::size_t at = 0; at + ts::kPacketSize <= size; at += ts::kPacketSize) {
    const std::uint8_t how = data[at];
    std::vector<std::uint8_t> packet(data + at, data + at + ts::kPacketSize);
    packet[0] = ts::kSyncByte;
    came.insert(packet);
    const base::Bytes bytes = base::Bytes::adopt(std::move(packet));
    now += (how >> 5) * 20 * base::kMillisecond;
    if ((how & 0x04) != 0) merger.end(how & 1U);
    if ((how & 0x08) != 0) merger.begin(how >> 1 & 1U);
    if ((how & 0x10) != 0) merger.set_main(how & 1U);
    for (const std::size_t path : {0U, 1U}) {
      if ((how >> path & 1U) == 0) continue;
      ++brought;
      take(merger.take(path, bytes, now));
    }
    take(merger.tick(now));
  }
  take(merger.tick(now + base::kSecond));
  if (given > brought) std::abort();
  return 0;
}
