# For the guest's scripts: `. /lab.sh`

# try WANT COMMAND...: one TAP line. WANT is what the command prints last (a probe prints ok or the error's name)
# or its exit status.
try() {
    local want=$1 got status
    shift
    got=$("$@" 2>&1)
    status=$?
    got=${got##*
}
    case $want in
    "$got" | "$status") echo "ok - $*: $want" ;;
    *) echo "not ok - $*: $want (got $got, exit status $status)" ;;
    esac
}
