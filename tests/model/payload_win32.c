/*
 * Payloads on Windows are section objects: real handles, real contents. What another process's
 * model driver must know stands in front of the contents, in a header as large as the system's
 * allocation granularity, so that both can be mapped apart.
 *
 * Each section has a name of its own with a number in it, by which another process finds what a
 * KMT handle stands for. One that the app has named gets a second small section for that, the
 * directory, when somebody asks for its number.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "win32/vulkan.h"

#include "internal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define HEADER_SIZE     65536u
#define MAX_DIRECTORIES 64
#define DIRECTORY       'd'
#define MAX_TRIES       4096

static const char magic[8] = "vxm-sec";

struct header {
    char magic[sizeof magic];
    uint64_t identity[2];
    uintptr_t number;    /* in the section's own name; 0: the app has named it */
    uintptr_t directory; /* the number of its directory; 0: none */
    bool ended;          /* the numbers stand for nothing any more */
    struct model_payload_info info;
};

static_assert(sizeof(struct header) <= HEADER_SIZE, "there is room for what is to be known");

static struct {
    uintptr_t number;
    HANDLE section;
} directories[MAX_DIRECTORIES];

static VkResult result_of_error(void)
{
    DWORD error = GetLastError();

    if (error == ERROR_ALREADY_EXISTS || error == ERROR_INVALID_NAME ||
        error == ERROR_INVALID_HANDLE)
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    return error == ERROR_NO_SYSTEM_RESOURCES || error == ERROR_TOO_MANY_OPEN_FILES
               ? VK_ERROR_TOO_MANY_OBJECTS
               : VK_ERROR_OUT_OF_DEVICE_MEMORY;
}

static void name_of(uintptr_t number, wchar_t name[MODEL_MAX_NAME])
{
    const char prefix[] = "vxm-model-";
    char text[MODEL_MAX_NAME];
    size_t i = 0;

    snprintf(text, sizeof text, "%s%08lx", prefix, (unsigned long)number);
    do
        name[i] = (wchar_t)text[i];
    while (text[i++] != '\0');
}

/* Even, and not a multiple of four, as no NT handle is. */
static uintptr_t next_number(void)
{
    static uint32_t count;

    return 0x40000002u | (GetCurrentProcessId() & 0xfffcu) << 14 | (count++ & 0x3fffu) << 2;
}

/* NULL, and the last error, if that name exists. */
static HANDLE make_section(const wchar_t *name, uint64_t size)
{
    HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE,
                                        (DWORD)(size >> 32), (DWORD)size, name);

    if (section && GetLastError() == ERROR_ALREADY_EXISTS) {
        CloseHandle(section);
        SetLastError(ERROR_ALREADY_EXISTS);
        return NULL;
    }
    return section;
}

static HANDLE make_numbered_section(uint64_t size, uintptr_t *number)
{
    HANDLE section = NULL;

    for (int i = 0; !section && i < MAX_TRIES; i++) {
        wchar_t name[MODEL_MAX_NAME];

        *number = next_number();
        name_of(*number, name);
        section = make_section(name, size);
        if (!section && GetLastError() != ERROR_ALREADY_EXISTS)
            break;
    }
    return section;
}

static struct header *map_header(HANDLE section)
{
    return MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, sizeof(struct header));
}

static bool write_header(HANDLE section, uintptr_t number, const struct model_payload_info *info)
{
    struct header *header = map_header(section);
    LARGE_INTEGER now;

    if (!header)
        return false;
    QueryPerformanceCounter(&now);
    header->identity[0] = (uint64_t)now.QuadPart;
    header->identity[1] = (uint64_t)GetCurrentProcessId() << 32 | (uint32_t)next_number();
    header->number = number;
    header->info = *info;
    memcpy(header->magic, magic, sizeof magic);
    UnmapViewOfFile(header);
    return true;
}

