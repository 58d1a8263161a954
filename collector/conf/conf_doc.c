#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf_kind.h"

static const char head[] =
	"# Configuration\n"
	"\n"
	"<!-- Made from collector/conf/conf_table.c by `make docs`: change it there. -->\n"
	"\n"
	"Everything has a preset, so weir runs without any configuration. A setting comes from "
	"its\n"
	"preset, then from the JSON file (`weir -c FILE`), then from its environment variable, "
	"then from\n"
	"the command line (`weir --help`; `--set KEY=VALUE` takes any key): the last one wins.\n"
	"`weir check` says whether all of it is good and starts nothing; `weir config` prints what "
	"comes\n"
	"of it, with `***` in place of secrets.\n"
	"\n"
	"```json\n"
	"{\"listeners\": [{\"address\": \"0.0.0.0\", \"port\": 2055, \"allow\": "
	"[\"10.0.0.0/8\"]}],\n"
	" \"output\": {\"type\": \"nats\", \"format\": \"json\", \"subject\": "
	"\"flows.raw.{family}\"},\n"
	" \"nats\": {\"url\": \"nats://127.0.0.1:4222\"}}\n"
	"```\n"
	"\n"
	"* A key `a.b` is `{\"a\": {\"b\": ...}}` in the file, and the variable `WEIR_A_B`. "
	"Unknown keys and\n"
	"  variables are errors. Variables that are empty, or that Kubernetes sets for a Service "
	"called\n"
	"  `weir`, are skipped.\n"
	"* **duration**: a number of seconds, perhaps with a fraction, or a string with `ms`, `s`, "
	"`m` or\n"
	"  `h`: `0.5`, `\"500ms\"`, `\"2m\"`. Nothing finer than a millisecond.\n"
	"* **size**: a number of bytes, or a string with `KiB`, `MiB` or `GiB`: `16384`, "
	"`\"16KiB\"`.\n"
	"* **listeners**: on the command line and in the environment also `ADDR:PORT`, several "
	"separated\n"
	"  by commas. Given anywhere, they take the place of all that were configured before.\n"
	"* **networks**: IPv4 networks hold IPv4 addresses only, IPv6 networks IPv6 addresses "
	"only. Bits\n"
	"  behind the prefix are an error: `10.0.0.0/8`, not `10.1.2.3/8`.\n"
	"* **rates**: of several networks that hold an exporter, the longest prefix wins; the "
	"address is the\n"
	"  one that the datagrams come from.\n"
	"* **subject**: one may publish to it, so it has no wildcard, no space and no empty "
	"token.\n";

static void words_print(FILE *out, const struct conf_key *key)
{
	for (size_t i = 0; key->words[i]; i++)
		fprintf(out, "%s`%s`", i ? ", " : "", key->words[i]);
}

static void range_print(FILE *out, const struct conf_key *key)
{
	char min[KIND_TEXT_MAX];
	char max[KIND_TEXT_MAX];

	kinds[key->kind].print(key, &key->min, min);
	kinds[key->kind].print(key, &key->max, max);
	fprintf(out, "%s, %s to %s", kinds[key->kind].name, min, max);
}

static void takes_print(FILE *out, const struct conf_key *key)
{
	if (key->words)
		words_print(out, key);
	else if (kinds[key->kind].ranged)
		range_print(out, key);
	else
		fputs(kinds[key->kind].name, out);
}

static void row_print(FILE *out, const struct conf_key *key, const char *env)
{
	fprintf(out, "| `%s` | ", key->path);
	if (env)
		fprintf(out, "`%s` | ", env);
	takes_print(out, key);
	fprintf(out, *key->preset ? " | `%s` | %s |\n" : " | %s| %s |\n", key->preset, key->help);
}

static bool same_section(const struct conf_key *a, const struct conf_key *b)
{
	size_t len = conf_key_section(a);

	return len == conf_key_section(b) && memcmp(a->path, b->path, len) == 0;
}

/* Keys of one section stand together in the table; those without one are under General. */
static void keys_print(FILE *out)
{
	for (size_t i = 0; i < conf_table.n; i++) {
		const struct conf_key *key = &conf_table.keys[i];
		int len = (int)conf_key_section(key);
		char env[CONF_ENV_MAX];

		if (i == 0 || !same_section(key, key - 1))
			fprintf(out,
				"\n## %.*s\n\n| key | variable | takes | preset | |\n"
				"| --- | --- | --- | --- | --- |\n",
				len ? len : (int)strlen("general"), len ? key->path : "general");
		conf_key_env(key, env);
		row_print(out, key, env);
	}
}

static void listener_keys_print(FILE *out)
{
	fputs("\n## listeners[]\n\nEach listener is an object with these keys.\n\n"
	      "| key | takes | preset | |\n| --- | --- | --- | --- |\n",
	      out);
	for (size_t i = 0; i < conf_listener_table.n; i++)
		row_print(out, &conf_listener_table.keys[i], NULL);
}

char *conf_markdown(void)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fputs(head, out);
	keys_print(out);
	listener_keys_print(out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
