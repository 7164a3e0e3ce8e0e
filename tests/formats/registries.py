"""Compares what the library knows of formats with vk.xml, and its format codes with the layouts that the
comments of drm_fourcc.h give.

  registries.py FORMAT-FACTS VK.XML DRM_FOURCC.H SRC/FOURCC.C

Copyright (c) 2026 The vxm authors
SPDX-License-Identifier: MIT
"""
import re
import subprocess
import sys
import xml.etree.ElementTree

program, registry, header, source = sys.argv[1:]
wrong = []


def expect(condition, message):
    if not condition:
        wrong.append(message)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


# ---- what Vulkan says ----

root = xml.etree.ElementTree.parse(registry).getroot()
numbers = {item.get("name"): int(item.get("value"))
           for item in root.findall("enums[@name='VkFormat']/enum") if item.get("value")}
for extends in root.findall(".//require/enum[@extends='VkFormat']"):
    parent = extends.get("extnumber")
    for extension in root.findall("extensions/extension"):
        if parent is None and extends in extension.iter("enum"):
            parent = extension.get("number")
    if extends.get("offset") and parent:
        numbers[extends.get("name")] = (1000000000 + (int(parent) - 1) * 1000 + int(extends.get("offset")))
names = {number: name for name, number in numbers.items()}
formats = {item.get("name"): item for item in root.findall("formats/format")}


def layout(name):
    """The channels of each plane from the lowest bit on, as (name, bits); "x" for what is filled up."""
    item = formats[name]
    planes = {}
    for component in item.findall("component"):
        planes.setdefault(int(component.get("planeIndex", 0)), []).append(
            (component.get("name"), int(component.get("bits"))))
    word = re.search(r"_PACK(\d+)$", name)
    filled = re.search(r"_\dPACK16$|X\d_UNORM_PACK16$", name)
    for index, channels in planes.items():
        if filled:
            planes[index] = [part for channel, bits in channels
                             for part in ([("x", 16 - bits)] if bits < 16 else []) + [(channel, bits)]]
        elif word:
            # By the name: some versions list those of B5G5R5A1 in another order.
            planes[index] = [(channel, int(bits)) for channel, bits in
                             re.findall(r"([A-Z])(\d+)", name.split("_FORMAT_")[1].split("_")[0])][::-1]
    return planes


def kind(name):
    return formats[name].find("component").get("numericFormat")


# ---- what DRM says ----

def channels(text):
    """"x:R:G:B 2:10:10:10" from the highest bit on, as layout() has it."""
    parts = text.split()
    letters = [re.sub(r"\d", "", part) or "x" for part in parts[0].split(":")]
    bits = [int(part) for part in parts[1].split(":")]
    return [({"Y": "G", "Cb": "B", "Cr": "R", "X": "x"}.get(letter, letter), size)
            for letter, size in zip(letters, bits)][::-1]


def sampling(text):
    return "420" if "2x2" in text else "422" if "2x1" in text else "444"


