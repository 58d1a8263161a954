/* weir-blast: a load generator that knows exactly what it sent. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "collector/blast/blast.h"

enum { EXIT_SENT = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number; /* SIGINT and SIGTERM mean the same */
	stop = 1;
}

static void signals_start(void)
{
	struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART: a send may block */

	sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, NULL); /* cannot fail for these */
	(void)sigaction(SIGTERM, &action, NULL);
}

static int blast(const struct order *order)
{
	char why[ORDER_WHY_MAX];
	struct receipt_notes notes;
	struct blast *b;
	int rc = blast_open(&b, order, why);

	if (rc < 0) {
		fprintf(stderr, "weir-blast: %s\n", why);
		return rc == -EMSGSIZE ? EXIT_USAGE : EXIT_FAILED;
	}
	signals_start();
	(void)prctl(PR_SET_TIMERSLACK, 1UL); /* the pace is only less even without */
	rc = blast_run(b, &stop);
	if (rc < 0)
		fprintf(stderr, "weir-blast: --gso on: the kernel refuses it here: %s\n",
			strerror(-rc));
	notes = blast_notes(b);
	receipt_json(blast_receipt(b), &notes, stdout);
	if (!order->json)
		receipt_line(blast_receipt(b), stderr);
	rc = rc < 0 || blast_receipt(b)->unsent ? EXIT_FAILED : EXIT_SENT;
	blast_close(b);
	return rc;
}

int main(int argc, char **argv)
{
	static struct order order;
	char why[ORDER_WHY_MAX];
	int status = EXIT_SENT;

	switch (order_read(argc, argv, &order, why)) {
	case ORDER_HELP:
		order_help(stdout);
		break;
	case ORDER_VERSION:
		puts("weir-blast " WEIR_VERSION);
		break;
	case ORDER_WRONG:
		fprintf(stderr, "weir-blast: %s\n", why);
		return EXIT_USAGE;
	case ORDER_RUN:
		status = blast(&order);
		break;
	}
	if (fflush(stdout) != 0) {
		perror("weir-blast: stdout");
		return EXIT_FAILED;
	}
	return status;
}
