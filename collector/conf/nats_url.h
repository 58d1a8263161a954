/* NATS URLs, checked before anybody dials, and shown without their secrets. Pure; any thread.
 *
 *	nats://[user[:password]@]host[:port], or tls://..., or several separated by commas
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whether the list is well formed; if not, *why says what is wrong and *position with which of
 * them, from 1. Never quotes the URL: it may hold a password. */
bool nats_urls_ok(const char *list, const char **why, unsigned *position);

/* Writes a well-formed list, terminated, with *** for what is in front of an "@". What does not
 * fit is cut. Returns out: log it through log_string() all the same. */
const char *nats_urls_redact(const char *list, char *out, size_t size);
