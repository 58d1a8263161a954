#include <string.h>

#include "collector/cli/cli_option.h"
#include "collector/conf/conf_table.h"

#define WIDTH  80
#define INDENT 26
#define LEFT   28 /* of an option or a command; a longer one pushes its help to the next line */

/* Prints the words of text from the column INDENT on, with line breaks before WIDTH. */
static void wrapped(FILE *out, const char *text)
{
	size_t column = INDENT;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column + len + 1 > WIDTH) {
			fprintf(out, "\n%*s", INDENT, "");
			column = INDENT;
		}
		column +=
			(size_t)fprintf(out, "%s%.*s", column > INDENT ? " " : "", (int)len, text);
		text += len + (text[len] == ' ');
	}
	fputc('\n', out);
}

static void row_print(FILE *out, const char *left, const char *help)
{
	int n = fprintf(out, "  %s", left);

	if (n >= INDENT) {
		fputc('\n', out);
		n = 0;
	}
	fprintf(out, "%*s", INDENT - n, "");
	wrapped(out, help);
}

/* The help of the key, its words, and what it is when nobody sets it. */
static void key_help(const struct conf_key *key, const char *help, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "%s", help ? help : key->help);

	for (size_t i = 0; key->words && key->words[i] && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", i ? ", " : ": ", key->words[i]);
	if (n < size)
		snprintf(out + n, size - n, " (%s)", key->preset);
}

static void option_print(FILE *out, const struct cli_option *o)
{
	char left[LEFT + 32];
	char help[256];
	size_t n;

	n = (size_t)snprintf(left, sizeof(left), o->letter ? "-%c, " : "    ", o->letter);
	snprintf(left + n, sizeof(left) - n, "--%s%s%s", o->name, o->argument ? " " : "",
		 o->argument ? o->argument : "");
	if (o->key)
		key_help(conf_table_find(&conf_table, o->key), o->help, help, sizeof(help));
	else
		snprintf(help, sizeof(help), "%s", o->help);
	row_print(out, left, help);
}

static void options_print(FILE *out)
{
	const char *group = "";

	for (size_t i = 0; i < cli_options_n; i++) {
		if (strcmp(cli_options[i].group, group) != 0) {
			group = cli_options[i].group;
			fprintf(out, "\n%s:\n", group);
		}
		option_print(out, &cli_options[i]);
	}
}

static const char examples[] =
	"\nExamples:\n"
	"  weir                                  UDP 2055, 4739 and 6343 to JSON lines\n"
	"  weir -l :9995 -o file:/tmp/flows      another port, into a file\n"
	"  weir -n nats://broker:4222 -o nats    to NATS\n"
	"  weir check -c weir.json               before a restart\n"
	"  weir decode capture.pcap              what a capture file holds\n"
	"\n"
	"A setting comes from its preset, then FILE, then its variable (WEIR_NATS_URL for\n"
	"nats.url), then an option: the last wins. docs/configuration.md has them all.\n"
	"Exit status: 0 fine, 1 it failed, 2 the command line or a setting is wrong.\n";

void cli_help(FILE *out)
{
	fputs("weir receives NetFlow, IPFIX and sFlow and publishes every flow.\n"
	      "\n"
	      "Usage: weir [COMMAND] [OPTION]...\n"
	      "\nCommands:\n",
	      out);
	for (int i = 0; i <= CLI_CONFIG; i++)
		row_print(out, cli_commands[i].name, cli_commands[i].help);
	row_print(out, "decode FILE", "decode a capture file (see weir decode --help)");
	options_print(out);
	fputs(examples, out);
}
