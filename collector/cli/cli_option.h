/* The table of options: a row each, from which parsing and --help are made. */
#pragma once

#include <stddef.h>

#include "collector/cli/cli.h"

struct cli_option {
	const char *group; /* its heading in --help */
	char letter;       /* 0: none */
	const char *name;
	const char *argument; /* what --help calls it; NULL: takes none */
	/* Either the key that it sets, whose help is its help, ... */
	const char *key;
	/* ... or what else it does, here to the configuration, or at once to *cli. */
	int (*apply)(struct conf *conf, const char *shown, const char *value,
		     char error[CONF_ERROR_MAX]);
	void (*note)(struct cli *cli, const char *value);
	const char *help; /* instead of the key's */
};

struct cli_word {
	const char *name;
	const char *help;
};

extern const struct cli_option cli_options[];
extern const size_t cli_options_n;
extern const struct cli_word cli_commands[CLI_COMMAND_COUNT];
