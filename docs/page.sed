# Of a link into the sources, which the HTML pages don't have beside them, its text stays.
s/\[\([^]]*\)\](\(\.\.\/\)*\(examples\|python\|tools\|tests\|scripts\|cmake\|README\|CONTRIBUTING\|internals\)[^)]*)/\1/g
