#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/shared_file.h"

namespace config {

/// Units: bytes; as transcode::Slate::kMostBytes, whose library belongs to the worker.
inline constexpr std::size_t kMostSlate = std::size_t{64} << 20;

/// The file of a slate, as the workers share it; channels with the same file have one copy of it. Whether it can be
/// decoded the worker finds out, whose codecs are not the server's; here it has to begin as a picture or film does.
/// Blocks on the disk. Thread: any. Errors: those of base::read_regular_file; kUnsupported for other files, naming what
/// a slate can be; kSystem.
base::Result<std::shared_ptr<const base::SharedFile>> read_slate(const std::string& path);

/// DejaVu Sans, of the Debian package fonts-dejavu-core.
inline constexpr const char* kDefaultFont = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

/// The font of the texts of slates, likewise: it has to begin as TrueType or OpenType does. Errors: those of
/// read_slate(), naming what a font can be.
base::Result<std::shared_ptr<const base::SharedFile>> read_font(const std::string& path);
/// That of kDefaultFont, read when it is first asked for and there; null where it is not installed. Thread: any.
std::shared_ptr<const base::SharedFile> default_font();

}  // namespace config
