#include "collector/conf/conf_listeners.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf_number.h"
#include "collector/conf/conf_value.h"

void listeners_clear(struct conf *conf)
{
	for (size_t i = 0; i < conf->listeners_n; i++)
		free(conf->listeners[i].allow);
	memset(conf->listeners, 0, sizeof(conf->listeners));
	conf->listeners_n = 0;
}

struct conf_listener *listeners_add(struct conf *conf)
{
	struct conf_listener *l = &conf->listeners[conf->listeners_n];
	char error[CONF_ERROR_MAX];

	if (conf->listeners_n == CONF_LISTENERS_MAX)
		return NULL;
	conf->listeners_n++;
	for (size_t i = 0; i < conf_listener_table.n; i++) {
		const struct conf_key *key = &conf_listener_table.keys[i];
		int err = value_read(key, l, key->path, key->preset, error);

		assert(!err); /* the table is ours */
		(void)err;
	}
	return l;
}

static bool is_numeric(const char *address)
{
	unsigned char octets[16];

	return inet_pton(AF_INET, address, octets) == 1 ||
	       inet_pton(AF_INET6, address, octets) == 1;
}

bool address_split(const char *text, char address[CONF_ADDRESS_MAX], uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	bool bracketed = text[0] == '[';
	char host[CONF_ADDRESS_MAX] = "";
	uint64_t n;
	size_t len;

	if (!colon || !number_parse(colon + 1, &n) || n > UINT16_MAX)
		return false;
	len = (size_t)(colon - text);
	if (bracketed && (len < 2 || text[len - 1] != ']'))
		return false;
	if (bracketed) {
		text++;
		len -= 2;
	}
	if (len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	if (!len && !bracketed)
		memcpy(host, "::", sizeof("::"));
	else if (!is_numeric(host) || (strchr(host, ':') != NULL) != bracketed)
		return false;
	memcpy(address, host, sizeof(host));
	*port = (uint16_t)n;
	return true;
}

void address_join(const char *address, uint16_t port, char out[ADDRESS_PORT_MAX])
{
	snprintf(out, ADDRESS_PORT_MAX, strchr(address, ':') ? "[%s]:%u" : "%s:%u", address, port);
}

static int listener_read(struct conf *conf, const char *shown, const char *text,
			 char error[CONF_ERROR_MAX])
{
	struct conf_listener *l = listeners_add(conf);

	if (!l)
		return conf_complain(error, "%s: more than %d listeners", shown,
				     CONF_LISTENERS_MAX);
	if (!address_split(text, l->address, &l->port))
		return conf_complain(error,
				     "%s: wants ADDR:PORT such as 0.0.0.0:2055, [::1]:2055 or "
				     ":2055 with a numeric address, not \"%.100s\"",
				     shown, text);
	return 0;
}

int listeners_read(struct conf *conf, const char *shown, const char *text,
		   char error[CONF_ERROR_MAX])
{
	for (;;) {
		size_t len = strcspn(text, ",");
		char one[ADDRESS_PORT_MAX];
		int err;

		/* What is too long for an address is no address: cut, it is still refused. */
		snprintf(one, sizeof(one), "%.*s", (int)len, text);
		err = listener_read(conf, shown, one, error);
		if (err || !text[len])
			return err;
		text += len + 1;
	}
}

/* The address in one form, with the wildcard of IPv6 taking in all there is. */
struct place {
	struct cidr net;
	bool both;
};

static struct place place_of(const struct conf_listener *l)
{
	struct place p;

	/* The address is one: its kind has seen to that. */
	(void)cidr_parse(l->address, &p.net);
	if (addr_is_zero(&p.net.net))
		p.net.bits = 0;
	p.both = p.net.bits == 0 && p.net.net.len == 16;
	return p;
}

static bool places_overlap(const struct place *a, const struct place *b)
{
	return a->both || b->both || cidr_holds(&a->net, &b->net.net) ||
	       cidr_holds(&b->net, &a->net.net);
}

bool listeners_collide(const struct conf *conf, size_t *first, size_t *second)
{
	for (*second = 1; *second < conf->listeners_n; (*second)++) {
		const struct conf_listener *b = &conf->listeners[*second];
		struct place b_place = place_of(b);

		for (*first = 0; *first < *second; (*first)++) {
			const struct conf_listener *a = &conf->listeners[*first];
			struct place a_place = place_of(a);

			if (b->port && a->port == b->port && places_overlap(&a_place, &b_place))
				return true;
		}
	}
	return false;
}
