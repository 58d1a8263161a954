/* One walk through an sFlow sample of any type.
 *
 * It shows a sample's fields and those of each of its records, in the order of the wire, by the
 * names of the registry. What it shows is complete: octets of an unknown structure, behind the
 * known fields of a record that has grown, or from the first field that cannot be true, come as one
 * field called "undecoded".
 *
 * Pure; everything shown is borrowed from the sample.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "parsers/sflow_structures.h"
#include "parsers/sink.h"

/* How a value is held, which is also how it is written. */
enum sflow_form {
	SFLOW_UNSIGNED, /* number */
	SFLOW_SIGNED,   /* number, to be read as int64_t */
	SFLOW_FLOAT,    /* number: the 32 bits of an IEEE single; it may be NaN or infinite */
	SFLOW_DOUBLE,   /* number: the 64 bits of an IEEE double; likewise */
	SFLOW_ADDRESS,  /* octets: 4, 16, or 0 if the agent does not know it */
	SFLOW_MAC,      /* octets: 6 */
	SFLOW_TEXT,     /* octets, UTF-8 as a claim: to be escaped */
	SFLOW_OCTETS,   /* octets, to be written in hex */
};

struct sflow_value {
	const char *name; /* NULL for an item of a list */
	enum sflow_form form;
	uint64_t number;
	const uint8_t *octets;
	size_t len;
};

enum sflow_nest {
	SFLOW_LIST,  /* values or groups follow, without names */
	SFLOW_GROUP, /* an item of a list of groups: named fields follow */
};

/* Events of a walk. begin() and end() stand around the sample's own fields, then around those of
 * each record: they never nest. open() and close() stand around a list or a group within a field's
 * place and do nest, two deep: the list, and the group or the list in it.
 *
 *	begin(SAMPLE, 0:1, "flow_sample") field... end()
 *	begin(FLOW, 0:1, "raw_packet_header") field... end()
 *	begin(FLOW, 0:1003, "extended_gateway") field...
 *		open("dst_as_path", LIST)
 *			open(NULL, GROUP) field open("as", LIST) field... close() close()
 *		close() field... end()
 */
struct sflow_visitor {
	void (*begin)(void *ctx, enum sflow_kind kind, uint32_t tag, const char *name);
	void (*field)(void *ctx, const struct sflow_value *value);
	void (*open)(void *ctx, const char *name, enum sflow_nest nest); /* name: NULL in a list */
	void (*close)(void *ctx);
	void (*end)(void *ctx);
	void *ctx;
};

/* Shows the sample to the visitor. A sample within a sample (Brocade 1991:1) shows its fields
 * behind those of the outer one, as one structure with the outer one's name. */
void sflow_walk(const struct raw_sample *sample, const struct sflow_visitor *visitor);
