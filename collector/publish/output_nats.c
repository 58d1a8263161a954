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
#include "collector/publish/batcher.h"
#include "collector/publish/denials.h"
#include "collector/publish/nats_connection.h"
#include "collector/publish/pieces.h"
#include "collector/publish/ring.h"
#include "collector/publish/subject.h"
#include "collector/publish/windows.h"

#define WINDOW_MS       100
#define ECHO_WAIT_MS    10    /* how often to look for echoes; */
#define ECHO_MAX_MS     30000 /* without one for so long, the outcome is unknown */
#define DOUBT_MAX_MS    1000  /* what was denied in a window is unknown if not told for so long */
#define DENIAL_MAX      1024  /* the longest text of one that is understood */
#define LOG_INTERVAL_MS 10000
#define SHOWN_MAX       (SUBJECT_MAX + 16) /* of a subject, in the log */

/* What the server has shown last of a subject. */
enum standing { UNTRIED, PERMITTED, DENIED };

struct nats_output {
	struct output base;
	const struct conf *conf;
	struct nats_connection *connection;
	char subjects[SUBJECT_COUNT][SUBJECT_MAX];
	natsInbox *inbox; /* NULL, both, without a connection */
	natsSubscription *echoes;
	uint64_t markers; /* sent, ever */
	uint64_t connects_seen;
	struct window
		open; /* while it is empty there is none; it waits while WINDOWS_MAX are out */
	struct windows sent;

	struct denials denials;
	enum standing standing[SUBJECT_COUNT];
	/* Of this epoch, but for those that are known not to have been denied. */
	uint64_t epoch;
	uint64_t messages[SUBJECT_COUNT];

	/* Of the batch at hand, if it had to be cut and the connection broke meanwhile. */
	size_t done; /* octets */
	uint64_t done_given;
	uint64_t done_too_large;
	uint64_t payload_told;

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

static void lose(struct nats_output *n, const struct window *w)
{
	n->settled.unknown += window_flows(w);
}

static void lose_open(struct nats_output *n)
{
	lose(n, &n->open);
	n->open = (struct window){0};
}

static void collect_echoes(struct nats_output *n, uint64_t now_mono_ms)
{
	natsMsg *msg;

	while (n->sent.n > 0 && n->echoes &&
	       natsSubscription_NextMsg(&msg, n->echoes, 0) == NATS_OK) {
		uint64_t number;

		if (natsMsg_GetDataLength(msg) == (int)sizeof(number)) {
			memcpy(&number, natsMsg_GetData(msg), sizeof(number));
			windows_echoed(&n->sent, number, now_mono_ms);
		}
		natsMsg_Destroy(msg);
	}
}

/* --- what the server denies ---------------------------------------------------------------------
 * Each message to a subject that is denied makes the server say so, before it echoes the marker.
 * But the library tells by a thread of its own, later, and at once only the last of all. So an
 * echoed window is settled when all have been told, in order, up to that last one.
 */

static void settle_subject(struct nats_output *n, const struct window *w, unsigned i, bool known)
{
	uint64_t told = n->denials.counts[i];

	if (w->messages[i] == 0)
		return;
	if (told > 0 && told >= n->messages[i]) {
		n->settled.refused += w->flows[i];
		return;
	}
	n->messages[i] -= w->messages[i];
	if (told > 0 || !known) {
		n->settled.unknown += w->flows[i];
		return;
	}
	n->settled.published += w->flows[i];
	n->standing[i] = PERMITTED;
}

/* Of a TCP connection that is no more, what it denied is forgotten as well. */
static void settle_former(struct nats_output *n, const struct window *w)
{
	for (unsigned i = 0; i < SUBJECT_COUNT; i++)
		*(n->standing[i] == PERMITTED ? &n->settled.published : &n->settled.unknown) +=
			w->flows[i];
}

static void settle_echoed(struct nats_output *n, uint64_t now_mono_ms)
{
	const struct window *w;

	while ((w = windows_oldest(&n->sent)) && w->echoed_mono_ms) {
		bool over = now_mono_ms > w->echoed_mono_ms + DOUBT_MAX_MS;
		char text[DENIAL_MAX];
		unsigned last = SUBJECT_COUNT;
		bool told = true;

		if (!nats_connection_is_up(n->connection) ||
		    w->epoch != nats_connection_epoch(n->connection)) {
			settle_former(n, w);
			windows_pop(&n->sent);
			continue;
		}
		if (nats_connection_is_denied(n->connection, text, sizeof(text)))
			told = denials_told(&n->denials, n->messages, text, &last);
		if (!told && !over)
			return;
		for (unsigned i = 0; i < SUBJECT_COUNT; i++)
			settle_subject(n, w, i,
				       told || (last != SUBJECT_COUNT &&
						!denials_same(&n->denials, i, last)));
		windows_pop(&n->sent);
	}
}

static void tell_denied(struct nats_output *n, uint64_t now_mono_ms)
{
	char shown[SHOWN_MAX];
	char text[DENIAL_MAX] = "";
	uint64_t swallowed;

	for (unsigned i = 0; i < SUBJECT_COUNT; i++) {
		if (n->denials.counts[i] == 0 || n->standing[i] == DENIED)
			continue;
		n->standing[i] = DENIED;
		log_error("the NATS user may not publish to the subject, dropping its flows until "
			  "the next connection",
			  "subject=%s", log_string(shown, sizeof(shown), n->subjects[i]));
	}
	if (n->settled.unknown > 0 &&
	    nats_connection_is_denied(n->connection, text, sizeof(text)) &&
	    denials_which(&n->denials, text) == SUBJECT_COUNT &&
	    log_pass(&n->denied_limit, now_mono_ms, LOG_INTERVAL_MS, &swallowed))
		log_error("the NATS user may not do what weir needs: publish and subscribe to "
			  "_INBOX.>",
			  "error=%s swallowed=%llu", log_string(shown, sizeof(shown), text),
			  (unsigned long long)swallowed);
}

/* --- windows that come to nothing, and the next ------------------------------------------------
 */

/* Windows whose marker will not come back any more. */
static void lose_stale(struct nats_output *n, uint64_t now_mono_ms)
{
	const struct window *w;
	uint64_t epoch = 0;

	if (n->sent.n == 0 && window_is_empty(&n->open))
		return;
	if (nats_connection_is_up(n->connection))
		epoch = nats_connection_epoch(n->connection);
	/* The library reads a connection to its end before it makes the next: whatever echo of an
	 * older epoch there will be has been queued by now. */
	collect_echoes(n, now_mono_ms);
	settle_echoed(n, now_mono_ms);
	while ((w = windows_oldest(&n->sent)) &&
	       (w->epoch != epoch || now_mono_ms > w->mono_ms + ECHO_MAX_MS)) {
		lose(n, w);
		windows_pop(&n->sent);
	}
	if (!window_is_empty(&n->open) && n->open.epoch != epoch)
		lose_open(n);
}

/* Closes the open window with a marker, if it is time. */
static void mark(struct nats_output *n, uint64_t now_mono_ms, bool draining)
{
	uint64_t number = n->markers + 1;

	if (window_is_empty(&n->open) || n->sent.n == WINDOWS_MAX)
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
	windows_push(&n->sent, &n->open);
	n->open = (struct window){0};
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

	for (; n->sent.n > 0; windows_pop(&n->sent))
		lose(n, windows_oldest(&n->sent));
	lose_open(n);
	natsSubscription_Destroy(n->echoes);
	natsInbox_Destroy(n->inbox);
	n->echoes = NULL;
	n->inbox = NULL;
}

static void on_denied(void *closure, const char *text)
{
	struct nats_output *n = closure;

	denials_note(&n->denials, text);
}

static void on_restarted(void *closure)
{
	struct nats_output *n = closure;

	denials_clear(&n->denials);
}

/* --- the output ---------------------------------------------------------------------------------
 */

static struct output *nats_create(const struct conf *conf, int wake_fd)
{
	struct nats_output *n = calloc(1, sizeof(*n));
	struct nats_connection_hooks hooks = {.made = on_made,
					      .gone = on_gone,
					      .denied = on_denied,
					      .restarted = on_restarted,
					      .closure = n};

