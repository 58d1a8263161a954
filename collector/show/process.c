#include "collector/show/process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define US_PER_S  1000000
#define STATM_MAX 256

static uint64_t cpu_us(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u) != 0)
		return 0;
	return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * US_PER_S +
	       (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static uint64_t max_fds(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

/* The first two numbers of /proc/self/statm: pages of all memory, and of what is resident. */
static void memory(struct process_numbers *out)
{
	uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	char line[STATM_MAX] = "";
	char *rest = line;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f)
		return;
	if (fgets(line, sizeof(line), f)) {
		out->virtual_bytes = strtoull(rest, &rest, 10) * page_bytes;
		out->resident_bytes = strtoull(rest, &rest, 10) * page_bytes;
	}
	(void)fclose(f); /* only read from */
}

static uint64_t open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	uint64_t n = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	(void)closedir(dir); /* only read from */
	return n - 1;        /* without the one that listed them */
}

void process_numbers(struct process_numbers *out)
{
	*out = (struct process_numbers){
		.cpu_us = cpu_us(),
		.open_fds = open_fds(),
		.max_fds = max_fds(),
	};
	memory(out);
}
