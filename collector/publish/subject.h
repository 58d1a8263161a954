/* The subject of a message: a template, rendered once at start for each kind of flow, so that
 * nothing is rendered while flows pass. A rendered subject can be published to: no wildcard, no
 * empty token, no space.
 */
#pragma once

#include <stddef.h>

#include "parsers/flow.h"

#define SUBJECT_MAX 512 /* with the NUL */

/* Which rendered subject a batch goes to: batch.subject. */
enum subject_family { SUBJECT_NETFLOW, SUBJECT_SFLOW, SUBJECT_COUNT };

const char *subject_family_name(enum subject_family family);

static inline enum subject_family subject_of(const struct flow *flow)
{
	return flow_has(flow, FLOW_TYPE) && flow->type == FLOW_SFLOW_5 ? SUBJECT_SFLOW
								       : SUBJECT_NETFLOW;
}

/* Renders a template: {family} is netflow or sflow, the rest stands for itself. 0; or -EINVAL, and
 * *error is what is wrong with the template, in a few static words, and out is unspecified. */
int subject_render(const char *template, enum subject_family family, char out[SUBJECT_MAX],
		   const char **error);
