#!/bin/sh
# Instructions a record, exact and the same on every run: callgrind counts each case over few and
# over more rounds, and the difference leaves start and end out.
# usage: instructions.sh RUN
set -eu
run=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command -v valgrind >/dev/null || { echo "instructions a record: valgrind is not installed" >&2; exit 1; }

count() { # case, rounds: prints records and instructions
	records=$(valgrind --tool=callgrind --callgrind-out-file="$work/out" --log-file="$work/log" \
		"$run" "$1" "$2")
	echo "$records $(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$work/log")"
}

printf '%-12s %20s\n' case instructions/record
"$run" cases | while read -r case; do
	echo "$case $(count "$case" 1) $(count "$case" 11)"
done | awk '{ printf "%-12s %20.1f\n", $1, ($5 - $3) / ($4 - $2) }'
