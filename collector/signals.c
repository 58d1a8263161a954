#include "collector/signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MS_PER_S  1000
#define NS_PER_MS 1000000
#define US_PER_MS 1000

static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
/* The kernel's own: to end it at once with a core, or to halt it from the terminal. */
static const int left[] = {SIGQUIT, SIGTSTP};
static const int wanted[] = {SIGTERM, SIGINT, SIGHUP};
static const int fatal[] = {SIGTERM, SIGINT, SIGALRM};

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static sigset_t set_of(const int *signals, size_t n)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < n; i++)
		sigaddset(&set, signals[i]);
	return set;
}

void signals_block(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t set;

	sigfillset(&set);
	for (size_t i = 0; i < ARRAY_LEN(faults); i++)
		sigdelset(&set, faults[i]);
	for (size_t i = 0; i < ARRAY_LEN(left); i++)
		sigdelset(&set, left[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

int signals_wait(uint64_t timeout_ms)
{
	struct timespec timeout = {.tv_sec = (time_t)(timeout_ms / MS_PER_S),
				   .tv_nsec = (long)(timeout_ms % MS_PER_S) * NS_PER_MS};
	sigset_t set = set_of(wanted, ARRAY_LEN(wanted));
	int got = sigtimedwait(&set, NULL, &timeout);

	return got > 0 ? got : 0;
}

/* Only what a signal handler may do. */
static void exit_at_once(int signal)
{
	static const char late[] = "weir: shutdown took too long: exit without the rest\n";
	static const char again[] = "weir: second signal: exit without the rest\n";
	const char *line = signal == SIGALRM ? late : again;

	(void)!write(STDERR_FILENO, line, strlen(line)); /* nobody is left to tell */
	_exit(1);
}

static void fatal_signals(void (*handler)(int), int how)
{
	struct sigaction action = {.sa_handler = handler};
	sigset_t set = set_of(fatal, ARRAY_LEN(fatal));

	for (size_t i = 0; i < ARRAY_LEN(fatal); i++)
		sigaction(fatal[i], &action, NULL);
	pthread_sigmask(how, &set, NULL);
}

static void alarm_set(uint64_t ms)
{
	struct itimerval timer = {
		.it_value = {.tv_sec = (time_t)(ms / MS_PER_S),
			     .tv_usec = (suseconds_t)(ms % MS_PER_S) * US_PER_MS}};

	setitimer(ITIMER_REAL, &timer, NULL);
}

void signals_arm_exit(uint64_t limit_ms)
{
	alarm_set(limit_ms);
	fatal_signals(exit_at_once, SIG_UNBLOCK);
}

void signals_disarm_exit(void)
{
	alarm_set(0);
	fatal_signals(SIG_DFL, SIG_BLOCK);
}
