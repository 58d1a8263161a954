/* Export datagrams: how each protocol writes made-up traffic down.
 *
 * A plan is what one protocol's datagrams have in common: all its records, written once at start,
 * so that a datagram is a header, one copy and what depends on the moment (times, sample numbers).
 * A stream is one exporter's row of datagrams with its own sequence. Plans are immutable after
 * plan_init() and shared by all streams; a stream belongs to whoever sends it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/blast/traffic.h"

#define EXPORT_FLOWS       4096u  /* distinct flows of a plan; every stream goes round in them */
#define EXPORT_OCTETS_MAX  65507u /* of the largest UDP payload over IPv4 */
#define EXPORT_OCTETS_MTU  1472u  /* of a UDP payload in 1500 octets of IPv4: presets stay within */
#define EXPORT_RECORDS_MAX 4096u
#define EXPORT_TIMES_MAX   2u

enum export_protocol {
	EXPORT_V5,
	EXPORT_V7,
	EXPORT_V9,
	EXPORT_IPFIX,
	EXPORT_SFLOW,
	EXPORT_PROTOCOLS
};

/* What a sequence number counts (wire-quirks 111 to 114). */
enum export_counting {
	COUNTING_RECORDS,
	COUNTING_DATAGRAMS,
};

/* The moment a datagram is written. */
struct moment {
	uint64_t unix_ns;
	uint32_t uptime_ms; /* of the exporter */
};

/* One exporter, one protocol, one domain (an open value; zeroed, but for its names, at start). */
struct stream {
	uint32_t domain;   /* observation domain, source id, v5 engine (16 bits), sFlow sub-agent */
	uint32_t agent;    /* sFlow: IPv4 address of the agent, host order */
	uint32_t sequence; /* of the next datagram */
	uint32_t samples;  /* sFlow: flow samples so far */
	uint32_t next;     /* flow that the next record reports, below EXPORT_FLOWS */
};

struct plan {
	const struct export_row *row;
	uint8_t *pool;        /* the flows' records; the first ones again behind the last */
	size_t record_octets; /* of each record or sample */
	size_t data_octets;   /* of each data datagram */
	size_t tmpl_octets;   /* of each template datagram; 0: the protocol has none */
	uint16_t records;     /* in a data datagram */
	uint16_t fields;      /* v9, IPFIX: in the template */
	uint16_t times[EXPORT_TIMES_MAX]; /* offsets in a record */
	uint8_t times_n;
	bool ipv6; /* flows, not transport */
};

struct export_row {
	const char *name;       /* --protocol */
	uint16_t port;          /* preset */
	uint16_t records;       /* in a datagram, preset */
	uint16_t header_octets; /* before the first record */
	uint8_t counting;       /* enum export_counting */
	bool ipv6;              /* can report IPv6 flows */
	/* Sets record_octets, times and tmpl_octets of a plan that has the rest. */
	void (*layout)(struct plan *p);
	/* Writes record_octets octets; times as ages in milliseconds. */
	void (*record)(const struct plan *p, const struct traffic_flow *f, uint8_t *out);
	/* Writes header_octets octets. */
	void (*header)(const struct plan *p, const struct stream *s, const struct moment *m,
		       uint8_t *out);
	/* Makes the records that follow the header those of this moment and stream. */
	void (*refresh)(const struct plan *p, const struct stream *s, const struct moment *m,
			uint8_t *records);
	/* Writes tmpl_octets octets; NULL: no templates. */
	void (*tmpl)(const struct plan *p, const struct stream *s, const struct moment *m,
		     uint8_t *out);
};

extern const struct export_row export_v5, export_v7, export_v9, export_ipfix, export_sflow;
extern const struct export_row *const export_rows[EXPORT_PROTOCOLS];

struct plan_conf {
	uint8_t protocol; /* enum export_protocol */
	uint16_t records; /* 0: what is usual, or what fits EXPORT_OCTETS_MTU if that is less */
	uint16_t fields;  /* ELEMENTS_MIN..ELEMENTS_MAX */
	bool ipv6;        /* IPv6 flows, if the protocol has them */
	uint64_t seed;
};

/* 0; -EMSGSIZE: so many records do not fit a datagram (the plan says how large it would be);
 * -ENOMEM. Undone by plan_fini(), which accepts a zeroed plan and one that failed. */
int plan_init(struct plan *p, const struct plan_conf *conf);
void plan_fini(struct plan *p);

/* Write the next datagram of the stream: data_octets or tmpl_octets octets. The stream stays as it
 * is until export_sent() says that the datagrams are on their way. */
void export_data(const struct plan *p, const struct stream *s, const struct moment *m,
		 uint8_t *out);
void export_tmpl(const struct plan *p, const struct stream *s, const struct moment *m,
		 uint8_t *out);
void export_sent(const struct plan *p, struct stream *s, uint32_t datagrams);
void export_tmpl_sent(const struct plan *p, struct stream *s);
