/* Core NATS. It has no acknowledgements, so every 100 ms a marker is published to an inbox of our
 * own: when it comes back, the server has processed everything that went before it over the same
 * TCP connection. What was published since the marker before is a window; when its marker echoes it
 * is published, when the connection changed first its outcome is unknown. Nothing unknown is sent
 * again: core NATS could not tell the copy from the original.
 */
#define LOG_MODULE "output"

#include "collector/publish/output.h"

#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf.h"
#include "collector/log/log.h"
#include "collector/publish/nats_connection.h"
#include "collector/publish/ring.h"
#include "collector/publish/subject.h"

#define WINDOW_MS       100
#define WINDOWS_MAX     64    /* more wait in the open window */
#define ECHO_WAIT_MS    10    /* how often to look for echoes; */
#define ECHO_MAX_MS     30000 /* without one for so long, the outcome is unknown */
#define LOG_INTERVAL_MS 10000

struct window {
	uint64_t number; /* of its marker */
	uint64_t flows;
	uint64_t epoch;   /* the TCP connection that all of it went over */
	uint64_t mono_ms; /* when it was opened; once its marker is out: when that was sent */
};

struct nats_output {
	struct output base;
	const struct conf *conf;
	struct nats_connection *connection;
	char subjects[SUBJECT_COUNT][SUBJECT_MAX];
	natsInbox *inbox; /* NULL, both, without a connection */
	natsSubscription *echoes;
	uint64_t markers; /* sent, ever */
	uint64_t connects_seen;
	struct window open;              /* flows 0: none */
	struct window sent[WINDOWS_MAX]; /* a ring: first, n; oldest first */
	size_t first;
	size_t n;
	struct output_settled settled; /* since settle() last returned */
	struct log_limit limit;
	struct log_limit denied_limit;
};

static struct nats_output *nats_of(struct output *o)
{
	return (struct nats_output *)o;
}

/* --- windows ------------------------------------------------------------------------------------
 */

static void lose_open(struct nats_output *n)
{
	n->settled.unknown += n->open.flows;
	n->open.flows = 0;
}

static const struct window *oldest(const struct nats_output *n)
{
	return n->n > 0 ? &n->sent[n->first] : NULL;
}

static struct window take_oldest(struct nats_output *n)
{
	struct window w = n->sent[n->first];

	n->first = (n->first + 1) % WINDOWS_MAX;
	n->n--;
	return w;
}

static const struct window *find(const struct nats_output *n, uint64_t number)
{
	for (size_t i = 0; i < n->n; i++) {
		const struct window *w = &n->sent[(n->first + i) % WINDOWS_MAX];

		if (w->number == number)
			return w;
	}
	return NULL;
}

/* A marker came back: its window is published, and so are those before it on the same connection.
 * If the server denied something, nobody can say what it did with them. */
static void echoed(struct nats_output *n, uint64_t number)
{
	const struct window *found = find(n, number);
	uint64_t epoch = found ? found->epoch : 0;
	bool denied = found && nats_connection_is_denied(n->connection);
	struct window w;

	if (!found)
		return; /* its window was settled without it */
	do {
		w = take_oldest(n);
		if (w.epoch == epoch && !denied)
			n->settled.published += w.flows;
		else
			n->settled.unknown += w.flows;
	} while (w.number != number);
}

static void collect_echoes(struct nats_output *n)
{
	natsMsg *msg;

	while (n->n > 0 && n->echoes && natsSubscription_NextMsg(&msg, n->echoes, 0) == NATS_OK) {
		uint64_t number;

		if (natsMsg_GetDataLength(msg) == (int)sizeof(number)) {
			memcpy(&number, natsMsg_GetData(msg), sizeof(number));
			echoed(n, number);
		}
		natsMsg_Destroy(msg);
	}
}

