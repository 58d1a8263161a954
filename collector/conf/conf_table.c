#include "collector/conf/conf_table.h"

#include <ctype.h>
#include <string.h>

#include "collector/log/log.h"

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)
#define S(n)   ((uint64_t)(n)*1000)
#define H(n)   S((n)*3600)

static const char *const type_words[] = {
	[OUTPUT_STDOUT] = "stdout",
	[OUTPUT_FILE] = "file",
	[OUTPUT_NATS] = "nats",
	[OUTPUT_NULL] = "null",
	NULL,
};
static const char *const format_words[] = {[FORMAT_JSON] = "json", NULL};
static const char *const profile_words[] = {
	[PROFILE_COMPACT] = "compact", [PROFILE_GOFLOW2] = "goflow2", NULL};
static const char *const unmapped_words[] = {
	[UNMAPPED_DROP] = "drop", [UNMAPPED_INCLUDE] = "include", NULL};
static const char *const backend_words[] = {"none", NULL};
static const char *const level_words[] = {[LOG_ERROR] = "error",
					  [LOG_WARN] = "warn",
					  [LOG_INFO] = "info",
					  [LOG_DEBUG] = "debug",
					  NULL};
static const char *const log_format_words[] = {[LOG_LOGFMT] = "logfmt", [LOG_JSON] = "json", NULL};

#define AT(member) offsetof(struct conf, member), sizeof(((struct conf *)0)->member)
#define IN(member) \
	offsetof(struct conf_listener, member), sizeof(((struct conf_listener *)0)->member)

/* clang-format off */
static const struct conf_key keys[] = {
	{"listeners",              KIND_LISTENERS, AT(listeners),             0, 0, NULL, ":2055,:4739,:6343",
	 "where datagrams come in: a list of objects with the keys of listeners[]"},
	{"workers",                KIND_NUMBER,   AT(workers),                0, 256, NULL, "0",
	 "how many threads receive; 0: one for each CPU that weir may use"},
	{"shutdown_timeout",       KIND_DURATION, AT(shutdown_timeout_ms),    0, H(1), NULL, "5s",
	 "how long stopping may take to deliver what is left, in seconds"},
	{"elements_file",          KIND_STRING,   AT(elements_file),          0, 0, NULL, "",
	 "a CSV file (pen,id,name,type) of elements that weir does not know, or calls otherwise"},
	{"output.type",            KIND_WORD,     AT(output.type),            0, 0, type_words, "stdout",
	 "where flows go"},
	{"output.path",            KIND_STRING,   AT(output.path),            0, 0, NULL, "",
	 "the file that an output of type file appends to"},
	{"output.format",          KIND_WORD,     AT(output.format),          0, 0, format_words, "json",
	 "how a flow is written"},
	{"output.profile",         KIND_WORD,     AT(output.profile),         0, 0, profile_words, "compact",
	 "which keys of a flow are written: those it has, or all that goflow2 writes"},
	{"output.unmapped",        KIND_WORD,     AT(output.unmapped),        0, 0, unmapped_words, "drop",
	 "what becomes of elements that a flow has no key for; include: the key unmapped lists them"},
	{"output.subject",         KIND_SUBJECT,  AT(output.subject),         0, 0, NULL, "flows.raw.{family}",
	 "the NATS subject; {family} becomes netflow or sflow"},
	{"output.batch_bytes",     KIND_SIZE,     AT(output.batch_bytes),     512, MIB(8), NULL, "16KiB",
	 "how long a message gets at most, in bytes; a single longer flow still goes alone"},
	{"output.batch_age",       KIND_DURATION, AT(output.batch_ms),        1, S(60), NULL, "100ms",
	 "how long a message waits at most for more flows, in seconds"},
	{"output.ring_bytes",      KIND_SIZE,     AT(output.ring_bytes),      KIB(64), GIB(4), NULL, "32MiB",
	 "how much memory each worker may fill for the output, in bytes; more is dropped and counted"},
	{"nats.url",               KIND_URLS,     AT(nats.url),               0, 0, NULL, "nats://127.0.0.1:4222",
	 "the NATS server, or several separated by commas: nats:// or tls://"},
	{"http.enabled",           KIND_BOOL,     AT(http.enabled),           0, 0, NULL, "true",
	 "whether metrics and health are served over HTTP"},
	{"http.address",           KIND_ADDRESS,  AT(http.address),           0, 0, NULL, "127.0.0.1",
	 "the address that HTTP is served on"},
	{"http.port",              KIND_PORT,     AT(http.port),              0, UINT16_MAX, NULL, "9985",
	 "the TCP port that HTTP is served on; 0: any free one"},
	{"template_store.backend", KIND_WORD,     AT(template_store.backend), 0, 0, backend_words, "none",
	 "where templates are kept beyond this process"},
	{"parking.bytes",          KIND_SIZE,     AT(parking.bytes),          0, GIB(1), NULL, "8MiB",
	 "how much data may wait for templates, in bytes for each worker; 0: none"},
	{"parking.exporter_bytes", KIND_SIZE,     AT(parking.exporter_bytes), 0, GIB(1), NULL, "1MiB",
	 "how much of it may be of one exporter, in bytes"},
	{"parking.age",            KIND_DURATION, AT(parking.age_ms),         0, H(24), NULL, "1m",
	 "how long data wait for their template, in seconds"},
	{"limits.scopes",          KIND_NUMBER,   AT(limits.scopes),          1, 1u << 20, NULL, "16384",
	 "how many exporters, versions and domains of them each worker remembers"},
	{"limits.templates",       KIND_NUMBER,   AT(limits.templates),       1, 65280, NULL, "4096",
	 "how many templates one exporter, version and domain may have"},
	{"limits.template_bytes",  KIND_SIZE,     AT(limits.template_bytes),  KIB(64), GIB(4), NULL, "64MiB",
	 "how much memory templates may take, in bytes for each worker"},
	{"sampling.default",       KIND_NUMBER,   AT(sampling.rate_default),  0, UINT32_MAX, NULL, "0",
	 "the sampling rate, 1 in so many, of flows of which nobody tells one; 0: unknown"},
	{"sampling.overrides",     KIND_RATES,    AT(sampling.overrides),     0, CONF_RATES_MAX, NULL, "",
	 "sampling rates that hold whatever exporters tell: NETWORK=RATE"},
	{"log.level",              KIND_WORD,     AT(log.level),              0, 0, level_words, "info",
	 "what is worth a line on standard error"},
	{"log.format",             KIND_WORD,     AT(log.format),             0, 0, log_format_words, "logfmt",
	 "how a line of the log is written"},
};

