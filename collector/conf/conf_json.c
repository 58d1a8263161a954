#include "collector/conf/conf_json.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "collector/conf/conf_hint.h"
#include "collector/conf/conf_listeners.h"
#include "collector/conf/conf_number.h"
#include "collector/conf/conf_value.h"

#define REAL_TEXT_MAX 400 /* the largest double in digits */

/* Where an object is applied to. */
struct target {
	const struct conf_table *table;
	void *base;
	const char *prefix; /* of the keys in errors: "" or "listeners[0]." */
	char *error;
};

static const char *type_name(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "a list";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "a boolean";
	case JSON_NULL:
		break;
	}
	return "null";
}

/* Whether a value of this JSON type can be of the kind at all. */
static bool type_fits(enum conf_kind kind, const json_t *value)
{
	switch (kind) {
	case KIND_NUMBER:
	case KIND_PORT:
		return json_is_integer(value);
	case KIND_SIZE:
		return json_is_integer(value) || json_is_string(value);
	case KIND_DURATION:
		return json_is_number(value) || json_is_string(value);
	case KIND_BOOL:
		return json_is_boolean(value);
	case KIND_PROTOCOLS:
	case KIND_NETWORKS:
	case KIND_RATES:
	case KIND_LISTENERS:
		return json_is_array(value);
	case KIND_WORD:
	case KIND_STRING:
	case KIND_ADDRESS:
	case KIND_SUBJECT:
	case KIND_URLS:
	case KIND_COUNT:
		break;
	}
	return json_is_string(value);
}

/* A value that is no container as the text that the environment would hold. */
static const char *scalar_text(const json_t *value, char buffer[REAL_TEXT_MAX])
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	if (json_is_real(value))
		snprintf(buffer, REAL_TEXT_MAX, "%.9f", json_real_value(value));
	else
		snprintf(buffer, REAL_TEXT_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return buffer;
}

static int items_read(const struct target *t, const struct conf_key *key, const char *shown,
		      const json_t *list)
{
	value_clear(key, t->base);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		char name[VALUE_NAME_MAX];
		int err;

		snprintf(name, sizeof(name), "%.160s[%zu]", shown, i);
		if (!json_is_string(item))
			return conf_complain(t->error, "%s: wants a string, not %s", name,
					     type_name(item));
		err = value_add(key, t->base, name, json_string_value(item), t->error);
		if (err)
			return err;
	}
	return 0;
}

/* NOLINTBEGIN(misc-no-recursion): no deeper than the tables of keys, which are ours */
static int object_read(const struct target *t, json_t *object, const char *section);

static int listeners_apply(struct conf *conf, const char *shown, const json_t *list, char *error)
{
	listeners_clear(conf);
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *item = json_array_get(list, i);
		char prefix[VALUE_NAME_MAX];
		struct target t = {&conf_listener_table, listeners_add(conf), prefix, error};
		int err;

		if (!t.base)
			return conf_complain(error, "%s: more than %d listeners", shown,
					     CONF_LISTENERS_MAX);
		snprintf(prefix, sizeof(prefix), "%.160s[%zu].", shown, i);
		if (!json_is_object(item))
			return conf_complain(
				error, "%.*s: wants an object such as {\"port\": 2055}, not %s",
				(int)strlen(prefix) - 1, prefix, type_name(item));
		err = object_read(&t, item, "");
		if (err)
			return err;
	}
	return 0;
}

static int member_read(const struct target *t, const struct conf_key *key, const json_t *value)
{
	char shown[VALUE_NAME_MAX];
	char buffer[REAL_TEXT_MAX];

	snprintf(shown, sizeof(shown), "%.90s%.90s", t->prefix, key->path);
	if (!type_fits(key->kind, value))
		return value_refuse(key, shown, type_name(value), t->error);
	if (key->kind == KIND_LISTENERS)
		return listeners_apply(t->base, shown, value, t->error);
	if (value_is_list(key))
		return items_read(t, key, shown, value);
	return value_read(key, t->base, shown, scalar_text(value, buffer), t->error);
}

static int unknown_key(const struct target *t, const char *path)
{
	struct hint hint;

	hint_init(&hint, path);
	for (size_t i = 0; i < t->table->n; i++) {
		const struct conf_key *key = &t->table->keys[i];
		char section[HINT_MAX];

		snprintf(section, sizeof(section), "%.*s", (int)conf_key_section(key), key->path);
		hint_offer(&hint, key->path);
		if (*section)
			hint_offer(&hint, section);
	}
	if (!hint_best(&hint))
		return conf_complain(t->error, "%s%s: unknown key", t->prefix, path);
	return conf_complain(t->error, "%s%s: unknown key; did you mean %s%s?", t->prefix, path,
			     t->prefix, hint_best(&hint));
}

static bool is_section(const struct conf_table *table, const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < table->n; i++)
		if (len && conf_key_section(&table->keys[i]) == len &&
		    memcmp(table->keys[i].path, path, len) == 0)
			return true;
	return false;
}

/* Applies the members of an object; section: "", or the path of the object. */
static int object_read(const struct target *t, json_t *object, const char *section)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		char path[VALUE_NAME_MAX];
		const struct conf_key *key;
		int err;

		snprintf(path, sizeof(path), "%.90s%s%.90s", section, *section ? "." : "", name);
		key = conf_table_find(t->table, path);
		if (strchr(name, '.'))
			err = conf_complain(
				t->error,
				"%s%s: sections are objects: {\"a\": {\"b\": ...}}, not \"a.b\"",
				t->prefix, path);
		else if (key)
			err = member_read(t, key, value);
		else if (!is_section(t->table, path))
			err = unknown_key(t, path);
		else if (!json_is_object(value))
			err = conf_complain(t->error, "%s%s: wants an object, not %s", t->prefix,
					    path, type_name(value));
		else
			err = object_read(t, value, path);
		if (err)
			return err;
	}
	return 0;
}

/* NOLINTEND(misc-no-recursion) */

/* Tells where the syntax went wrong, but not what stands there: it may be a secret. The name of a
 * key that is there twice is none. */
static int syntax_error(const json_error_t *e, char error[CONF_ERROR_MAX])
{
	const char *near = strstr(e->text, " near ");
	size_t len = near ? (size_t)(near - e->text) : strlen(e->text);

	if (json_error_code(e) == json_error_duplicate_key)
		len = strlen(e->text);
	return conf_complain(error, "%d:%d: %.*s", e->line, e->column, (int)len, e->text);
}

int conf_json_read(struct conf *conf, const char *text, size_t len, char error[CONF_ERROR_MAX])
{
	struct target t = {&conf_table, conf, "", error};
	json_error_t json_error;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &json_error);
	int err;

	if (!root)
		return syntax_error(&json_error, error);
	if (json_is_object(root))
		err = object_read(&t, root, "");
	else
		err = conf_complain(error, "1:1: wants an object, not %s", type_name(root));
	json_decref(root);
	return err;
}

int conf_json_read_listeners(struct conf *conf, const char *shown, const char *text,
			     char error[CONF_ERROR_MAX])
{
	json_error_t json_error;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &json_error);
	char where[CONF_ERROR_MAX];
	int err;

	if (!root) {
		syntax_error(&json_error, where);
		return conf_complain(error, "%.64s: %.400s", shown, where);
	}
	err = listeners_apply(conf, shown, root, error);
	json_decref(root);
	return err;
}
