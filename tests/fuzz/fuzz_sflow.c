#include <stddef.h>
#include <stdint.h>

#include "parsers/flow.h"
#include "parsers/sflow.h"
#include "parsers/sflow_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static volatile uint64_t seen;

static void flow(void *ctx, const struct flow *f)
{
	(void)ctx;
	seen += f->present[0];
}

static void begin(void *ctx, enum sflow_kind kind, uint32_t tag, const char *name)
{
	(void)ctx;
	seen += kind + tag + (uint8_t)name[0];
}

static void field(void *ctx, const struct sflow_value *value)
{
	(void)ctx;
	seen += value->number;
	for (size_t i = 0; i < value->len; i++)
		seen += value->octets[i];
}

static void open(void *ctx, const char *name, enum sflow_nest nest)
{
	(void)ctx;
	(void)name;
	seen += nest;
}

static void done(void *ctx)
{
	(void)ctx;
}

static void sample(void *ctx, const struct raw_sample *s)
{
	struct sflow_visitor visitor = {begin, field, open, done, done, ctx};

	sflow_walk(s, &visitor);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct datagram d = {.payload = wire_over(bytes, len), .source = {.len = 4}};
	struct flow_sink sink = {.flow = flow, .sample = sample};
	const struct tmpl_book book = {0};
	struct parse_tally tally = {0};

	(void)sflow_parse(&d, &book, &sink, &tally);
	return 0;
}