static const struct conf_key listener_keys[] = {
	{"address",        KIND_ADDRESS,   IN(address),      0, 0, NULL, "::",
	 "the address to receive on; :: takes IPv4 too"},
	{"port",           KIND_PORT,      IN(port),         0, UINT16_MAX, NULL, "2055",
	 "the UDP port to receive on, whatever the protocol; 0: any free one"},
	{"allow",          KIND_NETWORKS,  0, sizeof(struct conf_listener), 0, CONF_ALLOW_MAX, NULL, "",
	 "the networks whose datagrams are taken; none: all of them"},
	{"protocols",      KIND_PROTOCOLS, IN(protocols),    0, 0, NULL, "all",
	 "the protocols that are taken, or all"},
	{"share",          KIND_BOOL,      IN(share),        0, 0, NULL, "false",
	 "whether to share the port with other processes: each gets a part, and none steers by source"},
	{"receive_buffer", KIND_SIZE,      IN(rcvbuf_bytes), KIB(4), GIB(1), NULL, "32MiB",
	 "the socket buffer to ask the kernel for, in bytes for each worker"},
};
/* clang-format on */

const struct conf_table conf_table = {keys, sizeof(keys) / sizeof(keys[0])};
const struct conf_table conf_listener_table = {listener_keys,
					       sizeof(listener_keys) / sizeof(listener_keys[0])};

const struct conf_key *conf_table_find(const struct conf_table *table, const char *path)
{
	for (size_t i = 0; i < table->n; i++)
		if (strcmp(table->keys[i].path, path) == 0)
			return &table->keys[i];
	return NULL;
}

size_t conf_key_section(const struct conf_key *key)
{
	const char *dot = strrchr(key->path, '.');

	return dot ? (size_t)(dot - key->path) : 0;
}

void conf_key_env(const struct conf_key *key, char out[CONF_ENV_MAX])
{
	size_t n = sizeof(CONF_ENV_PREFIX) - 1;

	memcpy(out, CONF_ENV_PREFIX, n);
	for (const char *c = key->path; *c && n < CONF_ENV_MAX - 1; c++) {
		out[n] = (char)toupper((unsigned char)*c);
		if (out[n] == '.')
			out[n] = '_';
		n++;
	}
	out[n] = '\0';
}
