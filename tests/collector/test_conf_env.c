#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector/conf/conf.h"
#include "collector/conf/conf_table.h"
#include "tests/support/suite.h"

static struct conf conf;
static char error[CONF_ERROR_MAX];

static void setup(void)
{
	conf_init(&conf);
	error[0] = '\0';
}

static void teardown(void)
{
	conf_fini(&conf);
}

static int read_variable(const char *text)
{
	char variable[1024];
	char *environment[] = {variable, NULL};

	snprintf(variable, sizeof(variable), "%s", text);
	return conf_read_env(&conf, environment, error);
}

START_TEST(each_key_is_a_variable_and_takes_its_preset)
{
	for (size_t i = 0; i < conf_table.n; i++) {
		char env[CONF_ENV_MAX];
		char variable[256];

		conf_key_env(&conf_table.keys[i], env);
		snprintf(variable, sizeof(variable), "%s=%s", env, conf_table.keys[i].preset);
		ck_assert_msg(read_variable(variable) == 0, "%s", error);
	}
}
END_TEST

START_TEST(the_environment_overrides)
{
	ck_assert_int_eq(read_variable("WEIR_NATS_URL=tls://a:1"), 0);
	ck_assert_str_eq(conf.nats.url, "tls://a:1");
	ck_assert_int_eq(read_variable("WEIR_OUTPUT_BATCH_BYTES=4KiB"), 0);
	ck_assert_uint_eq(conf.output.batch_bytes, 4096);
	ck_assert_int_eq(read_variable("WEIR_TEMPLATE_STORE_BACKEND=none"), 0);
	ck_assert_int_eq(read_variable("WEIR_LISTENERS=[{\"port\":7,\"share\":true}]"), 0);
	ck_assert_uint_eq(conf.listeners_n, 1);
	ck_assert(conf.listeners[0].share);
	ck_assert_int_eq(read_variable("WEIR_LISTENERS=:7,127.0.0.1:8"), 0);
	ck_assert_uint_eq(conf.listeners_n, 2);
}
END_TEST

START_TEST(errors_name_the_variable)
{
	ck_assert_int_eq(read_variable("WEIR_WORKERS=many"), -EINVAL);
	ck_assert_str_eq(error, "WEIR_WORKERS: wants a whole number from 0 to 256, not \"many\"");
	ck_assert_int_eq(read_variable("WEIR_LISTENERS=[{\"port\":true}]"), -EINVAL);
	ck_assert_str_eq(error, "WEIR_LISTENERS[0].port: wants a port number from 0 to 65535, not "
				"a boolean");
	ck_assert_int_eq(read_variable("WEIR_LISTENERS=[{\"port\":1"), -EINVAL);
	ck_assert_str_eq(error, "WEIR_LISTENERS: 1:10: '}' expected");
}
END_TEST

START_TEST(unknown_variables_are_errors_with_a_hint)
{
	ck_assert_int_eq(read_variable("WEIR_NAST_URL=x"), -EINVAL);
	ck_assert_str_eq(error, "WEIR_NAST_URL: unknown variable; did you mean WEIR_NATS_URL?");
	ck_assert_int_eq(read_variable("WEIR_=x"), -EINVAL);
	ck_assert_str_eq(error, "WEIR_: unknown variable");
	ck_assert_int_eq(read_variable("WEIR_TELEPORT=x"), -EINVAL);
	ck_assert_str_eq(error, "WEIR_TELEPORT: unknown variable");
}
END_TEST

START_TEST(empty_and_foreign_variables_are_skipped)
{
	ck_assert_int_eq(read_variable("WEIR_NATS_URL="), 0);
	ck_assert_int_eq(read_variable("WEIRD_NATS_URL=x"), 0);
	ck_assert_int_eq(read_variable("PATH=/bin"), 0);
	ck_assert_str_eq(conf.nats.url, "nats://127.0.0.1:4222");
}
END_TEST

START_TEST(a_kubernetes_service_of_our_name_configures_nothing)
{
	static const char *const links[] = {
		"WEIR_SERVICE_HOST=10.96.0.7",
		"WEIR_SERVICE_PORT=2055",
		"WEIR_SERVICE_PORT_NETFLOW=2055",
		"WEIR_PORT=udp://10.96.0.7:2055",
		"WEIR_PORT_2055_UDP=udp://10.96.0.7:2055",
		"WEIR_PORT_2055_UDP_PROTO=udp",
		"WEIR_PORT_2055_UDP_ADDR=10.96.0.7",
		"WEIR_HTTP_PORT=tcp://10.96.0.8:9985",
		"WEIR_HTTP_PORT_9985_TCP_PORT=9985",
		"WEIR_HTTP_SERVICE_HOST=10.96.0.8",
	};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		ck_assert_msg(read_variable(links[i]) == 0, "%s", error);
	ck_assert_uint_eq(conf.http.port, 9985);
	ck_assert_int_eq(read_variable("WEIR_HTTP_PORT=8080"), 0);
	ck_assert_uint_eq(conf.http.port, 8080);
}
END_TEST

SUITE(conf_env)
{
	TCase *tc = suite_case(s, "variables");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, each_key_is_a_variable_and_takes_its_preset);
	tcase_add_test(tc, the_environment_overrides);
	tcase_add_test(tc, errors_name_the_variable);
	tcase_add_test(tc, unknown_variables_are_errors_with_a_hint);
	tcase_add_test(tc, empty_and_foreign_variables_are_skipped);
	tcase_add_test(tc, a_kubernetes_service_of_our_name_configures_nothing);
}
