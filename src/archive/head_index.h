#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

/// Heads of a file's records (record/encoding.h), together, so that a reader that passes over bodies need not look for
/// them all over the file. Such an index is a record of its own, of a type that readers of records skip. A file has one
/// at its end, behind which nothing is written, and before that one for each kIndexBytes of heads:
///
///     offset  size
///          0    16  header of a record: type 12, no body
///         16     8  where the index before stands in the file; 0: none
///         24     8  where the first record stands whose head is here; the last of them ends where the index begins
///         32        heads, one after another; of one that is longer than kLongestHead the header alone
///                4  size of the whole index
///
/// The end of a file that was not ended in order has none. All integers are big-endian.
namespace archive {

inline constexpr std::uint8_t kHeadIndexType = 12;
inline constexpr std::size_t kIndexBytes = std::size_t{256} << 10;
inline constexpr std::size_t kLongestHead = 1024;

/// Collects the heads of a file that is written. Holds kIndexBytes at most.
class HeadIndex {
 public:
  /// A file is begun whose first record that counts stands at `at`.
  void begin(std::uint64_t at);
  void add(base::View head);
  bool empty() const { return heads_.empty(); }
  bool full() const { return heads_.size() >= kIndexBytes; }
  /// The index of what was added since the last one, which is to be written at `at`, behind it.
  std::vector<std::uint8_t> take(std::uint64_t at);

 private:
  std::uint64_t before_ = 0;
  std::uint64_t from_ = 0;
  std::vector<std::uint8_t> heads_;
};

/// Reads the heads of a file back. Bytes that are no index, or a damaged one, give none: the file's records are to be
/// read one by one then.
class HeadIndexReader {
 public:
  /// Finds the indices of a file of that size. Blocks on the disk.
  HeadIndexReader(int descriptor, std::uint64_t size);

  /// The head, or the header alone, of the record at `at`; empty where no index has it. Valid until the next call.
  /// Asked for records in their order.
  base::View head_at(std::uint64_t at);
  /// Where the records go on: behind the index that stands at `at`, or `at`.
  std::uint64_t behind(std::uint64_t at) const;

 private:
  struct Place {
    std::uint64_t at = 0;
    std::uint64_t size = 0;
    std::uint64_t before = 0;
    std::uint64_t from = 0;
  };
  bool find(std::uint64_t at, Place& place) const;
  void load(const Place& place);

  const int descriptor_;
  const std::uint64_t file_size_;
  std::vector<Place> places_;  ///< those that are still to be read, the last of the file first
  Place now_;                  ///< whose heads these are
  std::vector<std::uint8_t> bytes_;
  std::size_t next_ = 0;       ///< offset in `bytes_`; of the next head
  std::uint64_t next_at_ = 0;  ///< where its record stands
};

/// Reads exactly `size` bytes. False, with errno, where that is not possible; errno 0: the file ends before.
bool read_at(int descriptor, std::uint64_t from, std::uint8_t* into, std::size_t size);

}  // namespace archive
