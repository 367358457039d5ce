#pragma once

namespace base {

/// Settles how malloc treats messages and samples of media, which come and go many times a second: they come from the
/// heap, and what is free at its top stays there up to 1 MiB. malloc's own rules would give what is larger than 64 to
/// 200 KiB pages of its own each time, and a page costs more than writing it: it is cleared, and taken away from every
/// core that the process has run on. What stays for long, the parts of a window, has memory of its own
/// (base/media_file.h). Call first thing in main.
void settle_allocator();

}  // namespace base
