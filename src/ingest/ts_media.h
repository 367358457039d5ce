#pragma once

#include "base/bytes.h"

namespace ingest {

/// Whether transport stream bytes, as they came from the network, hold the beginning of an elementary stream's PES
/// packet. Tables, clock references and stuffing, all that a multiplexer whose input has gone still sends, do not.
/// Bytes that are not whole packets are taken for media: the demuxer knows better.
bool carries_media(base::View bytes);

}  // namespace ingest
