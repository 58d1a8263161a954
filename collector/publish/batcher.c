#include "collector/publish/batcher.h"

#include <stdlib.h>

#include "collector/conf/conf.h"
#include "collector/encode/encoder.h"
#include "collector/publish/ring.h"
#include "collector/publish/subject.h"
#include "collector/show/ledger.h"

/* A batch that flows are still added to. */
struct open_batch {
	struct text text; /* over BATCHER_MESSAGE_MAX octets; its size is the limit of the moment */
	uint32_t flows;
	uint64_t opened_mono_ms; /* when its first flow came */
};

struct batcher {
	struct ring *ring;
	struct ledger *ledger;
	batcher_encode encode;
	size_t batch_bytes;
	uint64_t batch_ms;
	struct encode_style style;
	struct open_batch open[SUBJECT_COUNT];
};

struct batcher *batcher_new(const struct conf *conf, struct ring *ring, struct ledger *ledger)
{
	static const batcher_encode encoders[] = {[FORMAT_JSON] = encode_json};

	return batcher_new_with(conf, ring, ledger, encoders[conf->output.format]);
}

struct batcher *batcher_new_with(const struct conf *conf, struct ring *ring, struct ledger *ledger,
				 batcher_encode encode)
{
	size_t bytes = conf->output.batch_bytes;
	struct batcher *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	*b = (struct batcher){
		.ring = ring,
		.ledger = ledger,
		.encode = encode,
		.batch_bytes = bytes < BATCHER_MESSAGE_MAX ? bytes : BATCHER_MESSAGE_MAX,
		.batch_ms = conf->output.batch_ms,
		.style =
			{
				.profile = conf->output.profile,
				.unmapped = conf->output.unmapped,
				.names = conf->element_names,
			},
	};
	for (unsigned i = 0; i < SUBJECT_COUNT; i++) {
		char *octets = malloc(BATCHER_MESSAGE_MAX);

		if (!octets)
			goto fail;
		b->open[i].text = text_over(octets, b->batch_bytes);
	}
	return b;
fail:
	batcher_free(b);
	return NULL;
}

void batcher_free(struct batcher *b)
{
	if (!b)
		return;
	for (unsigned i = 0; i < SUBJECT_COUNT; i++)
		free(b->open[i].text.start);
	free(b);
}

/* Hands an open batch to the ring, or drops it when that is full. */
static void batch_push(struct batcher *b, enum subject_family family)
{
	struct open_batch *o = &b->open[family];
	struct ledger_worker *w = ledger_worker(b->ledger);
	struct batch batch = {
		.len = (uint32_t)o->text.len,
		.flows = o->flows,
		.subject = family,
		.opened_mono_ms = o->opened_mono_ms,
		.octets = o->text.start,
	};

	if (ring_push(b->ring, &batch)) {
		w->flows_pushed += batch.flows;
		w->octets_pushed += batch.len;
		w->batches_pushed++;
	} else {
		w->flows_dropped[DROP_RING_FULL] += batch.flows;
	}
	w->flows_open -= batch.flows;
	o->flows = 0;
	text_cut(&o->text, 0);
}

/* Whether the flow is now at the end of the open batch; what was written of it is gone if not. */
static bool flow_fits(struct batcher *b, struct open_batch *o, const struct flow *flow)
{
	size_t before = o->text.len;

	b->encode(&o->text, flow, &b->style);
	if (!text_ok(&o->text)) {
		text_cut(&o->text, before);
		return false;
	}
	o->flows++;
	ledger_worker(b->ledger)->flows_open++;
	return true;
}

/* A flow that is longer than batch_bytes is a message of its own. */
static void add_long(struct batcher *b, enum subject_family family, const struct flow *flow)
{
	struct open_batch *o = &b->open[family];

	o->text.size = BATCHER_MESSAGE_MAX;
	if (flow_fits(b, o, flow))
		batch_push(b, family);
	else
		ledger_worker(b->ledger)->flows_dropped[DROP_TOO_LARGE]++;
	o->text.size = b->batch_bytes;
}

void batcher_add(struct batcher *b, const struct flow *flow, uint64_t now_mono_ms)
{
	enum subject_family family = subject_of(flow);
	struct open_batch *o = &b->open[family];

	if (o->flows > 0) {
		if (flow_fits(b, o, flow))
			return;
		batch_push(b, family);
	}
	o->opened_mono_ms = now_mono_ms;
	if (!flow_fits(b, o, flow))
		add_long(b, family, flow);
}

uint64_t batcher_tick(struct batcher *b, uint64_t now_mono_ms)
{
	uint64_t again_ms = UINT64_MAX;

	for (unsigned i = 0; i < SUBJECT_COUNT; i++) {
		const struct open_batch *o = &b->open[i];
		uint64_t age_ms = now_mono_ms - o->opened_mono_ms;

		if (o->flows == 0)
			continue;
		if (age_ms >= b->batch_ms)
			batch_push(b, (enum subject_family)i);
		else if (b->batch_ms - age_ms < again_ms)
			again_ms = b->batch_ms - age_ms;
	}
	return again_ms;
}

void batcher_flush(struct batcher *b)
{
	for (unsigned i = 0; i < SUBJECT_COUNT; i++)
		if (b->open[i].flows > 0)
			batch_push(b, (enum subject_family)i);
}
