#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf_kind.h"
#include "collector/conf/conf_number.h"

/* "NETWORK=RATE"; 0, or -EINVAL, perhaps with why. */
static int rate_parse(const char *text, struct conf_rate *out, char why[KIND_WHY_MAX])
{
	const char *sign = strchr(text, '=');
	size_t len = sign ? (size_t)(sign - text) : 0;
	char network[CIDR_TEXT_MAX];
	char mended[CIDR_TEXT_MAX];
	int err;

	if (!sign || len >= sizeof(network))
		return -EINVAL;
	memcpy(network, text, len);
	network[len] = '\0';
	err = cidr_parse(network, &out->exporters);
	if (err == -EDOM) {
		cidr_print(&out->exporters, mended);
		(void)snprintf(why, KIND_WHY_MAX, "has bits behind its prefix; did you mean %s?",
			       mended);
	}
	if (err || !number_parse(sign + 1, &out->rate))
		return -EINVAL;
	if (out->rate == 0 || out->rate > UINT32_MAX) {
		(void)snprintf(why, KIND_WHY_MAX, "has a rate out of range (1 to %" PRIu32 ")",
			       UINT32_MAX);
		return -EINVAL;
	}
	return 0;
}

static bool network_known(const struct conf_rates *rates, const struct cidr *network)
{
	for (size_t i = 0; i < rates->n; i++)
		if (rates->list[i].exporters.bits == network->bits &&
		    addr_equal(&rates->list[i].exporters.net, &network->net))
			return true;
	return false;
}

int rates_add(const struct conf_key *key, void *member, const char *text, char why[KIND_WHY_MAX])
{
	struct conf_rates *rates = member;
	struct conf_rate *more;
	struct conf_rate rate;

	if (rate_parse(text, &rate, why))
		return -EINVAL;
	if (network_known(rates, &rate.exporters)) {
		(void)snprintf(why, KIND_WHY_MAX, "has a network that has a rate already");
		return -EINVAL;
	}
	if (rates->n == key->max) {
		(void)snprintf(why, KIND_WHY_MAX, "is one rate too many (%zu)", rates->n);
		return -EINVAL;
	}
	more = realloc(rates->list, (rates->n + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	rates->list = more;
	rates->list[rates->n++] = rate;
	return 0;
}

void rates_clear(void *member)
{
	struct conf_rates *rates = member;

	free(rates->list);
	*rates = (struct conf_rates){0};
}

bool rates_item(const void *member, size_t i, char out[KIND_ITEM_MAX])
{
	const struct conf_rates *rates = member;
	char network[CIDR_TEXT_MAX];

	if (i >= rates->n)
		return false;
	cidr_print(&rates->list[i].exporters, network);
	(void)snprintf(out, KIND_ITEM_MAX, "%s=%" PRIu64, network, rates->list[i].rate);
	return true;
}

uint64_t conf_rates_find(const struct conf_rates *rates, const struct addr *exporter)
{
	const struct conf_rate *best = NULL;

	for (size_t i = 0; i < rates->n; i++) {
		const struct conf_rate *r = &rates->list[i];

		if ((!best || r->exporters.bits > best->exporters.bits) &&
		    cidr_holds(&r->exporters, exporter))
			best = r;
	}
	return best ? best->rate : 0;
}
