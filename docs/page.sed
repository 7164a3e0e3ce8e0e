# Of a link into the sources, which the HTML pages don't have beside them, its text stays.
s/\[\([^]]*\)\](\(\.\.\/\)*\(examples\|include\|python\|tools\|tests\|scripts\|cmake\|README\|CONTRIBUTING\|internals\)[^)]*)/\1/g
# Nor the folders of measurements; their plots are there.
s/\[\([^]]*\)\](performance\/[a-z0-9]*)/\1/g
