#include "collector/cli/cli_option.h"

#include <stdio.h>
#include <string.h>

#include "collector/conf/conf_listeners.h"
#include "collector/conf/conf_value.h"

#define FILE_SCHEME "file:"

/* file:PATH is two settings; every other output is a word. */
static int output_apply(struct conf *conf, const char *shown, const char *value,
			char error[CONF_ERROR_MAX])
{
	const char *path = value + strlen(FILE_SCHEME);
	int err;

	if (strncmp(value, FILE_SCHEME, strlen(FILE_SCHEME)) != 0)
		return conf_set_as(conf, "output.type", shown, value, error);
	if (!*path)
		return conf_complain(error, "%s: wants a path behind file:", shown);
	err = conf_set_as(conf, "output.type", shown, "file", error);
	return err ? err : conf_set_as(conf, "output.path", shown, path, error);
}

static int http_apply(struct conf *conf, const char *shown, const char *value,
		      char error[CONF_ERROR_MAX])
{
	conf->http.enabled = strcmp(value, "off") != 0;
	if (!conf->http.enabled || address_split(value, conf->http.address, &conf->http.port))
		return 0;
	return conf_complain(error,
			     "%s: wants ADDR:PORT such as 127.0.0.1:9985, or off, not \"%.100s\"",
			     shown, value);
}

static int set_apply(struct conf *conf, const char *shown, const char *value,
		     char error[CONF_ERROR_MAX])
{
	size_t len = strcspn(value, "=");
	char key[VALUE_NAME_MAX];

	if (!value[len] || len >= sizeof(key))
		return conf_complain(error, "%s: wants KEY=VALUE, not \"%.100s\"", shown, value);
	memcpy(key, value, len);
	key[len] = '\0';
	return conf_set(conf, key, value + len + 1, error);
}

static void config_note(struct cli *cli, const char *value)
{
	cli->config = value;
}

static void markdown_note(struct cli *cli, const char *value)
{
	(void)value;
	cli->markdown = true;
}

static void help_note(struct cli *cli, const char *value)
{
	(void)value;
	cli->command = CLI_HELP;
}

static void version_note(struct cli *cli, const char *value)
{
	(void)value;
	cli->command = CLI_VERSION;
}

#define COMMON "Options of run, check and config"
#define OTHER  "Other options"

/* clang-format off */
const struct cli_option cli_options[] = {
	{COMMON, 'c', "config",     "FILE",      NULL,            NULL,           config_note,
	 "settings, as JSON; - is standard input"},
	{COMMON, 'l', "listen",     "ADDR:PORT", NULL,            listeners_read, NULL,
	 "receive here, instead of where the settings say; :PORT is all addresses, IPv4 and IPv6; may be given again"},
	{COMMON, 'o', "output",     "WHERE",     NULL,            output_apply,   NULL,
	 "where flows go: stdout, file:PATH, nats or null"},
	{COMMON, 'n', "nats",       "URL",       "nats.url",      NULL,           NULL,
	 "the NATS server, or several separated by commas; flows go there by -o nats"},
	{COMMON, 'f', "format",     "FORMAT",    "output.format", NULL,           NULL, NULL},
	{COMMON, 0,   "http",       "ADDR:PORT", NULL,            http_apply,     NULL,
	 "serve metrics and health here (127.0.0.1:9985), or off"},
	{COMMON, 'j', "workers",    "N",         "workers",       NULL,           NULL, NULL},
	{COMMON, 0,   "log-level",  "LEVEL",     "log.level",     NULL,           NULL, NULL},
	{COMMON, 0,   "log-format", "FORMAT",    "log.format",    NULL,           NULL, NULL},
	{COMMON, 's', "set",        "KEY=VALUE", NULL,            set_apply,      NULL,
	 "any setting by its key, for instance parking.age=2m; may be given again"},
	{OTHER,  0,   "markdown",   NULL,        NULL,            NULL,           markdown_note,
	 "config: print the documentation of all keys instead"},
	{OTHER,  'h', "help",       NULL,        NULL,            NULL,           help_note,
	 "print this"},
	{OTHER,  'V', "version",    NULL,        NULL,            NULL,           version_note,
	 "print the version"},
};

const struct cli_word cli_commands[CLI_COMMAND_COUNT] = {
	[CLI_RUN]     = {"run",     "receive, until SIGTERM or Ctrl-C; the command if none is given"},
	[CLI_CHECK]   = {"check",   "say whether the settings are good, and start nothing"},
	[CLI_CONFIG]  = {"config",  "print the effective settings as JSON"},
	[CLI_HELP]    = {"help",    "print this"},
	[CLI_VERSION] = {"version", "print the version"},
};
/* clang-format on */

const size_t cli_options_n = sizeof(cli_options) / sizeof(cli_options[0]);
