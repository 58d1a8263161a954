#include "parsers/sflow.h"
enum parse_status sflow_parse(const struct datagram *d, const struct tmpl_book *book,
			      const struct flow_sink *sink, struct parse_tally *tally)
{ (void)d;(void)book;(void)sink;(void)tally; return PARSE_OK; }
