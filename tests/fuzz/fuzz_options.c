/* What options records tell, from several exporters: a list of v9 and IPFIX messages, each behind
 * one octet (of the exporter's address) and its length in two. Then all that was told is asked. */
#include "parsers/flow.h"
#include "templatestore/options.h"
#include "tests/fuzz/house.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static void ask(struct house *h, uint8_t exporter, uint8_t protocol)
{
	struct message m = {.source = {.octets = {192, 0, 2, exporter}, .len = 4},
			    .protocol = protocol};
	struct flow f;
	struct rate_answer answer;

	flow_init(&f);
	(void)options_boot_ms(h->options, &m);
	for (uint32_t id = 0; id < 4; id++) {
		(void)options_rate(h->options, &m, &(struct rate_query){id, id, 256}, &answer);
		if (options_name(h->options, &m, NAME_VRF, id, &f.ingress_vrf_name))
			flow_mark(&f, FLOW_INGRESS_VRF_NAME);
		house_flow(NULL, &f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct wire input = wire_over(octets, len);
	struct house h;

	house_open(&h);
	while (input.left >= 3) {
		uint8_t exporter = wire_u8(&input);
		size_t n = wire_u16(&input);
		struct datagram d = {.payload =
					     wire_scope(&input, n < input.left ? n : input.left)};
		enum protocol protocol = datagram_protocol(&d);

		house_feed(&h, protocols[protocol].parse, exporter, d.payload);
		ask(&h, exporter, (uint8_t)protocol);
	}
	house_close(&h);
	return 0;
}