/* Windows whose marker will not come back any more. */
static void lose_stale(struct nats_output *n, uint64_t now_mono_ms)
{
	uint64_t epoch = 0;

	if (n->n == 0 && n->open.flows == 0)
		return;
	if (nats_connection_is_up(n->connection))
		epoch = nats_connection_epoch(n->connection);
	/* The library reads a connection to its end before it makes the next: whatever echo of an
	 * older epoch there will be has been queued by now. */
	collect_echoes(n);
	while (n->n > 0 &&
	       (oldest(n)->epoch != epoch || now_mono_ms > oldest(n)->mono_ms + ECHO_MAX_MS))
		n->settled.unknown += take_oldest(n).flows;
	if (n->open.flows > 0 && n->open.epoch != epoch)
		lose_open(n);
}

/* Closes the open window with a marker, if it is time. */
static void mark(struct nats_output *n, uint64_t now_mono_ms, bool draining)
{
	uint64_t number = n->markers + 1;

	if (n->open.flows == 0 || n->n == WINDOWS_MAX)
		return;
	if (!draining && now_mono_ms < n->open.mono_ms + WINDOW_MS)
		return;
	if (nats_connection_publish(n->connection, n->inbox, &number, sizeof(number)) != NATS_OK ||
	    nats_connection_epoch(n->connection) != n->open.epoch) {
		lose_open(n);
		return;
	}
	n->markers = number;
	n->open.number = number;
	n->open.mono_ms = now_mono_ms;
	n->sent[(n->first + n->n++) % WINDOWS_MAX] = n->open;
	n->open.flows = 0;
}

/* --- the connection comes and goes --------------------------------------------------------------
 */

static natsStatus on_made(void *closure, natsConnection *nc)
{
	struct nats_output *n = closure;
	natsStatus s = natsInbox_Create(&n->inbox);

	if (s == NATS_OK)
		s = natsConnection_SubscribeSync(&n->echoes, nc, n->inbox);
	return s;
}

static void on_gone(void *closure)
{
	struct nats_output *n = closure;

	while (n->n > 0)
		n->settled.unknown += take_oldest(n).flows;
	lose_open(n);
	natsSubscription_Destroy(n->echoes);
	natsInbox_Destroy(n->inbox);
	n->echoes = NULL;
	n->inbox = NULL;
}

/* --- the output ---------------------------------------------------------------------------------
 */

static struct output *nats_create(const struct conf *conf, int wake_fd)
{
	struct nats_output *n = calloc(1, sizeof(*n));
	struct nats_connection_hooks hooks = {.made = on_made, .gone = on_gone, .closure = n};

	if (!n)
		return NULL;
	n->base.kind = &output_nats;
	n->conf = conf;
	n->connection = nats_connection_new(conf->nats.url, wake_fd, &hooks);
	if (!n->connection) {
		free(n);
		return NULL;
	}
	return &n->base;
}

static int subjects_render(struct nats_output *n)
{
	const char *template = n->conf->output.subject;
	const char *error;

	for (unsigned i = 0; i < SUBJECT_COUNT; i++) {
		int err = subject_render(template, (enum subject_family)i, n->subjects[i], &error);

		if (!err)
			continue;
		log_error("cannot publish to the subject", "subject=\"%s\" error=\"%s\"", template,
			  error);
		return err;
	}
	return 0;
}

static int nats_open(struct output *o)
{
	struct nats_output *n = nats_of(o);
	int err = subjects_render(n);

	return err ? err : nats_connection_open(n->connection);
}

static enum output_verdict nats_failed(struct nats_output *n, natsStatus s, const struct batch *b,
				       uint64_t now_mono_ms)
{
	bool never = s == NATS_MAX_PAYLOAD || s == NATS_INVALID_SUBJECT || s == NATS_INVALID_ARG;
	/* That there is no connection has been told by the connection. */
	bool told = s == NATS_CONNECTION_DISCONNECTED || s == NATS_CONNECTION_CLOSED ||
		    s == NATS_INSUFFICIENT_BUFFER;
	uint64_t swallowed;

	if (!told && log_pass(&n->limit, now_mono_ms, LOG_INTERVAL_MS, &swallowed))
		log_warn(never ? "NATS refuses a message" : "cannot publish, trying again",
			 "subject=%s octets=%u error=\"%s\" swallowed=%llu",
			 n->subjects[b->subject], b->len, natsStatus_GetText(s),
			 (unsigned long long)swallowed);
	if (never)
		return OUTPUT_REFUSED;
	/* The connection broke, and the marker of what went before will not pass it. */
	lose_open(n);
	return OUTPUT_FAILED;
}

