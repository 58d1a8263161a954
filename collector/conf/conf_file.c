#include "collector/conf/conf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static ssize_t slurp(int fd, char *text, size_t max)
{
	size_t len = 0;

	for (;;) {
		ssize_t n = read(fd, text + len, max + 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return (ssize_t)len;
		len += (size_t)n;
		if (len > max)
			return -EFBIG;
	}
}

ssize_t conf_file_read(const char *path, char *text, size_t max)
{
	ssize_t len;
	int fd;

	if (strcmp(path, "-") == 0)
		return slurp(STDIN_FILENO, text, max);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = slurp(fd, text, max);
	close(fd);
	return len;
}
