#pragma once

#include "base/network.h"

namespace ingest {

using base::Address;
using base::address_of;
using base::Network;
using base::parse_network;

}  // namespace ingest
