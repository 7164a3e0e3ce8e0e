/*
 * Which extensions there are, and which of them the library wants.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "internal.h"

/* Physical device or global; the one argument that the two enumerations differ by is in here. */
struct source {
    const struct vxm_dispatch *vk;
    VkPhysicalDevice physicalDevice;
    PFN_vkEnumerateInstanceExtensionProperties instanceCommand;
};

static VkResult enumerate(const struct source *source, const char *layer, uint32_t *count,
                          VkExtensionProperties *properties)
{
    return source->instanceCommand ? source->instanceCommand(layer, count, properties)
                                   : source->vk->EnumerateDeviceExtensionProperties(
                                         source->physicalDevice, layer, count, properties);
}

/* Puts those of one layer, or of the driver if it is NULL, behind those already there. */
static VkResult add_extensions(const struct source *source, const char *layer,
                               const VkAllocationCallbacks *allocator,
                               struct vxm_extensions *extensions)
{
    VkResult result;
    do {
        uint32_t count = 0;
        result = enumerate(source, layer, &count, NULL);
        if (result != VK_SUCCESS || count == 0) {
            break;
        }
        VkExtensionProperties *grown = vxm__allocate(
            allocator, ((size_t)extensions->count + count) * sizeof *extensions->properties);
        if (!grown) {
            return VK_ERROR_OUT_OF_HOST_MEMORY;
        }
        if (extensions->count > 0) {
            memcpy(grown, extensions->properties, extensions->count * sizeof *grown);
        }
        result = enumerate(source, layer, &count, grown + extensions->count);
        if (result != VK_SUCCESS) {
            vxm__free(allocator, grown);
        } else {
            vxm__free(allocator, extensions->properties);
            extensions->properties = grown;
            extensions->count += count;
        }
        /* More have come since they were counted. */
    } while (result == VK_INCOMPLETE);
    if (result != VK_SUCCESS) {
        return vxm__fail_driver(result,
                                source->instanceCommand ? "vkEnumerateInstanceExtensionProperties"
                                                        : "vkEnumerateDeviceExtensionProperties",
                                "listing the extensions", NULL);
    }
    return VK_SUCCESS;
}

static VkResult add_all(const struct source *source, uint32_t layerCount, const char *const *layers,
                        const VkAllocationCallbacks *allocator, struct vxm_extensions *extensions)
{
    *extensions = (struct vxm_extensions){0};
    VkResult result = add_extensions(source, NULL, allocator, extensions);
    for (uint32_t i = 0; result == VK_SUCCESS && i < layerCount; ++i) {
        result = add_extensions(source, layers[i], allocator, extensions);
    }
    return result;
}

VkResult vxm__read_device_extensions(const struct vxm_dispatch *vk, VkPhysicalDevice physicalDevice,
                                     uint32_t layerCount, const char *const *layers,
                                     const VkAllocationCallbacks *allocator,
                                     struct vxm_extensions *extensions)
{
    const struct source source = {.vk = vk, .physicalDevice = physicalDevice};
    return add_all(&source, layerCount, layers, allocator, extensions);
}

VkResult vxm__read_instance_extensions(PFN_vkGetInstanceProcAddr getInstanceProcAddr,
                                       uint32_t layerCount, const char *const *layers,
                                       const VkAllocationCallbacks *allocator,
                                       struct vxm_extensions *extensions)
{
    const struct source source = {
        .instanceCommand = (PFN_vkEnumerateInstanceExtensionProperties)getInstanceProcAddr(
            NULL, "vkEnumerateInstanceExtensionProperties")};
    *extensions = (struct vxm_extensions){0};
    if (!source.instanceCommand) {
        return vxm__fail(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "The vkGetInstanceProcAddr in use does not give "
                         "vkEnumerateInstanceExtensionProperties: it is no Vulkan loader's or "
                         "driver's.");
    }
    return add_all(&source, layerCount, layers, allocator, extensions);
}

void vxm__free_extensions(const VkAllocationCallbacks *allocator, struct vxm_extensions *extensions)
{
    vxm__free(allocator, extensions->properties);
    *extensions = (struct vxm_extensions){0};
}

