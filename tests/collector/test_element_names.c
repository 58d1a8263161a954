#include "collector/conf/element_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/conf/conf.h"
#include "tests/support/suite.h"

#define PEN 32473u /* for examples: RFC 5612 */

static char path[64];
static char error[CONF_ERROR_MAX];
static struct element_names *names;

static void setup(void)
{
	int fd;

	strcpy(path, "/tmp/weir-elements-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	names = NULL;
}

static void teardown(void)
{
	element_names_free(names);
	unlink(path);
}

static void file_write(const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static int file_read(const char *text)
{
	file_write(text);
	return element_names_read(path, &names, error, sizeof(error));
}

static const struct ie *find(enum ie_space space, uint32_t pen, uint16_t id)
{
	return element_names_find(
		names, &(struct tmpl_field){.space = (uint8_t)space, .pen = pen, .id = id});
}

START_TEST(elements_of_the_file_come_before_the_registry)
{
	ck_assert_str_eq(find(IE_SPACE_IPFIX, 6871, 33)->name, "silkAppLabel");
	ck_assert_int_eq(file_read("pen,id,name,type\n"
				   "32473,2,second,string\n"
				   "6871,33,renamed,unsigned16\n"
				   "32473,1,first,ipv4Address\n"),
			 0);
	ck_assert_str_eq(find(IE_SPACE_IPFIX, PEN, 1)->name, "first");
	ck_assert_uint_eq(find(IE_SPACE_IPFIX, PEN, 1)->type, IE_IPV4);
	ck_assert_str_eq(find(IE_SPACE_IPFIX, PEN, 2)->name, "second");
	ck_assert_str_eq(find(IE_SPACE_IPFIX, 6871, 33)->name, "renamed");
	ck_assert_ptr_null(find(IE_SPACE_IPFIX, PEN, 3));
}
END_TEST

START_TEST(what_iana_named_keeps_its_name)
{
	ck_assert_int_eq(file_read("pen,id,name,type\n0,33002,extended,unsigned16\n"), 0);
	ck_assert_str_eq(find(IE_SPACE_NETFLOW9, 0, 33002)->name, "extended");
	ck_assert_str_eq(find(IE_SPACE_NETFLOW9, 0, 1)->name, "octetDeltaCount");
	ck_assert_str_eq(find(IE_SPACE_IPFIX, IE_PEN_REVERSE, 1)->name, "octetDeltaCount");
	ck_assert_str_eq(find(IE_SPACE_SCOPE9, 0, 1)->name, "scope:system");
	ck_assert_str_eq(find(IE_SPACE_NETFLOW7, 0, 1)->name, "v7:flags1");
}
END_TEST

START_TEST(our_own_registry_of_vendors_is_such_a_file)
{
	size_t n;
	const struct ie *t = ie_table(IE_TABLE_VENDORS, &n);

	ck_assert_int_eq(
		element_names_read("parsers/registry/vendors.csv", &names, error, sizeof(error)),
		0);
	for (size_t i = 0; i < n; i++)
		ck_assert_str_eq(find(IE_SPACE_IPFIX, t[i].pen, t[i].id)->name, t[i].name);
}
END_TEST

START_TEST(a_file_without_elements_is_a_file)
{
	ck_assert_int_eq(file_read("pen,id,name,type\n"), 0);
	ck_assert_ptr_nonnull(names);
	ck_assert_str_eq(find(IE_SPACE_IPFIX, 6871, 33)->name, "silkAppLabel");
}
END_TEST

static void expect_error(const char *text, const char *where)
{
	char want[128];

	ck_assert_int_eq(file_read(text), -EINVAL);
	ck_assert_ptr_null(names);
	snprintf(want, sizeof(want), "%s%s", path, where);
	ck_assert_msg(strncmp(error, want, strlen(want)) == 0, "%s", error);
}

START_TEST(errors_name_the_file_and_the_line)
{
	expect_error("", ":1: the first line");
	expect_error("pen,id,name,type\n1,1,a,string\n\n1,2,b,text\n", ":4: type");
	expect_error("pen,id,name,type\n1,1,a,string\n1,2,b,string\n1,1,c,string\n",
		     ":4: the element of line 2 again");
}
END_TEST

START_TEST(a_missing_file_is_an_error_that_says_so)
{
	ck_assert_int_eq(
		element_names_read("/nonexistent/elements.csv", &names, error, sizeof(error)),
		-ENOENT);
	ck_assert_str_eq(error, "/nonexistent/elements.csv: No such file or directory");
}
END_TEST

START_TEST(many_elements_are_all_found)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs("pen,id,name,type\n", f);
	for (unsigned id = 10000; id > 0; id--)
		fprintf(f, "%u,%u,element%u,unsigned32\n", PEN, id, id);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(element_names_read(path, &names, error, sizeof(error)), 0);
	for (uint16_t id = 1; id <= 10000; id++) {
		char name[32];

		snprintf(name, sizeof(name), "element%u", id);
		ck_assert_str_eq(find(IE_SPACE_IPFIX, PEN, id)->name, name);
	}
}
END_TEST

START_TEST(the_configuration_loads_its_file)
{
	struct conf conf;

	conf_init(&conf);
	ck_assert_int_eq(conf_load(&conf, error), 0);
	ck_assert_ptr_null(conf.element_names);
	file_write("pen,id,name,type\n32473,1,first,string\n");
	ck_assert_int_eq(conf_set(&conf, "elements_file", path, error), 0);
	ck_assert_int_eq(conf_load(&conf, error), 0);
	ck_assert_int_eq(conf_load(&conf, error), 0); /* again, in place of the first */
	ck_assert_ptr_nonnull(conf.element_names);
	file_write("pen,id\n");
	ck_assert_int_eq(conf_load(&conf, error), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "elements_file: /tmp/"));
	conf_fini(&conf);
}
END_TEST

SUITE(element_names)
{
	TCase *tc = suite_case(s, "file");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, elements_of_the_file_come_before_the_registry);
	tcase_add_test(tc, what_iana_named_keeps_its_name);
	tcase_add_test(tc, our_own_registry_of_vendors_is_such_a_file);
	tcase_add_test(tc, a_file_without_elements_is_a_file);
	tcase_add_test(tc, errors_name_the_file_and_the_line);
	tcase_add_test(tc, a_missing_file_is_an_error_that_says_so);
	tcase_add_test(tc, many_elements_are_all_found);
	tcase_add_test(tc, the_configuration_loads_its_file);
}
