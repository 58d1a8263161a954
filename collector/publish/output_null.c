#include "collector/publish/output.h"

#include <stdlib.h>

struct output_settled output_settle_nothing(struct output *o, uint64_t now_mono_ms, bool draining)
{
	(void)o;
	(void)now_mono_ms;
	(void)draining;
	return (struct output_settled){.again_mono_ms = UINT64_MAX};
}

struct output_health output_always_healthy(const struct output *o)
{
	(void)o;
	return (struct output_health){.connected = true};
}

void output_watch_nothing(struct output *o, uint64_t now_mono_ms)
{
	(void)o;
	(void)now_mono_ms;
}

static struct output *null_create(const struct conf *conf, int wake_fd)
{
	struct output *o = malloc(sizeof(*o));

	(void)conf;
	(void)wake_fd;
	if (o)
		o->kind = &output_null;
	return o;
}

static int null_open(struct output *o)
{
	(void)o;
	return 0;
}

static enum output_verdict null_write(struct output *o, const struct batch *b, uint64_t now_mono_ms)
{
	(void)o;
	(void)b;
	(void)now_mono_ms;
	return OUTPUT_PUBLISHED;
}

static void null_close(struct output *o)
{
	(void)o;
}

static void null_free(struct output *o)
{
	free(o);
}

const struct output_kind output_null = {
	.name = "null",
	.create = null_create,
	.open = null_open,
	.write = null_write,
	.settle = output_settle_nothing,
	.close = null_close,
	.health = output_always_healthy,
	.watch = output_watch_nothing,
	.free = null_free,
};
