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
	# Fewest octets of each: a mac may come without its padding (sFlow switches send 20-octet sampled_ethernet).
	n = split("u32 U32 4 i32 I32 4 f32 F32 4 u64 U64 8 ip4 IP4 4 ip6 IP6 16 mac MAC 6 " \
		"opaque4 OPAQUE4 4 opaque16 OPAQUE16 16 addr ADDR 4 string STRING 4 opaque OPAQUE 4 " \
		"hi2 HI2 0 lo30 LO30 4 hi8 HI8 0 lo24 LO24 4 value VALUE 0 rest REST 0 " \
		"flow FLOW 4 counter COUNTER 4 sample SAMPLE 8 group GROUP 0", word, " ")
	for (i = 1; i < n; i += 3) {
		sflow_type[word[i]] = word[i + 1]
		sflow_least[word[i]] = word[i + 2]
	}
	split("sample flow counter", word, " ")
	for (i = 1; i <= 3; i++)
		sflow_kind[word[i]] = i
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

# One field of an sFlow structure: "u32 name", "u32[] name", or "~u32 name" if it may be missing.
# A list row says of how many fields an item is.
function sflow_field(text, members,    part, t, list) {
	if (split(text, part, " ") != 2)
		refuse("not a type and a name: " text)
	t = part[1]
	if (sub(/^~/, "", t))
		optional = 1
	list = sub(/\[\]$/, "", t)
	if (!(t in sflow_type))
		refuse("unknown type " t)
	if (!optional)
		least += list ? 4 : sflow_least[t]
	fields = fields sprintf("\tFIELD(%s, %d, \"%s\")\n", sflow_type[t], list ? members : 0, part[2])
	fields_n++
}

# {type name|type name}[] name: the list, then the fields of an item. Groups do not hold groups.
function sflow_group(text,    end, name, part, n, i, kept) {
	end = index(text, "}[] ")
	if (!end)
		refuse("a group without an end: " text)
	n = split(substr(text, 2, end - 2), part, "|")
	sflow_field("group[] " substr(text, end + 4), n)
	kept = least
	for (i = 1; i <= n; i++)
		sflow_field(part[i], 1)
	least = kept
}

function structure(    key, part, n, i) {
	if (!($1 in sflow_kind))
		refuse("unknown kind " $1)
	key = sprintf("%d %010d %010d", sflow_kind[$1], $2, $3)
	if (key <= last_key)
		refuse("out of order, or twice")
	last_key = key
	fields = ""
	fields_n = least = optional = 0
	n = split($5, part, ";")
	for (i = 1; i <= n; i++)
		if (part[i] ~ /^{/)
			sflow_group(part[i])
		else
			sflow_field(part[i], 1)
	printf "%sSTRUCTURE(%s, %s, %s, \"%s\", %d, %d, %d)\n",
		fields, toupper($1), $2, $3, $4, first, fields_n, least
	first += fields_n
}

BEGIN { last_pen = -1; last_id = -1; last_key = "" }
{ sub(/\r$/, "") }
FNR == 1 { next }
table == "ie_iana" || table == "ie_netflow9" { element(0, $1, $2, $3); next }
table == "ie_vendors" { element($1, $3, $4, $5); next }
table == "sflow_structures" { structure(); next }
table == "sflow_drop_reasons" {
	if ($1 + 0 <= last_id)
		refuse("out of order, or twice")
	last_id = $1 + 0
	printf "\t{%s, \"%s\"},\n", $1, $2
	next
}
{ refuse("no table is called " table) }
END { exit failed }
