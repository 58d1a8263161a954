#include "collector/blast/receipt.h"

#include <inttypes.h>
#include <string.h>

struct receipt_row receipt_total(const struct receipt *r)
{
	struct receipt_row total = {0};

	for (size_t i = 0; i < EXPORT_PROTOCOLS; i++) {
		total.datagrams += r->rows[i].datagrams;
		total.records += r->rows[i].records;
		total.templates += r->rows[i].templates;
		total.octets += r->rows[i].octets;
	}
	return total;
}

uint64_t receipt_errors(const struct receipt *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < RECEIPT_ERRNO_MAX; i++)
		n += r->errors[i];
	return n;
}

static double seconds(const struct receipt *r)
{
	return (double)r->duration_ns / 1e9;
}

static double a_second(const struct receipt *r, uint64_t n)
{
	return r->duration_ns ? (double)n / seconds(r) : 0;
}

static void row_json(const struct receipt_row *row, FILE *out)
{
	fprintf(out,
		"\"datagrams\":%" PRIu64 ",\"records\":%" PRIu64 ",\"templates\":%" PRIu64
		",\"octets\":%" PRIu64,
		row->datagrams, row->records, row->templates, row->octets);
}

static void rows_json(const struct receipt *r, FILE *out)
{
	const char *comma = "";

	fputs(",\"protocols\":{", out);
	for (size_t i = 0; i < EXPORT_PROTOCOLS; i++) {
		if (!r->rows[i].datagrams)
			continue;
		fprintf(out, "%s\"%s\":{", comma, export_rows[i]->name);
		row_json(&r->rows[i], out);
		fputc('}', out);
		comma = ",";
	}
	fputc('}', out);
}

static void errors_json(const struct receipt *r, FILE *out)
{
	const char *comma = "";

	fputs(",\"errors\":{", out);
	for (int i = 0; i < RECEIPT_ERRNO_MAX; i++) {
		const char *name = strerrorname_np(i);

		if (!r->errors[i])
			continue;
		fprintf(out, "%s\"%s\":%" PRIu64, comma, name ? name : "OTHER", r->errors[i]);
		comma = ",";
	}
	fputc('}', out);
}

void receipt_json(const struct receipt *r, const struct receipt_notes *notes, FILE *out)
{
	struct receipt_row total = receipt_total(r);

	fputc('{', out);
	row_json(&total, out);
	rows_json(r, out);
	errors_json(r, out);
	fprintf(out, ",\"unsent\":%" PRIu64 ",\"duration_s\":%.6f,\"rate\":%.1f", r->unsent,
		seconds(r), a_second(r, total.datagrams));
	fprintf(out, ",\"record_rate\":%.1f,\"sources\":%" PRIu32, a_second(r, total.records),
		notes->sources);
	fprintf(out, ",\"sources_by\":\"%s\",\"gso\":\"%s\"}\n", notes->told_apart_by, notes->gso);
}

void receipt_line(const struct receipt *r, FILE *out)
{
	struct receipt_row total = receipt_total(r);

	fprintf(out,
		"sent %" PRIu64 " datagrams (%" PRIu64 " records, %" PRIu64 " templates, %" PRIu64
		" octets) in %.3f s: %.0f datagrams/s, %.0f records/s",
		total.datagrams, total.records, total.templates, total.octets, seconds(r),
		a_second(r, total.datagrams), a_second(r, total.records));
	if (receipt_errors(r) || r->unsent)
		fprintf(out, "; %" PRIu64 " send errors, %" PRIu64 " datagrams not sent",
			receipt_errors(r), r->unsent);
	fputc('\n', out);
}
