/* What became of a datagram, or of a part of one. This list is the only place an outcome is named:
 * the enum, the log token, the metric label (reason="...") and its help are made from it.
 *
 * A thing refused is counted under exactly one status. Facts that refuse nothing are notes.
 */
#pragma once

/* What a status can be said of; a metric shows only the reasons that can happen to its thing. */
#define PARSE_OF_DATAGRAM 1u
#define PARSE_OF_SET      2u /* a Set, or an sFlow sample */
#define PARSE_OF_TEMPLATE 4u

/* clang-format off */
#define PARSE_STATUS_LIST(X) \
	X(OK,             "ok",             0,                                   "nothing is wrong") \
	X(TRUNCATED,      "truncated",      PARSE_OF_DATAGRAM,                   "shorter than its own header") \
	X(BAD_VERSION,    "bad_version",    PARSE_OF_DATAGRAM,                   "none of NetFlow v5, v7, v9, IPFIX, sFlow v5") \
	X(BAD_LENGTH,     "bad_length",     PARSE_OF_DATAGRAM | PARSE_OF_SET,    "a length field that cannot be true") \
	X(BAD_ADDRESS,    "bad_address",    PARSE_OF_DATAGRAM,                   "an sFlow agent address of no known type") \
	X(RESERVED_SET,   "reserved_set",   PARSE_OF_SET,                        "a Set id that means nothing in this protocol") \
	X(BAD_TEMPLATE,   "bad_template",   PARSE_OF_SET,                        "a template Set that cannot be walked to its end") \
	X(BAD_RECORD,     "bad_record",     PARSE_OF_SET,                        "a record that ends beyond its Set or sample") \
	X(UNKNOWN_SAMPLE, "unknown_sample", PARSE_OF_SET,                        "an sFlow sample type that we do not decode") \
	X(TMPL_CUT,       "cut",            PARSE_OF_TEMPLATE,                   "the template ends beyond its Set") \
	X(TMPL_ID,        "bad_id",         PARSE_OF_TEMPLATE,                   "a template id below 256") \
	X(TMPL_EMPTY,     "empty",          PARSE_OF_TEMPLATE,                   "no fields, or records of no octets") \
	X(TMPL_LENGTH,    "too_long",       PARSE_OF_TEMPLATE,                   "records that no Set can hold") \
	X(TMPL_SCOPE,     "bad_scope",      PARSE_OF_TEMPLATE,                   "scope and option lengths that contradict each other") \
	X(TMPL_LIMIT,     "limit",          PARSE_OF_TEMPLATE,                   "a limit on templates or exporters was reached")

/* Facts beside the outcome: what carries one is still decoded. */
#define PARSE_NOTE_LIST(X) \
	X(CUT_DATAGRAM,    "cut_datagram",    "the receive slot was too small for the datagram") \
	X(COUNT_MISMATCH,  "count_mismatch",  "the header claims more records than there are") \
	X(LENGTH_MISMATCH, "length_mismatch", "the IPFIX length is not that of the datagram") \
	X(TRAILING,        "trailing_octets", "octets behind the last record or Set") \
	X(DIRTY_PADDING,   "dirty_padding",   "padding that is not zero: a template may not fit its data") \
	X(SCOPE_ZERO,      "scope_zero",      "an IPFIX options template without scope fields") \
	X(WITHDRAWAL,      "withdrawal",      "a template withdrawal, ignored over UDP (RFC 7011 section 8.4)") \
	X(CARRIED,         "field_carried",   "a known element of a length that does not fit it, carried as octets") \
	X(VALUE_MISFIT,    "value_misfit",    "a value too large for its element, carried as octets") \
	X(LIST_CARRIED,    "list_carried",    "structured data that cannot be read, carried as octets") \
	X(LIST_CUT,        "list_cut",        "a list longer than a flow can hold") \
	X(NAME_CUT,        "name_cut",        "a name in options data longer than 255 octets, cut to that") \
	X(TIME_ABSURD,     "time_absurd",     "an export time years off arrival") \
	X(START_AFTER_END, "start_after_end", "a flow that starts after its end, kept as sent") \
	X(UNKNOWN_RECORD,  "unknown_record",  "an sFlow record of a type that we do not decode, skipped by length") \
	X(SHORT_RECORD,    "short_record",    "an sFlow record that ended before its structure did") \
	X(ZERO_RATE,       "zero_rate",       "a sampling rate of zero, or none that can be computed, ignored")
/* clang-format on */

enum parse_status {
#define X(name, token, of, help) PARSE_##name,
	PARSE_STATUS_LIST(X)
#undef X
		PARSE_STATUS_COUNT
};

enum parse_note {
#define X(name, token, help) NOTE_##name,
	PARSE_NOTE_LIST(X)
#undef X
		NOTE_COUNT
};

/* Static strings; "" for what is not on the list. */
const char *parse_status_token(enum parse_status status);
const char *parse_status_help(enum parse_status status);
const char *parse_note_token(enum parse_note note);
const char *parse_note_help(enum parse_note note);

/* PARSE_OF_* bits: what the status can be said of. */
unsigned parse_status_of(enum parse_status status);
