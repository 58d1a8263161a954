#include "collector/receive/cpus.h"

#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/suite.h"

static char root[sizeof("/tmp/weir-cpus-XXXXXX")];

static void root_make(void)
{
	strcpy(root, "/tmp/weir-cpus-XXXXXX"); /* anew for each test, which may share the process */
	ck_assert_ptr_nonnull(mkdtemp(root));
}

static void root_remove(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", root);
	ck_assert_int_eq(system(command), 0);
}

/* Writes a file below the root, with the folders above it. */
static void put(const char *path, const char *content)
{
	char full[PATH_MAX];
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *p = full + sizeof(root); *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(full, 0700); /* may be there */
		*p = '/';
	}
	f = fopen(full, "we");
	ck_assert_ptr_nonnull(f);
	fputs(content, f);
	fclose(f);
}

START_TEST(a_quota_is_rounded_up)
{
	static const struct {
		const char *max;
		unsigned cpus;
	} rows[] = {
		{"max 100000\n", UINT_MAX},
		{"100000 100000\n", 1},
		{"150000 100000\n", 2},
		{"1000 100000\n", 1},
		{"400000 100000\n", 4},
		{"5 0\n", UINT_MAX},
		{"", UINT_MAX},
		{"nonsense", UINT_MAX},
	};

	put("/proc/self/cgroup", "0::/\n");
	put("/sys/fs/cgroup/cpu.max", rows[_i].max);
	ck_assert_uint_eq(cpus_quota(root), rows[_i].cpus);
}
END_TEST

START_TEST(the_least_quota_of_all_groups_above_counts)
{
	put("/proc/self/cgroup", "0::/system.slice/weir.service\n");
	put("/sys/fs/cgroup/system.slice/weir.service/cpu.max", "800000 100000\n");
	ck_assert_uint_eq(cpus_quota(root), 8);
	put("/sys/fs/cgroup/system.slice/cpu.max", "300000 100000\n");
	ck_assert_uint_eq(cpus_quota(root), 3);
}
END_TEST

START_TEST(version_1_is_read_as_well)
{
	put("/proc/self/cgroup", "12:cpuset:/\n4:cpu,cpuacct:/docker/ab\n1:name=systemd:/\n");
	put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "50000\n");
	put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
	ck_assert_uint_eq(cpus_quota(root), UINT_MAX);
	put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "125000\n"); /* the container's own mount */
	ck_assert_uint_eq(cpus_quota(root), 3);
}
END_TEST

START_TEST(cpuset_is_not_taken_for_cpu)
{
	put("/proc/self/cgroup", "4:cpuset:/\n5:cpuacct:/\nbroken\n6:cpu\n");
	put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
	put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n");
	ck_assert_uint_eq(cpus_quota(root), UINT_MAX);
}
END_TEST

START_TEST(without_control_groups_there_is_no_quota)
{
	ck_assert_uint_eq(cpus_quota(root), UINT_MAX);
}
END_TEST

START_TEST(affinity_bounds_the_count)
{
	cpu_set_t one;
	int cpu = sched_getcpu();

	ck_assert_uint_ge(cpus_usable(), 1);
	CPU_ZERO(&one);
	CPU_SET((size_t)cpu, &one);
	ck_assert_int_eq(sched_setaffinity(0, sizeof(one), &one), 0);
	ck_assert_uint_eq(cpus_usable(), 1);
}
END_TEST

SUITE(cpus)
{
	TCase *tc = suite_case(s, "quota");

	tcase_add_checked_fixture(tc, root_make, root_remove);
	tcase_add_loop_test(tc, a_quota_is_rounded_up, 0, 8);
	tcase_add_test(tc, the_least_quota_of_all_groups_above_counts);
	tcase_add_test(tc, version_1_is_read_as_well);
	tcase_add_test(tc, cpuset_is_not_taken_for_cpu);
	tcase_add_test(tc, without_control_groups_there_is_no_quota);
	tc = suite_case(s, "usable");
	tcase_add_test(tc, affinity_bounds_the_count);
}
