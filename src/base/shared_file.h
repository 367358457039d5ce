#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace base {

/// Bytes that never change, in a file without a name (a sealed memfd): processes that have its descriptor share one
/// copy of them in memory. Owns: the descriptor and the mapping. Thread: any.
class SharedFile {
 public:
  /// A file of these bytes. Errors: kSystem; kMalformed where there are none.
  static Result<std::shared_ptr<const SharedFile>> make(View bytes);
  /// The file behind a descriptor that came from another process; owns it from now on, also where it fails.
  /// Errors: kMalformed for a file that is empty or that somebody could still change; kSystem.
  static Result<std::shared_ptr<const SharedFile>> open(int descriptor);

  ~SharedFile();
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;

  /// Lives as long as this.
  View view() const { return view_; }
  /// For another process.
  int descriptor() const { return descriptor_; }

 private:
  SharedFile(int descriptor, View view) : descriptor_(descriptor), view_(view) {}

  const int descriptor_;
  const View view_;
};

}  // namespace base
