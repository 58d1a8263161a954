#define LOG_MODULE "pipeline"
#include "collector/complaints.h"

#include <inttypes.h>

#include "metrics/text.h"

#define ADDR_TEXT_MAX   48
#define LOG_INTERVAL_MS 10000

static const char *addr_text(const struct addr *a, char out[ADDR_TEXT_MAX])
{
	struct text t = text_over(out, ADDR_TEXT_MAX - 1);

	if (a->len == 4)
		text_ipv4(&t, a->octets);
	else
		text_ipv6(&t, a->octets);
	out[t.len] = '\0';
	return out;
}

void complain_rejected(struct complaints *c, const struct datagram *d, enum parse_status status,
		       uint64_t now_mono_ms)
{
	char from[ADDR_TEXT_MAX];
	uint64_t swallowed;

	if (log_pass(&c->rejected[status], now_mono_ms, LOG_INTERVAL_MS, &swallowed))
		log_warn("malformed datagram",
			 "exporter=%s port=%u protocol=%s reason=%s octets=%zu swallowed=%" PRIu64,
			 addr_text(&d->source, from), d->port, protocols[datagram_protocol(d)].name,
			 parse_status_token(status), d->payload.left, swallowed);
}

void complain_refused(struct complaints *c, const struct datagram *d, uint64_t sets,
		      uint64_t now_mono_ms)
{
	char from[ADDR_TEXT_MAX];
	uint64_t swallowed;

	if (log_pass(&c->refused, now_mono_ms, LOG_INTERVAL_MS, &swallowed))
		log_warn("part of a datagram refused",
			 "exporter=%s port=%u protocol=%s sets=%" PRIu64 " swallowed=%" PRIu64,
			 addr_text(&d->source, from), d->port, protocols[datagram_protocol(d)].name,
			 sets, swallowed);
}
