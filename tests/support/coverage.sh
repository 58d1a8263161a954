#!/bin/sh
# How many lines of parsers/ and templatestore/ the unit tests of these layers run, by gcov; fails
# when a part of parsers/ is below the bound.
#
# usage: coverage.sh OUT PERCENT    OUT: the folder of a coverage build that has been run
# Lines that nothing ran are listed in OUT/uncovered.txt.
set -eu
out=$1 bound=$2
summary=$out/coverage.txt

gcov_of() { # LAYER OPTION...: its report of a layer, or with -t its annotated sources
	layer=$1
	shift
	gcov "$@" -r -s "$PWD" -o "$out/$layer" "$layer"/*.c 2>/dev/null
}

for layer in parsers templatestore; do
	gcov_of "$layer" -n
done >"$out/gcov.txt"
for layer in parsers templatestore; do
	gcov_of "$layer" -t
done | awk -F: '$3 == "Source" { file = $4 }
		$1 ~ /#####/ && file ~ /\.c$/ { sub(/^[^:]*: */, ""); print file ":" $0 }' |
	sort -u -t: -k1,1 -k2,2n >"$out/uncovered.txt"

# "File 'x.c'", then "Lines executed:99.50% of 200".
awk -v bound="$bound" '
	/^File / { split($0, word, "\047"); file = word[2] }
	/^Lines executed:/ && file ~ /\.c$/ && !(file in seen) {
		seen[file] = 1
		split($0, word, /[:% ]+/)
		part = file ~ /^templatestore/ ? "templatestore" : \
			file ~ /^parsers\/(sflow|packet)/ ? "parsers: sflow" : "parsers: netflow"
		lines[part] += word[5]
		run[part] += word[3] * word[5] / 100
		printf "%7.2f %% of %4d  %s\n", word[3], word[5], file
	}
	END {
		for (part in lines) {
			percent = 100 * run[part] / lines[part]
			low = part ~ /^parsers/ && percent < bound
			bad = bad || low
			printf "%7.2f %% of %4d  [%s]%s\n", percent, lines[part], part, low ? "  too few" : ""
		}
		exit bad || !("parsers: netflow" in lines)
	}' "$out/gcov.txt" >"$summary" || bad=1
sort -k4 "$summary"
echo "what nothing ran: $out/uncovered.txt"
[ -z "${bad:-}" ]
