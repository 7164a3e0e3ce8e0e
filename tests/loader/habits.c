/*
 * Bad habits of a driver's, for programs that look for them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "loader/habits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char habit[64];
static bool elsewhere;
static bool exported;

static void hang(void)
{
    volatile bool forever = true;

    while (forever) {
    }
}

static void crash(void)
{
    static int *volatile nowhere;

    *nowhere = 1;
}

void habits_begin(void)
{
    static const char suffix[] = "-elsewhere";
    static const char *const getters[] = {"vkGetMemoryFdKHR", "vkGetMemoryWin32HandleKHR"};
    const char *wanted = getenv("VXM_MODEL_HABIT");
    size_t length;

    if (wanted == NULL || habit[0] != '\0') {
        return;
    }
    snprintf(habit, sizeof(habit), "%s", wanted);
    length = strlen(habit);
    if (length > sizeof(suffix) - 1 && strcmp(habit + length - (sizeof(suffix) - 1), suffix) == 0) {
        habit[length - (sizeof(suffix) - 1)] = '\0';
        elsewhere = true;
    }
    if (strcmp(habit, "begin-hangs") == 0) {
        hang();
    }
    if (strcmp(habit, "begin-crashes") == 0) {
        crash();
    }
    for (size_t i = 0; strcmp(habit, "export-fails") == 0 && i < 2; i++) {
        model_fail(getters[i], 1, VK_ERROR_OUT_OF_DEVICE_MEMORY, true);
    }
}

static bool has(const VkMemoryAllocateInfo *info, VkStructureType sType)
{
    const VkBaseInStructure *chained = info->pNext;

    while (chained != NULL && chained->sType != sType) {
        chained = chained->pNext;
    }
    return chained != NULL;
}

/* Of a handle that another may have exported; the program's own memory is none. */
static bool imports(const VkMemoryAllocateInfo *info)
{
    return has(info, VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR) ||
           has(info, VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR);
}

static bool acts(const char *name, const VkMemoryAllocateInfo *info)
{
    return strcmp(habit, name) == 0 && imports(info) && !(elsewhere && exported);
}

VkResult habits_allocate(const VkMemoryAllocateInfo *info)
{
    exported = exported || has(info, VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO);
    if (acts("import-hangs", info)) {
        hang();
    }
    if (acts("import-crashes", info)) {
        crash();
    }
    return acts("import-fails", info) ? VK_ERROR_OUT_OF_DEVICE_MEMORY : VK_SUCCESS;
}

bool habits_other(const VkMemoryAllocateInfo *info)
{
    return acts("import-other", info);
}

VkResult habits_create_image(const VkImageCreateInfo *info)
{
    const VkBaseInStructure *chained = info->pNext;
    const VkImageDrmFormatModifierExplicitCreateInfoEXT *layout;

    while (chained != NULL &&
           chained->sType != VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT) {
        chained = chained->pNext;
    }
    layout = (const void *)chained;
    return strcmp(habit, "modifier-fails") == 0 && layout != NULL &&
                   layout->drmFormatModifier == MODEL_MODIFIER_COMPRESSED
               ? VK_ERROR_OUT_OF_DEVICE_MEMORY
               : VK_SUCCESS;
}

bool habits_lose_signals(void)
{
    return strcmp(habit, "signals-lost") == 0;
}
