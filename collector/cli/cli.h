/* The command line of `weir`, but for `weir decode`, which has its own (decode.h): what is asked
 * for, and the configuration that comes of it.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "collector/conf/conf.h"

#define CLI_SETTINGS_MAX 128

enum cli_command { CLI_RUN, CLI_CHECK, CLI_CONFIG, CLI_HELP, CLI_VERSION, CLI_COMMAND_COUNT };

struct cli_option;

struct cli_setting {
	const struct cli_option *option;
	const char *value; /* of argv */
};

/* Borrows from argv. */
struct cli {
	enum cli_command command;
	const char *config; /* a file, or "-"; NULL: none was given */
	bool markdown;
	size_t settings_n;
	struct cli_setting settings[CLI_SETTINGS_MAX]; /* as given: the last of a kind wins */
};

/* 0, or -EINVAL and one line in error. Main thread: getopt_long() keeps state of its own. */
int cli_read(int argc, char **argv, struct cli *out, char error[CONF_ERROR_MAX]);

/* Fills conf with presets, file, environment and options, in this order, loads and checks it. 0,
 * or a negative errno and one line in error. conf_fini() in every case. */
int cli_configure(const struct cli *cli, char *const *environment, struct conf *conf,
		  char error[CONF_ERROR_MAX]);

void cli_help(FILE *out);
