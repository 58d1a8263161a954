/* Everything that a parser asks for, small enough that a fuzzer soon fills it: a book, a parking
 * lot, what options told, sequences, a sink that reads every octet it is handed. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "parsers/datagram.h"
#include "parsers/sink.h"

struct house {
	struct book *book;
	struct parking *parking;
	struct options *options;
	struct sequences *sequences;
	struct tmpl_book templates;
	struct flow_sink sink;
	struct parse_tally tally;
	const struct tmpl *learnt;
};

typedef enum parse_status parser_fn(const struct datagram *d, const struct tmpl_book *book,
				    const struct flow_sink *sink, struct parse_tally *tally);

/* h stays where it is until house_close(). */
void house_open(struct house *h);

/* One datagram of 192.0.2.exporter. */
void house_feed(struct house *h, parser_fn *parse, uint8_t exporter, struct wire payload);

/* Aborts unless every Set was accounted for. */
void house_close(struct house *h);

/* A sink for house_feed()'s like that has no house. */
void house_record(void *ctx, const struct raw_record *r);
void house_flow(void *ctx, const struct flow *f);
