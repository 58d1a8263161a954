/* Information elements: their names and types (the registry, generated from parsers/registry/ CSV
 * files) and nothing about what a flow does with them (that is mapping.h). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define IE_PEN_IANA    0u
#define IE_PEN_REVERSE 29305u /* RFC 5103: the reverse direction of the IANA element */

/* Number spaces that must never meet. */
enum ie_space {
	IE_SPACE_IPFIX,    /* (PEN, id) */
	IE_SPACE_NETFLOW9, /* a v9 field type: IANA's below 32768 where IANA has one */
	IE_SPACE_SCOPE9,   /* a v9 options scope type, 1..5: not an element (wire-quirks 53) */
	IE_SPACE_NETFLOW7, /* the three fields only v7 has */
	IE_SPACE_NOBODY,   /* the enterprise bit with PEN 0: neither IANA's nor a vendor's */
};

/* Abstract data types (RFC 7011 section 6.1, RFC 6313). */
/* clang-format off */
#define IE_TYPE_LIST(X) \
	X(OCTETS,         "octetArray") \
	X(U8,             "unsigned8") \
	X(U16,            "unsigned16") \
	X(U32,            "unsigned32") \
	X(U64,            "unsigned64") \
	X(U256,           "unsigned256") \
	X(S8,             "signed8") \
	X(S16,            "signed16") \
	X(S32,            "signed32") \
	X(S64,            "signed64") \
	X(F32,            "float32") \
	X(F64,            "float64") \
	X(BOOL,           "boolean") \
	X(MAC,            "macAddress") \
	X(STRING,         "string") \
	X(SECONDS,        "dateTimeSeconds") \
	X(MILLISECONDS,   "dateTimeMilliseconds") \
	X(MICROSECONDS,   "dateTimeMicroseconds") \
	X(NANOSECONDS,    "dateTimeNanoseconds") \
	X(IPV4,           "ipv4Address") \
	X(IPV6,           "ipv6Address") \
	X(BASIC_LIST,     "basicList") \
	X(TMPL_LIST,      "subTemplateList") \
	X(TMPL_MULTILIST, "subTemplateMultiList")
/* clang-format on */

enum ie_type {
#define X(name, token) IE_##name,
	IE_TYPE_LIST(X)
#undef X
		IE_TYPE_COUNT
};

struct ie {
	uint32_t pen;
	uint16_t id;
	uint8_t type; /* enum ie_type */
	const char *name;
};

/* Finds an element in its space; NULL if the registry does not know it. In IE_SPACE_NETFLOW9 (pen
 * is 0) the IANA name wins below 32768, as the corpus and all exporters have it. */
const struct ie *ie_find(enum ie_space space, uint32_t pen, uint16_t id);

/* The IANA element that (29305, id) reverses; NULL if it is not reversible (RFC 5103 section 6.1).
 */
const struct ie *ie_reversed(uint16_t id);

const char *ie_type_name(enum ie_type type);

/* The tables, each sorted by (pen, id) without a double: for tests and documentation. */
enum ie_table { IE_TABLE_IANA, IE_TABLE_VENDORS, IE_TABLE_NETFLOW9, IE_TABLE_COUNT };
const struct ie *ie_table(enum ie_table table, size_t *count);
