/* Whether all that one exporter sent arrives, by the numbers in its messages (wire-quirks 110 to
 * 117). Everything is modulo 2^32. One state for each (address, port, version, domain), in sFlow
 * also agent: who keeps them is templatestore/sequences.h.
 *
 * What is missing for good is lost - late: what came too late was counted as lost when it had not
 * come, and a counter never goes back.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/message.h"

/* What a sequence number counts: X(name, token, help) */
#define SEQUENCE_UNIT_LIST(X)                                                    \
	X(FLOWS, "flows", "NetFlow v5 and v7 number their flows")                \
	X(DATAGRAMS, "datagrams", "NetFlow v9 and sFlow number their datagrams") \
	X(RECORDS, "records", "IPFIX numbers its data records, options records included")

enum sequence_unit {
#define X(name, token, help) SEQUENCE_##name,
	SEQUENCE_UNIT_LIST(X)
#undef X
		SEQUENCE_UNIT_COUNT
};

/* Numbers that were skipped and may still come. */
struct sequence_gap {
	uint32_t at;
	uint32_t n; /* 0: none */
	bool counted;
};

#define SEQUENCE_GAPS 8

/* All zero before the first message. */
struct sequence {
	struct sequence_gap gaps[SEQUENCE_GAPS];
	uint32_t next; /* the number that continues the newest message */
	uint32_t last; /* number and records of the message judged last */
	uint32_t last_records;
	uint32_t uptime_ms;  /* of the newest message */
	uint32_t widest;     /* units of the largest message */
	uint32_t held;       /* lost, unless the exporter counts in another unit */
	uint8_t unit;        /* enum sequence_unit */
	uint8_t gap_next;    /* the one to give up when all are in use */
	uint8_t other_steps; /* in a row that fit the other unit only */
	bool begun;
	bool next_exact; /* every record of the newest message was counted */
	bool last_exact;
	bool proven; /* some step fits this unit only */
};

/* What one message changes. */
struct sequence_verdict {
	uint8_t unit;       /* enum sequence_unit: of the three numbers */
	uint32_t lost;      /* skipped */
	uint32_t late;      /* had been skipped, and came */
	uint32_t duplicate; /* had come before */
	bool reset;         /* the exporter starts over: nothing is lost by that */
	bool switched;      /* the exporter counts in another unit than its protocol says */
};

/* The unit that the protocol prescribes; SEQUENCE_UNIT_COUNT: it has no numbers. */
enum sequence_unit sequence_unit_of(enum protocol protocol);

/* records: in the message (v5, v7: as its header claims). exact: not one of them is unknown; after
 * a message that is not exact, the next one is believed without a word (wire-quirks 113). */
struct sequence_verdict sequence_judge(struct sequence *s, const struct message *m,
				       uint32_t records, bool exact);
