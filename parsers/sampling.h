/* Where the sampling rate of a flow came from (wire-quirks 105). The list names them for JSON and
 * the metrics: X(name, token, help); schema.md has the numbers.
 */
#pragma once

#define SAMPLING_LIST(X)                                                                \
	X(UNKNOWN, "unknown", "nobody told: it may be sampled or not")                  \
	X(RECORD, "record", "the flow's own record")                                    \
	X(SELECTOR, "selector", "options of the sampler that the record names")         \
	X(TEMPLATE, "template", "options about the record's template")                  \
	X(INTERFACE, "interface", "options about the interface that was metered")       \
	X(DOMAIN, "domain", "options about the domain, or its only sampler")            \
	X(HEADER, "header", "the header of the datagram (v5) or of the sample (sFlow)") \
	X(DEFAULT, "default", "sampling.default")                                       \
	X(OVERRIDE, "override", "sampling.overrides")                                   \
	X(INFERRED, "inferred", "options of another domain of the exporter")

enum sampling_source {
#define X(name, token, help) SAMPLING_##name,
	SAMPLING_LIST(X)
#undef X
		SAMPLING_COUNT
};
