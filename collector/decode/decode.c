#include "collector/decode/decode.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf.h"
#include "collector/conf/element_names.h"
#include "collector/decode/decode_summary.h"
#include "collector/decode/pcap_file.h"
#include "collector/encode/elements.h"
#include "collector/encode/encoder.h"
#include "collector/pipeline.h"
#include "collector/show/ledger.h"

#define EXIT_USAGE 2
#define NS_PER_MS  UINT64_C(1000000)

/* A flow's members, and the names in it with every octet escaped, or each octet of a record an
 * unmapped element: it fits. */
#define FLOW_LINE_BYTES (8u << 20)

static const char usage[] =
	"usage: weir decode [--format json|elements] [--profile compact|goflow2]\n"
	"                   [--unmapped] [--vendor-names] [--elements-file FILE.csv]\n"
	"                   FILE.pcap|-\n"
	"\n"
	"Decodes the UDP datagrams of a capture file, whatever their ports, and prints one JSON\n"
	"object a line; the last line is a summary.\n"
	"\n"
	"  --format json       flows, as they are published (default)\n"
	"  --format elements   every data and options record, losslessly\n"
	"  --profile goflow2   flows with all of goflow2's keys, not only those that are present\n"
	"  --unmapped          json: also what no key of a flow stands for, in a list\n"
	"  --vendor-names      elements: known vendor elements by name and type, not number and "
	"hex\n"
	"  --elements-file FILE  a CSV file of more elements: pen,id,name,type\n";

enum decode_format { DECODE_JSON, DECODE_ELEMENTS };

struct decode_options {
	const char *path;
	enum decode_format format;
	enum output_profile profile;
	const char *elements_file;
	bool unmapped;
	bool vendor_names;
};

struct decode {
	struct decode_options options;
	struct element_names *names; /* NULL: only the registry's */
	struct elements *elements;
	struct text line; /* of a flow */
	struct encode_style style;
	struct sample_counts samples;
	struct conf conf;
	struct ledger *ledger;
	struct pipeline *pipeline;
	struct pcap_file *file;
	int err; /* the first that a sink met: it has no other way to tell */
};

static void line_print(struct decode *d, const struct text *line)
{
	if (fwrite(line->start, 1, line->len, stdout) != line->len && !d->err)
		d->err = errno ? -errno : -EIO;
}

static void flow_print(void *ctx, const struct flow *flow)
{
	struct decode *d = ctx;

	text_cut(&d->line, 0);
	encode_json(&d->line, flow, &d->style);
	if (text_ok(&d->line))
		line_print(d, &d->line);
	else if (!d->err)
		d->err = -EMSGSIZE;
}

static void flow_ignore(void *ctx, const struct flow *flow)
{
	(void)ctx; /* its record was printed */
	(void)flow;
}

static void record_print(void *ctx, const struct raw_record *record)
{
	struct decode *d = ctx;
	const struct text *line;
	int err = elements_record(d->elements, record, &line);

	if (!err)
		line_print(d, line);
	else if (!d->err)
		d->err = err;
}

static void sample_count(void *ctx, const struct raw_sample *sample)
{
	struct decode *d = ctx;

	sample_counts_add(&d->samples, sample);
}

static void sample_print(void *ctx, const struct raw_sample *sample)
{
	struct decode *d = ctx;
	const struct text *line;
	int err = elements_sample(d->elements, sample, &line);

	sample_count(ctx, sample);
	if (!err)
		line_print(d, line);
	else if (!d->err)
		d->err = err;
}

/* One line on standard error. */
__attribute__((format(printf, 1, 2))) static void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	/* Nobody is left to tell that standard error cannot be written. */
	(void)fputs("weir decode: ", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
	va_end(args);
}

static int usage_error(const char *what, const char *argument)
{
	complain("%s%s (see weir decode --help)", what, argument);
	return EXIT_USAGE;
}

static int format_parse(const char *word, enum decode_format *out)
{
	if (strcmp(word, "json") == 0)
		*out = DECODE_JSON;
	else if (strcmp(word, "elements") == 0)
		*out = DECODE_ELEMENTS;
	else
		return usage_error("--format is json or elements, not ", word);
	return 0;
}

static int profile_parse(const char *word, enum output_profile *out)
{
	if (strcmp(word, "compact") == 0)
		*out = PROFILE_COMPACT;
	else if (strcmp(word, "goflow2") == 0)
		*out = PROFILE_GOFLOW2;
	else
		return usage_error("--profile is compact or goflow2, not ", word);
	return 0;
}

/* What getopt_long() refused: "?" or ":" with the culprit before optind. */
static int option_error(int c, char **argv)
{
	return usage_error(c == ':' ? "a value is missing for " : "no such option: ",
			   argv[optind - 1]);
}

