#include "collector/show/identity.h"

#include <inttypes.h>

#include "metrics/text.h"

#define WORD 8u /* octets of a uint64_t */

/* clang-format off */
#define TERM(part, type, member) \
	{PART_##part, offsetof(struct type, member), sizeof(((struct type *)0)->member) / WORD}
#define BLOCK(member)  TERM(BLOCK, ledger_block, member)
#define TOTALS(member) TERM(TOTALS, totals, member)

const struct identity identities[] = {
	{
		.name = "datagrams",
		.each_block = true,
		.left = {BLOCK(datagrams_received)},
		.right = {BLOCK(datagrams_decoded), BLOCK(datagrams_rejected), BLOCK(datagrams_filtered)},
	}, {
		.name = "sets",
		.each_block = true,
		.left = {BLOCK(parse.sets_received)},
		.right = {BLOCK(parse.sets_decoded), BLOCK(parse.sets_skipped), BLOCK(parse.sets_parked),
			  BLOCK(parse.sets_park_refused), BLOCK(sets_expired)},
	}, {
		.name = "sampling",
		.each_block = true,
		.left = {BLOCK(parse.flows)},
		.right = {BLOCK(parse.flows_sampling)},
	}, {
		.name = "flows",
		.left = {BLOCK(parse.flows)},
		.right = {TOTALS(publisher.published), TOTALS(flows_dropped), TOTALS(flows_queued),
			  TOTALS(publisher.in_flight), TOTALS(publisher.unknown)},
	}, {
		.name = "publisher",
		.left = {TOTALS(publisher.popped)},
		.right = {TOTALS(publisher.published), TOTALS(publisher.dropped),
			  TOTALS(publisher.in_flight), TOTALS(publisher.unknown)},
	},
};
/* clang-format on */

const size_t identities_n = sizeof(identities) / sizeof(identities[0]);

static uint64_t sum_whole(const struct snapshot *s, const struct identity_term *terms)
{
	uint64_t sum = 0;

	for (const struct identity_term *t = terms; t->words; t++)
		sum += snapshot_sum(s, t->part, t->offset, t->words);
	return sum;
}

static uint64_t sum_block(const uint64_t *block, const struct identity_term *terms)
{
	uint64_t sum = 0;

	for (const struct identity_term *t = terms; t->words; t++)
		for (size_t i = 0; i < t->words; i++)
			sum += block[t->offset / WORD + i];
	return sum;
}

struct fault {
	const struct identity *identity;
	uint64_t left;
	uint64_t right;
	size_t listener;
	size_t protocol;
};

/* Whether it holds; if not, *fault says where it does not. */
static bool identity_holds(const struct snapshot *s, const struct identity *id, struct fault *fault)
{
	struct fault f = {.identity = id};

	if (!id->each_block) {
		f.left = sum_whole(s, id->left);
		f.right = sum_whole(s, id->right);
	}
	for (size_t l = 0; id->each_block && l < s->source->listeners_n; l++)
		for (size_t p = 0; p < PROTOCOL_COUNT && f.left == f.right; p++) {
			const uint64_t *block = snapshot_words(s, PART_BLOCK, l, p);

			f.left = sum_block(block, id->left);
			f.right = sum_block(block, id->right);
			f.listener = l;
			f.protocol = p;
		}
	if (f.left != f.right)
		*fault = f;
	return f.left == f.right;
}

static void fault_tell(const struct fault *f, char *why, size_t why_size)
{
	struct text t = text_over(why, why_size - 1);

	text_format(&t, "%s: %" PRIu64 " != %" PRIu64, f->identity->name, f->left, f->right);
	if (f->identity->each_block)
		text_format(&t, " (listener %zu, protocol %zu)", f->listener, f->protocol);
	why[t.len] = '\0';
}

size_t identities_broken(const struct snapshot *s, char *why, size_t why_size)
{
	struct fault fault;
	size_t broken = 0;

	for (size_t i = 0; i < identities_n; i++) {
		if (identity_holds(s, &identities[i], &fault))
			continue;
		if (broken++ == 0 && why && why_size > 0)
			fault_tell(&fault, why, why_size);
	}
	return broken;
}
