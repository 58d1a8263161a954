/* THE table of settings: a key is one row of conf_table.c, and nothing else has to know it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "collector/conf/conf.h"

#define CONF_ENV_PREFIX "WEIR_"
#define CONF_ENV_MAX    64

enum conf_kind {
	KIND_NUMBER,    /* uint64_t */
	KIND_SIZE,      /* uint64_t, bytes */
	KIND_DURATION,  /* uint64_t, ms */
	KIND_PORT,      /* uint16_t */
	KIND_BOOL,      /* bool */
	KIND_WORD,      /* uint8_t, the index in words */
	KIND_STRING,    /* char[] */
	KIND_ADDRESS,   /* char[], numeric */
	KIND_SUBJECT,   /* char[], with placeholders */
	KIND_URLS,      /* char[], of NATS */
	KIND_PROTOCOLS, /* uint32_t, bit n: enum protocol n */
	KIND_NETWORKS,  /* struct conf_listener: its allow and allow_n */
	KIND_RATES,     /* struct conf_rates */
	KIND_LISTENERS, /* listeners and listeners_n of a struct conf */
	KIND_COUNT
};

struct conf_key {
	const char *path; /* sections and key, joined by dots */
	enum conf_kind kind;
	size_t offset;     /* of the member in its struct */
	size_t size;       /* of the member */
	uint64_t min, max; /* of numbers, sizes and durations (ms) */
	const char *const *words;
	const char *preset; /* as one would write it in the environment */
	const char *help;   /* one sentence that says the unit */
};

struct conf_table {
	const struct conf_key *keys;
	size_t n;
};

extern const struct conf_table conf_table;          /* members of struct conf */
extern const struct conf_table conf_listener_table; /* members of struct conf_listener */

/* NULL if no key is called so. */
const struct conf_key *conf_table_find(const struct conf_table *table, const char *path);

/* How long the path of the section is that the key is in: "nats" of "nats.url"; 0: none. */
size_t conf_key_section(const struct conf_key *key);

/* nats.url: WEIR_NATS_URL */
void conf_key_env(const struct conf_key *key, char out[CONF_ENV_MAX]);
