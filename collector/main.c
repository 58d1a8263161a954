#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/cli/cli.h"
#include "collector/daemon.h"
#include "collector/decode/decode.h"
#include "collector/log/log.h"

#define EXIT_WRONG 2 /* the command line or a setting; EXIT_FAILURE is for what failed later */

static int wrong(const char *error)
{
	fprintf(stderr, "weir: %s\n", error);
	return EXIT_WRONG;
}

/* A full disk or a closed pipe is a failure too. */
static int printed(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_SUCCESS;
	perror("weir: standard output");
	return EXIT_FAILURE;
}

/* Prints what the caller has allocated, and frees it. */
static int print_text(char *text, const char *end)
{
	if (!text) {
		fputs("weir: out of memory\n", stderr);
		return EXIT_FAILURE;
	}
	fputs(text, stdout);
	fputs(end, stdout);
	free(text);
	return printed();
}

static int run(const struct cli *cli, const struct conf *conf)
{
	(void)cli;
	log_setup((enum log_level)conf->log.level, (enum log_format)conf->log.format);
	return daemon_run(conf);
}

static int check(const struct cli *cli, const struct conf *conf)
{
	char error[CONF_ERROR_MAX];

	if (daemon_check(conf, error, sizeof(error)))
		return wrong(error);
	printf("%s: ok\n", cli->config && strcmp(cli->config, "-") != 0 ? cli->config : "settings");
	return printed();
}

static int config(const struct cli *cli, const struct conf *conf)
{
	(void)cli;
	return print_text(conf_json(conf), "\n");
}

static int with_conf(const struct cli *cli,
		     int (*command)(const struct cli *cli, const struct conf *conf))
{
	char error[CONF_ERROR_MAX];
	struct conf conf;
	int status;

	if (cli_configure(cli, environ, &conf, error))
		status = wrong(error);
	else
		status = command(cli, &conf);
	conf_fini(&conf);
	return status;
}

/* A socket must not get the number of a standard stream that whoever started us has closed: log
 * lines would go into it. The stand-ins face the wrong way, so that their use still fails. */
static void streams_hold(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", modes[fd]); /* takes the lowest: this one */
}

int main(int argc, char **argv)
{
	char error[CONF_ERROR_MAX];
	struct cli cli;

	streams_hold();
	if (argc > 1 && strcmp(argv[1], "decode") == 0)
		return decode_main(argc - 1, argv + 1);
	if (cli_read(argc, argv, &cli, error))
		return wrong(error);
	switch (cli.command) {
	case CLI_RUN:
		return with_conf(&cli, run);
	case CLI_CHECK:
		return with_conf(&cli, check);
	case CLI_CONFIG:
		return cli.markdown ? print_text(conf_markdown(), "") : with_conf(&cli, config);
	case CLI_HELP:
		cli_help(stdout);
		return printed();
	case CLI_VERSION:
		puts("weir " WEIR_VERSION);
		return printed();
	case CLI_COMMAND_COUNT:
		break;
	}
	return EXIT_WRONG;
}
