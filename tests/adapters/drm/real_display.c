/*
 * A display of the machine's, set to one size, and what it shows.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/drm/real_drm.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

VxmModifierChoice drm_choose(const struct drm_node *node, uint32_t width, uint32_t height)
{
    const VkImageCreateInfo image = drm_image_info(width, height);
    VxmModifierChoice choice;
    VxmDrmModifiers theirs;
    VxmModifiers ours;

    VXM(vxmGetModifiers(drm_gpu.device, &image, DMA_BUF, &ours));
    VXM(vxmDrmGetModifiers(&drm_table, node->fd, node->primaryPlane, DRM_FORMAT_XRGB8888, &theirs));
    printf("%s, plane %u: %u modifiers%s%s\n", node->driver, node->primaryPlane,
           theirs.modifierCount, theirs.reason[0] != '\0' ? ". " : "", theirs.reason);
    VXM(vxmChooseModifiers(&ours, VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT, theirs.modifierCount,
                           theirs.modifiers, &choice));
    if (choice.modifierCount == 0) {
        choice.modifiers[choice.modifierCount++] = VXM_DRM_FORMAT_MOD_LINEAR;
    }
    return choice;
}

VxmMemory drm_create_image(const VxmModifierChoice *choice, uint32_t width, uint32_t height)
{
    const VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .drmFormatModifierCount = choice->modifierCount,
        .pDrmFormatModifiers = choice->modifiers,
    };
    const VxmMemoryCreateInfo how = {.handleTypes = DMA_BUF};
    VkImageCreateInfo info = drm_image_info(width, height);
    VxmMemory memory = NULL;

    info.pNext = &list;
    VXM(vxmCreateImage(drm_gpu.device, &info, &how, &memory));
    return memory;
}

void *drm_map_video_memory(const char *driver, size_t size)
{
    char folder[64], path[512];
    struct dirent *entry;
    void *memory = MAP_FAILED;
    DIR *devices;

    snprintf(folder, sizeof(folder), "/sys/bus/pci/drivers/%s", driver);
    devices = opendir(folder);
    while (devices != NULL && (entry = readdir(devices)) != NULL) {
        int fd;

        if (strncmp(entry->d_name, "0000:", 5) != 0) {
            continue;
        }
        snprintf(path, sizeof(path), "%s/%s/resource0", folder, entry->d_name);
        fd = open(path, O_RDWR | O_CLOEXEC);
        if (fd >= 0) {
            memory = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
            close(fd);
        }
    }
    if (devices != NULL) {
        closedir(devices);
    }
    return memory;
}

void drm_show(int fd, uint32_t framebuffer)
{
    drmModeResPtr resources = drmModeGetResources(fd);
    drmModeConnectorPtr connector;
    int mode = 0;

    cr_assert_not_null(resources);
    connector = drmModeGetConnector(fd, resources->connectors[0]);
    cr_assert_not_null(connector);
    while (mode < connector->count_modes && (connector->modes[mode].hdisplay != DRM_WIDTH ||
                                             connector->modes[mode].vdisplay != DRM_HEIGHT)) {
        mode++;
    }
    cr_assert_lt(mode, connector->count_modes);
    cr_assert_eq(drmModeSetCrtc(fd, resources->crtcs[0], framebuffer, 0, 0, resources->connectors,
                                1, &connector->modes[mode]),
                 0, "errno %d", errno);
    drmModeFreeConnector(connector);
    drmModeFreeResources(resources);
}

bool drm_find_display(const char *driver, struct drm_node *node)
{
    for (unsigned i = 0; i < NODE_COUNT; i++) {
        if (drm_open_node(i, node)) {
            if (strcmp(node->driver, driver) == 0) {
                return true;
            }
            drm_close_node(node);
        }
    }
    return false;
}
