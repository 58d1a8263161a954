/* The metrics: meters.def says which there are; the page, docs/metrics.md and the tests come from
 * it. Names and units follow Prometheus' conventions; every label value known at start is there
 * from the first scrape on.
 */
#pragma once

#include <stdint.h>

#include "collector/show/snapshot.h"
#include "metrics/http.h"

enum meter_kind { METER_COUNTER, METER_GAUGE };

enum meter_unit {
	METER_ONE,    /* as it is */
	METER_MS,     /* kept in milliseconds, shown in seconds */
	METER_US,     /* kept in microseconds, shown in seconds */
	METER_AGE_MS, /* kept as a time of the monotonic clock, shown as its age in seconds */
};

/* The label that tells the words of an array apart. */
enum meter_dimension {
	BY_NOTHING,
	BY_DATAGRAM_REASON,
	BY_SET_REASON,
	BY_TEMPLATE_REASON,
	BY_FILTER_REASON,
	BY_DROP_REASON,
	BY_NOTE,
	BY_CHANGE,
	BY_SAMPLING_SOURCE,
	BY_UNIT,
	BY_LEVEL,
	BY_VERSION,
	BY_COUNT
};

struct meter {
	uint8_t kind;      /* enum meter_kind */
	uint8_t part;      /* enum snapshot_part */
	uint8_t dimension; /* enum meter_dimension */
	uint8_t unit;      /* enum meter_unit */
	uint16_t offset;   /* in the part's struct, octets */
	uint16_t words;
	const char *name;
	const char *help;
};

extern const struct meter meters[];
extern const size_t meters_n;

/* A route for metrics/http (type: PAGE_TYPE); ctx is a struct snapshot_source. */
int meters_render(void *ctx, struct http_page *out);

/* docs/metrics.md. Caller frees; NULL if out of memory. */
char *meters_markdown(void);
