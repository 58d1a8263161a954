/* Standard output and files: batches one after the other, as they are. */
#define LOG_MODULE "output"

#include "collector/publish/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "collector/conf/conf.h"
#include "collector/log/log.h"
#include "collector/publish/ring.h"

#define ROOM_WAIT_MS    100 /* the publisher thread looks up this often while a reader is slow */
#define LOG_INTERVAL_MS 10000
#define SHOWN_MAX       256 /* of a path, in the log */

struct stream {
	struct output base;
	const char *path; /* conf's; NULL: standard output */
	int fd;
	bool regular; /* a file: a write never waits for a reader */
	bool broken;
	size_t done; /* octets of the batch at hand that are written */
	struct log_limit limit;
	_Atomic bool failing; /* the last write failed */
};

static struct stream *stream_of(struct output *o)
{
	return (struct stream *)o;
}

static const char *stream_name(const struct stream *s)
{
	return s->path ? s->path : "stdout";
}

static struct output *stream_create(const struct output_kind *kind, const char *path)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->base.kind = kind;
	s->path = path;
	s->fd = -1;
	return &s->base;
}

static struct output *stdout_create(const struct conf *conf, int wake_fd)
{
	(void)conf;
	(void)wake_fd;
	return stream_create(&output_stdout, NULL);
}

static struct output *file_create(const struct conf *conf, int wake_fd)
{
	(void)wake_fd;
	return stream_create(&output_file, conf->output.path);
}

/* Without O_NONBLOCK the open of a FIFO would wait for its reader; it means nothing to a file. */
static int stream_open_fd(const struct stream *s)
{
	if (!s->path)
		return STDOUT_FILENO;
	return open(s->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
}

static int stream_open(struct output *o)
{
	struct stream *s = stream_of(o);
	char shown[SHOWN_MAX];
	struct stat st;
	int err;

	s->fd = stream_open_fd(s);
	err = s->fd < 0 || fstat(s->fd, &st) < 0 ? errno : 0;
	if (!err && (fcntl(s->fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
		err = EBADF; /* standard output was closed, or is somebody's input */
	if (err) {
		log_error("cannot open the output", "path=%s error=\"%s\"",
			  log_string(shown, sizeof(shown), stream_name(s)), strerror(err));
		return -err;
	}
	s->regular = S_ISREG(st.st_mode);
	return 0;
}

/* What is not a file is asked for room first, and then given no more than a pipe with room is sure
 * to take (POSIX: PIPE_BUF): so a slow reader never holds the thread inside write(). */
static bool room_for(const struct stream *s, size_t *len)
{
	struct pollfd p = {.fd = s->fd, .events = POLLOUT};

	if (s->regular)
		return true;
	if (*len > PIPE_BUF)
		*len = PIPE_BUF;
	return poll(&p, 1, ROOM_WAIT_MS) > 0;
}

static enum output_verdict stream_failed(struct stream *s, int err, uint64_t now_mono_ms)
{
	const struct timespec pause = {.tv_nsec = 10000000L};
	char shown[SHOWN_MAX];
	uint64_t swallowed;

	if (err == EINTR)
		return OUTPUT_BUSY;
	if (err == EAGAIN) {
		/* It said that it had room: do not ask it in a tight loop. */
		(void)nanosleep(&pause, NULL); /* woken early is as good */
		return OUTPUT_BUSY;
	}
	s->failing = true;
	if (err == EPIPE && !s->path) {
		s->broken = true;
		log_error("nobody reads the output any more", "path=%s", stream_name(s));
		return OUTPUT_BROKEN;
	}
	if (log_pass(&s->limit, now_mono_ms, LOG_INTERVAL_MS, &swallowed))
		log_error("cannot write the output, trying again",
			  "path=%s error=\"%s\" swallowed=%llu",
			  log_string(shown, sizeof(shown), stream_name(s)), strerror(err),
			  (unsigned long long)swallowed);
	return OUTPUT_FAILED;
}

static enum output_verdict stream_write(struct output *o, const struct batch *b,
					uint64_t now_mono_ms)
{
	struct stream *s = stream_of(o);

	if (s->broken)
		return OUTPUT_BROKEN;
	while (s->done < b->len) {
		size_t len = b->len - s->done;
		ssize_t n;

		if (!room_for(s, &len))
			return OUTPUT_BUSY;
		n = write(s->fd, b->octets + s->done, len);
		if (n < 0)
			return stream_failed(s, errno, now_mono_ms);
		s->failing = false;
		s->done += (size_t)n;
	}
	s->done = 0;
	return OUTPUT_PUBLISHED;
}

static void stream_close(struct output *o)
{
	struct stream *s = stream_of(o);
	char shown[SHOWN_MAX];
	int err;

	/* What a file system finds out only now it found out after write() had said yes. */
	if (s->path && s->fd >= 0 && close(s->fd) < 0) {
		err = errno;
		log_error("closing the output failed", "path=%s error=\"%s\"",
			  log_string(shown, sizeof(shown), s->path), strerror(err));
	}
	s->fd = -1;
}

static struct output_health stream_health(const struct output *o)
{
	const struct stream *s = (const struct stream *)o;

	return (struct output_health){.connected = !s->failing};
}

static void stream_free(struct output *o)
{
	if (o)
		stream_close(o);
	free(o);
}

const struct output_kind output_stdout = {
	.name = "stdout",
	.create = stdout_create,
	.open = stream_open,
	.write = stream_write,
	.settle = output_settle_nothing,
	.close = stream_close,
	.health = stream_health,
	.watch = output_watch_nothing,
	.free = stream_free,
};

const struct output_kind output_file = {
	.name = "file",
	.create = file_create,
	.open = stream_open,
	.write = stream_write,
	.settle = output_settle_nothing,
	.close = stream_close,
	.health = stream_health,
	.watch = output_watch_nothing,
	.free = stream_free,
};
