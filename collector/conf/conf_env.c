#include <stdio.h>
#include <string.h>

#include "collector/conf/conf_hint.h"
#include "collector/conf/conf_value.h"

#define PREFIX_LEN (sizeof(CONF_ENV_PREFIX) - 1)

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Kubernetes gives every pod variables for the Services of its namespace, and one that is called
 * weir or weir-http makes WEIR_SERVICE_HOST, WEIR_PORT_2055_UDP_ADDR or
 * WEIR_HTTP_PORT=tcp://10.0.0.1:9985 of it: not settings, although one looks like http.port. */
static bool is_service_link(const char *name, const char *value)
{
	return strstr(name, "_SERVICE_HOST") || strstr(name, "_SERVICE_PORT") ||
	       strstr(name, "_TCP") || strstr(name, "_UDP") || strstr(name, "_SCTP") ||
	       (strstr(name, "_PORT") &&
		(starts(value, "tcp://") || starts(value, "udp://") || starts(value, "sctp://")));
}

static const struct conf_key *key_named(const char *name)
{
	char env[CONF_ENV_MAX];

	for (size_t i = 0; i < conf_table.n; i++) {
		conf_key_env(&conf_table.keys[i], env);
		if (strcmp(env, name) == 0)
			return &conf_table.keys[i];
	}
	return NULL;
}

static int unknown_variable(const char *name, char error[CONF_ERROR_MAX])
{
	struct hint hint;
	char env[CONF_ENV_MAX];

	hint_init(&hint, name + PREFIX_LEN);
	for (size_t i = 0; i < conf_table.n; i++) {
		conf_key_env(&conf_table.keys[i], env);
		hint_offer(&hint, env + PREFIX_LEN);
	}
	if (!hint_best(&hint))
		return conf_complain(error, "%s: unknown variable", name);
	return conf_complain(error, "%s: unknown variable; did you mean %s%s?", name,
			     CONF_ENV_PREFIX, hint_best(&hint));
}

static int variable_read(struct conf *conf, const char *variable, char error[CONF_ERROR_MAX])
{
	const char *value = strchr(variable, '=');
	char name[VALUE_NAME_MAX];
	const struct conf_key *key;

	if (!value || !value[1])
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)(value - variable), variable);
	value++;
	if (is_service_link(name, value))
		return 0;
	key = key_named(name);
	return key ? conf_set_as(conf, key->path, name, value, error)
		   : unknown_variable(name, error);
}

int conf_read_env(struct conf *conf, char *const *environment, char error[CONF_ERROR_MAX])
{
	for (; *environment; environment++) {
		int err = starts(*environment, CONF_ENV_PREFIX)
				  ? variable_read(conf, *environment, error)
				  : 0;

		if (err)
			return err;
	}
	return 0;
}
