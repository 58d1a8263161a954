/* One record on its way from octets to a flow: the flow itself, and the values that become part of
 * it only when the whole record has been read (times, sampling, counters with several homes).
 *
 * One decoder serves NetFlow v5, v7, v9 and IPFIX: it runs the steps of a compiled template, then
 * works out what the template needs (MAP_NEEDS_*).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/flow.h"
#include "parsers/mapping.h"
#include "parsers/sink.h"
#include "parsers/template.h"

/* In all scratch values zero means "not told": that is what the rules say of each of them. */

/* wire-quirks section 7; each as it stands on the wire. */
struct record_times {
	uint64_t start_ns, end_ns;                  /* 156, 157: NTP */
	uint64_t start_us, end_us;                  /* 154, 155: NTP */
	uint64_t start_ms, end_ms;                  /* 152, 153 */
	uint64_t start_s, end_s;                    /* 150, 151 */
	uint64_t start_delta, end_delta;            /* 158, 159: microseconds before Export Time */
	uint64_t start_uptime, end_uptime;          /* 22, 21: ms since boot */
	uint64_t boot_ms;                           /* 160 in the record */
	uint64_t seen_s, seen_ms, seen_us, seen_ns; /* 322..325 observation time */
	uint64_t collected_ms;                      /* 258 */
	uint64_t lasted_ms, lasted_us;              /* 161, 162 */
	bool has_start_uptime, has_end_uptime;      /* they are there: zero is a time since boot */
	bool has_start_delta, has_end_delta;        /* likewise: zero is Export Time itself */
};

/* wire-quirks 101: what a record itself says of its sampling. */
struct record_sampling {
	uint64_t interval;   /* 34 */
	uint64_t random;     /* 50 */
	uint64_t packets;    /* 305: sampled in a row */
	uint64_t space;      /* 306: then skipped */
	uint64_t size;       /* 309 */
	uint64_t population; /* 310 */
	double probability;  /* 311 */
	bool has_space;      /* 306 is there: zero skips none */
};

/* Octets of the packet that was metered (wire-quirks 118). */
struct record_sections {
	struct octets link; /* 315, or 104 */
	struct octets ip;   /* 313 */
	struct octets mpls; /* 316 */
	uint16_t link_type; /* 408 */
	uint16_t offset;    /* 409, or 102: of the section in the packet */
	uint16_t exported;  /* 410, or 103: octets of the section that are not padding */
};

/* Both families in one record (wire-quirks 88). */
struct record_family {
	struct addr src, dst, next_hop, bgp_next_hop;
	uint8_t src_net, dst_net;
};

struct record {
	struct flow flow;
	struct record_times times;
	struct record_sampling sampling;
	struct record_family v4, v6;          /* only when the template has both */
	uint8_t ip_version;                   /* 60 */
	uint64_t total_octets, total_packets; /* 85, 86, 171, 172: running totals */
	uint64_t other_octets, other_packets; /* 231, 352, 312, 298 */
	uint64_t selector;                    /* 48, 302; zero is one */
	struct record_sections sections;      /* only when the template has one */
	uint16_t range_ports;                 /* 364: how many there are from 361 on */
};

/* Decodes all records of one data Set and hands them to the sink; what is left behind them is
 * padding. PARSE_OK, or PARSE_BAD_RECORD: a record ends beyond the Set; those before it stay.
 * *records grows by how many there were. */
enum parse_status records_parse(const struct message *m, const struct tmpl *t, struct wire set,
				const struct parse_env *env, uint32_t *records);

/* The times of a flow from what the record has (wire-quirks 62-79). */
void times_resolve(const struct record_times *t, const struct message *m, struct flow *flow,
		   struct parse_tally *tally);

/* Puts a list of communities or segments into the flow; kind is one that mapping.h says is a list.
 * What cannot be read is counted and changes nothing. */
void lists_put(struct flow *f, enum map_kind kind, const uint8_t *octets, size_t len,
	       struct parse_tally *tally);
/* Says which of the lists are there. */
void lists_mark(struct flow *f);

/* Lets the headers in the sections feed what no element gave; inner: those inside of tunnels. */
void sections_feed(const struct record_sections *s, bool inner, struct flow *f);

/* The sampling rate that a record tells of itself, or 0 (wire-quirks 101). */
uint64_t sampling_rate(const struct record_sampling *s, struct parse_tally *tally);
