#pragma once
#include "parsers/datagram.h"
enum parse_status sflow_parse(const struct datagram *d, const struct tmpl_book *book,
			      const struct flow_sink *sink, struct parse_tally *tally);