bool vxm__has_extension(const struct vxm_extensions *extensions, const char *name)
{
    for (uint32_t i = 0; extensions && i < extensions->count; ++i) {
        if (strcmp(extensions->properties[i].extensionName, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Wanted beside those of the handle types. */
static const struct {
    const char *name;
    uint32_t coreVersion; /* of no use from this version on; 0: never in the core */
    const char *with[2];  /* only where these are chosen before it, or in the core */
    uint32_t withCoreVersion[2];
} wanted[] = {
    {VK_EXT_QUEUE_FAMILY_FOREIGN_EXTENSION_NAME, 0, {NULL}, {0}},
    /* Structs that travel with an image. */
    {VK_KHR_IMAGE_FORMAT_LIST_EXTENSION_NAME, VK_API_VERSION_1_2, {NULL}, {0}},
    {VK_EXT_SEPARATE_STENCIL_USAGE_EXTENSION_NAME, VK_API_VERSION_1_2, {NULL}, {0}},
    /* A modifier says nothing but to who shares dma-bufs. */
    {VK_EXT_IMAGE_DRM_FORMAT_MODIFIER_EXTENSION_NAME,
     0,
     {VK_EXT_EXTERNAL_MEMORY_DMA_BUF_EXTENSION_NAME, VK_KHR_IMAGE_FORMAT_LIST_EXTENSION_NAME},
     {0, VK_API_VERSION_1_2}},
    {VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME, VK_API_VERSION_1_2, {NULL}, {0}},
    {VK_KHR_SYNCHRONIZATION_2_EXTENSION_NAME, VK_API_VERSION_1_3, {NULL}, {0}},
    {"VK_KHR_win32_keyed_mutex", 0, {"VK_KHR_external_memory_win32"}, {0}},
    /* Must be on where it is there (04451). Its name is a macro of the beta header. */
    {"VK_KHR_portability_subset", 0, {NULL}, {0}},
};

static bool is_chosen(const char *name, const char *const *names, uint32_t count)
{
    for (uint32_t i = 0; i < count; ++i) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void add_name(const char *name, const char *names[VXM_MAX_EXTENSIONS], uint32_t *count)
{
    if (!is_chosen(name, names, *count) && *count < VXM_MAX_EXTENSIONS) {
        names[(*count)++] = name;
    }
}

uint32_t vxm__own_device_extensions(const struct vxm_extensions *extensions, uint32_t apiVersion,
                                    const char *names[VXM_MAX_EXTENSIONS])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < vxm__handle_type_count; ++i) {
        const char *const *needed = vxm__handle_types[i].extensions;
        bool all = true;
        for (uint32_t j = 0; j < VXM_TYPE_MAX_EXTENSIONS && needed[j]; ++j) {
            all = all && vxm__has_extension(extensions, needed[j]);
        }
        for (uint32_t j = 0; all && j < VXM_TYPE_MAX_EXTENSIONS && needed[j]; ++j) {
            add_name(needed[j], names, &count);
        }
    }
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; ++i) {
        bool take = vxm__has_extension(extensions, wanted[i].name) &&
                    (wanted[i].coreVersion == 0 || apiVersion < wanted[i].coreVersion);
        for (uint32_t j = 0; j < 2 && wanted[i].with[j]; ++j) {
            bool in_core =
                wanted[i].withCoreVersion[j] != 0 && apiVersion >= wanted[i].withCoreVersion[j];
            take = take && (in_core || is_chosen(wanted[i].with[j], names, count));
        }
        if (take) {
            add_name(wanted[i].name, names, &count);
        }
    }
    return count;
}

uint32_t vxm__own_instance_extensions(const struct vxm_extensions *extensions,
                                      const char *names[VXM_MAX_EXTENSIONS],
                                      VkInstanceCreateFlags *flags)
{
    uint32_t count = 0;
    *flags = 0;
    /* Without it the loader hides drivers that are not fully conformant, such as MoltenVK. */
    if (vxm__has_extension(extensions, VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME)) {
        add_name(VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME, names, &count);
        *flags = VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR;
    }
    return count;
}

VkResult vxm__add_requested(const char *caller, const char *field,
                            const struct vxm_extensions *available, uint32_t requestedCount,
                            const char *const *requested, const char **names, uint32_t *count)
{
    for (uint32_t i = 0; i < requestedCount; ++i) {
        if (!vxm__has_extension(available, requested[i])) {
            return vxm__fail(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                             "%s: %s names %s, which neither the driver nor a layer in use has. "
                             "Leave it out, or choose another device.",
                             caller, field, requested[i]);
        }
        if (!is_chosen(requested[i], names, *count)) {
            names[(*count)++] = requested[i];
        }
    }
    return VK_SUCCESS;
}
