#include "collector/receive/steer.h"

#include <errno.h>
#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "parsers/wire.h"

#ifndef SO_DETACH_REUSEPORT_BPF
#define SO_DETACH_REUSEPORT_BPF 68
#endif

/* FOLD joins the words of an IPv6 address; the shifts and factors are murmur3's finaliser, without
 * which addresses that differ in a few low bits would all meet on one socket of two. */
#define FOLD_FACTOR  0x9e3779b1u
#define MIX_FACTOR_1 0x85ebca6bu
#define MIX_FACTOR_2 0xc2b2ae35u

/* The octets of the IP header, which a reuseport program finds below its own start. */
#define NET(offset) ((uint32_t)(SKF_NET_OFF + (offset)))

#define LOAD_BYTE(offset)  BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NET(offset))
#define LOAD_WORD(offset)  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NET(offset))
#define SHIFT_RIGHT(bits)  BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, (bits))
#define MULTIPLY(factor)   BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, (factor))
#define SAVE               BPF_STMT(BPF_MISC | BPF_TAX, 0)
#define XOR_SAVED          BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0)
#define FOLD_WORD(offset)  SAVE, LOAD_WORD(offset), XOR_SAVED, MULTIPLY(FOLD_FACTOR)
#define XOR_SHIFTED(bits)  SAVE, SHIFT_RIGHT(bits), XOR_SAVED
#define MODULO(n)          BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, (n))
#define SKIP(n)            BPF_STMT(BPF_JMP | BPF_JA, (n))
#define SKIP_UNLESS(v, n)  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (v), 0, (n))
#define RETURN             BPF_STMT(BPF_RET | BPF_A, 0)
#define STEPS_FOLD_IPV6    15 /* LOAD_WORD, MULTIPLY, three FOLD_WORD of four, and the SKIP */
#define STEPS_LOAD_IPV4    1
#define OFFSET_IPV4_SOURCE 12 /* RFC 791 section 3.1 */
#define OFFSET_IPV6_SOURCE 8  /* RFC 8200 section 3 */

int steer_attach(int fd, unsigned sockets)
{
	/* clang-format off */
	struct sock_filter steps[] = {
		LOAD_BYTE(0), SHIFT_RIGHT(4), /* the IP version */
		SKIP_UNLESS(6, STEPS_FOLD_IPV6),
			LOAD_WORD(OFFSET_IPV6_SOURCE), MULTIPLY(FOLD_FACTOR),
			FOLD_WORD(OFFSET_IPV6_SOURCE + 4),
			FOLD_WORD(OFFSET_IPV6_SOURCE + 8),
			FOLD_WORD(OFFSET_IPV6_SOURCE + 12),
			SKIP(STEPS_LOAD_IPV4),
		LOAD_WORD(OFFSET_IPV4_SOURCE),
		XOR_SHIFTED(16), MULTIPLY(MIX_FACTOR_1),
		XOR_SHIFTED(13), MULTIPLY(MIX_FACTOR_2),
		XOR_SHIFTED(16),
		MODULO(sockets), RETURN,
	};
	/* clang-format on */
	struct sock_fprog program = {.len = sizeof(steps) / sizeof(steps[0]), .filter = steps};

	if (sockets == 0)
		return -EINVAL;
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program))
		       ? -errno
		       : 0;
}

void steer_detach(int fd)
{
	int unused = 0;

	/* Fails when there is no program, or the kernel (before 5.3) cannot: both leave the
	 * spreading to somebody else, and there is nothing to do about it. */
	(void)setsockopt(fd, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &unused, sizeof(unused));
}

/* The program above, step by step, for whoever wants to know where an exporter went. */
unsigned steer_pick(const struct addr *source, unsigned sockets)
{
	uint32_t h = load_be32(source->octets);

	if (source->len == 16) {
		h *= FOLD_FACTOR;
		for (unsigned i = 4; i < 16; i += 4)
			h = (h ^ load_be32(source->octets + i)) * FOLD_FACTOR;
	}
	h = (h ^ h >> 16) * MIX_FACTOR_1;
	h = (h ^ h >> 13) * MIX_FACTOR_2;
	return (h ^ h >> 16) % sockets;
}
