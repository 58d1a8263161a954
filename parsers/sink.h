/* What a parser asks of its caller, what it hands back, and what it counts.
 *
 * The caller lends both sets of functions for the length of one call; everything handed over by
 * pointer is the parser's (or the datagram's) and dies with the callback.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/message.h"
#include "parsers/sampling.h"
#include "parsers/status.h"
#include "parsers/wire.h"

struct flow;
struct span;
struct tmpl;
struct tmpl_record;

/* What learning a template changed. */
enum tmpl_learnt {
	TMPL_NEW,       /* the id was not known in this scope */
	TMPL_REFRESHED, /* the same layout again: only last-seen moved */
	TMPL_REDEFINED, /* another layout replaced the old one (wire-quirks 36) */
	TMPL_REFUSED,   /* a limit was reached; nothing changed */
	TMPL_LEARNT_COUNT
};

#define RATE_NO_SELECTOR UINT64_MAX

/* Which sampler a record answers to (wire-quirks 105). */
struct rate_query {
	uint64_t selector;  /* 48 or 302; RATE_NO_SELECTOR: none */
	uint32_t interface; /* ingress, or egress if the meter was there */
	uint16_t tmpl;      /* id of the template that decoded the record */
};

struct rate_answer {
	uint64_t rate;  /* 1 in so many */
	uint8_t source; /* enum sampling_source */
};

/* Tables of names that options records fill. */
enum option_name { NAME_INTERFACE, NAME_VRF, NAME_APPLICATION, NAME_COUNT };

struct octets;
struct raw_record;

/* The templates of all exporters, as one parser sees them. The scope is (m->source, version,
 * m->domain): wire-quirks 40. Called once a Set, a template or a list of records inside a record.
 */
struct tmpl_book {
	/* The template, or NULL; valid until the next learn() on this book. */
	const struct tmpl *(*find)(void *ctx, const struct message *m, uint16_t id);
	/* Keeps a copy of a validated template record. */
	enum tmpl_learnt (*learn)(void *ctx, const struct message *m, const struct tmpl_record *r);
	/* Keeps a copy of a data Set that has no template yet; false: there is no room for it. */
	bool (*park)(void *ctx, const struct message *m, uint16_t id, struct wire set);
	/* What options records told (wire-quirks section 6); each NULL if nobody remembers it. */
	void (*note)(void *ctx, const struct raw_record *r);
	/* When the exporter booted, ms since 1970 (element 160); 0: not told. */
	uint64_t (*boot_ms)(void *ctx, const struct message *m);
	/* The sampling rate of records that answer to the query; false: not told. */
	bool (*rate)(void *ctx, const struct message *m, const struct rate_query *q,
		     struct rate_answer *out);
	/* A name that was told; false: none. It is good for the length of the sink's call. */
	bool (*name)(void *ctx, const struct message *m, enum option_name kind, uint64_t id,
		     struct octets *out);
	/* At the end of each message, to judge its sequence number by: how many records it holds
	 * (v5, v7: claims to hold), and whether not one of them is unknown. NULL: nobody does. */
	void (*message)(void *ctx, const struct message *m, uint32_t records, bool exact);
	/* The operator's word: a rate that overrides what anybody tells (0: none), asked once a
	 * Set; and one for flows of which nothing is told (0: they stay unknown). */
	uint64_t (*rate_override)(void *ctx, const struct message *m);
	uint64_t rate_default;
	void *ctx;
};

/* What a parser works with, but for the message. */
struct parse_env {
	const struct tmpl_book *book;
	const struct flow_sink *sink;
	struct parse_tally *tally;
};

/* One data or options record as it stood on the wire. */
struct raw_record {
	const struct message *message;
	const struct tmpl *tmpl;
	const uint8_t *octets;        /* of the record */
	const struct span *spans;     /* one for each field of the template, in its order */
	const struct flow *flow;      /* NULL for an options record */
	const struct tmpl_book *book; /* has the templates that its lists name */
};

/* One sFlow sample as it stood on the wire. */
struct raw_sample {
	const struct message *message;
	uint32_t tag;            /* enterprise << 12 | format */
	struct wire body;        /* behind the tag and the length */
	const struct flow *flow; /* NULL if it is not a flow sample or holds no packet */
};

struct flow_sink {
	void (*flow)(void *ctx, const struct flow *flow);
	/* Lossless views, each NULL if nobody wants it. Called before flow(). */
	void (*record)(void *ctx, const struct raw_record *record);
	void (*sample)(void *ctx, const struct raw_sample *sample);
	bool inner; /* of a tunnel in a sampled packet, the inner header feeds the flow */
	void *ctx;
};

/* What was seen. The caller owns it and a parser only adds; all members are uint64_t, so that the
 * metrics can name each by its offset. Identity: sets_received = sets_decoded + sum(sets_skipped)
 * + sets_parked (now) + sets_park_refused + what expired in the parking lot. */
struct parse_tally {
	uint64_t sets_received; /* Sets; sFlow: samples; v5 and v7: the records are one Set */
	uint64_t sets_decoded;
	uint64_t sets_skipped[PARSE_STATUS_COUNT];
	uint64_t sets_parked;       /* waiting for their template now */
	uint64_t sets_park_refused; /* for want of room */
	uint64_t sets_missed;       /* arrived before their template, parked or not */
	uint64_t sets_replayed;     /* decoded or skipped after they had waited */
	uint64_t flows;             /* flows decoded */
	uint64_t options;           /* options records */
	uint64_t counters;          /* sFlow counter samples */
	uint64_t discards;          /* sFlow discarded-packet samples */
	uint64_t templates[TMPL_LEARNT_COUNT];
	uint64_t templates_data;    /* template records read, refused ones not */
	uint64_t templates_options; /* options template records, likewise */
	uint64_t templates_refused[PARSE_STATUS_COUNT];
	uint64_t flows_sampling[SAMPLING_COUNT]; /* flows, by what told their sampling rate */
	uint64_t notes[NOTE_COUNT];
};