	if (!n)
		return NULL;
	n->base.kind = &output_nats;
	n->conf = conf;
	n->denials.subjects = (const char(*)[SUBJECT_MAX])n->subjects;
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
	char shown[SHOWN_MAX];

	for (unsigned i = 0; i < SUBJECT_COUNT; i++) {
		int err = subject_render(template, (enum subject_family)i, n->subjects[i], &error);

		if (!err)
			continue;
		log_error("cannot publish to the subject", "subject=%s error=\"%s\"",
			  log_string(shown, sizeof(shown), template), error);
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

static void tell_unsent(struct nats_output *n, const char *msg, natsStatus s, unsigned subject,
			size_t len, uint64_t now_mono_ms)
{
	char shown[SHOWN_MAX];
	uint64_t swallowed;

	if (log_pass(&n->limit, now_mono_ms, LOG_INTERVAL_MS, &swallowed))
		log_warn(msg, "subject=%s octets=%zu error=\"%s\" swallowed=%llu",
			 log_string(shown, sizeof(shown), n->subjects[subject]), len,
			 natsStatus_GetText(s), (unsigned long long)swallowed);
}

static enum output_verdict nats_failed(struct nats_output *n, natsStatus s, unsigned subject,
				       size_t len, uint64_t now_mono_ms)
{
	/* That there is no connection has been told by the connection. */
	bool told = s == NATS_CONNECTION_DISCONNECTED || s == NATS_CONNECTION_CLOSED ||
		    s == NATS_INSUFFICIENT_BUFFER;

	if (s == NATS_INVALID_SUBJECT || s == NATS_INVALID_ARG) {
		tell_unsent(n, "NATS refuses a message", s, subject, len, now_mono_ms);
		return OUTPUT_REFUSED;
	}
	if (!told)
		tell_unsent(n, "cannot publish, trying again", s, subject, len, now_mono_ms);
	/* The connection broke, and the marker of what went before will not pass it; or it is
	 * another, to a server that takes less. */
	if (s != NATS_MAX_PAYLOAD)
		lose_open(n);
	return OUTPUT_FAILED;
}

static natsStatus publish(struct nats_output *n, unsigned subject, const char *octets, size_t len)
{
	natsStatus s =
		nats_connection_publish(n->connection, n->subjects[subject], octets, (uint32_t)len);

	if (s == NATS_OK) {
		n->open.messages[subject]++;
		n->messages[subject]++;
	}
	return s;
}

/* A batch that the server takes only in pieces, from where it was left. Its flows enter the ledger
 * when the last piece is out: until then the batch is still queued. */
static enum output_verdict write_pieces(struct nats_output *n, const struct batch *b, size_t max,
					uint64_t now_mono_ms)
{
	uint64_t given = 0;

	while (n->done < b->len) {
		struct piece p = pieces_first(b->octets + n->done, b->len - n->done, max);
		natsStatus s = NATS_OK;

		if (p.len > max)
			tell_unsent(n, "dropped a flow that is longer than a message may be",
				    NATS_MAX_PAYLOAD, b->subject, p.len, now_mono_ms);
		else
			s = publish(n, b->subject, p.octets, p.len);
		if (s != NATS_OK) {
			n->done_given += given;
			return nats_failed(n, s, b->subject, p.len, now_mono_ms);
		}
		*(p.len > max ? &n->done_too_large : &given) += p.flows;
		n->done += p.len;
	}
	n->open.flows[b->subject] += given;
	n->settled.too_large += n->done_too_large;
	n->settled.unknown += n->done_given; /* before the connection broke */
	n->done = 0;
	n->done_given = n->done_too_large = 0;
	return OUTPUT_GIVEN;
}

static enum output_verdict write_whole(struct nats_output *n, const struct batch *b,
				       uint64_t now_mono_ms)
{
	natsStatus s = publish(n, b->subject, b->octets, b->len);

	if (s != NATS_OK)
		return nats_failed(n, s, b->subject, b->len, now_mono_ms);
	n->open.flows[b->subject] += b->flows;
	return OUTPUT_GIVEN;
}

static void open_window(struct nats_output *n, uint64_t now_mono_ms)
{
	n->open.epoch = nats_connection_epoch(n->connection);
	n->open.mono_ms = now_mono_ms;
	if (n->epoch != n->open.epoch)
		memset(n->messages, 0, sizeof(n->messages));
	n->epoch = n->open.epoch;
}

static enum output_verdict nats_write(struct output *o, const struct batch *b, uint64_t now_mono_ms)
{
	struct nats_output *n = nats_of(o);
	uint64_t max = nats_connection_max_payload(n->connection);

	if (n->done == 0 && n->denials.counts[b->subject] > 0)
		return OUTPUT_REFUSED;
	if (window_is_empty(&n->open))
		open_window(n, now_mono_ms);
	if (n->done == 0 && (max == 0 || b->len <= max))
		return write_whole(n, b, now_mono_ms);
	if (pieces_lines(b->octets, b->len) == b->flows)
		return write_pieces(n, b, max > 0 ? max : b->len, now_mono_ms);
	tell_unsent(n, "NATS refuses a message", NATS_MAX_PAYLOAD, b->subject, b->len, now_mono_ms);
	return OUTPUT_REFUSED;
}

/* Once, and again when another server takes another length. */
static void tell_payload(struct nats_output *n)
{
	uint64_t bytes = n->conf->output.batch_bytes;
	uint64_t batch_bytes = bytes < BATCHER_MESSAGE_MAX ? bytes : BATCHER_MESSAGE_MAX;
	uint64_t max = nats_connection_max_payload(n->connection);

	if (max == 0 || max == n->payload_told || max >= batch_bytes)
		return;
	n->payload_told = max;
	log_warn("the NATS server takes only shorter messages, cutting batches: "
		 "lower output.batch_bytes, or raise its max_payload",
		 "max_payload=%llu batch_bytes=%llu", (unsigned long long)max,
		 (unsigned long long)batch_bytes);
}

static struct output_settled nats_settle(struct output *o, uint64_t now_mono_ms, bool draining)
{
	struct nats_output *n = nats_of(o);
	uint64_t again_mono_ms = nats_connection_tick(n->connection, now_mono_ms);
	uint64_t connects = nats_connection_numbers(n->connection).connects;
	struct output_settled settled;

	if (connects != n->connects_seen)
		tell_payload(n);
	collect_echoes(n, now_mono_ms);
	settle_echoed(n, now_mono_ms);
	lose_stale(n, now_mono_ms);
	mark(n, now_mono_ms, draining);
	tell_denied(n, now_mono_ms);
	/* With all windows out the open one waits for an echo, however old it is. */
	if (!window_is_empty(&n->open) && n->sent.n < WINDOWS_MAX &&
	    n->open.mono_ms + WINDOW_MS < again_mono_ms)
		again_mono_ms = n->open.mono_ms + WINDOW_MS;
	if (n->sent.n > 0 && now_mono_ms + ECHO_WAIT_MS < again_mono_ms)
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
