/* What exporters send and nobody can read: said in the log, at most one line of a cause in ten
 * seconds, with the exporter's address and how many lines were swallowed. The counts are in the
 * ledger. One a worker, its thread's own; a zeroed one is ready.
 */
#pragma once

#include <stdint.h>

#include "collector/log/log.h"
#include "parsers/datagram.h"

struct complaints {
	struct log_limit rejected[PARSE_STATUS_COUNT];
	struct log_limit refused;
};

/* A whole datagram could not be read. */
void complain_rejected(struct complaints *c, const struct datagram *d, enum parse_status status,
		       uint64_t now_mono_ms);

/* Some Sets or samples of a datagram could not. */
void complain_refused(struct complaints *c, const struct datagram *d, uint64_t sets,
		      uint64_t now_mono_ms);
