#define LOG_MODULE "daemon"
#include "collector/show/summary.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>

#include "collector/log/log.h"
#include "collector/show/identity.h"
#include "collector/show/snapshot.h"

static void line_write(const struct snapshot_summary *s)
{
	log_write(LOG_INFO, LOG_MODULE, "summary",
		  "datagrams=%" PRIu64 " rejected=%" PRIu64 " filtered=%" PRIu64 " flows=%" PRIu64
		  " published=%" PRIu64 " dropped=%" PRIu64 " unknown=%" PRIu64
		  " kernel_drops=%" PRIu64,
		  s->datagrams_received, s->datagrams_rejected, s->datagrams_filtered,
		  s->flows_decoded, s->flows_published, s->flows_dropped, s->flows_unknown,
		  s->kernel_drops);
}

static void balance_check(const struct snapshot *snapshot)
{
	char why[IDENTITY_WHY_MAX], quoted[2 * IDENTITY_WHY_MAX];
	size_t broken = identities_broken(snapshot, why, sizeof(why));

	if (broken)
		log_error("the ledger does not balance", "identities=%zu first=%s", broken,
			  log_string(quoted, sizeof(quoted), why));
}

void summary_write(const struct snapshot_source *source)
{
	struct snapshot snapshot;
	struct snapshot_summary summary;

	if (snapshot_take(source, &snapshot) != 0) {
		log_error("no summary: out of memory", "");
		return;
	}
	snapshot_summary(&snapshot, &summary);
	line_write(&summary);
	balance_check(&snapshot);
	snapshot_fini(&snapshot);
}
