/* What was sent, to the datagram and the record: what a receiver's ledger is checked against (an
 * open value). Only what the kernel took counts. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "collector/blast/export.h"

#define RECEIPT_ERRNO_MAX 192

struct receipt_row {
	uint64_t datagrams; /* those of templates included */
	uint64_t records;   /* data records, flows, flow samples */
	uint64_t templates; /* template records; each has a datagram to itself */
	uint64_t octets;    /* of UDP payload */
};

struct receipt {
	struct receipt_row rows[EXPORT_PROTOCOLS];
	uint64_t errors[RECEIPT_ERRNO_MAX]; /* calls that failed, by errno */
	uint64_t unsent;                    /* datagrams given up */
	uint64_t duration_ns;
};

struct receipt_row receipt_total(const struct receipt *r);
uint64_t receipt_errors(const struct receipt *r);

/* What a receipt says besides its numbers. */
struct receipt_notes {
	uint32_t sources;
	const char *told_apart_by; /* sources: "address" or "port" */
	const char *gso;           /* "on" or "off", as it was used */
};

/* One JSON object and a line feed; protocols that sent nothing are left out. */
void receipt_json(const struct receipt *r, const struct receipt_notes *notes, FILE *out);
/* The same for the eye, in one line. */
void receipt_line(const struct receipt *r, FILE *out);
