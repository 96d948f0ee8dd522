# What the suites of cases and golden/update share; they source it from the repository's root.
# A case is NAME.vpl. The comments that it begins with may say how it is run, from its own folder:
#   // vplc: ARGS      the arguments; $OUT is a folder that isn't there yet
#   // exit: N         the exit status to expect
#   // golden: none    there is nothing to compile in it, or
#   // golden: full    what comes from the base is kept too
BUILD=${BUILD:-build}
vplc=$(realpath "$BUILD")/vplc

# said FILE WORD: what its first lines say of WORD
said() {
    sed -n "/^\/\//!q; s,^// $2: ,,p" "$1"
}

# run_case FILE OUT DEFAULT_ARGS…
run_case() {
    local file=${1##*/} OUT=$2 args
    args=$(said "$1" vplc)
    (cd "${1%/*}" && if [ -n "$args" ]; then eval "timeout 120 '$vplc' $args"; else timeout 120 "$vplc" "${@:3}"; fi)
}

# The whole stderr of a case that is wrong goes to MESSAGES; the status is vplc's.
errors_of() { # FILE OUT MESSAGES
    run_case "$1" "$2" check "${1##*/}" >/dev/null 2>"$3"
}

# What the base brings is the same in most cases: one of them keeps it.
without_base() { # KIND
    case $1 in
    ir) awk '/^  [0-9]/ { base = /  # base/ } /^[^ ]/ { base = 0 } !base' ;;
    bundle) grep -vF '(<stdlib>/runtime-default.vpl:' ;;
    esac
}

# Where a line of the library stands is no matter of a case's.
without_lines() { sed -E 's,(<stdlib>/[a-z-]+\.vpl):[0-9]+:[0-9]+,\1,g'; }

# golden_of FILE COMPILED GOLDEN: compiles FILE into COMPILED, and puts what is kept of it into GOLDEN
golden_of() {
    local file=$1 compiled=$2 golden=$3 kept=cat part
    [ "$(said "$file" golden)" = full ] || kept=without_base
    mkdir -p "$golden"
    run_case "$file" "$compiled" "${file##*/}" -o "$compiled" 2>"$golden/messages.txt" | without_lines >"$golden/report.txt" ||
        { echo "exit status $?" >>"$golden/messages.txt" && return; }
    [ -s "$golden/messages.txt" ] || rm "$golden/messages.txt"
    run_case_ir "$file" | kept_of "$kept" ir | without_lines >"$golden/ir.txt"
    (cd "$compiled" && "$vplc" inspect --filters compiled.bin) | kept_of "$kept" bundle | without_lines >"$golden/bundle.txt"
    # a row a line
    jq -c --argjson full "$([ "$kept" = cat ] && echo true || echo false)" '.policies[] | del(.rows),
        (.rows[] | select($full or .kind != "base") | .columns |= map_values(.level)
        | walk(if type == "object" and (.file // "" | startswith("<stdlib>")) then del(.line, .column) else . end))' "$compiled/coverage.json" >"$golden/coverage.jsonl"
    for part in apparmor k8s seccomp; do
        [ -d "$compiled/$part" ] && [ "$kept/$part" != without_base/seccomp ] || continue
        mkdir "$golden/$part" && find "$compiled/$part" -maxdepth 1 -type f -exec cp {} "$golden/$part" \;
    done
}

kept_of() { # FILTER KIND
    if [ "$1" = cat ]; then cat; else "$1" "$2"; fi
}

run_case_ir() { # FILE
    local args
    args=$(said "$1" vplc)
    (cd "${1%/*}" && OUT=/nowhere && if [ -n "$args" ]; then eval "'$vplc' $args --dump-ir"; else "$vplc" "${1##*/}" --dump-ir; fi) 2>/dev/null
}
