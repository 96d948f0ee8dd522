# What suites say in: TAP lines on stdout, what went wrong on stderr. They source it from the repository's root, and those that
# ask vplc set `vplc`.

result() { # STATUS NAME
    [ "$1" -eq 0 ] && echo "ok - $2" || echo "not ok - $2"
}

is() { # NAME WANTED GOT
    [ "$2" = "$3" ] || printf '%s: not\n%s\nbut\n%s\n' "$1" "$2" "$3" >&2
    [ "$2" = "$3" ]
    result $? "$1"
}

# vplc's output goes to the files out and err of the folder where it runs.
exits() { # STATUS ARG…
    local want=$1 status
    shift
    "$vplc" "$@" >out 2>err </dev/null
    status=$?
    [ $status -eq "$want" ] || { echo "exit status $status, not $want: vplc $*" && head -5 out err; } >&2
    result $((status != want)) "exit $want: vplc $*"
}

says() { # FILE TEXT…
    local text missing=0
    for text in "${@:2}"; do
        grep -qF -- "$text" "$1" || { echo "no \`$text\` in:" && head -20 "$1" && missing=1; } >&2
    done
    result $missing "  and says \`${2}\`"
}
