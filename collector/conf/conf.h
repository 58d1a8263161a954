/* The effective configuration: presets, then the file, then WEIR_... in the environment, then the
 * command line. Filled once by the main thread; immutable and shared by all threads after start.
 *
 * Every key is one row of conf_table.c: JSON path, environment variable, kind, bounds, preset and
 * help come from it, and so do `weir config`, the hints on unknown keys and docs/configuration.md.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/conf/cidr.h"
#include "parsers/message.h"

#define CONF_LISTENERS_MAX 32
#define CONF_ALLOW_MAX     1024
#define CONF_ADDRESS_MAX   64
#define CONF_RATES_MAX     4096
#define CONF_ERROR_MAX     512

struct conf_listener {
	char address[CONF_ADDRESS_MAX]; /* IPv4 or IPv6 in text; "::" is dual stack */
	uint16_t port;                  /* 0: the kernel picks one (tests) */
	bool share;                     /* bind although another process holds the port */
	uint32_t protocols; /* bit n: enum protocol n may enter; PROTOCOL_UNKNOWN always may */
	size_t allow_n;     /* 0: every source may; see cidr_any() */
	struct cidr *allow;
	uint64_t rcvbuf_bytes; /* asked for, a socket */
};

struct element_names;

enum output_type { OUTPUT_STDOUT, OUTPUT_FILE, OUTPUT_NATS, OUTPUT_NULL };
enum output_format { FORMAT_JSON };
enum output_unmapped { UNMAPPED_DROP, UNMAPPED_INCLUDE };
enum output_profile { PROFILE_COMPACT, PROFILE_GOFLOW2 };

struct conf_output {
	uint8_t type;     /* enum output_type */
	uint8_t format;   /* enum output_format */
	uint8_t profile;  /* enum output_profile */
	uint8_t unmapped; /* enum output_unmapped */
	char path[1024];  /* OUTPUT_FILE */
	char subject[256];
	uint64_t batch_bytes; /* a message is at most this long, unless one flow is longer */
	uint64_t batch_ms;    /* ... and at most this old when it leaves the worker */
	uint64_t ring_bytes;  /* between one worker and the publisher */
};

/* The operator's sampling rates by network: the longest prefix wins. */
struct conf_rates {
	size_t n;
	struct conf_rate *list;
};

struct conf_rate {
	struct cidr exporters;
	uint64_t rate;
};

struct conf {
	size_t listeners_n;
	struct conf_listener listeners[CONF_LISTENERS_MAX];
	struct conf_output output;
	char elements_file[1024];
	struct element_names *element_names; /* what is in it, once conf_load() was called */
	struct {
		char url[1024]; /* one URL, or several separated by commas; nats_url.h redacts */
	} nats;
	struct {
		bool enabled;
		char address[CONF_ADDRESS_MAX];
		uint16_t port;
	} http;
	struct {
		uint8_t backend; /* only "none" yet: templates live in memory */
	} template_store;
	struct {
		uint64_t bytes;          /* a worker; 0: nothing waits */
		uint64_t exporter_bytes; /* of it, one exporter */
		uint64_t age_ms;
	} parking;
	struct {
		uint64_t scopes;         /* exporter, version, domain: a worker */
		uint64_t templates;      /* a scope */
		uint64_t template_bytes; /* a worker */
	} limits;
	struct {
		uint64_t rate_default; /* 0: none */
		struct conf_rates overrides;
	} sampling;
	uint64_t workers; /* 0: one for each CPU that this process may use */
	uint64_t shutdown_timeout_ms;
	struct {
		uint8_t level;  /* enum log_level */
		uint8_t format; /* enum log_format */
	} log;
};

/* Fills conf with the presets. Free what it comes to own with conf_fini(), also after a failure of
 * any function below. */
void conf_init(struct conf *conf);
void conf_fini(struct conf *conf);

/* Reads a JSON file ("-": standard input). 0, or -EINVAL (or another negative errno) with one line
 * in error that says what is wrong and where: the file and line for syntax, else the key path,
 * with the nearest known key as a hint. conf is unspecified on failure. */
int conf_read_file(struct conf *conf, const char *path, char error[CONF_ERROR_MAX]);

/* Applies every WEIR_... variable of a NULL-terminated environment; unknown ones are errors too.
 * Skipped: empty ones, and those Kubernetes sets for a Service that is called weir-something. */
int conf_read_env(struct conf *conf, char *const *environment, char error[CONF_ERROR_MAX]);

/* Applies one setting by its key path: conf_set(c, "nats.url", "..."). Lists are separated by
 * commas and replace the whole list; listeners are ADDR:PORT, or the JSON of the file. */
int conf_set(struct conf *conf, const char *key, const char *value, char error[CONF_ERROR_MAX]);

/* The same, for who knows the setting by another name: errors call it shown. */
int conf_set_as(struct conf *conf, const char *key, const char *shown, const char *value,
		char error[CONF_ERROR_MAX]);

/* Reads the files that settings name: elements_file. 0, or a negative errno and an error that names
 * file and line. */
int conf_load(struct conf *conf, char error[CONF_ERROR_MAX]);

/* What one key cannot see: listeners that collide, a file output without a path. */
int conf_check(const struct conf *conf, char error[CONF_ERROR_MAX]);

/* The rate of the exporter, or 0: none is configured. */
uint64_t conf_rates_find(const struct conf_rates *rates, const struct addr *exporter);

/* The effective configuration as JSON that conf_read_file() accepts, but for secrets, which are
 * never printed; or the table of all keys as Markdown. Caller frees; NULL if out of memory. */
char *conf_json(const struct conf *conf);
char *conf_markdown(void);