static enum output_verdict nats_write(struct output *o, const struct batch *b, uint64_t now_mono_ms)
{
	struct nats_output *n = nats_of(o);
	natsStatus s;

	if (n->open.flows == 0) {
		n->open.epoch = nats_connection_epoch(n->connection);
		n->open.mono_ms = now_mono_ms;
	}
	s = nats_connection_publish(n->connection, n->subjects[b->subject], b->octets, b->len);
	if (s != NATS_OK)
		return nats_failed(n, s, b, now_mono_ms);
	n->open.flows += b->flows;
	return OUTPUT_GIVEN;
}

static void tell_denied(struct nats_output *n, uint64_t now_mono_ms)
{
	uint64_t swallowed;

	if (n->settled.unknown > 0 && nats_connection_is_denied(n->connection) &&
	    log_pass(&n->denied_limit, now_mono_ms, LOG_INTERVAL_MS, &swallowed))
		log_error("the NATS user may not publish to the subjects or subscribe to _INBOX.>",
			  "subject=%s swallowed=%llu", n->conf->output.subject,
			  (unsigned long long)swallowed);
}

static struct output_settled nats_settle(struct output *o, uint64_t now_mono_ms, bool draining)
{
	struct nats_output *n = nats_of(o);
	uint64_t again_mono_ms = nats_connection_tick(n->connection, now_mono_ms);
	uint64_t connects = nats_connection_numbers(n->connection).connects;
	struct output_settled settled;

	collect_echoes(n);
	lose_stale(n, now_mono_ms);
	mark(n, now_mono_ms, draining);
	tell_denied(n, now_mono_ms);
	/* With all windows out the open one waits for an echo, however old it is. */
	if (n->open.flows > 0 && n->n < WINDOWS_MAX && n->open.mono_ms + WINDOW_MS < again_mono_ms)
		again_mono_ms = n->open.mono_ms + WINDOW_MS;
	if (n->n > 0 && now_mono_ms + ECHO_WAIT_MS < again_mono_ms)
		again_mono_ms = now_mono_ms + ECHO_WAIT_MS;
	settled = n->settled;
	settled.mended = connects != n->connects_seen && nats_connection_is_up(n->connection);
	settled.again_mono_ms = again_mono_ms;
	n->connects_seen = connects;
	n->settled = (struct output_settled){0};
	return settled;
}

static void nats_close(struct output *o)
{
	nats_connection_close(nats_of(o)->connection);
}

static struct output_health nats_health(const struct output *o)
{
	const struct nats_output *n = (const struct nats_output *)o;
	struct nats_connection_numbers c = nats_connection_numbers(n->connection);

	return (struct output_health){
		.connects = c.connects,
		.connect_failures = c.connect_failures,
		.disconnects = c.disconnects,
		.stalls = c.stalls,
		.connected = c.connected,
	};
}

static void nats_watch(struct output *o, uint64_t now_mono_ms)
{
	nats_connection_watch(nats_of(o)->connection, now_mono_ms);
}

static void nats_free(struct output *o)
{
	nats_connection_free(nats_of(o)->connection);
	free(nats_of(o));
}

const struct output_kind output_nats = {
	.name = "nats",
	.create = nats_create,
	.open = nats_open,
	.write = nats_write,
	.settle = nats_settle,
	.close = nats_close,
	.health = nats_health,
	.watch = nats_watch,
	.free = nats_free,
};
