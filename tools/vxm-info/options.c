/*
 * The command line.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

static const char help[] =
    "usage: vxm-info [options]\n"
    "\n"
    "Says what this machine's Vulkan drivers can share: for each device and handle type, whether\n"
    "a buffer, an image and a semaphore can be exported and imported.\n"
    "\n"
    "  --probe             don't trust the driver: export, import in a second device and in a\n"
    "                      second process, write and compare\n"
    "  --peer FILE         what can be shared with the devices in FILE, which is what\n"
    "                      vxm-info --json has printed elsewhere; - is standard input\n"
    "  --device WHICH      one device: its index, a part of its name, or its UUID\n"
    "  --format FORMAT     of the image, such as R16G16B16A16_SFLOAT (R8G8B8A8_UNORM)\n"
    "  --usage A,B         of buffer and image, such as SAMPLED,STORAGE_BUFFER\n"
    "  --tiling TILING     of the image, OPTIMAL or LINEAR (OPTIMAL)\n"
    "  --modifiers         DRM format modifiers of every format, not the image's only\n"
    "  --why               also say why not, for each type that is absent\n"
    "  --json              for programs; vxm-info.schema.json describes it\n"
    "  --timeout SECONDS   for each step of --probe (10)\n"
    "  --color WHEN        auto, always or never (auto: on a terminal, without NO_COLOR)\n"
    "  --help, --version\n"
    "\n"
    "It ends with 0 if all that is claimed works (without --probe: if there is a device), 1 if\n"
    "something claimed fails or nothing can be shared with the peer, 2 for a wrong option or\n"
    "file, 3 without Vulkan or such a device.\n";

static enum options_result wrong(const char *format, ...)
{
    va_list arguments;

    fputs("vxm-info: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputs("\n", stderr);
    return OPTIONS_WRONG;
}

static enum options_result use_format(struct options *options, const char *value)
{
    const struct format *format = find_format(value);
    unsigned listed = 0;

    if (format != NULL) {
        options->subject.image.format = format->format;
        options->subject.texelSize = format->texelSize;
        return OPTIONS_GO;
    }
    wrong("--format: there is no VkFormat %s.", value);
    /* Those that begin as it does. */
    for (size_t i = 0; i < format_count; i++) {
        if (strlen(value) >= 2 && same_name(formats[i].name, value, strcspn(value, "_")) &&
            listed < 12) {
            fprintf(stderr, "%s%s", listed++ == 0 ? "Those that begin like it: " : ", ",
                    formats[i].name);
        }
    }
    fputs(listed > 0 ? "\n" : "It is one of the specification's names, such as R8G8B8A8_UNORM.\n",
          stderr);
    return OPTIONS_WRONG;
}

/* A resource that no name is for keeps what it had. */
static enum options_result use_usages(struct options *options, const char *value)
{
    VkBufferUsageFlags buffer = 0;
    VkImageUsageFlags image = 0;
    const char *unknown;
    size_t length;

    if (!read_usages(value, &buffer, &image, &unknown, &length)) {
        wrong("--usage: there is no usage \"%.*s\". These are known:", (int)length, unknown);
        for (unsigned i = 0; usage_name(i) != NULL; i++) {
            fprintf(stderr, "%s%s", i == 0 ? "  " : i % 4 == 0 ? ",\n  " : ", ", usage_name(i));
        }
        fputs("\n", stderr);
        return OPTIONS_WRONG;
    }
    if (buffer != 0) {
        options->subject.buffer.usage = buffer;
    }
    if (image != 0) {
        options->subject.image.usage = image;
    }
    return OPTIONS_GO;
}

static enum options_result use_seconds(struct options *options, const char *value)
{
    char *end;
    unsigned long seconds = strtoul(value, &end, 10);

    if (*end != '\0' || end == value || value[0] < '0' || value[0] > '9' || seconds < 1 ||
        seconds > 3600) {
        return wrong("--timeout: \"%s\" is not a number of seconds from 1 to 3600.", value);
    }
    options->seconds = (unsigned)seconds;
    return OPTIONS_GO;
}

