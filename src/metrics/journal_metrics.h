#pragma once

#include "archive/journal_writer.h"
#include "metrics/families.h"

namespace metrics {

/// Adds the series of the journal's writer. `restored`: channels that were taken up from it at the start.
void add_journal(Families& out, const archive::JournalWriter::Counters& counters, int restored);

}  // namespace metrics
