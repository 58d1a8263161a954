#include "collector/blast/order.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "collector/blast/element.h"
#include "collector/blast/sender.h"

#define OPTIONS_MAX 32u
#define SECOND_NS   1000000000u
#define YEAR_S      31536000u

enum option_kind {
	KIND_NUMBER,    /* uint64_t */
	KIND_SECONDS,   /* uint64_t nanoseconds, told in seconds, decimals allowed */
	KIND_FLAG,      /* bool */
	KIND_PROTOCOLS, /* list, added to */
	KIND_GSO,
	KIND_HELP,
	KIND_VERSION,
};

struct option_row {
	const char *name;
	const char *value; /* how help calls it; NULL: none */
	uint8_t kind;      /* enum option_kind */
	size_t at;         /* offset in struct order */
	uint64_t min, max; /* in the units of the command line */
	uint64_t preset;   /* likewise */
	const char *help;
};

/* clang-format off */
#define AT(member) offsetof(struct order, member)
static const struct option_row rows[] = {
	{"protocol", "LIST", KIND_PROTOCOLS, 0, 0, 0, 0,
	 "v5, v7, v9, ipfix, sflow: one, or several with commas or by repetition, which take turns [v9]"},
	{"sources", "N", KIND_NUMBER, AT(sources), 1, ORDER_SOURCES_MAX, 0,
	 "distinct exporters [as many as targets]; on the IPv4 loopback network each has an address of its own,"
	 " 127.0.0.1 and up, elsewhere a source port; source i sends to target i modulo their number"},
	{"rate", "N", KIND_NUMBER, AT(rate), 0, 100000000, 1000,
	 "datagrams a second, all sources together; 0: as fast as possible"},
	{"count", "N", KIND_NUMBER, AT(count), 0, UINT64_MAX, 0,
	 "stop after so many datagrams, those of templates included; 0: no limit"},
	{"duration", "SECONDS", KIND_SECONDS, AT(duration_ns), 0, YEAR_S, 0,
	 "stop after so long; 0: no limit"},
	{"records", "N", KIND_NUMBER, AT(records), 0, EXPORT_RECORDS_MAX, 0,
	 "records in a datagram; 0: v5 30, v7 27, v9 and ipfix 24, sflow 7 samples, or what fits 1500 octets"},
	{"fields", "N", KIND_NUMBER, AT(fields), ELEMENTS_MIN, ELEMENTS_MAX, 20,
	 "fields in a record of v9 and ipfix"},
	{"template-interval", "SECONDS", KIND_SECONDS, AT(tmpl_interval_ns), 0, YEAR_S, 30,
	 "templates are sent first, and again so often, in datagrams of their own; 0: only first"},
	{"template-every", "N", KIND_NUMBER, AT(tmpl_every), 0, UINT32_MAX, 0,
	 "templates again after so many data datagrams of a source and domain; 0: only by time"},
	{"domains", "N", KIND_NUMBER, AT(domains), 1, ORDER_DOMAINS_MAX, 1,
	 "observation domains of each source, from 0 (v5: engines; v7 has none; sflow: sub-agents)"},
	{"ipv6-flows", NULL, KIND_FLAG, AT(ipv6_flows), 0, 0, 0,
	 "v9, ipfix and sflow report IPv6 traffic"},
	{"seed", "N", KIND_NUMBER, AT(seed), 0, UINT64_MAX, 1,
	 "of the made-up traffic: the same seed, the same flows"},
	{"gso", "MODE", KIND_GSO, AT(gso), 0, 0, SENDER_GSO_AUTO,
	 "auto, on, off: UDP_SEGMENT, runs of datagrams of one source in one system call; auto: when the rate is"
	 " high enough that runs do not distort it, and the kernel can"},
	{"json", NULL, KIND_FLAG, AT(json), 0, 0, 0,
	 "print nothing but the JSON receipt"},
	{"help", NULL, KIND_HELP, 0, 0, 0, 0, "print this and exit"},
	{"version", NULL, KIND_VERSION, 0, 0, 0, 0, "print the version and exit"},
};
/* clang-format on */
#define ROWS_N (sizeof(rows) / sizeof(*rows))
_Static_assert(ROWS_N < OPTIONS_MAX, "room for getopt's end mark");

static uint64_t unit(const struct option_row *row)
{
	return row->kind == KIND_SECONDS ? SECOND_NS : 1;
}

