/* Which elements feed which member of a flow: one row an element (schema.md's column "v9, IPFIX"
 * as a table). An element without a row is carried: the lossless view has it, the flow has not.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/ie.h"

#define MAP_NO_MARK 255u

/* How the octets of a field become the value of its target. */
enum map_kind {
	MAP_UINT,       /* unsigned of 1 to 8 octets, as wide as the target or narrower in value */
	MAP_LOW8,       /* the low octet */
	MAP_LOW12,      /* the low 12 bits */
	MAP_LOW20,      /* the low 20 bits */
	MAP_TOP3,       /* the high 3 bits of an octet */
	MAP_DSCP,       /* a DSCP as ToS */
	MAP_PRECEDENCE, /* a precedence as ToS */
	MAP_MAC,        /* 6 octets */
	MAP_ADDR4,      /* 4 octets, to struct addr */
	MAP_ADDR6,      /* 16 octets, to struct addr */
	MAP_ICMP,       /* type << 8 | code, to icmp_type and icmp_code */
	MAP_LABEL,      /* an MPLS label stack entry, to the end of two lists */
	MAP_TTL,        /* to a list of one */
	MAP_ADDR_LIST4, /* 4 octets, to the end of a list unless zero */
	MAP_ADDR_LIST6, /* 16 octets, likewise */
	MAP_COMMUNITY,  /* 4 octets, to the end of a list */
	MAP_LARGE_COMMUNITY,   /* 12 octets, likewise */
	MAP_COMMUNITIES,       /* a basicList of 483, to the end of a list */
	MAP_LARGE_COMMUNITIES, /* a basicList of 489, likewise */
	MAP_SEGMENT,           /* 16 octets, to a list of one */
	MAP_SEGMENTS,          /* a basicList of 494, to a list of its own */
	MAP_SEGMENT_SECTION,   /* 16 octets for each segment, likewise */
	MAP_EXP,               /* to a list of one */
	MAP_SECTION,           /* octets of a packet, to struct octets */
	MAP_STRING,            /* text: cut at the first NUL, trailing spaces gone */
	MAP_FLOAT,             /* IEEE 754 of 4 or 8 octets, to a double */
	MAP_TOLD, /* as MAP_UINT to 8 octets, but zero is a value: a flag says that it is there */
	MAP_KIND_COUNT
};

/* What a zero does. */
#define MAP_ZERO_ABSENT 1u /* it means "not told" */
#define MAP_ZERO_KEEP   2u /* it does not take the place of another choice */

/* What is to be worked out behind the steps. */
#define MAP_NEEDS_TIMES      1u
#define MAP_NEEDS_SAMPLING   2u
#define MAP_NEEDS_FAMILY     4u /* both families in one template */
#define MAP_NEEDS_OCTETS     8u /* octets from a total or from a two-way counter */
#define MAP_NEEDS_PACKETS    16u
#define MAP_NEEDS_LISTS      32u /* MPLS, communities, segments */
#define MAP_NEEDS_ICMP       64u /* type and code may hide in the ports */
#define MAP_NEEDS_DIRECTION  128u
#define MAP_NEEDS_TWO_WAY    256u
#define MAP_NEEDS_VERSION    512u /* element 60 */
#define MAP_NEEDS_VLAN       1024u
#define MAP_NEEDS_INTERFACES 2048u
#define MAP_NEEDS_UPTIME     4096u  /* boot time, if the header does not tell it */
#define MAP_NEEDS_NAMES      8192u  /* of interfaces, VRFs or applications */
#define MAP_NEEDS_SECTIONS   16384u /* of packets */
#define MAP_NEEDS_PORTS      32768u /* the end of a block of NAT ports */

struct map_row {
	uint32_t pen;
	uint16_t id;
	uint16_t slot;   /* offset in struct record */
	uint16_t width;  /* octets of the target */
	uint16_t family; /* where it goes instead when the template has both families; 0: nowhere */
	uint16_t needs;
	uint8_t kind;
	uint8_t mark;   /* enum flow_field, or MAP_NO_MARK */
	uint8_t zero;   /* MAP_ZERO_* */
	uint8_t choice; /* 0: the first choice for its target; 1: the second ... (wire-quirks 89) */
};

#define MAP_ROWS_MAX    192
#define MAP_CHOICES_MAX 3

/* The row of an element, or NULL: carried. */
const struct map_row *map_find(uint32_t pen, uint16_t id);

/* All rows, sorted by (pen, id). */
const struct map_row *map_table(size_t *count);

/* Whether a field of this many octets can be read so. */
bool map_fits(enum map_kind kind, size_t len);

/* Whether the target holds this value of the row's element: what it does not hold is carried. */
bool map_holds(const struct map_row *row, const uint8_t *octets, size_t len);
