/* Nothing is allocated between recvmmsg and the ring: the test binary is linked so that every call
 * of the heap that weir's own objects make comes by here (WRAP_collector in the Makefile). */
#include <stdlib.h>
#include <string.h>

#include "collector/clock.h"
#include "collector/conf/conf.h"
#include "collector/pipeline.h"
#include "collector/publish/batcher.h"
#include "collector/publish/ring.h"
#include "collector/receive/listener.h"
#include "collector/receive/receiver.h"
#include "collector/show/ledger.h"
#include "tests/collector/peer.h"
#include "tests/support/suite.h"

#define ROUNDS 2000

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

/* Check's assertions allocate too, so only what is between start and end of the path counts.
 * Atomic, because a compiler knows that malloc() reads no variable of ours. */
static _Atomic bool watching;
static _Atomic unsigned allocations;

void *__wrap_malloc(size_t size)
{
	allocations += watching;
	return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	allocations += watching;
	return __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	allocations += watching;
	return __real_realloc(old, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	allocations += watching;
	return __real_aligned_alloc(alignment, size);
}

/* What a worker has, without its thread. */
static struct conf conf;
static struct listener listener;
static struct receiver receiver;
static struct ledger *ledger;
static struct ring *ring;
static struct batcher *batcher;
static struct pipeline *pipeline;
static int peer;

static void flow_take(void *ctx, const struct flow *flow)
{
	(void)ctx;
	batcher_add(batcher, flow, clock_mono_ms());
}

static void setup_unmapped(enum output_unmapped unmapped)
{
	const struct flow_sink sink = {.flow = flow_take};
	char error[CONF_ERROR_MAX];

	conf_init(&conf);
	conf.output.unmapped = (uint8_t)unmapped;
	conf.listeners_n = 1;
	conf.listeners[0] = (struct conf_listener){
		.address = "127.0.0.1", .protocols = UINT32_MAX, .rcvbuf_bytes = 1 << 20};
	ck_assert_int_eq(listener_open(&listener, &conf.listeners[0], 1, error, sizeof(error)), 0);
	ck_assert_int_eq(receiver_open(&receiver, RECEIVER_SLOT_OCTETS), 0);
	ledger = ledger_new(1);
	ring = ring_new(1 << 16, -1);
	batcher = batcher_new(&conf, ring, ledger);
	pipeline = pipeline_new(&conf, &sink, ledger);
	peer = peer_open((struct addr){.octets = {127, 0, 0, 1}, .len = 4}, 0, listener.port);
}

static void setup(void)
{
	setup_unmapped(UNMAPPED_DROP);
}

static void teardown(void)
{
	listener_close(&listener);
	receiver_close(&receiver);
	pipeline_free(pipeline);
	batcher_free(batcher);
	ring_free(ring);
	ledger_free(ledger);
	conf_fini(&conf);
}

/* One datagram all the way, and what the ring holds to nowhere. */
static void pass(const uint8_t *octets, size_t len)
{
	struct datagram d;
	struct batch batch;
	int n;

	peer_send(peer, octets, len);
	watching = true;
	n = receiver_read(&receiver, listener.sockets[0].fd);
	d = receiver_datagram(&receiver, 0);
	pipeline_tick(pipeline, clock_mono_ms());
	pipeline_take(pipeline, 0, &d);
	(void)batcher_tick(batcher, clock_mono_ms());
	ledger_publish(ledger);
	watching = false;
	ck_assert_int_eq(n, 1);
	while (ring_front(ring, &batch))
		ring_pop(ring);
}

static uint64_t flows(enum protocol protocol)
{
	return ledger_block(ledger, 0, protocol)->parse.flows;
}

/* Counts nothing while the datagram is new (templates, exporters), then all there is to count. */
static void passes_without_heap(const uint8_t *octets, size_t len, enum protocol protocol)
{
	uint64_t before;

	pass(octets, len);
	before = flows(protocol);
	allocations = 0;
	for (unsigned i = 0; i < ROUNDS; i++)
		pass(octets, len);
	ck_assert_uint_eq(allocations, 0);
	ck_assert_uint_eq(flows(protocol), before + ROUNDS);
}

START_TEST(the_heap_is_being_watched)
{
	struct ring *other;

	watching = true;
	other = ring_new(1 << 10, -1);
	watching = false;
	ring_free(other);
	ck_assert_uint_gt(allocations, 0);
}
END_TEST

START_TEST(fixed_layouts_need_no_heap)
{
	static const uint8_t netflow5[72] = {0, 5, 0, 1, [24] = 192, 0, 2, 1, 192, 0, 2, 2};

	passes_without_heap(netflow5, sizeof(netflow5), PROTOCOL_NETFLOW5);
}
END_TEST

/* clang-format off */
static const uint8_t ipfix_template[] = {
	0, 10, 0, 36, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, /* version, length, ..., domain */
	0, 2, 0, 20,            /* a template Set */
	1, 0, 0, 3,             /* template 256: three fields */
	0, 8, 0, 4,             /* sourceIPv4Address */
	0, 12, 0, 4,            /* destinationIPv4Address */
	0, 1, 0, 8,             /* octetDeltaCount */
};
static const uint8_t ipfix_data[] = {
	0, 10, 0, 36, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7,
	1, 0, 0, 20,            /* a data Set of template 256 */
	192, 0, 2, 1, 192, 0, 2, 2, 0, 0, 0, 0, 0, 0, 5, 220,
};
/* clang-format on */

START_TEST(data_of_a_known_template_need_no_heap)
{
	pass(ipfix_template, sizeof(ipfix_template));
	passes_without_heap(ipfix_data, sizeof(ipfix_data), PROTOCOL_IPFIX);
}
END_TEST

/* The same, a field of 8 octets being a list that no flow has a place for. */
START_TEST(unmapped_elements_need_no_heap)
{
	uint8_t template[sizeof(ipfix_template)], data[sizeof(ipfix_data)];

	teardown();
	setup_unmapped(UNMAPPED_INCLUDE);
	memcpy(template, ipfix_template, sizeof(template));
	template[32] = 291 >> 8;
	template[33] = 291 & 0xff;
	memcpy(data, ipfix_data, sizeof(data));
	memcpy(data + 28, (const uint8_t[]){3, 0, 10, 0, 1, 7, 8, 9}, 8);
	pass(template, sizeof(template));
	passes_without_heap(data, sizeof(data), PROTOCOL_IPFIX);
}
END_TEST

START_TEST(noise_needs_no_heap)
{
	static const uint8_t noise[] = {0xff, 0xff, 0xff};

	pass(noise, sizeof(noise));
	allocations = 0;
	for (unsigned i = 0; i < ROUNDS; i++)
		pass(noise, sizeof(noise));
	ck_assert_uint_eq(allocations, 0);
}
END_TEST

SUITE(hotpath)
{
	TCase *tc = suite_case(s, "heap");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_heap_is_being_watched);
	tcase_add_test(tc, fixed_layouts_need_no_heap);
	tcase_add_test(tc, data_of_a_known_template_need_no_heap);
	tcase_add_test(tc, unmapped_elements_need_no_heap);
	tcase_add_test(tc, noise_needs_no_heap);
}
