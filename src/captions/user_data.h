#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "captions/triplet.h"

namespace captions {

/// Appends the triplets of an ITU-T T.35 message (user_data_registered_itu_t_t35 without its SEI header, from
/// itu_t_t35_country_code on). Nothing of a message that is none of captions; of one that is cut off, the triplets that
/// are whole. Spec: [ATSC A/53 Part 4 6.2.3].
void read_user_data(base::View message, std::vector<Triplet>& to);
/// The same from "GA94" on, as MPEG-2 video has it in its user data.
void read_atsc_data(base::View data, std::vector<Triplet>& to);
/// Appends triplets that stand one after another, three bytes each. Bytes behind the last whole one are left out.
void read_triplets(base::View bytes, std::vector<Triplet>& to);

/// Appends what read_triplets() reads.
void write_triplets(std::span<const Triplet> triplets, std::vector<std::uint8_t>& to);
/// Appends the message that read_user_data() reads. Only the first kMostTriplets are written.
void write_user_data(std::span<const Triplet> triplets, std::vector<std::uint8_t>& to);

}  // namespace captions
