/* One datagram, read as v5 and as v7. */
#include "parsers/netflow5.h"

#include "tests/fuzz/house.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct house h;

	house_open(&h);
	house_feed(&h, netflow5_parse, 1, wire_over(octets, len));
	house_feed(&h, netflow7_parse, 1, wire_over(octets, len));
	house_close(&h);
	return 0;
}