static void store(struct order *o, const struct option_row *row, uint64_t v)
{
	uint8_t *member = (uint8_t *)o + row->at;

	if (row->kind == KIND_FLAG)
		*(bool *)member = v != 0;
	else if (row->kind == KIND_GSO)
		*member = (uint8_t)v;
	else if (row->kind == KIND_NUMBER || row->kind == KIND_SECONDS)
		memcpy(member, &v, sizeof(v));
}

static bool number_read(const char *text, uint64_t *out)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return !errno && !*end;
}

/* Seconds with at most nine decimals, as nanoseconds. */
static bool seconds_read(const char *text, uint64_t *out)
{
	uint64_t scale = SECOND_NS;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	if (errno || *out > YEAR_S)
		return false;
	*out *= SECOND_NS;
	if (*end == '.')
		for (end++; *end >= '0' && *end <= '9' && scale > 1; end++) {
			scale /= 10;
			*out += (uint64_t)(*end - '0') * scale;
		}
	return !*end;
}

static bool number_take(struct order *o, const struct option_row *row, const char *text, char *why)
{
	bool seconds = row->kind == KIND_SECONDS;
	uint64_t v;

	if ((seconds ? seconds_read(text, &v) : number_read(text, &v)) &&
	    v >= row->min * unit(row) && v <= row->max * unit(row)) {
		store(o, row, v);
		return true;
	}
	snprintf(why, ORDER_WHY_MAX, "--%s: '%.64s' is not a number%s from %" PRIu64 " to %" PRIu64,
		 row->name, text, seconds ? " of seconds" : "", row->min, row->max);
	return false;
}

static bool protocol_add(struct order *o, const char *name, size_t len)
{
	for (int i = 0; i < EXPORT_PROTOCOLS; i++) {
		if (strlen(export_rows[i]->name) != len ||
		    memcmp(export_rows[i]->name, name, len) != 0)
			continue;
		if (!memchr(o->protocols, i, o->protocols_n))
			o->protocols[o->protocols_n++] = (uint8_t)i;
		return true;
	}
	return false;
}

static bool protocols_take(struct order *o, const char *text, char *why)
{
	for (const char *name = text;;) {
		size_t len = strcspn(name, ",");

		if (!protocol_add(o, name, len)) {
			snprintf(why, ORDER_WHY_MAX,
				 "--protocol: '%.*s' is none of v5, v7, v9, ipfix, sflow",
				 (int)(len < 64 ? len : 64), name);
			return false;
		}
		if (!name[len])
			return true;
		name += len + 1;
	}
}

static bool gso_take(struct order *o, const char *text, char *why)
{
	static const char *const modes[] = {
		[SENDER_GSO_AUTO] = "auto", [SENDER_GSO_ON] = "on", [SENDER_GSO_OFF] = "off"};

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (strcmp(text, modes[i]) == 0) {
			o->gso = (uint8_t)i;
			return true;
		}
	snprintf(why, ORDER_WHY_MAX, "--gso: '%.64s' is none of auto, on, off", text);
	return false;
}

static enum order_outcome option_take(struct order *o, const struct option_row *row,
				      const char *text, char *why)
{
	bool good = true;

	switch ((enum option_kind)row->kind) {
	case KIND_HELP:
		return ORDER_HELP;
	case KIND_VERSION:
		return ORDER_VERSION;
	case KIND_FLAG:
		store(o, row, 1);
		break;
	case KIND_PROTOCOLS:
		good = protocols_take(o, text, why);
		break;
	case KIND_GSO:
		good = gso_take(o, text, why);
		break;
	case KIND_NUMBER:
	case KIND_SECONDS:
		good = number_take(o, row, text, why);
		break;
	}
	return good ? ORDER_RUN : ORDER_WRONG;
}

static enum order_outcome targets_take(struct order *o, int n, char **texts, char *why)
{
	if (n == 0 || n > (int)ORDER_TARGETS_MAX) {
		snprintf(why, ORDER_WHY_MAX, "%s (--help says more)",
			 n ? "too many targets" : "no target");
		return ORDER_WRONG;
	}
	for (; n > 0; n--, texts++) {
		int rc = target_read(*texts, &o->targets[o->targets_n++]);

		if (rc == 0)
			continue;
		snprintf(why, ORDER_WHY_MAX, "target '%.128s': %s", *texts,
			 rc == -EINVAL ? "not of the form HOST, HOST:PORT or [IPV6]:PORT"
				       : "no such host");
		return ORDER_WRONG;
	}
	return ORDER_RUN;
}

