#include "collector/show/ledger.h"

#include <assert.h>
#include <stdlib.h>

#include "metrics/shard.h"

#define WORD            sizeof(uint64_t)
#define WORDS_OF(thing) (sizeof(struct thing) / WORD)

_Static_assert(sizeof(struct ledger_block) % WORD == 0, "published word by word");
_Static_assert(sizeof(struct ledger_worker) % WORD == 0, "published word by word");
_Static_assert(sizeof(struct ledger_socket) % WORD == 0, "published word by word");

/* All numbers of one worker as words, in the order in which the shard holds them too: the worker,
 * then a socket for each listener, then its blocks. */
struct ledger_view {
	size_t listeners;
	uint64_t words[];
};

struct ledger {
	struct shard *shard;
	struct ledger_view *own;
	bool changed[]; /* a mark for each block */
};

static size_t socket_at(size_t listener)
{
	return WORDS_OF(ledger_worker) + listener * WORDS_OF(ledger_socket);
}

static size_t block_at(size_t listeners, size_t block)
{
	return socket_at(listeners) + block * WORDS_OF(ledger_block);
}

static size_t block_index(size_t listener, enum protocol protocol)
{
	return listener * PROTOCOL_COUNT + protocol;
}

static size_t words_in_all(size_t listeners)
{
	return block_at(listeners, listeners * PROTOCOL_COUNT);
}

static struct ledger_view *view_new(size_t listeners)
{
	struct ledger_view *v = calloc(1, sizeof(*v) + words_in_all(listeners) * WORD);

	if (v)
		v->listeners = listeners;
	return v;
}

struct ledger *ledger_new(size_t listeners)
{
	struct ledger *l = calloc(1, sizeof(*l) + listeners * PROTOCOL_COUNT);

	if (!l)
		return NULL;
	l->own = view_new(listeners);
	l->shard = shard_new(words_in_all(listeners));
	if (!l->own || !l->shard) {
		ledger_free(l);
		return NULL;
	}
	return l;
}

void ledger_free(struct ledger *l)
{
	if (!l)
		return;
	shard_free(l->shard);
	free(l->own);
	free(l);
}

struct ledger_block *ledger_block(struct ledger *l, size_t listener, enum protocol protocol)
{
	size_t block = block_index(listener, protocol);

	assert(listener < l->own->listeners && (unsigned)protocol < PROTOCOL_COUNT);
	l->changed[block] = true;
	return (struct ledger_block *)(l->own->words + block_at(l->own->listeners, block));
}

struct ledger_worker *ledger_worker(struct ledger *l)
{
	return (struct ledger_worker *)l->own->words;
}

struct ledger_socket *ledger_socket(struct ledger *l, size_t listener)
{
	assert(listener < l->own->listeners);
	return (struct ledger_socket *)(l->own->words + socket_at(listener));
}

void ledger_publish(struct ledger *l)
{
	size_t listeners = l->own->listeners;

	shard_begin(l->shard);
	shard_store(l->shard, 0, l->own->words, socket_at(listeners));
	for (size_t i = 0; i < listeners * PROTOCOL_COUNT; i++) {
		size_t at = block_at(listeners, i);

		if (!l->changed[i])
			continue;
		l->changed[i] = false;
		shard_store(l->shard, at, l->own->words + at, WORDS_OF(ledger_block));
	}
	shard_end(l->shard);
}

struct ledger_view *ledger_view(const struct ledger *l)
{
	struct ledger_view *v = view_new(l->own->listeners);

	if (v)
		shard_load(l->shard, v->words);
	return v;
}

void ledger_view_free(struct ledger_view *v)
{
	free(v);
}

const struct ledger_block *ledger_view_block(const struct ledger_view *v, size_t listener,
					     enum protocol protocol)
{
	size_t at = block_at(v->listeners, block_index(listener, protocol));

	assert(listener < v->listeners && (unsigned)protocol < PROTOCOL_COUNT);
	return (const struct ledger_block *)(v->words + at);
}

const struct ledger_worker *ledger_view_worker(const struct ledger_view *v)
{
	return (const struct ledger_worker *)v->words;
}

const struct ledger_socket *ledger_view_socket(const struct ledger_view *v, size_t listener)
{
	assert(listener < v->listeners);
	return (const struct ledger_socket *)(v->words + socket_at(listener));
}

size_t ledger_view_listeners(const struct ledger_view *v)
{
	return v->listeners;
}
