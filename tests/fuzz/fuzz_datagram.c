/* A list of datagrams, each behind its length in two octets, against one book and one parking lot:
 * templates and data come from the fuzzer together. */
#include "tests/fuzz/house.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct wire input = wire_over(octets, len);
	struct house h;

	house_open(&h);
	while (input.left >= 2) {
		size_t n = wire_u16(&input);
		struct datagram d = {.payload =
					     wire_scope(&input, n < input.left ? n : input.left)};

		house_feed(&h, protocols[datagram_protocol(&d)].parse, 1, d.payload);
	}
	house_close(&h);
	return 0;
}
