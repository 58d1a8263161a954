/* The information elements that templates are made of: one row each, in the order in which
 * --fields takes them. NetFlow v9 and IPFIX report the same flow; they differ in how times are
 * told, and in widths where IPFIX allows fewer octets (RFC 7011 section 6.2). */
#pragma once

#include <stdint.h>

#include "collector/blast/traffic.h"

#define ELEMENTS_MAX 60u
#define ELEMENTS_MIN 5u /* addresses, ports, protocol */

/* A field specifier (RFC 3954 section 5.2, RFC 7011 section 3.2). */
struct element_spec {
	uint16_t id;
	uint16_t len;
};

enum element_form {
	ELEMENT_OCTETS,   /* the first octets of an array */
	ELEMENT_UINT,     /* a uint32_t */
	ELEMENT_CONSTANT, /* the same in every flow */
	ELEMENT_AGE,      /* a uint32_t, milliseconds before export: becomes a time when sent */
};

struct element {
	struct element_spec netflow9;
	struct element_spec ipfix;
	struct element_spec ipv6; /* in both, when the flow is IPv6; id 0: no other */
	uint8_t form;             /* enum element_form */
	uint16_t at;              /* offset in struct traffic_flow; of a constant, its value */
};

extern const struct element elements[ELEMENTS_MAX];

struct element_spec element_spec(const struct element *e, bool netflow9, bool ipv6);

/* Writes spec.len octets: the value of the element in the flow, an age as it is. Returns the end.
 */
uint8_t *element_put(const struct element *e, struct element_spec spec,
		     const struct traffic_flow *f, uint8_t *p);
