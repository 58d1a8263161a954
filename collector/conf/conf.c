#include "collector/conf/conf.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf_file.h"
#include "collector/conf/conf_hint.h"
#include "collector/conf/conf_json.h"
#include "collector/conf/conf_listeners.h"
#include "collector/conf/conf_value.h"
#include "collector/conf/element_names.h"

#define FILE_MAX (1u << 20) /* octets: thousands of networks to allow */

void conf_init(struct conf *conf)
{
	char error[CONF_ERROR_MAX];

	memset(conf, 0, sizeof(*conf));
	for (size_t i = 0; i < conf_table.n; i++) {
		int err = conf_set(conf, conf_table.keys[i].path, conf_table.keys[i].preset, error);

		assert(!err); /* the table is ours */
		(void)err;
	}
}

void conf_fini(struct conf *conf)
{
	listeners_clear(conf);
	rates_clear(&conf->sampling.overrides);
	element_names_free(conf->element_names);
	conf->element_names = NULL;
}

int conf_load(struct conf *conf, char error[CONF_ERROR_MAX])
{
	char why[CONF_ERROR_MAX];
	int err;

	element_names_free(conf->element_names);
	conf->element_names = NULL;
	if (!*conf->elements_file)
		return 0;
	err = element_names_read(conf->elements_file, &conf->element_names, why, sizeof(why));
	if (err)
		conf_complain(error, "elements_file: %.400s", why);
	return err;
}

static int file_error(const char *path, ssize_t err, char error[CONF_ERROR_MAX])
{
	if (err == -EFBIG)
		conf_complain(error, "%.400s: longer than %u octets, which no configuration is",
			      path, FILE_MAX);
	else
		conf_complain(error, "%.400s: %s", path, strerror((int)-err));
	return (int)err;
}

int conf_read_file(struct conf *conf, const char *path, char error[CONF_ERROR_MAX])
{
	char *text = malloc(FILE_MAX + 1);
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	char inner[CONF_ERROR_MAX];
	ssize_t len = text ? conf_file_read(path, text, FILE_MAX) : -ENOMEM;
	int err;

	if (len < 0) {
		free(text);
		return file_error(name, len, error);
	}
	err = conf_json_read(conf, text, (size_t)len, inner);
	free(text);
	/* LINE:COLUMN joins the name, as compilers write it; a key path stands apart. */
	if (err)
		conf_complain(error,
			      *inner >= '0' && *inner <= '9' ? "%.200s:%.300s" : "%.200s: %.300s",
			      name, inner);
	return err;
}

static int unknown_setting(const char *path, const char *shown, char error[CONF_ERROR_MAX])
{
	struct hint hint;

	hint_init(&hint, path);
	for (size_t i = 0; i < conf_table.n; i++)
		hint_offer(&hint, conf_table.keys[i].path);
	if (!hint_best(&hint))
		return conf_complain(error, "%.200s: unknown key", shown);
	return conf_complain(error, "%.200s: unknown key; did you mean %s?", shown,
			     hint_best(&hint));
}

/* A list of objects rather than [::1]:2055. */
static bool is_json_list(const char *text)
{
	text += strspn(text, " \t\r\n");
	if (*text != '[')
		return false;
	text++;
	text += strspn(text, " \t\r\n");
	return *text == '{' || *text == ']';
}

int conf_set_as(struct conf *conf, const char *path, const char *shown, const char *value,
		char error[CONF_ERROR_MAX])
{
	const struct conf_key *key = conf_table_find(&conf_table, path);

	if (!key)
		return unknown_setting(path, shown, error);
	if (key->kind != KIND_LISTENERS)
		return value_read(key, conf, shown, value, error);
	if (is_json_list(value))
		return conf_json_read_listeners(conf, shown, value, error);
	listeners_clear(conf);
	return listeners_read(conf, shown, value, error);
}

int conf_set(struct conf *conf, const char *key, const char *value, char error[CONF_ERROR_MAX])
{
	return conf_set_as(conf, key, key, value, error);
}

static int listeners_check(const struct conf *conf, char error[CONF_ERROR_MAX])
{
	char a_text[ADDRESS_PORT_MAX];
	char b_text[ADDRESS_PORT_MAX];
	size_t a;
	size_t b;

	if (!conf->listeners_n)
		return conf_complain(error, "listeners: there is none");
	for (size_t i = 0; i < conf->listeners_n; i++)
		if (conf->listeners[i].protocols == 1u << PROTOCOL_UNKNOWN)
			return conf_complain(error, "listeners[%zu].protocols: names none", i);
	if (!listeners_collide(conf, &a, &b))
		return 0;
	address_join(conf->listeners[a].address, conf->listeners[a].port, a_text);
	address_join(conf->listeners[b].address, conf->listeners[b].port, b_text);
	return conf_complain(
		error, "listeners[%zu]: %s would take from listeners[%zu], %s%s", b, b_text, a,
		a_text,
		strstr(a_text, "[::]") || strstr(b_text, "[::]") ? " (:: takes IPv4 too)" : "");
}

int conf_check(const struct conf *conf, char error[CONF_ERROR_MAX])
{
	const struct conf_output *o = &conf->output;

	if (o->type == OUTPUT_FILE && !*o->path)
		return conf_complain(error, "output.path: an output of type file needs one");
	if (o->ring_bytes < 4 * o->batch_bytes)
		return conf_complain(error, "output.ring_bytes: is less than 4 output.batch_bytes");
	return listeners_check(conf, error);
}
