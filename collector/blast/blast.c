#include "collector/blast/blast.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collector/blast/fleet.h"

#define SECOND_NS     1000000000u
#define UPTIME_MS     86400000u   /* exporters were started a day before us */
#define AGENTS_FIRST  0xc6120001u /* 198.18.0.1: RFC 2544's network, 131,070 hosts */
#define RUN_SHARE     100u        /* a run is at most what a stream sends in 1/100 s ... */
#define RUN_WORTH     4u          /* ... and segmenting shorter ones is not worth it */
#define RETRY_WAIT_NS 1000000u

/* A stream and when its template went out last. */
struct turn {
	struct stream stream;
	uint64_t tmpl_ns; /* CLOCK_MONOTONIC; 0: never */
	uint64_t data;    /* datagrams since then */
};

struct blast {
	const struct order *order;
	struct plan plans[EXPORT_PROTOCOLS]; /* as order->protocols */
	struct turn *turns;                  /* domains x sources x protocols, the last fastest */
	uint32_t turns_n;
	struct fleet fleet;
	uint32_t next;    /* whose turn it is */
	uint32_t run_max; /* datagrams, by the rate */
	uint64_t attempted;
	struct pace pace;
	struct sender sender;
	struct receipt receipt;
	uint8_t run[EXPORT_OCTETS_MAX + 1u];
};

static void turns_fill(struct blast *b)
{
	for (uint32_t i = 0; i < b->turns_n; i++) {
		b->turns[i].stream.domain = i / b->fleet.n;
		b->turns[i].stream.agent = AGENTS_FIRST + i % b->fleet.n / b->order->protocols_n;
		b->turns[i].stream.next = i * 61 % EXPORT_FLOWS; /* not all the same flows */
	}
}

static uint32_t run_limit(const struct order *o, uint32_t turns_n)
{
	uint64_t share = o->rate / turns_n / RUN_SHARE;

	if (!o->rate || share > SENDER_RUN_MAX)
		return SENDER_RUN_MAX;
	return share ? (uint32_t)share : 1;
}

