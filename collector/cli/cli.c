#include "collector/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "collector/cli/cli_option.h"
#include "collector/conf/conf_hint.h"
#include "collector/conf/conf_listeners.h"
#include "collector/conf/conf_value.h"

#define OPTIONS_MAX 32
#define FIRST_ROW   256 /* what getopt_long() returns for row 0: above every letter */
#define SHOWN_MAX   32

struct getopt_table {
	char letters[2 * OPTIONS_MAX + 2];
	struct option longs[OPTIONS_MAX + 1];
};

static void getopt_table_init(struct getopt_table *t)
{
	size_t n = 0;

	memset(t, 0, sizeof(*t));
	t->letters[n++] = ':'; /* tell a missing argument from an unknown option */
	for (size_t i = 0; i < cli_options_n && i < OPTIONS_MAX; i++) {
		const struct cli_option *o = &cli_options[i];

		t->longs[i] =
			(struct option){o->name, o->argument ? required_argument : no_argument,
					NULL, FIRST_ROW + (int)i};
		if (o->letter)
			t->letters[n++] = o->letter;
		if (o->letter && o->argument)
			t->letters[n++] = ':';
	}
}

/* NULL: there is no such option. */
static const struct cli_option *option_of(int c)
{
	for (size_t i = 0; i < cli_options_n; i++)
		if (c == FIRST_ROW + (int)i || (c && c == cli_options[i].letter))
			return &cli_options[i];
	return NULL;
}

static int unknown_option(const char *given, char error[CONF_ERROR_MAX])
{
	char name[SHOWN_MAX];
	struct hint hint;

	if (given[0] != '-' || given[1] != '-') {
		return conf_complain(error, "unknown option -%c (see weir --help)", optopt);
	}
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(given + 2, "="), given + 2);
	hint_init(&hint, name);
	for (size_t i = 0; i < cli_options_n; i++)
		hint_offer(&hint, cli_options[i].name);
	if (hint_best(&hint))
		return conf_complain(error, "unknown option --%s; did you mean --%s?", name,
				     hint_best(&hint));
	return conf_complain(error, "unknown option --%s (see weir --help)", name);
}

static int option_take(struct cli *cli, int c, const char *given, char error[CONF_ERROR_MAX])
{
	const struct cli_option *o = option_of(c);

	if (c == ':')
		return conf_complain(error, "%.100s: wants %s", given,
				     option_of(optopt) ? option_of(optopt)->argument : "a value");
	if (!o && optopt >= FIRST_ROW)
		return conf_complain(error, "%.100s: takes no value", given);
	if (!o)
		return unknown_option(given, error);
	if (o->note) {
		o->note(cli, optarg);
		return 0;
	}
	if (cli->settings_n == CLI_SETTINGS_MAX)
		return conf_complain(error, "more than %d options", CLI_SETTINGS_MAX);
	cli->settings[cli->settings_n++] = (struct cli_setting){o, optarg};
	return 0;
}

static int command_take(struct cli *cli, const char *word, char error[CONF_ERROR_MAX])
{
	struct hint hint;

	hint_init(&hint, word);
	for (int i = 0; i < CLI_COMMAND_COUNT; i++) {
		if (strcmp(cli_commands[i].name, word) == 0) {
			cli->command = (enum cli_command)i;
			return 0;
		}
		hint_offer(&hint, cli_commands[i].name);
	}
	hint_offer(&hint, "decode");
	if (hint_best(&hint))
		return conf_complain(error, "unknown command \"%.100s\"; did you mean %s?", word,
				     hint_best(&hint));
	return conf_complain(error, "unknown command \"%.100s\" (see weir --help)", word);
}

static int operands_take(struct cli *cli, int n, char **operands, char error[CONF_ERROR_MAX])
{
	enum cli_command asked = cli->command;
	int err;

	if (n == 0)
		return 0;
	err = command_take(cli, operands[0], error);
	if (asked == CLI_HELP || asked == CLI_VERSION)
		cli->command = asked; /* of whatever command */
	if (!err && n > 1)
		return conf_complain(error, "%s: unexpected argument \"%.100s\"", operands[0],
				     operands[1]);
	return err;
}

int cli_read(int argc, char **argv, struct cli *out, char error[CONF_ERROR_MAX])
{
	struct getopt_table table;
	int err;
	int c;

	*out = (struct cli){.command = CLI_RUN};
	getopt_table_init(&table);
	opterr = 0;
	optind = 0; /* glibc: forget what an earlier call saw */
	while ((c = getopt_long(argc, argv, table.letters, table.longs, NULL)) != -1) {
		err = option_take(out, c, argv[optind - 1], error);
		if (err)
			return err;
	}
	err = operands_take(out, argc - optind, argv + optind, error);
	if (!err && out->markdown && out->command != CLI_CONFIG)
		return conf_complain(error, "--markdown: only of config");
	return err;
}

static int setting_apply(struct conf *conf, const struct cli_setting *s, char error[CONF_ERROR_MAX])
{
	char shown[SHOWN_MAX];

	snprintf(shown, sizeof(shown), "--%s", s->option->name);
	if (s->option->apply)
		return s->option->apply(conf, shown, s->value, error);
	return conf_set_as(conf, s->option->key, shown, s->value, error);
}

static int settings_apply(const struct cli *cli, struct conf *conf, char error[CONF_ERROR_MAX])
{
	bool listened = false;

	for (size_t i = 0; i < cli->settings_n; i++) {
		const struct cli_setting *s = &cli->settings[i];
		int err;

		/* The first --listen takes the place of what was configured, the others add. */
		if (s->option->apply == listeners_read && !listened) {
			listeners_clear(conf);
			listened = true;
		}
		err = setting_apply(conf, s, error);
		if (err)
			return err;
	}
	return 0;
}

int cli_configure(const struct cli *cli, char *const *environment, struct conf *conf,
		  char error[CONF_ERROR_MAX])
{
	int err = 0;

	conf_init(conf);
	if (cli->config)
		err = conf_read_file(conf, cli->config, error);
	if (!err)
		err = conf_read_env(conf, environment, error);
	if (!err)
		err = settings_apply(cli, conf, error);
	if (!err)
		err = conf_load(conf, error);
	return err ? err : conf_check(conf, error);
}
