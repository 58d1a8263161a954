#include "parsers/ie_csv.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/ie.h"
#include "tests/support/suite.h"

static struct ie_csv csv;
static struct ie_csv_row row;

/* An exact-size copy of the text, so that a sanitizer sees the first octet too far. */
static uint8_t *copy;

static void end(void)
{
	free(copy);
	copy = NULL;
}

static enum ie_csv_status open_text(const char *text)
{
	end();
	copy = exact_copy(text, strlen(text));
	return ie_csv_open(&csv, (const char *)copy, strlen(text));
}

static void expect_row(uint32_t pen, uint16_t id, enum ie_type type, const char *name)
{
	ck_assert_int_eq(ie_csv_next(&csv, &row), IE_CSV_ROW);
	ck_assert_uint_eq(row.pen, pen);
	ck_assert_uint_eq(row.id, id);
	ck_assert_uint_eq(row.type, type);
	ck_assert_uint_eq(row.name_len, strlen(name));
	ck_assert_mem_eq(row.name, name, row.name_len);
}

START_TEST(rows_are_read_in_order)
{
	ck_assert_int_eq(open_text("pen,id,name,type\n"
				   "32473,1,clientNetwork,ipv4Address\n"
				   "0,33002,other_name,unsigned16"),
			 IE_CSV_ROW);
	expect_row(32473, 1, IE_IPV4, "clientNetwork");
	ck_assert_uint_eq(csv.line, 2);
	expect_row(0, 33002, IE_U16, "other_name");
	ck_assert_int_eq(ie_csv_next(&csv, &row), IE_CSV_END);
	ck_assert_int_eq(ie_csv_next(&csv, &row), IE_CSV_END);
}
END_TEST

START_TEST(what_spreadsheets_write_is_read)
{
	ck_assert_int_eq(open_text("\xef\xbb\xbfvendor,type,\"id\",pen,name,source\r\n"
				   "\r\n"
				   "# 32473 is for examples (RFC 5612)\r\n"
				   "\"Example, \"\"Inc.\"\"\",string,7,\"32473\",seven,\r\n"),
			 IE_CSV_ROW);
	expect_row(32473, 7, IE_STRING, "seven");
	ck_assert_uint_eq(csv.line, 4);
	ck_assert_int_eq(ie_csv_next(&csv, &row), IE_CSV_END);
}
END_TEST

START_TEST(a_header_without_the_columns_is_refused)
{
	static const char *const headers[] = {
		"",
		"\n\n",
		"id,name,type\n1,a,string\n",
		"32473,1,a,string\n",
		"pen;id;name;type\n",
	};

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		ck_assert_int_eq(open_text(headers[i]), IE_CSV_HEADER);
	ck_assert_int_eq(open_text("pen,id,\"name,type\n"), IE_CSV_QUOTE);
}
END_TEST

START_TEST(a_bad_row_says_why_and_the_next_can_be_read)
{
	static const struct {
		const char *line;
		enum ie_csv_status status;
	} bad[] = {
		{"1,1,a", IE_CSV_SHORT},
		{"\"1,1,a,string", IE_CSV_QUOTE},
		{"\"1\"1,1,a,string", IE_CSV_QUOTE},
		{"\"1\"\",1,a,string", IE_CSV_QUOTE},
		{"4294967296,1,a,string", IE_CSV_PEN},
		{"99999999999999999999999,1,a,string", IE_CSV_PEN},
		{",1,a,string", IE_CSV_PEN},
		{"-1,1,a,string", IE_CSV_PEN},
		{"0,0,a,string", IE_CSV_ID},
		{"1,32768,a,string", IE_CSV_ID},
		{"0,65536,a,string", IE_CSV_ID},
		{"1, 1,a,string", IE_CSV_ID},
		{"1,1,,string", IE_CSV_NAME},
		{"1,1,1a,string", IE_CSV_NAME},
		{"1,1,a\"b,string", IE_CSV_NAME},
		{"1,1,a\\b,string", IE_CSV_NAME},
		{"1,1,a234567890123456789012345678901234567890123456789012345678901234,string",
		 IE_CSV_NAME},
		{"1,1,a,text", IE_CSV_TYPE},
		{"1,1,a,", IE_CSV_TYPE},
		{"0,1,a,unsigned64", IE_CSV_TAKEN},
		{"29305,1,a,unsigned64", IE_CSV_TAKEN},
	};
	char text[256];

	strcpy(text, "pen,id,name,type\n");
	strcat(text, bad[_i].line);
	strcat(text, "\n4294967295,32767,a.b-c_d9,boolean\n");
	ck_assert_int_eq(open_text(text), IE_CSV_ROW);
	ck_assert_int_eq(ie_csv_next(&csv, &row), bad[_i].status);
	ck_assert_uint_eq(csv.line, 2);
	ck_assert(ie_csv_text(bad[_i].status)[0] != '\0');
	expect_row(UINT32_MAX, 32767, IE_BOOL, "a.b-c_d9");
}
END_TEST

START_TEST(every_type_has_its_word)
{
	char text[128];

	strcpy(text, "pen,id,name,type\n1,1,a,");
	strcat(text, ie_type_name((enum ie_type)_i));
	ck_assert_int_eq(open_text(text), IE_CSV_ROW);
	expect_row(1, 1, (enum ie_type)_i, "a");
}
END_TEST

SUITE(ie_csv)
{
	TCase *tc = suite_case(s, "reader");

	tcase_add_checked_fixture(tc, NULL, end);
	tcase_add_test(tc, rows_are_read_in_order);
	tcase_add_test(tc, what_spreadsheets_write_is_read);
	tcase_add_test(tc, a_header_without_the_columns_is_refused);
	tcase_add_loop_test(tc, a_bad_row_says_why_and_the_next_can_be_read, 0, 21);
	tcase_add_loop_test(tc, every_type_has_its_word, 0, IE_TYPE_COUNT);
}
