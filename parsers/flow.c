#include "parsers/flow.h"

_Static_assert(FLOW_EXPORTER < 64 && FLOW_FIELD_COUNT <= 128, "presence is two words");

#define WIDTH(member) (uint8_t)(sizeof(((struct flow *)0)->member) & 0xff)

const struct flow_field_row flow_fields[FLOW_FIELD_COUNT] = {
#define X(bit, member, type, number, form) \
	[FLOW_##bit] = {#member, (number), offsetof(struct flow, member), WIDTH(member), (form)},
	FLOW_FIELDS(X)
#undef X
};
