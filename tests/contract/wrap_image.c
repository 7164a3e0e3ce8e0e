/*
 * An app's own image: adopted with the memory it lies in, and as what an import is dedicated to.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"

TestSuite(wrap_image, .init = contract_begin, .fini = contract_end);

/* Types that an app can make an image for by itself: nothing has to be made or declared first, and
 * the exporter's image has memory of its own too. */
static bool suits(const struct backend_type *type)
{
    return type->exportable && !type->bufferOnly && !type->atCreation && !type->nativeFirst &&
           (type->dedicated || !type->sameDedicated);
}

static VkImageCreateInfo image_for(const struct backend_type *type)
{
    VkImageCreateInfo image = contract_image_info(24, 24);

    if (type->linear) {
        image.tiling = VK_IMAGE_TILING_LINEAR;
    }
    return image;
}

/* The exporter's: its object and its description. Dedicated, as the import will be. */
static void export_image(VxmDevice device, const struct backend_type *type, VxmMemory *memory,
                         VxmShared *shared)
{
    VkImageCreateInfo image = image_for(type);
    VxmMemoryCreateInfo create = contract_memory_info(type->type);

    create.dedicated = VXM_DEDICATED_ON;
    require(vxmCreateImage(device, &image, &create, memory));
    require(vxmExportMemory(*memory, (VkExternalMemoryHandleTypeFlagBits)type->type, shared));
}

/* What the app makes with plain Vulkan: identical to the exporter's. */
static VkImage make_own(VxmDevice device, const struct backend_type *type)
{
    const VkExternalMemoryImageCreateInfo external = {
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO,
        .handleTypes = type->type,
    };
    PFN_vkCreateImage create = (PFN_vkCreateImage)contract_command(device, "vkCreateImage");
    VkImageCreateInfo info = image_for(type);
    VkImage image = VK_NULL_HANDLE;

    info.pNext = &external;
    require(create(contract_vk_device(device), &info, NULL, &image));
    return image;
}

static void end_own(VxmDevice device, VkImage image)
{
    PFN_vkDestroyImage destroy = (PFN_vkDestroyImage)contract_command(device, "vkDestroyImage");

    destroy(contract_vk_device(device), image, NULL);
}

static void bind(VxmDevice device, VkImage image, VkDeviceMemory memory)
{
    PFN_vkBindImageMemory2 command =
        (PFN_vkBindImageMemory2)contract_command(device, "vkBindImageMemory2");
    VkBindImageMemoryInfo info = {
        .sType = VK_STRUCTURE_TYPE_BIND_IMAGE_MEMORY_INFO, .image = image, .memory = memory};

    require(command(contract_vk_device(device), 1, &info));
}

Test(wrap_image, import_for_the_apps_own_image)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmImportInfo info = {0};
        VxmMemory memory = NULL;
        VxmMemory import = NULL;
        ModelAllocation allocation;
        VxmShared shared;
        VxmMemoryInfo got;

        if (!suits(type)) {
            continue;
        }
        export_image(device, type, &memory, &shared);
        info.dedicatedImage = make_own(device, type);
        require(vxmImportMemory(device, &shared, &info, &import));
        cr_assert(model_last_allocation(&allocation));
        cr_expect_eq(allocation.dedicatedImage, info.dedicatedImage);
        require(vxmGetMemoryInfo(import, &got));
        cr_expect_eq(got.image, VK_NULL_HANDLE, "the image is the app's, not the object's");
        cr_expect(got.dedicated);
        bind(device, info.dedicatedImage, got.memories[0].memory);
        end_own(device, info.dedicatedImage);
        vxmDestroyMemory(import);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* The plan knows the image already, and creates none of its own. */
Test(wrap_image, plan_for_the_apps_own_image)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        PFN_vkAllocateMemory allocate =
            (PFN_vkAllocateMemory)contract_command(device, "vkAllocateMemory");
        VxmPlanResult result = {.takeObjects = VK_TRUE, .memoryCount = 1};
        VxmImportInfo info = {0};
        VxmMemory memory = NULL;
        VxmMemory import = NULL;
        ModelAllocation allocation;
        VxmShared shared;
        VxmPlan plan;

        if (!suits(type)) {
            continue;
        }
        export_image(device, type, &memory, &shared);
        info.dedicatedImage = make_own(device, type);
        require(vxmPlanImport(device, &shared, &info, &plan));
        cr_expect(plan.dedicated);
        require(allocate(contract_vk_device(device), &plan.memories[0].allocateInfo, NULL,
                         &result.memories[0].memory));
        cr_assert(model_last_allocation(&allocation));
        cr_expect_eq(allocation.dedicatedImage, info.dedicatedImage);
        require(vxmFinishPlan(&plan, &result, &import));
        bind(device, info.dedicatedImage, vxmGetVkDeviceMemory(import, 0));
        end_own(device, info.dedicatedImage);
        vxmDestroyMemory(import);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* The memory of an image is not for a buffer. */
Test(wrap_image, import_for_a_buffer_is_refused)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmImportInfo info = {.dedicatedBuffer = (VkBuffer)(uintptr_t)1};
        VxmMemory memory = NULL;
        VxmMemory import;
        VxmShared shared;

        if (!suits(type)) {
            continue;
        }
        export_image(device, type, &memory, &shared);
        fill(import);
        expect_error(vxmImportMemory(device, &shared, &info, &import),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                     "dedicatedBuffer is given, but the description is of an image");
        expect_untouched(import);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* What would have to travel and doesn't is refused of images that exist, too. */
Test(wrap_image, unknown_struct_in_the_chain)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VkBaseInStructure unknown = {.sType = (VkStructureType)1000999000};
        VkImageCreateInfo image = image_for(type);
        VxmMemoryWrapInfo info = {
            .image = (VkImage)(uintptr_t)1,
            .imageCreateInfo = &image,
            .handleTypes = type->type,
            .memoryCount = 1,
            .memories[0] = {.memory = (VkDeviceMemory)(uintptr_t)1, .allocationSize = 65536},
        };
        VxmMemory memory;

        if (!suits(type)) {
            continue;
        }
        image.pNext = &unknown;
        fill(memory);
        expect_error(vxmWrapMemory(device, &info, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "1000999000");
        expect_untouched(memory);
    }
    vxmDestroyDevice(device);
}
