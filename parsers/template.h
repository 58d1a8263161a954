/* Templates: read once from the wire, compiled once to steps, then run for every record.
 *
 * A struct tmpl_record is a validated view of the octets of one template record: it is what books
 * keep, compare and share. A struct tmpl is the compiled form: an immutable value of its own size,
 * in memory that the caller gives. Both know nothing about exporters.
 *
 * NetFlow v9 (RFC 3954 sections 5.2, 6.1) and IPFIX (RFC 7011 sections 3.4.1, 3.4.2) differ in the
 * header of an options template, in the enterprise bit and in scopes; one compiler serves both.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/status.h"
#include "parsers/wire.h"

#define TMPL_VARLEN           65535u /* RFC 7011 section 7; H3C sends it in v9 too */
#define TMPL_ID_LOWEST        256u
#define TMPL_FIELDS_MAX       16383u /* 4 octets each in the largest datagram */
#define TMPL_EMPTY_FIELDS_MAX 32u    /* of length 0 in a short record: filler (wire-quirks 29) */
#define TMPL_RECORD_MAX       65531u /* octets of the longest record that a Set can hold */

/* Where one field stands in a record. */
struct span {
	uint16_t offset;
	uint16_t len;
};

/* One template record on the wire. */
struct tmpl_record {
	const uint8_t *octets; /* the whole record, header included; borrowed */
	uint16_t len;          /* of octets */
	uint16_t id;
	uint16_t fields_n; /* scope fields included */
	uint16_t scope_n;  /* the first scope_n fields are scopes; 0 in a data template */
	uint16_t header;   /* octets before the first field specifier */
	uint32_t min_len;  /* octets of the shortest record that it describes */
	bool varlen;       /* some field is of variable length */
	bool options;
	bool netflow9; /* no enterprise bit, v9 scopes */
};

/* Whether the flow takes a field up, or it is carried: in lossless views, and among the unmapped.
 */
enum tmpl_carried {
	TMPL_CARRIED,
	TMPL_MAPPED,
	TMPL_JUDGED, /* mapped, if its value fits: to be judged in each record (map_holds()) */
};

struct tmpl_field {
	uint32_t pen;
	uint16_t id;
	uint16_t len;    /* octets, or TMPL_VARLEN */
	uint8_t space;   /* enum ie_space */
	uint8_t carried; /* enum tmpl_carried */
};

/* What to do with the octets of one field that a flow has a place for (mapping.h). */
struct tmpl_step {
	uint16_t field; /* index into the fields */
	uint16_t slot;  /* offset of the target in struct record */
	uint8_t kind;   /* enum map_kind */
	uint8_t width;  /* octets of an integer target */
	uint8_t mark;   /* enum flow_field, or MAP_NO_MARK */
	uint8_t zero;   /* MAP_ZERO_* */
};

struct tmpl {
	uint16_t id;
	uint16_t fields_n;
	uint16_t scope_n;
	uint16_t steps_n;
	uint32_t min_len; /* octets of the shortest possible record: 1..TMPL_RECORD_MAX */
	uint16_t needs;   /* MAP_NEEDS_*: what is to be worked out when the steps have run */
	uint16_t misfits; /* elements of a length that does not fit them: carried */
	bool varlen;
	bool options;
	bool ipv6_first; /* of both families, an IPv6 address stands first */
	const struct tmpl_field *fields;
	const struct tmpl_step *steps; /* in the order in which they are to run */
	const struct span *spans;      /* where the fields stand; NULL if varlen */
};

/* Reads one template record from a template Set (options: from an options template Set).
 * PARSE_OK: *out is filled and refers to the octets of *set.
 * PARSE_TMPL_ID, PARSE_TMPL_EMPTY, PARSE_TMPL_LENGTH: refused, but stepped over: the next record
 * can be read. PARSE_TMPL_CUT, PARSE_TMPL_SCOPE: refused, and so is the rest of the Set.
 * An IPFIX record without fields (a withdrawal) is PARSE_TMPL_EMPTY with out->fields_n == 0. */
enum parse_status tmpl_read(struct wire *set, bool netflow9, bool options, struct tmpl_record *out);

/* Octets of memory that tmpl_compile() wants for this record. */
size_t tmpl_size(const struct tmpl_record *r);

/* Compiles into memory of tmpl_size(r) octets, aligned as malloc() aligns. The result lives in that
 * memory, and refers to nothing outside it. */
struct tmpl *tmpl_compile(const struct tmpl_record *r, void *memory);
