/* The last line of a weir: the ledger of its whole life. */
#pragma once

struct snapshot_source;

/* Writes it to the log, whatever the log level, and an error if the ledger does not balance. To be
 * called when workers and publisher have stopped. */
void summary_write(const struct snapshot_source *source);
