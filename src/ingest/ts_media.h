#pragma once

#include "base/bytes.h"

namespace ingest {

/// Whether transport stream bytes, as they came from the network, hold the beginning of an elementary stream's PES
/// packet. Tables, clock references and stuffing, all that a multiplexer whose input has gone still sends, do not.
/// Bytes that are not whole packets are taken for media: the demuxer knows better.
bool carries_media(base::View bytes);

/// Whether the bytes of one datagram are of a transport stream: sync bytes a packet apart, from wherever it was cut.
bool is_transport_stream(base::View bytes);

}  // namespace ingest
