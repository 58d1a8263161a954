/* One message, twice: the second time its own templates stand before its data. */
#include "parsers/ipfix.h"

#include "tests/fuzz/house.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct house h;

	house_open(&h);
	house_feed(&h, ipfix_parse, 1, wire_over(octets, len));
	house_feed(&h, ipfix_parse, 1, wire_over(octets, len));
	house_close(&h);
	return 0;
}