VkResult model__native_create(const struct model_payload_info *info, union model_native *native)
{
    uintptr_t number = 0;
    HANDLE section;

    if (info->size > INT64_MAX - HEADER_SIZE)
        return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    section = info->name[0] ? make_section(info->name, HEADER_SIZE + info->size)
                            : make_numbered_section(HEADER_SIZE + info->size, &number);
    if (!section)
        return result_of_error();
    if (!write_header(section, number, info)) {
        CloseHandle(section);
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    *native = model__native_of_pointer(section);
    return VK_SUCCESS;
}

bool model__native_read(union model_native native, struct model_payload_info *info,
                        uint64_t identity[2])
{
    const struct header *header =
        native.pointer ? MapViewOfFile(native.pointer, FILE_MAP_READ, 0, 0, sizeof *header) : NULL;
    bool fine =
        header && memcmp(header->magic, magic, sizeof magic) == 0 && header->info.kind != DIRECTORY;

    if (fine) {
        *info = header->info;
        memcpy(identity, header->identity, sizeof header->identity);
    }
    if (header)
        UnmapViewOfFile(header);
    return fine;
}

VkResult model__native_duplicate(union model_native native, bool inherited,
                                 union model_native *duplicate)
{
    HANDLE made;

    if (!DuplicateHandle(GetCurrentProcess(), native.pointer, GetCurrentProcess(), &made, 0,
                         inherited, DUPLICATE_SAME_ACCESS))
        return result_of_error();
    *duplicate = model__native_of_pointer(made);
    return VK_SUCCESS;
}

void model__native_close(union model_native native)
{
    if (native.pointer)
        CloseHandle(native.pointer);
}

void *model__native_map(union model_native native, uint64_t size)
{
    if (size > SIZE_MAX)
        return NULL;
    return MapViewOfFile(native.pointer, FILE_MAP_READ | FILE_MAP_WRITE, 0, HEADER_SIZE,
                         (SIZE_T)size);
}

void model__native_unmap(void *data, uint64_t size)
{
    (void)size;
    UnmapViewOfFile(data);
}

/* ---- names and numbers ---- */

static HANDLE open_section(const wchar_t *name)
{
    return OpenFileMappingW(FILE_MAP_READ | FILE_MAP_WRITE, FALSE, name);
}

bool model__native_open_name(const wchar_t *name, union model_native *native)
{
    struct model_payload_info info;
    uint64_t identity[2];

    *native = model__native_of_pointer(open_section(name));
    if (native->pointer && model__native_read(*native, &info, identity))
        return true;
    model__native_close(*native);
    return false;
}

/* The section with that number, and its header mapped; NULL if there is none. */
static HANDLE open_numbered(uintptr_t number, struct header **header)
{
    wchar_t name[MODEL_MAX_NAME];
    HANDLE section;

    *header = NULL;
    name_of(number, name);
    section = open_section(name);
    if (section)
        *header = map_header(section);
    if (*header && memcmp((*header)->magic, magic, sizeof magic) == 0 &&
        (*header)->number == number)
        return section;
    if (*header)
        UnmapViewOfFile(*header);
    if (section)
        CloseHandle(section);
    return NULL;
}

bool model__native_open_number(uintptr_t number, union model_native *native)
{
    struct header *header;
    HANDLE section = open_numbered(number, &header);
    bool fine = section != NULL;

    if (!section)
        return false;
    *native = model__native_of_pointer(section);
    if (header->info.kind == DIRECTORY) {
        fine = model__native_open_name(header->info.name, native);
        CloseHandle(section);
        UnmapViewOfFile(header);
        if (!fine)
            return false;
        header = map_header(native->pointer);
    }
    fine = header && !header->ended;
    if (header)
        UnmapViewOfFile(header);
    if (!fine)
        model__native_close(*native);
    return fine;
}

static uintptr_t make_directory(const wchar_t *name)
{
    struct model_payload_info info;
    uintptr_t number = 0;

    memset(&info, 0, sizeof info);
    info.kind = DIRECTORY;
    memcpy(info.name, name, sizeof info.name);
    for (size_t i = 0; i < MAX_DIRECTORIES; i++) {
        if (directories[i].number)
            continue;
        directories[i].section = make_numbered_section(HEADER_SIZE, &number);
        if (!directories[i].section)
            return 0;
        if (!write_header(directories[i].section, number, &info)) {
            CloseHandle(directories[i].section);
            return 0;
        }
        directories[i].number = number;
        return number;
    }
    return 0;
}

uintptr_t model__native_number(union model_native native)
{
    struct header *header = map_header(native.pointer);
    uintptr_t number;

    if (!header)
        return 0;
    if (!header->number && !header->directory)
        header->directory = make_directory(header->info.name);
    number = header->number ? header->number : header->directory;
    UnmapViewOfFile(header);
    return number;
}

void model__native_end_number(union model_native native)
{
    struct model_payload_info info;
    struct header *header = NULL;
    uint64_t identity[2];

    if (model__native_read(native, &info, identity))
        header = map_header(native.pointer);
    if (!header)
        return;
    header->ended = true;
    for (size_t i = 0; i < MAX_DIRECTORIES; i++) {
        if (!directories[i].number || directories[i].number != header->directory)
            continue;
        CloseHandle(directories[i].section);
        directories[i].number = 0;
    }
    UnmapViewOfFile(header);
}
