/* A template Set of v9 or IPFIX, of options or not (the first octet), as long as the next two say,
 * then a data Set, which each of the templates reads. */
#include <stdlib.h>

#include "parsers/record.h"
#include "parsers/template.h"
#include "tests/fuzz/house.h"

#define TEMPLATES_MAX 16 /* each reads all the data: a larger product is only slow */

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static void template_use(const struct tmpl_record *r, struct wire data, struct house *h)
{
	struct message m = {.protocol = r->netflow9 ? PROTOCOL_NETFLOW9 : PROTOCOL_IPFIX};
	struct parse_env env = {&h->templates, &h->sink, &h->tally};
	void *memory = malloc(tmpl_size(r));
	uint32_t records = 0;

	if (!memory)
		abort();
	(void)records_parse(&m, tmpl_compile(r, memory), data, &env, &records);
	free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct wire input = wire_over(octets, len);
	uint8_t kind = wire_u8(&input);
	size_t n = wire_u16(&input);
	struct wire set = wire_scope(&input, n < input.left ? n : input.left);
	struct tmpl_record r;
	struct house h;

	house_open(&h);
	for (int i = 0; i < TEMPLATES_MAX && wire_ok(&set) && set.left > 0; i++)
		if (tmpl_read(&set, kind & 1, kind & 2, &r) == PARSE_OK)
			template_use(&r, input, &h);
	house_close(&h);
	return 0;
}
