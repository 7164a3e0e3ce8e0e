#!/usr/bin/env bash
# Runs the benchmarks that this machine can, and draws what came out.
#   scripts/bench.sh [FOLDER]         FOLDER/*.json and *.svg; build/bench otherwise
#   scripts/bench.sh --plot FOLDER    draws again what is there
#
# The Vulkan loader chooses the driver: the first one that it finds. VK_DRIVER_FILES (or
# VK_ICD_FILENAMES) with lavapipe's manifest takes lavapipe where there is a GPU too.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

run=yes
if [ "${1:-}" = --plot ]; then
    run=no
    shift
fi
mkdir -p "${1:-$root/build/bench}"
folder=$(cd "${1:-$root/build/bench}" && pwd)
"$root/scripts/setup.sh" bench

# ---- run ----

if [ $run = yes ]; then
    generator=()
    if command -v ninja >/dev/null && [ ! -e "$root/build/release/CMakeCache.txt" ]; then
        generator=(-G Ninja)
    fi
    cd "$root"
    cmake --preset release "${generator[@]}" --log-level=WARNING >/dev/null
    programs=(share transfer channel)
    # Where cuda.h is.
    targets=$(cmake --build --preset release --target help)
    if [[ $targets == *bench-cuda-bandwidth* ]]; then
        programs+=(cuda-transfer cuda-bandwidth)
    else
        echo "SKIPPED cuda-transfer and cuda-bandwidth: cuda.h was not found"
    fi
    cmake --build --preset release --target "${programs[@]/#/bench-}" | { grep -v '^\[' || true; }
    for program in "${programs[@]}"; do
        echo "==== $program"
        status=0
        "build/release/tests/bench/bench-$program" --json "$folder/$program.json" || status=$?
        case $status in
        0) ;;
        77) rm -f "$folder/$program.json" ;; # it has said why
        *) exit $status ;;
        esac
    done
fi

# ---- draw ----

# column FILE NAME...: these values of every row that has them all, with tabs between
column() {
    local file=$1
    shift
    awk -v names="$*" '
        function value(name,    text) {
            if (!match($0, "\"" name "\": (\"[^\"]*\"|[^,}]*)"))
                return ""
            text = substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4)
            gsub(/"/, "", text)
            return text
        }
        BEGIN { count = split(names, name, " ") }
        /^    \{/ {
            line = value(name[1])
            for (i = 2; i <= count; i++) {
                field = value(name[i])
                if (field == "")
                    next
                line = line "\t" field
            }
            print line
        }' "$file"
}

# head FILE NAME: a text of the file's head
head_of() {
    sed -n "s/^  \"$2\": \"\(.*\)\",*\$/\1/p" "$1"
}

# what was measured on, under a title
on() {
    local device
    device=$(head_of "$1" device)
    echo "${device:-two processes}${device:+, $(head_of "$1" driverInfo)}"
}

# draw NAME: gnuplot's commands come from the standard input
draw() {
    {
        echo "set terminal svg noenhanced size 760,420 font 'sans,13' background 'white'"
        echo "set output '$folder/$1.svg'"
        echo "set datafile separator '\t'; set grid ytics lc rgb '#dddddd'; set border 3"
        echo "set xtics nomirror; set ytics nomirror"
        echo "sizes(x) = x >= 2**30 ? sprintf('%.0f GiB', x / 2**30) : sprintf('%.0f MiB', x / 2**20)"
        cat
    } | (cd "$work" && gnuplot)
    echo "$folder/$1.svg"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

bars() { # NAME TITLE LABEL: bars of $work/NAME, one column beside its name
    draw "$1" <<END
set title "$2"
set ylabel "$3"; set style fill solid 0.8; set boxwidth 0.6; set yrange [0:*]; unset key
plot '$1' using 0:2:xtic(1) with boxes lc rgb '#3b7dd8', \
     '' using 0:2:(sprintf('%.2f', \$2)) with labels offset 0,0.7
END
}

if ! command -v gnuplot >/dev/null; then
    echo "SKIPPED the plots: gnuplot is not installed"
    exit 0
fi
if [ -e "$folder/share.json" ]; then
    column "$folder/share.json" way median_us |
        awk -F '\t' '{ name[NR] = $1; time[NR] = $2 } $1 ~ /plain/ { plain = $2 }
            END { for (i = 1; i <= NR; i++) print name[i] "\t" time[i] / plain }' >"$work/share"
    bars share "Create, export, import, destroy: $(on "$folder/share.json")" "time by plain Vulkan's"
fi
if [ -e "$folder/channel.json" ]; then
    column "$folder/channel.json" way one_way_us |
        awk -F '\t' 'NR == 1 { bare = $2 } { print $1 "\t" $2 / bare }' >"$work/channel"
    bars channel 'One descriptor to another process' 'one-way latency by bare sendmsg()'
fi
for transfer in 'transfer another device' 'cuda-transfer CUDA'; do
    name=${transfer%% *}
    [ -e "$folder/$name.json" ] || continue
    column "$folder/$name.json" bytes share_us touch_us copy_us >"$work/$name"
    draw "$name" <<END
set title "Until ${transfer#* } can read it: $(on "$folder/$name.json")"
set logscale xy; set xrange [2**19.5:2**0.5 * $(tail -n 1 "$work/$name" | cut -f 1)]
set ylabel 'microseconds'; set key top left
plot '$name' using 1:4:xtic(sizes(\$1)) with linespoints lw 2 pt 7 lc rgb '#c0392b' \
         title 'copy through host memory', \
     '' using 1:(\$2 + \$3) with linespoints lw 2 pt 7 lc rgb '#3b7dd8' \
         title 'share and first touch', \
     '' using 1:2 with linespoints lw 2 pt 6 lc rgb '#3b7dd8' title 'share'
END
done
if [ -e "$folder/cuda-bandwidth.json" ]; then
    plots=
    number=0
    for memory in 'cuMemAlloc again' 'import, dedicated' 'import, 64 KiB more' \
        'import, not dedicated'; do
        number=$((number + 1))
        column "$folder/cuda-bandwidth.json" memory bytes read read_parts write copy copy_parts \
            memset memcpy |
            awk -F '\t' -v memory="$memory" '$1 == memory {
                least = $3
                for (i = 4; i <= NF; i++)
                    least = $i < least ? $i : least
                print $2 "\t" least
            }' >"$work/cuda$number"
        [ -s "$work/cuda$number" ] || continue
        plots+="${plots:+, }'cuda$number' using 1:2:xtic(sizes(\$1)) with linespoints lw 2 pt 7 title '$memory'"
    done
    draw cuda-bandwidth <<END
set title "CUDA's bandwidth by cuMemAlloc()'s: $(on "$folder/cuda-bandwidth.json")"
set logscale x 2; set ylabel 'the least of all ways to use it'; set yrange [0:1.4]
set key bottom left; set xrange [2**25:2**35]
plot $plots
END
fi
