/* Every sFlow v5 structure of the registry, as a table generated from
 * registry/sflow-structures.csv: which fields a structure has, in the order of the wire.
 *
 * Pure; the table is constant.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/wire.h"

/* Samples, flow records and counter records are number spaces of their own. Discarded packets
 * have flow records. */
enum sflow_kind { SFLOW_SAMPLE, SFLOW_FLOW, SFLOW_COUNTER };

#define SFLOW_TAG(enterprise, format) ((uint32_t)(enterprise) << 12 | (format))
#define SFLOW_ENTERPRISE(tag)         ((uint32_t)(tag) >> 12)
#define SFLOW_FORMAT(tag)             ((uint32_t)(tag)&0xfff)

enum sflow_type {
	SFLOW_FIELD_U32,
	SFLOW_FIELD_I32,
	SFLOW_FIELD_F32,
	SFLOW_FIELD_U64,
	SFLOW_FIELD_F64,
	SFLOW_FIELD_IP4,
	SFLOW_FIELD_IP6,
	SFLOW_FIELD_MAC,
	SFLOW_FIELD_OPAQUE4,
	SFLOW_FIELD_OPAQUE16,
	SFLOW_FIELD_ADDR,    /* a type word, then 0, 4 or 16 octets */
	SFLOW_FIELD_STRING,  /* a length word, octets, padding */
	SFLOW_FIELD_OPAQUE,  /* likewise */
	SFLOW_FIELD_HI2,     /* the top bits of a word that the next field takes */
	SFLOW_FIELD_LO30,    /* the rest of it */
	SFLOW_FIELD_HI8,     /* likewise */
	SFLOW_FIELD_LO24,    /* likewise */
	SFLOW_FIELD_VALUE,   /* of the type that the field before it tells */
	SFLOW_FIELD_REST,    /* all that is left */
	SFLOW_FIELD_FLOW,    /* a count; flow records follow the structure's fields */
	SFLOW_FIELD_COUNTER, /* a count; counter records follow */
	SFLOW_FIELD_SAMPLE,  /* a tagged sample, to the end */
	SFLOW_FIELD_GROUP,   /* the list's items are the next fields */
};

struct sflow_field {
	uint8_t type; /* enum sflow_type */
	uint8_t list; /* 0: one value; n: a counted list, of groups of the next n fields if so */
	const char *name;
};

struct sflow_structure {
	uint64_t key; /* kind, tag */
	const char *name;
	uint16_t first; /* of its fields in sflow_fields[] */
	uint8_t count;
	uint8_t least; /* octets of the fields that may not be missing */
};

extern const struct sflow_field sflow_fields[];

/* The row of a structure, or NULL. */
const struct sflow_structure *sflow_structure_find(enum sflow_kind kind, uint32_t tag);

/* Static strings; "unknown" for a structure that has no row. A sample's name is the `set` of the
 * lossless output. */
const char *sflow_structure_name(enum sflow_kind kind, uint32_t tag);

/* Splits the next tagged structure (a sample, a record) off: tag, length, body, and padding to a
 * multiple of four that some agents count in the length and others do not. False at the end, and
 * with *w failed if the body is longer than what is left. Consumes at least 8 octets. */
bool sflow_take(struct wire *w, uint32_t *tag, struct wire *body);

/* Skips what pads len octets to a multiple of four, as far as it is there. */
void sflow_skip_padding(struct wire *w, size_t len);

/* The name of a drop reason (sample 0:5, interface format 1), or "" if it has none. */
const char *sflow_drop_reason_name(uint32_t reason);
