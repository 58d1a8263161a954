#include <stddef.h>
#include <stdint.h>

#include "parsers/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* The first octet chooses what the others belong to, and which header feeds the flow. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct flow f;

	if (len == 0)
		return 0;
	flow_init(&f);
	(void)packet_dissect(wire_over(bytes + 1, len - 1),
			     (enum packet_link)((bytes[0] & 0x7f) % (PACKET_LLC + 1)),
			     (enum packet_feed)(bytes[0] >> 7), &f);
	return 0;
}
