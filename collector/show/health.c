#include "collector/show/health.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "collector/clock.h"
#include "collector/show/ledger.h"
#include "metrics/text.h"

#define BODY_MAX 256
#define OK       200
#define NOT_NOW  503

static const char *word(bool yes)
{
	return yes ? "true" : "false";
}

static int page_open(struct http_page *out, struct text *t)
{
	out->body = malloc(BODY_MAX);
	if (!out->body)
		return -ENOMEM;
	*t = text_over(out->body, BODY_MAX);
	return 0;
}

static void page_close(struct http_page *out, const struct text *t, bool good)
{
	out->len = t->len;
	out->status = good ? OK : NOT_NOW;
}

/* -ENOMEM, or 0 and the age of the worker's last turn. */
static int turn_age_ms(const struct health *h, size_t worker, uint64_t *age_ms)
{
	struct ledger_view *v = ledger_view(h->ledgers[worker]);
	uint64_t last_ms, now_ms = clock_mono_ms();

	if (!v)
		return -ENOMEM;
	last_ms = ledger_view_worker(v)->loop_last_ms;
	ledger_view_free(v);
	if (last_ms < h->started_mono_ms)
		last_ms = h->started_mono_ms;
	*age_ms = now_ms > last_ms ? now_ms - last_ms : 0;
	return 0;
}

int health_live(void *ctx, struct http_page *out)
{
	const struct health *h = ctx;
	/* Workers end long before the output has drained. */
	bool stopping = atomic_load(&h->stopping);
	uint64_t age_ms, oldest_ms = 0, stuck = 0;
	struct text t;

	for (size_t w = 0; w < h->workers; w++) {
		if (turn_age_ms(h, w, &age_ms))
			return -ENOMEM;
		stuck += !stopping && age_ms > h->stall_ms;
		oldest_ms = age_ms > oldest_ms ? age_ms : oldest_ms;
	}
	if (page_open(out, &t))
		return -ENOMEM;
	text_str(&t, "{\"healthy\":");
	text_str(&t, word(stuck == 0));
	text_str(&t, ",\"workers\":");
	text_u64(&t, h->workers);
	text_str(&t, ",\"stuck\":");
	text_u64(&t, stuck);
	text_str(&t, ",\"oldest_turn_ms\":");
	text_u64(&t, oldest_ms);
	text_str(&t, "}\n");
	page_close(out, &t, stuck == 0);
	return 0;
}

int health_ready(void *ctx, struct http_page *out)
{
	const struct health *h = ctx;
	bool bound = atomic_load(&h->sockets_bound);
	bool stopping = atomic_load(&h->stopping);
	struct text t;

	if (page_open(out, &t))
		return -ENOMEM;
	text_str(&t, "{\"ready\":");
	text_str(&t, word(bound && !stopping));
	text_str(&t, ",\"sockets_bound\":");
	text_str(&t, word(bound));
	text_str(&t, ",\"stopping\":");
	text_str(&t, word(stopping));
	text_str(&t, "}\n");
	page_close(out, &t, bound && !stopping);
	return 0;
}
