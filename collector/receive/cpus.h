/* How many CPUs this process may use: what the scheduler lets it run on, and what the quota of its
 * control groups (v1 or v2) pays for.
 */
#pragma once

/* At least 1. */
unsigned cpus_usable(void);

/* The quota alone, rounded up to whole CPUs: the least of this process's control group and all
 * above it. UINT_MAX if there is none. root is put before /proc and /sys: "" but in tests. */
unsigned cpus_quota(const char *root);
