# Makes the C tables from the registry's CSV files: awk -v table=NAME -f tables.awk FILE.csv
# Fails, naming the line, on a row out of order, a key that occurs twice or a type nobody knows,
# so that the tables are sorted and unique as bsearch() wants them.

BEGIN {
	FS = ","
	n = split("octetArray OCTETS unsigned8 U8 unsigned16 U16 unsigned32 U32 unsigned64 U64 " \
		"unsigned256 U256 signed8 S8 signed16 S16 signed32 S32 signed64 S64 float32 F32 " \
		"float64 F64 boolean BOOL macAddress MAC string STRING dateTimeSeconds SECONDS " \
		"dateTimeMilliseconds MILLISECONDS dateTimeMicroseconds MICROSECONDS " \
		"dateTimeNanoseconds NANOSECONDS ipv4Address IPV4 ipv6Address IPV6 " \
		"basicList BASIC_LIST subTemplateList TMPL_LIST subTemplateMultiList TMPL_MULTILIST", word, " ")
	for (i = 1; i < n; i += 2)
		type[word[i]] = "IE_" word[i + 1]
	print "/* Generated from parsers/registry/ by tables.awk: edit the CSV file. */"
}

function refuse(why) {
	printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0 > "/dev/stderr"
	failed = 1
	exit 1
}

function element(pen, id, name, t) {
	if (!(t in type))
		refuse("unknown type " t)
	if (name == "")
		refuse("no name")
	if (pen + 0 < last_pen || (pen + 0 == last_pen && id + 0 <= last_id))
		refuse("out of order, or twice")
	last_pen = pen + 0
	last_id = id + 0
	printf "\t{%su, %s, %s, \"%s\"},\n", pen, id, type[t], name
}

BEGIN { last_pen = -1; last_id = -1; last_key = "" }
{ sub(/\r$/, "") }
FNR == 1 { next }
table == "ie_iana" || table == "ie_netflow9" { element(0, $1, $2, $3); next }
table == "ie_vendors" { element($1, $3, $4, $5); next }
table == "sflow_structures" {
	key = sprintf("%s %010d %010d", $1, $2, $3)
	if (key in seen)
		refuse("twice")
	seen[key] = 1
	printf "\tX(%s, %s, %s, \"%s\", \"%s\")\n", toupper($1), $2, $3, $4, $5
	next
}
table == "sflow_drop_reasons" {
	if ($1 + 0 <= last_id)
		refuse("out of order, or twice")
	last_id = $1 + 0
	printf "\t{%s, \"%s\"},\n", $1, $2
	next
}
{ refuse("no table is called " table) }
END { exit failed }
