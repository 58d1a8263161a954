#include "collector/publish/windows.h"

bool window_is_empty(const struct window *w)
{
	uint64_t messages = 0;

	for (unsigned i = 0; i < SUBJECT_COUNT; i++)
		messages += w->messages[i];
	return messages == 0;
}

uint64_t window_flows(const struct window *w)
{
	uint64_t flows = 0;

	for (unsigned i = 0; i < SUBJECT_COUNT; i++)
		flows += w->flows[i];
	return flows;
}

static struct window *nth(struct windows *ws, size_t i)
{
	return &ws->sent[(ws->first + i) % WINDOWS_MAX];
}

void windows_push(struct windows *ws, const struct window *w)
{
	*nth(ws, ws->n++) = *w;
}

const struct window *windows_oldest(const struct windows *ws)
{
	return ws->n > 0 ? &ws->sent[ws->first] : NULL;
}

void windows_pop(struct windows *ws)
{
	ws->first = (ws->first + 1) % WINDOWS_MAX;
	ws->n--;
}

void windows_echoed(struct windows *ws, uint64_t number, uint64_t now_mono_ms)
{
	size_t found = 0;

	while (found < ws->n && nth(ws, found)->number != number)
		found++;
	if (found == ws->n)
		return; /* it was settled without its marker */
	for (size_t i = 0; i <= found; i++) {
		struct window *w = nth(ws, i);

		if (w->epoch == nth(ws, found)->epoch && !w->echoed_mono_ms)
			w->echoed_mono_ms = now_mono_ms;
	}
}