static int plans_init(struct blast *b, char *why)
{
	const struct order *o = b->order;

	for (uint32_t i = 0; i < o->protocols_n; i++) {
		struct plan_conf conf = {
			.protocol = o->protocols[i],
			.records = (uint16_t)o->records,
			.fields = (uint16_t)o->fields,
			.ipv6 = o->ipv6_flows,
			.seed = o->seed,
		};
		int rc = plan_init(&b->plans[i], &conf);

		if (rc == -EMSGSIZE)
			snprintf(
				why, ORDER_WHY_MAX,
				"--records: %u of %s make a datagram of %zu octets; %u is the most",
				conf.records, b->plans[i].row->name, b->plans[i].data_octets,
				EXPORT_OCTETS_MAX);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int blast_open(struct blast **out, const struct order *order, char why[ORDER_WHY_MAX])
{
	struct blast *b = calloc(1, sizeof(*b));
	int rc = -ENOMEM;

	snprintf(why, ORDER_WHY_MAX, "%s", strerror(ENOMEM));
	if (!b)
		return rc;
	b->order = order;
	b->turns_n = (uint32_t)(order->sources * order->protocols_n * order->domains);
	b->run_max = run_limit(order, b->turns_n);
	sender_init(&b->sender, order->gso,
		    order->gso == SENDER_GSO_ON ||
			    (order->gso == SENDER_GSO_AUTO && b->run_max >= RUN_WORTH));
	b->turns = calloc(b->turns_n, sizeof(*b->turns));
	if (b->turns)
		rc = plans_init(b, why);
	if (rc == 0)
		rc = fleet_open(&b->fleet, order, why);
	if (rc < 0) {
		blast_close(b);
		return rc;
	}
	turns_fill(b);
	*out = b;
	return 0;
}

static struct moment moment_at(uint64_t since_start_ns)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (struct moment){
		.unix_ns = (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec,
		.uptime_ms = UPTIME_MS + (uint32_t)(since_start_ns / 1000000u),
	};
}

/* Tries twice: the first error may be about a datagram sent long ago (ECONNREFUSED), or pass in a
 * moment (ENOBUFS). Returns how many went, or a negative errno. */
static int run_send(struct blast *b, int fd, size_t octets, size_t n)
{
	int sent = sender_send(&b->sender, fd, b->run, octets, n);

	if (sent > 0)
		return sent;
	b->receipt.errors[-sent < RECEIPT_ERRNO_MAX ? -sent : 0]++;
	if (sent == -ENOBUFS || sent == -EAGAIN)
		pace_sleep_until(pace_now_ns() + RETRY_WAIT_NS);
	sent = sender_send(&b->sender, fd, b->run, octets, n);
	if (sent < 0)
		b->receipt.errors[-sent < RECEIPT_ERRNO_MAX ? -sent : 0]++;
	return sent;
}

static const struct plan *plan_at(const struct blast *b, uint32_t turn)
{
	return &b->plans[turn % b->order->protocols_n];
}

static struct receipt_row *row_at(struct blast *b, uint32_t turn)
{
	return &b->receipt.rows[b->order->protocols[turn % b->order->protocols_n]];
}

static int tmpl_turn(struct blast *b, uint32_t turn, uint64_t now_ns)
{
	struct moment m = moment_at(now_ns - b->pace.start_ns);
	const struct plan *p = plan_at(b, turn);
	struct receipt_row *row = row_at(b, turn);
	struct turn *t = &b->turns[turn];
	int sent;

	export_tmpl(p, &t->stream, &m, b->run);
	sent = run_send(b, b->fleet.sockets[turn % b->fleet.n], p->tmpl_octets, 1);
	if (sent <= 0)
		return sent;
	export_tmpl_sent(p, &t->stream);
	t->tmpl_ns = now_ns;
	t->data = 0;
	row->datagrams++;
	row->templates++;
	row->octets += p->tmpl_octets;
	return sent;
}

static int data_turn(struct blast *b, uint32_t turn, uint64_t now_ns, uint32_t n)
{
	struct moment m = moment_at(now_ns - b->pace.start_ns);
	const struct plan *p = plan_at(b, turn);
	struct receipt_row *row = row_at(b, turn);
	struct turn *t = &b->turns[turn];
	struct stream ahead = t->stream; /* the run may not go out whole */
	int sent;

	for (uint32_t i = 0; i < n; i++) {
		export_data(p, &ahead, &m, b->run + i * p->data_octets);
		export_sent(p, &ahead, 1);
	}
	sent = run_send(b, b->fleet.sockets[turn % b->fleet.n], p->data_octets, n);
	if (sent <= 0)
		return sent;
	export_sent(p, &t->stream, (uint32_t)sent);
	t->data += (uint64_t)sent;
	row->datagrams += (uint64_t)sent;
	row->records += (uint64_t)sent * p->records;
	row->octets += (uint64_t)sent * p->data_octets;
	return sent;
}

static bool tmpl_is_due(const struct blast *b, const struct plan *p, const struct turn *t,
			uint64_t now_ns)
{
	const struct order *o = b->order;

	if (!p->tmpl_octets)
		return false;
	return !t->tmpl_ns || (o->tmpl_every && t->data >= o->tmpl_every) ||
	       (o->tmpl_interval_ns && now_ns - t->tmpl_ns >= o->tmpl_interval_ns);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* One stream's turn: its template, or a run of at most n data datagrams. Returns how many were
 * tried, or a negative errno that ends the blast. */
static int turn_take(struct blast *b, uint64_t now_ns, uint64_t n)
{
	uint32_t turn = b->next;
	const struct plan *p = plan_at(b, turn);
	const struct turn *t = &b->turns[turn];
	bool tmpl = tmpl_is_due(b, p, t, now_ns);
	int sent;

	b->next = (turn + 1) % b->turns_n;
	n = tmpl ? 1 : least(n, least(b->run_max, sender_run_max(p->data_octets)));
	if (p->tmpl_octets && !tmpl && b->order->tmpl_every)
		n = least(n, b->order->tmpl_every - t->data);
	sent = tmpl ? tmpl_turn(b, turn, now_ns) : data_turn(b, turn, now_ns, (uint32_t)n);
	if (sent > 0)
		return sent;
	b->receipt.unsent += n;
	return b->order->gso == SENDER_GSO_ON && n > 1 && sender_is_refusal(sent) ? sent : (int)n;
}

static bool is_over(const struct blast *b, uint64_t now_ns)
{
	const struct order *o = b->order;

	return (o->count && b->attempted >= o->count) ||
	       (o->duration_ns && now_ns - b->pace.start_ns >= o->duration_ns);
}

static uint64_t wake_ns(const struct blast *b)
{
	uint64_t deadline = pace_deadline_ns(&b->pace);

	if (b->order->duration_ns)
		return least(deadline, b->pace.start_ns + b->order->duration_ns);
	return deadline;
}

int blast_run(struct blast *b, const volatile sig_atomic_t *stop)
{
	uint64_t now_ns = pace_now_ns();
	int tried = 0;

	pace_init(&b->pace, b->order->rate, now_ns);
	for (; !*stop && tried >= 0 && !is_over(b, now_ns); now_ns = pace_now_ns()) {
		uint64_t due = pace_due(&b->pace, now_ns);

		if (!due) {
			pace_sleep_until(wake_ns(b));
			continue;
		}
		if (b->order->count)
			due = least(due, b->order->count - b->attempted);
		tried = turn_take(b, now_ns, due);
		if (tried > 0) {
			b->attempted += (uint64_t)tried;
			pace_use(&b->pace, (uint64_t)tried);
		}
	}
	b->receipt.duration_ns = now_ns - b->pace.start_ns;
	return tried < 0 ? tried : 0;
}

const struct receipt *blast_receipt(const struct blast *b)
{
	return &b->receipt;
}

struct receipt_notes blast_notes(const struct blast *b)
{
	const struct target *first = &b->order->targets[0];
	bool addresses = first->address.any.sa_family == AF_INET && target_is_loopback(first);

	return (struct receipt_notes){
		.sources = (uint32_t)b->order->sources,
		.told_apart_by = addresses ? "address" : "port",
		.gso = b->sender.segmented ? "on" : "off",
	};
}

void blast_close(struct blast *b)
{
	fleet_close(&b->fleet);
	free(b->turns);
	for (size_t i = 0; i < EXPORT_PROTOCOLS; i++)
		plan_fini(&b->plans[i]);
	free(b);
}
