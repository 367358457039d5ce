#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "registry/announced_origin.h"
#include "registry/lease.h"
#include "registry/origin_list.h"
#include "registry/watch_stream.h"

namespace {

/// What a watch that comes in pieces of that size tells.
std::string told(base::View bytes, std::size_t piece, std::vector<registry::KeyChange>& changes) {
  registry::WatchStream stream;
  std::string out;
  while (!bytes.empty()) {
    const std::size_t size = std::min(piece, bytes.size());
    const base::Status status = stream.feed(bytes.first(size), [&](const registry::WatchMessage& message) {
      if (message.over.find('\n') != std::string::npos) std::abort();
      out += message.created ? "c" : "m";
      out += message.over + std::to_string(message.changes.size());
      changes.insert(changes.end(), message.changes.begin(), message.changes.end());
    });
    if (!status.ok()) return out + "!";
    bytes = bytes.subspan(size);
  }
  return out;
}

void check_origin(std::string_view value) {
  const auto origin = registry::parse_origin(value);
  if (!origin.ok()) return;
  if (!registry::is_origin_url(origin->url) || origin->url.find('\n') != std::string::npos) std::abort();
  const auto again = registry::parse_origin(registry::write_origin(*origin));
  if (!again.ok() || *again != *origin) std::abort();
}

}  // namespace

// What etcd says of the keys of origins, and what others have written there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::View bytes(data, size);
  std::vector<registry::KeyChange> changes;
  const std::string whole = told(bytes, size, changes);
  std::vector<registry::KeyChange> again;
  if (told(bytes, 1, again) != whole || again.size() != changes.size()) std::abort();
  const auto list = registry::parse_list(base::text_of(bytes));
  if (list.ok()) changes.insert(changes.end(), list->keys.begin(), list->keys.end());
  registry::OriginList origins("/kickoff/origins/");
  for (const registry::KeyChange& change : changes) {
    if (change.key.empty() || change.revision < 0) std::abort();
    check_origin(change.value);
    // What is refused is logged.
    const auto origin = registry::parse_origin(change.value);
    if (change.deleted || (origin.ok() && change.key == registry::origin_key("/kickoff", origin->url)))
      origins.take_change(change);
  }
  if (origins.origins().size() > registry::OriginList::kMost) std::abort();
  check_origin(base::text_of(bytes));
  const auto lease = registry::parse_grant(base::text_of(bytes));
  if (lease.ok() && *lease <= 0) std::abort();
  static_cast<void>(registry::parse_renewal(base::text_of(bytes)).ok());
  return 0;
}
