/* The parking lot: data Sets that wait for their template (wire-quirks 47). One a worker, its
 * thread's own. Bounded by octets, by octets of one exporter, and by age; when there is no room the
 * newcomer is refused, so that a flood of unknown templates cannot push others out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/message.h"
#include "parsers/wire.h"

struct parking;

/* A data Set: borrowed octets, the id of the template it waits for, and whatever the owner wants to
 * find on it again. */
struct parked {
	struct wire set;
	uint16_t id;
	uint32_t tag;
};

/* NULL if out of memory. bytes of the lot are allocated at once. */
struct parking *parking_new(size_t bytes, size_t exporter_bytes, uint64_t age_ms);
void parking_free(struct parking *p);

/* Keeps a copy of a Set and of its message; false: refused. */
bool parking_put(struct parking *p, const struct message *m, const struct parked *what,
		 uint64_t now_mono_ms);

/* Whoever gets a Set back: *m and *what are good for the call. */
typedef void parking_fn(void *ctx, const struct message *m, const struct parked *what);

/* Hands out all Sets of this scope and template id, oldest first, and forgets them. give() may not
 * put or take. */
void parking_take(struct parking *p, const struct message *m, uint16_t id, parking_fn *give,
		  void *ctx);

/* Hands out all Sets older than the age, and forgets them. */
void parking_expire(struct parking *p, uint64_t now_mono_ms, parking_fn *give, void *ctx);

/* Octets in use now, of a lot of parking_new(bytes). */
size_t parking_bytes(const struct parking *p);
