#!/bin/sh
# Shows that the checks bite: each is run on a tree with one planted defect, and on one without.
#   bite.sh ROOT
set -eu
root=$1
checks=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

status=0
# expect WHAT WANTED CHECK: the check must pass (0) or fail (1) on the tree as it is.
expect() {
    got=0
    sh "$checks/$3" "$tree" >"$tree/log" 2>&1 || got=$?
    if [ "$got" -ne "$2" ]; then
        echo "$3 on a tree with $1: status $got, expected $2"
        cat "$tree/log"
        status=1
    fi
}
clean() {
    rm -rf "$tree/src" "$tree/include" "$tree/examples"
    mkdir -p "$tree/src" "$tree/include/vxm" "$tree/examples"
    cp "$root/.clang-format" "$tree/"
    echo 'int a;' >"$tree/src/a.c"
    printf '/** Does it. */\nVXM_API int b(void);\n' >"$tree/include/vxm/vxm.h"
    printf 'int b(void);\nint c(void);\n' >"$tree/examples/e.c"
    printf '<!-- from examples/e.c -->\n```c\nint c(void);\n```\n' >"$tree/README.md"
}
# Two back ends that are siblings.
family() {
    clean
    mkdir -p "$tree/src/one" "$tree/src/two"
    printf '/* not vxm__os_c(); */\nint vxm__os_a(int,\n    int);\nint vxm__os_b(void);\n' \
        >"$tree/src/os.h"
    cat >"$tree/src/vk_backend.h" <<'END'
extern const int vxm__table[];
const void *vxm__backend_a(void);
int vxm__backend_b(void);
END
    for system in one two; do
        cat >"$tree/src/$system/vk.c" <<'END'
const int vxm__table[] = {
    1};
static int vxm__backend_b(void);
const void *vxm__backend_a(void)
{
    return vxm__backend_b();
}
int vxm__backend_b(void)
{
}
END
        cat >"$tree/src/$system/os.c" <<'END'
int vxm__one_d(void)
{
}
int vxm__os_a(int x,
    int y)
{
}
int vxm__os_b(void)
{
}
END
    done
    mv "$tree/src/two/os.c" "$tree/src/two/os.m"
}

clean
for check in no_system_ifs.sh file_length.sh documented.sh readme.sh; do
    expect "nothing wrong" 0 "$check"
done

for line in '#ifdef _WIN32' '#if defined(__linux__)' '# if !defined( __APPLE__ )' \
    '#if FOO && defined(VK_USE_PLATFORM_WIN32_KHR)' '#elif __Fuchsia__' '#ifndef __unix__'; do
    clean
    printf '%s\n#endif\n' "$line" >>"$tree/src/a.c"
    expect "$line" 1 no_system_ifs.sh
done
clean
printf '#if defined(FOO) || \\\n    defined(__linux__)\n#endif\n' >>"$tree/src/a.c"
expect "a continued #if" 1 no_system_ifs.sh
clean
printf '#if defined(__GNUC__)\n#endif\n/* not on _WIN32 */\n' >>"$tree/src/a.c"
expect "a compiler's #if" 0 no_system_ifs.sh

clean
awk 'BEGIN { for (i = 0; i < 601; i++) print "/* */" }' >"$tree/src/a.c"
expect "601 lines" 1 file_length.sh
clean
awk 'BEGIN { for (i = 0; i < 601; i++) print "/* */" }' >"$tree/src/a.m"
expect "601 lines of Objective-C" 1 file_length.sh

family
expect "nothing wrong" 0 siblings.sh
family
printf 'int vxm__backend_c(void)\n{\n}\n' >>"$tree/src/one/vk.c"
expect "a function that one vk.c alone has" 1 siblings.sh
family
sed -i '/vxm__backend_b(void)$/,$d' "$tree/src/one/vk.c"
expect "a function that one vk.c lacks" 1 siblings.sh
family
sed -i '1,2d' "$tree/src/one/vk.c"
printf 'const int vxm__table[] = {\n    1};\n' >>"$tree/src/one/vk.c"
expect "a table in another place" 1 siblings.sh
family
printf 'int vxm__os_b(void)\n{\n}\nint vxm__os_a(int x,\n    int y)\n{\n}\n' >"$tree/src/two/os.m"
expect "functions in another order" 1 siblings.sh
family
printf 'int vxm__os_a(int x,\n    int y)\n{\n}\n' >"$tree/src/one/os.c"
printf 'int vxm__os_b(void)\n{\n}\n' >"$tree/src/one/transport.c"
expect "a function in another file" 1 siblings.sh

clean
printf '\nVXM_API int c(void);\n' >>"$tree/include/vxm/vxm.h"
expect "an undocumented function" 1 documented.sh

clean
mkdir -p "$tree/examples"
echo 'int in_example;' >"$tree/examples/e.c"
printf '<!-- from examples/e.c -->\n```c\nint in_example;\n```\n' >"$tree/README.md"
expect "nothing wrong" 0 readme.sh
printf '<!-- from examples/e.c -->\n```c\nint gone_stale;\n```\n' >"$tree/README.md"
expect "code that isn't in its example" 1 readme.sh

clean
echo 'int d(void);' >"$tree/examples/e.c"
expect "an example that has moved on" 1 readme.sh
clean
echo 'no code' >"$tree/README.md"
expect "a README without code" 1 readme.sh

if sh "$checks/format.sh" "$root" >/dev/null 2>&1 || [ $? -ne 77 ]; then
    clean
    expect "nothing wrong" 0 format.sh
    echo 'int   b ;' >>"$tree/src/a.c"
    expect "odd spacing" 123 format.sh
    clean
    echo 'int   b ;' >>"$tree/src/a.m"
    expect "odd spacing in Objective-C" 123 format.sh
fi

[ "$status" -ne 0 ] || echo "each planted defect was found"
exit "$status"
