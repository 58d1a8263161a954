#include "collector/receive/cpus.h"

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPU_SET_MAX (1 << 20) /* far beyond any kernel's; ends the search for a set that fits */

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned whole_cpus(unsigned long long quota_us, unsigned long long period_us)
{
	unsigned long long n;

	if (!period_us || !quota_us)
		return UINT_MAX;
	n = quota_us / period_us + (quota_us % period_us != 0);
	return n < UINT_MAX ? (unsigned)n : UINT_MAX;
}

/* The first line of a small file without its line feed; false if there is none. */
static bool line_read(const char *dir, const char *name, char *line, int size)
{
	char path[PATH_MAX];
	FILE *f;
	bool found;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return false;
	f = fopen(path, "re");
	if (!f)
		return false;
	found = fgets(line, size, f) != NULL;
	(void)fclose(f); /* nothing was written */
	return found;
}

/* cpu.max: "150000 100000", or "max 100000", which reads as 0. */
static unsigned quota_v2(const char *dir)
{
	char line[64], *period;
	unsigned long long quota_us;

	if (!line_read(dir, "cpu.max", line, sizeof(line)))
		return UINT_MAX;
	quota_us = strtoull(line, &period, 10);
	return whole_cpus(quota_us, strtoull(period, NULL, 10));
}

/* cpu.cfs_quota_us is -1 where there is none. */
static unsigned quota_v1(const char *dir)
{
	char quota[64], period[64];
	long long quota_us;

	if (!line_read(dir, "cpu.cfs_quota_us", quota, sizeof(quota)) ||
	    !line_read(dir, "cpu.cfs_period_us", period, sizeof(period)))
		return UINT_MAX;
	quota_us = strtoll(quota, NULL, 10);
	if (quota_us <= 0)
		return UINT_MAX;
	return whole_cpus((unsigned long long)quota_us, strtoull(period, NULL, 10));
}

/* From the group at path up to the root of the mount. In a container the path may be the host's,
 * of which the mount shows nothing but its root: that is where the container's quota is. */
static unsigned quota_upwards(const char *mount, char *path, unsigned (*quota)(const char *dir))
{
	char dir[PATH_MAX];
	unsigned n = UINT_MAX;
	char *slash;

	do {
		if (snprintf(dir, sizeof(dir), "%s%s", mount, path) < (int)sizeof(dir))
			n = least(n, quota(dir));
		slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
	} while (slash);
	return n;
}

/* Whether a list like "cpu,cpuacct" names cpu. */
static bool names_cpu(const char *controllers, size_t len)
{
	const char *end = controllers + len;

	for (const char *p = controllers; p < end; p += strcspn(p, ",:") + 1)
		if (strcspn(p, ",:") == 3 && memcmp(p, "cpu", 3) == 0)
			return true;
	return false;
}

/* One line of /proc/self/cgroup: "0::/path" (v2) or "4:cpu,cpuacct:/path" (v1). */
static unsigned quota_of_line(const char *root, char *line)
{
	char mount[PATH_MAX];
	char *controllers = strchr(line, ':');
	char *path = controllers ? strchr(controllers + 1, ':') : NULL;
	bool v2;

	if (!path)
		return UINT_MAX;
	controllers++;
	v2 = path == controllers;
	if (!v2 && !names_cpu(controllers, (size_t)(path - controllers)))
		return UINT_MAX;
	path++;
	path[strcspn(path, "\n")] = '\0';
	if (snprintf(mount, sizeof(mount), "%s/sys/fs/cgroup%s", root, v2 ? "" : "/cpu") >=
	    (int)sizeof(mount))
		return UINT_MAX;
	return quota_upwards(mount, path, v2 ? quota_v2 : quota_v1);
}

unsigned cpus_quota(const char *root)
{
	char line[PATH_MAX];
	unsigned n = UINT_MAX;
	FILE *f;

	if (snprintf(line, sizeof(line), "%s/proc/self/cgroup", root) >= (int)sizeof(line))
		return n;
	f = fopen(line, "re");
	if (!f)
		return n;
	while (fgets(line, sizeof(line), f))
		n = least(n, quota_of_line(root, line));
	(void)fclose(f); /* nothing was written */
	return n;
}

/* The kernel refuses a set smaller than its own, whose size it does not tell. */
static unsigned scheduled_cpus(void)
{
	for (size_t cpus = CPU_SETSIZE; cpus <= CPU_SET_MAX; cpus *= 2) {
		cpu_set_t *set = CPU_ALLOC(cpus);
		size_t bytes = CPU_ALLOC_SIZE(cpus);
		int n = 0;

		if (!set)
			return 1;
		if (sched_getaffinity(0, bytes, set) == 0)
			n = CPU_COUNT_S(bytes, set);
		CPU_FREE(set);
		if (n > 0)
			return (unsigned)n;
	}
	return 1;
}

unsigned cpus_usable(void)
{
	return least(scheduled_cpus(), cpus_quota(""));
}
