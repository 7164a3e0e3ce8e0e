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
    rm -rf "$tree/src" "$tree/include" "$tree/examples" "$tree/docs"
    mkdir -p "$tree/src" "$tree/include/vxm" "$tree/examples" "$tree/docs/guide"
    cp "$root/.clang-format" "$tree/"
    echo 'int a;' >"$tree/src/a.c"
    printf '/** Does it. */\nVXM_API int b(void);\n' >"$tree/include/vxm/vxm.h"
    printf 'int b(void);\nint c(void);\n' >"$tree/examples/e.c"
    printf '<!-- from examples/e.c -->\n```c\nint c(void);\n```\n' >"$tree/README.md"
    # What the guide quotes: code, and what an error says.
    cat >>"$tree/src/a.c" <<'END'
const char *d = "%s: the \"size\" is %" PRIu64 " bytes, "
                "and must not be.";
END
    cat >"$tree/docs/guide/g.md" <<'END'
See [the code](../../examples/e.c).

<!-- from examples -->
```c
int b(void);
```

> It: the "size" is 7 bytes, and must
> not be.
END
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
for check in no_system_ifs.sh file_length.sh documented.sh quoted_code.sh quoted_errors.sh \
    doc_names.sh; do
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
printf '<!-- from examples/e.c -->\n```c\nint gone_stale;\n```\n' >"$tree/README.md"
expect "code that isn't in its example" 1 quoted_code.sh
clean
echo 'int d(void);' >"$tree/examples/e.c"
expect "an example that has moved on" 1 quoted_code.sh
clean
printf '```python\nb()\n```\n' >>"$tree/docs/guide/g.md"
expect "a guide whose code is from nowhere" 1 quoted_code.sh
clean
printf '<!-- from examples/e.c -->\n' >>"$tree/docs/guide/g.md"
expect "a name without code" 1 quoted_code.sh

clean
sed -i 's/is 7 bytes/has 7 bytes/' "$tree/docs/guide/g.md"
expect "an error that nothing says" 1 quoted_errors.sh
clean
printf '\n> It: the "size" is 7 bytes, and\n' >>"$tree/docs/guide/g.md"
expect "half an error" 1 quoted_errors.sh
clean
sed -i 's/must not be/may be/' "$tree/src/a.c"
expect "an error that has moved on" 1 quoted_errors.sh

clean
echo 'Call vxmDoIt().' >>"$tree/docs/guide/g.md"
expect "a function that isn't there" 1 doc_names.sh
clean
echo '[gone](../f.md)' >>"$tree/docs/guide/g.md"
expect "a link to nowhere" 1 doc_names.sh

if command -v doxygen >/dev/null; then
    clean
    cp "$root/docs/Doxyfile.in" "$root/docs/page.sed" "$tree/docs/"
    printf '/** @file vxm.h\n * It. */\n' >>"$tree/include/vxm/vxm.h"
    echo '# Main' >"$tree/docs/reference.md"
    expect "nothing wrong" 0 docs.sh
    printf '\n/** Does it. @param b no such thing. */\nVXM_API int c(int a);\n' \
        >>"$tree/include/vxm/vxm.h"
    expect "a parameter that isn't there" 1 docs.sh
fi

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