/* What no option can see alone. */
static enum order_outcome order_check(struct order *o, char *why)
{
	if (!o->protocols_n)
		o->protocols[o->protocols_n++] = EXPORT_V9;
	if (!o->sources)
		o->sources = o->targets_n;
	if (o->sources < o->targets_n) {
		snprintf(why, ORDER_WHY_MAX,
			 "--sources: %" PRIu64 " cannot send to %" PRIu32 " targets", o->sources,
			 o->targets_n);
		return ORDER_WRONG;
	}
	if (o->domains > 1 && memchr(o->protocols, EXPORT_V7, o->protocols_n)) {
		snprintf(why, ORDER_WHY_MAX, "--domains: v7 has none");
		return ORDER_WRONG;
	}
	if (o->sources * o->domains * o->protocols_n > ORDER_STREAMS_MAX) {
		snprintf(why, ORDER_WHY_MAX,
			 "sources x domains x protocols are more than %u streams",
			 ORDER_STREAMS_MAX);
		return ORDER_WRONG;
	}
	return ORDER_RUN;
}

static void getopt_rows(struct option longs[OPTIONS_MAX])
{
	memset(longs, 0, OPTIONS_MAX * sizeof(*longs));
	for (size_t i = 0; i < ROWS_N; i++) {
		longs[i].name = rows[i].name;
		longs[i].has_arg = rows[i].value ? required_argument : no_argument;
	}
}

enum order_outcome order_read(int argc, char **argv, struct order *out, char why[ORDER_WHY_MAX])
{
	struct option longs[OPTIONS_MAX];
	enum order_outcome outcome;
	int index, c;

	*out = (struct order){0};
	for (size_t i = 0; i < ROWS_N; i++)
		store(out, &rows[i], rows[i].preset * unit(&rows[i]));
	getopt_rows(longs);
	opterr = 0;
	optind = 0; /* glibc: start anew */
	while ((c = getopt_long(argc, argv, ":h", longs, &index)) != -1) {
		if (c == 'h')
			return ORDER_HELP;
		if (c == '?' || c == ':') {
			snprintf(why, ORDER_WHY_MAX, "%.64s: %s", argv[optind - 1],
				 c == ':' ? "a value is missing" : "no such option (see --help)");
			return ORDER_WRONG;
		}
		outcome = option_take(out, &rows[index], optarg, why);
		if (outcome != ORDER_RUN)
			return outcome;
	}
	outcome = targets_take(out, argc - optind, argv + optind, why);
	return outcome == ORDER_RUN ? order_check(out, why) : outcome;
}

/* The text behind a margin, broken between words. */
static void wrapped(const char *text, FILE *out)
{
	enum { MARGIN = 30, WIDTH = 66 };

	while (strlen(text) > WIDTH) {
		size_t cut = WIDTH;

		while (text[cut] != ' ')
			cut--;
		fprintf(out, "%.*s\n%*s", (int)cut, text, MARGIN, "");
		text += cut + 1;
	}
	fprintf(out, "%s", text);
}

void order_help(FILE *out)
{
	fputs("usage: weir-blast [options] TARGET[:PORT]...\n"
	      "Sends made-up NetFlow, IPFIX and sFlow datagrams, and says exactly how many.\n"
	      "TARGET is an IPv4 address, an IPv6 address (in brackets if a port follows) or a "
	      "name;\n"
	      "preset ports: v5, v7, v9 2055, ipfix 4739, sflow 6343. Ends by --count, --duration "
	      "or\n"
	      "Ctrl-C, and prints a receipt: one line on stderr, one JSON object on stdout.\n\n",
	      out);
	for (size_t i = 0; i < ROWS_N; i++) {
		int n = fprintf(out, "  --%s%s%s", rows[i].name, rows[i].value ? " " : "",
				rows[i].value ? rows[i].value : "");

		fprintf(out, "%*s", 30 - n, "");
		wrapped(rows[i].help, out);
		if (rows[i].preset && rows[i].kind != KIND_GSO)
			fprintf(out, " [%" PRIu64 "]", rows[i].preset);
		fputc('\n', out);
	}
	fputs("\nexit status: 0 sent; 1 something could not be sent; 2 wrong options\n", out);
}
