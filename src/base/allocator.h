#pragma once

namespace base {

/// Settles how malloc treats parts of media: what is larger than 64 KiB gets pages of its own and gives them back when
/// it is freed. Parts come and go in order for hours among small things that stay; from one heap they leave a fifth of
/// it as holes. Call first thing in main.
void settle_allocator();

}  // namespace base