static int options_parse(int argc, char **argv, struct decode_options *o, bool *help)
{
	static const struct option known[] = {
		{"format", required_argument, NULL, 'f'},
		{"profile", required_argument, NULL, 'p'},
		{"vendor-names", no_argument, NULL, 'v'},
		{"unmapped", no_argument, NULL, 'u'},
		{"elements-file", required_argument, NULL, 'e'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c, status = 0;

	opterr = 0;
	optind = 0; /* getopt may have been used before: start afresh */
	while (!status && (c = getopt_long(argc, argv, ":f:p:h", known, NULL)) != -1) {
		if (c == 'f')
			status = format_parse(optarg, &o->format);
		else if (c == 'p')
			status = profile_parse(optarg, &o->profile);
		else if (c == 'v')
			o->vendor_names = true;
		else if (c == 'u')
			o->unmapped = true;
		else if (c == 'e')
			o->elements_file = optarg;
		else if (c == 'h')
			*help = true;
		else
			status = option_error(c, argv);
	}
	if (status || *help)
		return status;
	if (optind == argc)
		return usage_error("which capture file? ", "FILE.pcap, or - for standard input");
	if (argc - optind > 1)
		return usage_error("one file at a time, not also ", argv[optind + 1]);
	o->path = argv[optind];
	return 0;
}

static bool names_load(struct decode *d, char error[PCAP_FILE_ERROR_MAX])
{
	const char *path = d->options.elements_file;

	return !path || element_names_read(path, &d->names, error, PCAP_FILE_ERROR_MAX) == 0;
}

/* 0 or -ENOMEM; decode_fini() either way. */
static int decode_init(struct decode *d)
{
	bool elements = d->options.format == DECODE_ELEMENTS;
	struct flow_sink sink = {
		.flow = elements ? flow_ignore : flow_print,
		.record = elements ? record_print : NULL,
		.sample = elements ? sample_print : sample_count,
		.ctx = d,
	};
	char *line = malloc(FLOW_LINE_BYTES);

	d->line = text_over(line, FLOW_LINE_BYTES);
	d->style = (struct encode_style){
		.profile = (uint8_t)d->options.profile,
		.unmapped = d->options.unmapped ? UNMAPPED_INCLUDE : UNMAPPED_DROP,
		.names = d->names,
	};
	conf_init(&d->conf);
	d->elements = elements_new(d->options.vendor_names, d->names);
	d->ledger = ledger_new(1);
	if (!line || !d->elements || !d->ledger)
		return -ENOMEM;
	d->pipeline = pipeline_new(&d->conf, &sink, d->ledger);
	return d->pipeline ? 0 : -ENOMEM;
}

static void decode_fini(struct decode *d)
{
	pcap_file_close(d->file);
	pipeline_free(d->pipeline);
	ledger_free(d->ledger);
	elements_free(d->elements);
	free(d->line.start);
	element_names_free(d->names);
	conf_fini(&d->conf);
}

static void frame_take(struct decode *d, const struct udp_frame *frame, uint64_t received_ns)
{
	struct datagram datagram = {
		.payload = frame->payload,
		.source = frame->source,
		.port = frame->source_port,
		.received_ns = received_ns,
	};

	/* The clock of the capture is the only one that ages mean anything on. */
	pipeline_tick(d->pipeline, received_ns / NS_PER_MS);
	pipeline_take(d->pipeline, 0, &datagram);
}

/* All of the file. 0, or a negative errno that was reported. */
static int file_decode(struct decode *d)
{
	char error[PCAP_FILE_ERROR_MAX];
	struct udp_frame frame;
	uint64_t received_ns;
	int got;

	while ((got = pcap_file_next(d->file, &frame, &received_ns, error)) == 1 && !d->err)
		frame_take(d, &frame, received_ns);
	if (got < 0)
		complain("%s: %s", d->options.path, error);
	return got < 0 ? got : 0;
}

static void skipped_report(const struct decode *d)
{
	for (unsigned i = 0; i < FRAME_SKIP_COUNT; i++) {
		uint64_t n = pcap_file_skipped(d->file, (enum frame_skip)i);

		if (n)
			complain("%s: skipped %llu packets: %s", d->options.path,
				 (unsigned long long)n, frame_skip_token((enum frame_skip)i));
	}
}

static int decode_run(struct decode *d)
{
	int err = file_decode(d);

	text_cut(&d->line, 0);
	decode_summary_put(&d->line, d->ledger, &d->samples);
	line_print(d, &d->line);
	if (fflush(stdout) != 0 && !d->err)
		d->err = -errno;
	skipped_report(d);
	if (d->err)
		complain("writing: %s", strerror(-d->err));
	return err || d->err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int decode_main(int argc, char **argv)
{
	char error[PCAP_FILE_ERROR_MAX];
	struct decode d = {0};
	bool help = false;
	int status = options_parse(argc, argv, &d.options, &help);

	if (status)
		return status;
	if (help)
		return fputs(usage, stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	status = EXIT_FAILURE;
	snprintf(error, sizeof(error), "out of memory");
	if (names_load(&d, error) && decode_init(&d) == 0 &&
	    pcap_file_open(d.options.path, &d.file, error) == 0)
		status = decode_run(&d);
	else
		complain("%s", error);
	decode_fini(&d);
	return status;
}