static enum options_result use_colour(struct options *options, const char *value)
{
    static const char *const names[] = {"auto", "always", "never"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(value, names[i]) == 0) {
            options->colour = (enum colour_mode)i;
            return OPTIONS_GO;
        }
    }
    return wrong("--color: \"%s\" is none of auto, always and never.", value);
}

static enum options_result use_tiling(struct options *options, const char *value)
{
    if (!read_tiling(value, &options->subject.image.tiling)) {
        return wrong("--tiling: \"%s\" is neither OPTIMAL nor LINEAR.", value);
    }
    return OPTIONS_GO;
}

static enum options_result use_device(struct options *options, const char *value)
{
    if (value[0] == '\0') {
        return wrong("--device: give an index, a part of a name, or a UUID.");
    }
    options->device.text = value;
    return OPTIONS_GO;
}

static enum options_result use_peer(struct options *options, const char *value)
{
    options->peer = value;
    return OPTIONS_GO;
}

static const struct {
    const char *name;
    enum options_result (*use)(struct options *, const char *);
} valued[] = {
    {"--format", use_format}, {"--usage", use_usages},  {"--tiling", use_tiling},
    {"--device", use_device}, {"--peer", use_peer},     {"--timeout", use_seconds},
    {"--color", use_colour},  {"--colour", use_colour},
};

/* An option with a value, which is behind '=' or is the next argument. */
static enum options_result read_valued(int argc, char **argv, int *i, struct options *options)
{
    const char *option = argv[*i];
    size_t length = strcspn(option, "=");

    for (size_t j = 0; j < sizeof(valued) / sizeof(valued[0]); j++) {
        if (strlen(valued[j].name) != length || strncmp(valued[j].name, option, length) != 0) {
            continue;
        }
        if (option[length] == '=') {
            return valued[j].use(options, option + length + 1);
        }
        if (*i + 1 == argc) {
            return wrong("%s: its value is missing.", option);
        }
        return valued[j].use(options, argv[++*i]);
    }
    return wrong("there is no option %s. vxm-info --help lists them.", option);
}

enum options_result read_options(int argc, char **argv, struct options *options)
{
    enum options_result result = OPTIONS_GO;

    *options = (struct options){
        .seconds = 10,
        .subject =
            {
                .buffer =
                    {
                        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                        .size = 65536,
                        .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                 VK_BUFFER_USAGE_TRANSFER_DST_BIT |
                                 VK_BUFFER_USAGE_STORAGE_BUFFER_BIT,
                    },
                .image =
                    {
                        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                        .imageType = VK_IMAGE_TYPE_2D,
                        .format = VK_FORMAT_R8G8B8A8_UNORM,
                        .extent = {64, 64, 1},
                        .mipLevels = 1,
                        .arrayLayers = 1,
                        .samples = VK_SAMPLE_COUNT_1_BIT,
                        .tiling = VK_IMAGE_TILING_OPTIMAL,
                        .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT |
                                 VK_IMAGE_USAGE_SAMPLED_BIT,
                    },
                .texelSize = 4,
            },
    };
    for (int i = 1; result == OPTIONS_GO && i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(help, stdout);
            return OPTIONS_DONE;
        }
        if (strcmp(argv[i], "--version") == 0) {
            printf("vxm-info %d.%d.%d\n", VXM_VERSION_MAJOR, VXM_VERSION_MINOR, VXM_VERSION_PATCH);
            return OPTIONS_DONE;
        }
        if (strcmp(argv[i], "--json") == 0) {
            options->json = true;
        } else if (strcmp(argv[i], "--probe") == 0) {
            options->probe = true;
        } else if (strcmp(argv[i], "--modifiers") == 0) {
            options->modifiers = true;
        } else if (strcmp(argv[i], "--why") == 0) {
            options->why = true;
        } else {
            result = read_valued(argc, argv, &i, options);
        }
    }
    return result;
}
