#pragma once

#include <string>

#include "base/bytes.h"

namespace crypto {

/// MD5 in lower case, 32 digits: to compare bytes with what another server has hashed so. It protects nothing.
/// Spec: RFC 1321. Thread: any.
std::string md5_hex(base::View bytes);

}  // namespace crypto