def read_codes():
    """Code -> name, and the layout or the planes that the comments tell; None where they tell none."""
    codes, block = {}, ""
    for line in read(header).splitlines():
        match = re.match(r"#define (DRM_FORMAT_\w+)\s+fourcc_code\('(.)', *'(.)', *'(.)', *'(.)'\)\s*(.*)", line)
        if not match:
            block = line if line.strip().startswith("/*") else block + "\n" + line
            continue
        name, comment = match.group(1), match.group(6)
        code = sum(ord(letter) << 8 * i for i, letter in enumerate(match.groups()[1:5]))
        found = None
        packed = re.search(r"\[(\d+):0\] ([\w:]+)(?: ([\d:]+))?", comment)
        semi = re.search(r"subsampled (C[rb]):(C[rb]) plane", comment)
        three = re.search(r"subsampled (C[rb]) \(1\) and (C[rb]) \(2\) planes", comment)
        listed = re.search(r"index 1: (C[rb]) plane.*\n.*index 2: (C[rb]) plane", block)
        bits = re.search(r"(\d+) bits? per channel", comment)
        depth = int(bits.group(1)) if bits else 8
        if packed:
            bits = packed.group(3) or ":".join(
                [str((int(packed.group(1)) + 1) // (packed.group(2).count(":") + 1))] *
                (packed.group(2).count(":") + 1))
            found = ("packed", channels(packed.group(2) + " " + bits))
        elif semi and "[39:0]" not in block and "packed" not in comment:
            found = ("planes", 2, sampling(comment), depth, semi.group(1) == "Cb")
        elif three and "[6:10]" not in block and "[4:12]" not in block and " 4x" not in comment:
            found = ("planes", 3, sampling(comment), depth, three.group(1) == "Cr")
        elif not comment and listed and "(444)" in block:
            found = ("planes", 3, "444", 10, listed.group(1) == "Cr")
        codes[code] = (name, found)
    return codes


def swap(parts):
    return [({"R": "B", "B": "R"}.get(letter, letter), bits) for letter, bits in parts]


def hide_alpha(parts):
    return [("x" if letter == "A" else letter, bits) for letter, bits in parts]


def is_float(name):
    return name.endswith("F")


def same(name, found, vulkan, opaque, swapped):
    """Whether a code's layout is a format's."""
    planes = layout(vulkan)
    if found[0] == "packed":
        parts = swap(planes[0]) if swapped else planes[0]
        return (len(planes) == 1 and found[1] == (hide_alpha(parts) if opaque else parts) and
                kind(vulkan) == ("SFLOAT" if is_float(name) else "UNORM"))
    count, chroma, depth, reverse = found[1:]
    return (len(planes) == count and formats[vulkan].get("chroma") == chroma and reverse == swapped and
            not opaque and planes[0][-1] == ("G", depth) and
            [part for i in range(1, count) for part in planes[i] if part[0] != "x"] ==
            [("B", depth), ("R", depth)])


# ---- the comparison ----

codes = read_codes()
known = {sum(ord(letter) << 8 * i for i, letter in enumerate(match))
         for match in re.findall(r"CODE\('(.)', '(.)', '(.)', '(.)'\), VK_FORMAT", read(source))}
asked = [str(numbers[name]) for name in formats if name in numbers]
asked += [f"0x{code:08x}" for code in sorted(codes.keys() | known)]
lines = subprocess.run([program], input="\n".join(asked), capture_output=True, text=True,
                       check=True).stdout.splitlines()
facts, table, named = {}, {}, {}
for line in lines:
    word, *fields = line.split()
    if word == "name":
        named[int(fields[0])] = fields[1]
    elif word == "plane":
        facts[int(fields[0]), int(fields[1])] = [int(field) for field in fields[2:]]
    else:
        table[int(fields[0], 16)] = [int(field) for field in fields[1:]]

planes = 0
for name, item in formats.items():
    if name not in numbers:
        continue
    both = len({component.get("name") for component in item.findall("component")} & {"D", "S"}) == 2
    vendor = re.search(r"_(IMG|NV|ARM|QCOM|KHR|EXT)$", name)
    expect(named[numbers[name]] == (str(numbers[name]) if vendor else name.replace("VK_FORMAT_", "")),
           f"{name} is called {named[numbers[name]]}")
    wanted = [[plane.get("compatible"), plane.get("widthDivisor"), plane.get("heightDivisor")]
              for plane in item.findall("plane")] or [[name, "1", "1"]]
    for index, (single, divide_x, divide_y) in enumerate(wanted):
        found = facts.get((numbers[name], index))
        if both or (vendor and not found):
            expect(not found, f"{name}: nothing should be known of it")
            continue
        block = formats[single].get("blockExtent", "1,1,1").split(",")
        wanted_facts = [int(formats[single].get("blockSize")), int(block[0]), int(block[1]),
                        int(divide_x), int(divide_y), numbers[single]]
        expect(found == wanted_facts, f"{name}, plane {index}: {found}, but vk.xml has {wanted_facts}")
        planes += 1
    expect((numbers[name], len(wanted)) not in facts, f"{name} has a plane {len(wanted)}")

compared, without = 0, []
for code, (number, count, opaque, swapped) in table.items():
    name, found = codes.get(code, (None, None))
    vulkan = names[number]
    expect(count == len(layout(vulkan)), f"0x{code:08x}: {count} planes")
    if name is None:
        without.append(code.to_bytes(4, "little").decode())
        continue
    expect(found is not None, f"{name}: drm_fourcc.h tells no layout, but it is {vulkan}")
    expect(found is None or same(name, found, vulkan, bool(opaque), bool(swapped)),
           f"{name} is {found}, but {vulkan} is {layout(vulkan)}, opaque {opaque}, swapped {swapped}")
    compared += 1
expect(known == set(table), f"in src/fourcc.c, but not found: {known - set(table)}")

# Nothing is forgotten that could be had. What isn't RGB but has the bytes of an RGB format is left out.
candidates = [name for name in formats
              if name in numbers and numbers[name] < 1000400000 and kind(name) in ("UNORM", "SFLOAT")
              and not formats[name].get("compressed")]
for code, (name, found) in codes.items():
    if code in table or found is None or re.search(r"_(Y41|XVYU|A?YUV|XYUV|D8|C8)", name):
        continue
    for vulkan in candidates:
        # Blue and red change over only where they are chroma.
        for opaque, swapped in ((False, False), (True, False), (False, found[0] == "planes")):
            if formats[vulkan].find("component[@name='D']") is None and same(name, found, vulkan, opaque, swapped):
                expect(False, f"{name} could be {vulkan}")

for message in wrong:
    print(message)
print(f"formats-and-registries: {planes} planes and {compared} format codes compared, {len(wrong)} wrong")
if without:
    print(f"not in this drm_fourcc.h: {', '.join(sorted(without))}")
sys.exit(bool(wrong))
