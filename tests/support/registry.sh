#!/bin/sh
# The tables of the registry (parsers/registry/*.csv): tables.awk refuses a row that is out of
# order, there twice, without a name or of an unknown type, and names its line; and what it makes of
# our own files is sorted. Prints nothing if all is well.
set -u
cd "$(dirname "$0")/../.." || exit 1
awk=parsers/registry/tables.awk
file=$(mktemp) errors=$(mktemp)
trap 'rm -f "$file" "$errors"' EXIT
bad=0

complain() {
	echo "registry: $*" >&2
	bad=1
}

refuses() { # TABLE, LINE, REASON, then the rows below the header
	table=$1 line=$2 reason=$3
	shift 3
	printf '%s\n' header "$@" >"$file"
	if awk -v table="$table" -f "$awk" "$file" >/dev/null 2>"$errors"; then
		complain "$table took: $*"
	elif ! grep -q ":$line: .*$reason" "$errors"; then
		complain "$table, line $line ($reason): $(cat "$errors")"
	fi
}

takes() { # TABLE, then the rows
	table=$1
	shift
	printf '%s\n' header "$@" >"$file"
	awk -v table="$table" -f "$awk" "$file" >/dev/null 2>"$errors" ||
		complain "$table: $(cat "$errors")"
}

takes ie_iana 1,one,unsigned8 2,two,string 10,ten,basicList
refuses ie_iana 3 'out of order' 2,two,string 1,one,unsigned8
refuses ie_iana 4 'out of order, or twice' 1,one,unsigned8 2,two,string 2,deux,string
refuses ie_iana 3 'out of order' 10,ten,string 9,nine,string
refuses ie_iana 2 'unknown type text' 1,one,text
refuses ie_iana 3 'no name' 1,one,string 2,,string
refuses ie_netflow9 3 'twice' 1,ONE,unsigned8 1,ONE,unsigned8
takes ie_vendors 9,Nine,7,seven,string, 10,Ten,1,one,string,
refuses ie_vendors 3 'out of order' 10,Ten,1,one,string, 9,Nine,7,seven,string,
refuses ie_vendors 3 'twice' 9,Nine,7,seven,string, 9,Nine,7,sept,string,
refuses ie_vendors 2 'unknown type' 9,Nine,7,seven,strings,
refuses sflow_drop_reasons 3 'twice' 1,one 1,one
refuses no_such 2 'no table' 1,one

# As tables.awk reads them: (pen, id) rises from row to row.
rises() { # FILE, column of the pen or 0, of the id
	awk -F, -v p="$2" -v i="$3" 'NR > 1 {
		pen = p ? $p + 0 : 0
		if (NR > 2 && (pen < last_pen || (pen == last_pen && $i + 0 <= last_id)))
			print FILENAME ":" NR
		last_pen = pen; last_id = $i + 0 }' "$1"
}
for row in "iana-ipfix 0 1" "netflow9 0 1" "vendors 1 3"; do
	# shellcheck disable=SC2086 # three words
	set -- $row
	unsorted=$(rises "parsers/registry/$1.csv" "$2" "$3")
	[ -z "$unsorted" ] || complain "$unsorted"
done
exit $bad
