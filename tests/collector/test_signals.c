#include "collector/signals.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"

START_TEST(signals_wait_until_somebody_asks)
{
	signals_block();
	kill(getpid(), SIGHUP);
	kill(getpid(), SIGPIPE);
	kill(getpid(), SIGUSR1);
	ck_assert_int_eq(signals_wait(10000), SIGHUP);
	kill(getpid(), SIGTERM);
	ck_assert_int_eq(signals_wait(10000), SIGTERM);
	ck_assert_int_eq(signals_wait(1), 0);
}
END_TEST

/* The exit code of a process that arms its end and is then stuck. */
static int stuck(uint64_t limit_ms, int signal)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		close(STDERR_FILENO);
		signals_block();
		if (signal)
			kill(getpid(), signal);
		signals_arm_exit(limit_ms);
		for (;;)
			pause();
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(the_kernel_keeps_quit_and_halt)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		signals_block();
		kill(getpid(), SIGTSTP);
		kill(getpid(), SIGQUIT);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, WUNTRACED), child);
	if (WIFSTOPPED(status)) { /* an orphaned process group is not halted */
		ck_assert_int_eq(WSTOPSIG(status), SIGTSTP);
		kill(child, SIGCONT);
		ck_assert_int_eq(waitpid(child, &status, 0), child);
	}
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGQUIT);
}
END_TEST

START_TEST(a_process_that_is_stuck_ends_by_a_signal_or_by_time)
{
	ck_assert_int_eq(stuck(60000, SIGTERM), 1);
	ck_assert_int_eq(stuck(60000, SIGINT), 1);
	ck_assert_int_eq(stuck(50, 0), 1);
}
END_TEST

START_TEST(the_end_may_be_called_off)
{
	signals_block();
	signals_arm_exit(20);
	signals_disarm_exit();
	kill(getpid(), SIGINT);
	usleep(50000);
	ck_assert_int_eq(signals_wait(0), SIGINT);
}
END_TEST

SUITE(signals)
{
	TCase *tc = suite_case(s, "process");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, signals_wait_until_somebody_asks);
	tcase_add_test(tc, the_kernel_keeps_quit_and_halt);
	tcase_add_test(tc, a_process_that_is_stuck_ends_by_a_signal_or_by_time);
	tcase_add_test(tc, the_end_may_be_called_off);
}
