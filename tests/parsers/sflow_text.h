/* What a walk through an sFlow sample shows, as a line of text:
 *
 *	flow_sample 0:1 sequence_number=1 ... | raw_packet_header 0:1 protocol=1 header=<hex> | ...
 *
 * Lists stand in [], groups in {}.
 */
#pragma once

#include <stddef.h>

#include "parsers/sflow_walk.h"

struct sflow_text {
	char text[16384];
	size_t len;
	unsigned begins; /* structures */
	unsigned fields;
	unsigned undecoded;
	int depth; /* of lists and groups; a test fails if they are not balanced, or too deep */
	enum sflow_nest nests[3];
};

void sflow_text_write(struct sflow_text *t, const struct raw_sample *sample);
