/* The templates that one worker uses, compiled. One a worker, no lock: its thread's own.
 *
 * Bounded three ways, and each limit says what it does when reached: scopes (an idle one goes,
 * first those whose templates never decoded anything), templates in a scope (those long unused go,
 * else the new one is refused), and octets of memory. Eviction here deletes nothing anywhere else.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "parsers/sink.h"
#include "templatestore/scope.h"

struct book;

struct book_limits {
	size_t scopes;
	size_t templates; /* in one scope */
	size_t bytes;
};

struct book_numbers {
	uint64_t scopes;    /* now */
	uint64_t templates; /* now */
	uint64_t bytes;     /* now */
	uint64_t scopes_evicted;
	uint64_t templates_evicted; /* one by one, those of evicted scopes not */
};

/* NULL if out of memory. */
struct book *book_new(const struct book_limits *limits);
void book_free(struct book *b);

/* The template of this message's scope, or NULL. Good until the next book_learn(). */
const struct tmpl *book_find(struct book *b, const struct message *m, uint16_t id,
			     uint64_t now_mono_ms);

/* Keeps a compiled copy. misfits: how many of its elements have a length that does not fit them. */
enum tmpl_learnt book_learn(struct book *b, const struct message *m, const struct tmpl_record *r,
			    uint64_t now_mono_ms, uint16_t *misfits);

void book_numbers(const struct book *b, struct book_numbers *out);
