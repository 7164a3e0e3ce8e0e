/*
 * DRM format modifiers: those that a device has for an image, and none in words.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"

TestSuite(modifiers, .init = contract_begin, .fini = contract_end);

#define DMA_BUF   VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define QUESTION  "vkGetPhysicalDeviceImageFormatProperties2"
#define LISTING   "vkGetPhysicalDeviceFormatProperties2"
#define EXTENSION "VK_EXT_image_drm_format_modifier"

static VkImageCreateInfo image_info(void)
{
    VkImageCreateInfo image = contract_image_info(64, 64);

    image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    return image;
}

static VxmModifiers ask(VxmDevice device, const VkImageCreateInfo *image)
{
    VxmModifiers modifiers;

    fill(modifiers);
    require(vxmGetModifiers(device, image, DMA_BUF, &modifiers));
    cr_assert_leq(modifiers.modifierCount, VXM_MAX_MODIFIERS);
    cr_assert_not_null(memchr(modifiers.reason, 0, sizeof(modifiers.reason)));
    /* A reason is given exactly where there is none. */
    cr_expect_eq(modifiers.modifierCount == 0, modifiers.reason[0] != '\0', "%u, reason \"%s\"",
                 modifiers.modifierCount, modifiers.reason);
    return modifiers;
}

static void expect_none(VxmDevice device, const VkImageCreateInfo *image, const char *word)
{
    VxmModifiers modifiers = ask(device, image);
    size_t length = strlen(modifiers.reason);

    cr_expect_eq(modifiers.modifierCount, 0);
    cr_expect(strstr(modifiers.reason, word) != NULL, "\"%s\" is not in: %s", word,
              modifiers.reason);
    cr_expect(length > 20 && modifiers.reason[length - 1] == '.', "\"%s\" is no sentence",
              modifiers.reason);
}

Test(modifiers, device_s_own_in_its_order)
{
    const ModelDeviceConfig *config = &model_config()->devices[0];
    VkImageCreateInfo image = image_info();
    VxmDevice device = contract_device();
    VxmModifiers modifiers = ask(device, &image);

    cr_assert_eq(modifiers.modifierCount, config->modifierCount);
    for (uint32_t i = 0; i < modifiers.modifierCount; i++) {
        const VxmModifierProperties *one = &modifiers.modifiers[i];
        const ModelModifier *known = &config->modifiers[i];

        cr_expect_eq(one->drmFormatModifier, known->modifier);
        cr_expect_eq(one->planeCount, known->compressed ? 2 : 1);
        cr_expect_eq(one->exportable,
                     (known->features & VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT) != 0);
        cr_expect(one->importable);
        cr_expect_not(one->dedicatedOnly);
        cr_expect_eq((one->formatFeatures & VK_FORMAT_FEATURE_2_STORAGE_IMAGE_BIT) != 0,
                     !known->compressed);
        cr_expect((one->formatFeatures & VK_FORMAT_FEATURE_2_SAMPLED_IMAGE_BIT) != 0);
        cr_expect_eq(one->maxExtent.width, 16384);
        cr_expect_eq(one->maxExtent.height, 16384);
        cr_expect_eq(one->maxExtent.depth, 1);
    }
    image.format = VK_FORMAT_G8_B8R8_2PLANE_420_UNORM;
    modifiers = ask(device, &image);
    cr_assert_eq(modifiers.modifierCount, config->modifierCount);
    cr_expect_eq(modifiers.modifiers[0].planeCount, 4);
    cr_expect_eq(modifiers.modifiers[1].planeCount, 2);
    vxmDestroyDevice(device);
}

/* Each modifier is asked about by itself, and for this image. */
Test(modifiers, what_the_driver_says_of_each)
{
    ModelConfig config = model_default_config();
    ModelDeviceConfig *first = &config.devices[0];
    VkImageCreateInfo image = image_info();
    VxmModifiers modifiers;
    VxmDevice device;

    first->modifiers[0].features = VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT;
    first->modifiers[1].features = 0;
    model_external(first->images, DMA_BUF)->features |=
        VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT;
    device = contract_device_with(&config);
    modifiers = ask(device, &image);
    cr_assert_eq(modifiers.modifierCount, 3);
    cr_expect(modifiers.modifiers[0].exportable);
    cr_expect_not(modifiers.modifiers[0].importable);
    cr_expect(modifiers.modifiers[0].dedicatedOnly);
    cr_expect_eq(modifiers.modifiers[1].drmFormatModifier, MODEL_MODIFIER_IMPORT_ONLY);

    /* Only LINEAR and the tiled one have a storage image, and only the tiled one has mips. */
    vxmDestroyDevice(device);
    model_reset(NULL);
    device = contract_device();
    image.usage |= VK_IMAGE_USAGE_STORAGE_BIT;
    cr_expect_eq(ask(device, &image).modifierCount, 3);
    image.mipLevels = 3;
    modifiers = ask(device, &image);
    cr_assert_eq(modifiers.modifierCount, 1);
    cr_expect_eq(modifiers.modifiers[0].drmFormatModifier, MODEL_MODIFIER_TILED);
    vxmDestroyDevice(device);
}

Test(modifiers, those_named_alone_are_asked_about)
{
    const uint64_t named[] = {VXM_DRM_FORMAT_MOD_INVALID, VXM_DRM_FORMAT_MOD_LINEAR,
                              MODEL_MODIFIER_TILED, MODEL_MODIFIER_STRANGE};
    VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .drmFormatModifierCount = 4,
        .pDrmFormatModifiers = named,
    };
    const VkSubresourceLayout layout = {.rowPitch = 512};
    VkImageDrmFormatModifierExplicitCreateInfoEXT one = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT,
        .drmFormatModifier = MODEL_MODIFIER_TILED,
        .drmFormatModifierPlaneCount = 1,
        .pPlaneLayouts = &layout,
    };
    VkImageCreateInfo image = image_info();
    VxmDevice device = contract_device();
    VxmModifiers modifiers;

    image.pNext = &list;
    modifiers = ask(device, &image);
    cr_assert_eq(modifiers.modifierCount, 2);
    cr_expect_eq(modifiers.modifiers[0].drmFormatModifier, MODEL_MODIFIER_TILED);
    cr_expect_eq(modifiers.modifiers[1].drmFormatModifier, VXM_DRM_FORMAT_MOD_LINEAR);
    image.pNext = &one;
    modifiers = ask(device, &image);
    cr_assert_eq(modifiers.modifierCount, 1);
    cr_expect_eq(modifiers.modifiers[0].drmFormatModifier, MODEL_MODIFIER_TILED);

    list.pDrmFormatModifiers = &named[3];
    list.drmFormatModifierCount = 1;
    image.pNext = &list;
    expect_none(device, &image, "names the modifier 0x7f000000000000ff");
    expect_none(device, &image,
                "has the modifiers 0x7f00000000000001, 0x7f00000000000002, "
                "0x7f00000000000003 and LINEAR");
    vxmDestroyDevice(device);
}

Test(modifiers, none_is_told_in_words)
{
    VkImageCreateInfo image = image_info();
    VxmDevice device = contract_device();
    ModelConfig config = model_default_config();

    image.extent.width = 20000;
    expect_none(device, &image, "can't share this image");
    expect_none(device, &image, "20000x64x1");
    image = image_info();
    image.format = VK_FORMAT_BC1_RGB_UNORM_BLOCK;
    expect_none(device, &image, "the device has no modifier");
    vxmDestroyDevice(device);

    model_drop_extension(&config.devices[0], EXTENSION);
    device = contract_device_with(&config);
    image = image_info();
    expect_none(device, &image, EXTENSION);
    cr_expect_eq(model_call_count(LISTING), 0);
    vxmDestroyDevice(device);
}

/* The list with 64 bits of features, where the device has it; otherwise the older one. */
Test(modifiers, both_kinds_of_list)
{
    ModelConfig config = model_default_config();
    VkImageCreateInfo image = image_info();
    VxmDevice device = contract_device();
    VxmModifiers wide = ask(device, &image);
    VxmModifiers narrow;

    cr_expect(
        model_chain_contains(LISTING, VK_STRUCTURE_TYPE_DRM_FORMAT_MODIFIER_PROPERTIES_LIST_2_EXT));
    vxmDestroyDevice(device);

    config.devices[0].apiVersion = VK_API_VERSION_1_2;
    model_drop_extension(&config.devices[0], "VK_KHR_format_feature_flags2");
    device = contract_device_with(&config);
    narrow = ask(device, &image);
    cr_expect(
        model_chain_contains(LISTING, VK_STRUCTURE_TYPE_DRM_FORMAT_MODIFIER_PROPERTIES_LIST_EXT));
    cr_expect_eq(memcmp(&wide, &narrow, sizeof(wide)), 0, "the two lists differ");
    vxmDestroyDevice(device);
}

/* ---- drivers with habits of their own ---- */

static PFN_vkGetPhysicalDeviceFormatProperties2 listed;

/* As the specification says: no more than there is room for, and without an array how many there
 * are. The one that it knows is in the first place and in the last. */
#define LIST_MANY(name, List, Entry)                                                               \
    static VKAPI_ATTR void VKAPI_CALL name(VkPhysicalDevice physicalDevice, VkFormat format,       \
                                           VkFormatProperties2 *properties)                        \
    {                                                                                              \
        List *list = properties->pNext;                                                            \
        Entry first[4];                                                                            \
        List few = *list;                                                                          \
                                                                                                   \
        few.drmFormatModifierCount = 4;                                                            \
        few.pDrmFormatModifierProperties = first;                                                  \
        properties->pNext = &few;                                                                  \
        listed(physicalDevice, format, properties);                                                \
        properties->pNext = list;                                                                  \
        if (list->pDrmFormatModifierProperties == NULL) {                                          \
            list->drmFormatModifierCount = many;                                                   \
            return;                                                                                \
        }                                                                                          \
        list->drmFormatModifierCount = VXM_MAX_MODIFIERS;                                          \
        for (uint32_t i = 0; i < VXM_MAX_MODIFIERS; i++) {                                         \
            list->pDrmFormatModifierProperties[i] = first[1];                                      \
            list->pDrmFormatModifierProperties[i].drmFormatModifier +=                             \
                i == 0 || i + 1 == VXM_MAX_MODIFIERS ? 0 : 0x100u + i;                             \
        }                                                                                          \
        /* One that counts all of its own gets no further. */                                      \
        list->drmFormatModifierCount += counts_all ? 6 : 0;                                        \
    }
static uint32_t many;
static bool counts_all;
LIST_MANY(list_many, VkDrmFormatModifierPropertiesList2EXT, VkDrmFormatModifierProperties2EXT)
LIST_MANY(list_many_older, VkDrmFormatModifierPropertiesListEXT, VkDrmFormatModifierPropertiesEXT)

/* As lavapipe of Mesa 25.0, which does not know the newer list; and one that knows neither. */
static bool knows_older;
static VKAPI_ATTR void VKAPI_CALL list_unknown(VkPhysicalDevice physicalDevice, VkFormat format,
                                               VkFormatProperties2 *properties)
{
    const VkBaseOutStructure *chained = properties->pNext;

    if (knows_older &&
        chained->sType == VK_STRUCTURE_TYPE_DRM_FORMAT_MODIFIER_PROPERTIES_LIST_EXT) {
        listed(physicalDevice, format, properties);
    }
}

/* One modifier's images can be exported as a single type only. */
static PFN_vkGetPhysicalDeviceImageFormatProperties2 asked;
static VkSharingMode sharing_mode;
static VKAPI_ATTR VkResult VKAPI_CALL ask_one_type(VkPhysicalDevice physicalDevice,
                                                   const VkPhysicalDeviceImageFormatInfo2 *info,
                                                   VkImageFormatProperties2 *properties)
{
    VkResult result = asked(physicalDevice, info, properties);
    VkExternalImageFormatProperties *external = properties->pNext;
    const VkPhysicalDeviceImageDrmFormatModifierInfoEXT *modifier;
    const VkBaseInStructure *chained = info->pNext;

    while (chained->sType != VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_IMAGE_DRM_FORMAT_MODIFIER_INFO_EXT) {
        chained = chained->pNext;
    }
    modifier = (const void *)chained;
    sharing_mode = modifier->sharingMode;
    if (modifier->drmFormatModifier == MODEL_MODIFIER_TILED) {
        external->externalMemoryProperties.compatibleHandleTypes = DMA_BUF;
        external->externalMemoryProperties.exportFromImportedHandleTypes = 0;
    }
    return result;
}

static PFN_vkGetPhysicalDeviceFormatProperties2 in_place;
static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL get_proc(VkInstance instance, const char *name)
{
    PFN_vkVoidFunction command = model_vkGetInstanceProcAddr(instance, name);

    if (strcmp(name, QUESTION) == 0 && command != NULL) {
        asked = (PFN_vkGetPhysicalDeviceImageFormatProperties2)command;
        return (PFN_vkVoidFunction)ask_one_type;
    }
    if (strcmp(name, LISTING) == 0 && command != NULL) {
        listed = (PFN_vkGetPhysicalDeviceFormatProperties2)command;
        return (PFN_vkVoidFunction)in_place;
    }
    return command;
}

static void expect_many(uint32_t leftOut)
{
    VxmDeviceCreateInfo info = {.getInstanceProcAddr = get_proc};
    VkImageCreateInfo image = image_info();
    const size_t before = model_call_count(QUESTION);
    VxmModifiers modifiers;
    VxmDevice device;

    require(vxmCreateDevice(&info, &device));
    modifiers = ask(device, &image);
    cr_assert_eq(modifiers.modifierCount, 2);
    cr_expect_eq(modifiers.modifiers[1].drmFormatModifier, MODEL_MODIFIER_TILED);
    cr_expect_eq(modifiers.leftOut, leftOut);
    cr_expect_eq(model_call_count(QUESTION) - before, VXM_MAX_MODIFIERS);
    vxmDestroyDevice(device);
}

Test(modifiers, no_more_than_there_is_room_for)
{
    in_place = list_many;
    many = VXM_MAX_MODIFIERS;
    expect_many(0);
    many = VXM_MAX_MODIFIERS + 6;
    expect_many(6);
    counts_all = true;
    expect_many(6);
}

Test(modifiers, no_more_in_the_older_list)
{
    ModelConfig config = model_default_config();

    config.devices[0].apiVersion = VK_API_VERSION_1_2;
    model_drop_extension(&config.devices[0], "VK_KHR_format_feature_flags2");
    model_reset(&config);
    in_place = list_many_older;
    many = VXM_MAX_MODIFIERS + 1;
    counts_all = true;
    expect_many(1);
    counts_all = false;
    many = VXM_MAX_MODIFIERS;
    expect_many(0);
}

Test(modifiers, list_that_the_driver_leaves_untouched)
{
    VxmDeviceCreateInfo info = {.getInstanceProcAddr = get_proc};
    VkImageCreateInfo image = image_info();
    VxmDevice device;

    in_place = list_unknown;
    require(vxmCreateDevice(&info, &device));
    knows_older = true;
    cr_expect_eq(ask(device, &image).modifierCount, model_config()->devices[0].modifierCount);
    knows_older = false;
    expect_none(device, &image, "no modifier");
    vxmDestroyDevice(device);
}

Test(modifiers, concurrent_images_are_asked_about)
{
    static const uint32_t families[] = {0, 1};
    VxmDeviceCreateInfo create = {.getInstanceProcAddr = get_proc};
    VkImageCreateInfo image = image_info();
    VxmDevice device;

    in_place = list_unknown;
    knows_older = true;
    require(vxmCreateDevice(&create, &device));
    ask(device, &image);
    cr_expect_eq(sharing_mode, VK_SHARING_MODE_EXCLUSIVE);
    image.sharingMode = VK_SHARING_MODE_CONCURRENT;
    image.queueFamilyIndexCount = 2;
    image.pQueueFamilyIndices = families;
    cr_expect_eq(ask(device, &image).modifierCount, model_config()->devices[0].modifierCount);
    cr_expect_eq(sharing_mode, VK_SHARING_MODE_CONCURRENT);
    vxmDestroyDevice(device);
}

/* ---- no answer ---- */

Test(modifiers, driver_that_does_not_answer)
{
    VkImageCreateInfo image = image_info();
    VxmQueryInfo info = {.handleType = DMA_BUF, .image = &image};
    VxmDevice device = contract_device();
    VxmModifiers modifiers;
    VxmQueryResult result;
    uint32_t answers = model_config()->devices[0].modifierCount;

    for (uint32_t nth = 1; nth <= answers; nth++) {
        fill(modifiers);
        model_fail(QUESTION, nth, VK_ERROR_OUT_OF_HOST_MEMORY, false);
        expect_error(vxmGetModifiers(device, &image, DMA_BUF, &modifiers),
                     VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_DRIVER, QUESTION);
        expect_untouched(modifiers);
        model_clear_failures();
    }
    for (uint32_t nth = 1; nth <= 2 * answers; nth++) {
        fill(result);
        model_fail(QUESTION, nth, VK_ERROR_OUT_OF_HOST_MEMORY, false);
        expect_error(vxmQuery(device, &info, &result), VK_ERROR_OUT_OF_HOST_MEMORY,
                     VXM_ERROR_REASON_DRIVER, QUESTION);
        expect_untouched(result);
        model_clear_failures();
    }
    vxmDestroyDevice(device);
}

/* "None" is an answer: it is not the thread's last failure. */
Test(modifiers, answer_leaves_the_last_error_alone)
{
    VkImageCreateInfo image = image_info();
    VxmDevice device = contract_device();
    VxmModifiers modifiers;
    VxmError before, after;

    (void)vxmMapMemory(NULL, 0, NULL);
    vxmGetLastError(&before);
    require(vxmGetModifiers(
        device, &image, (VkExternalMemoryHandleTypeFlagBits)backend_other_types[0], &modifiers));
    cr_expect_eq(modifiers.modifierCount, 0);
    cr_expect(strstr(modifiers.reason, "system") != NULL, "%s", modifiers.reason);
    image.extent.width = 20000;
    expect_none(device, &image, "20000");
    vxmGetLastError(&after);
    cr_expect_str_eq(after.message, before.message);
    vxmDestroyDevice(device);
}

/* The same question on a system whose drivers have none. */
Test(modifiers, device_without_them_says_so)
{
    VkImageCreateInfo image = image_info();
    VxmQueryInfo info = {.image = &image};
    VxmDevice device = contract_device();

    expect_none(device, &image, "system");
    FOR_EACH_TYPE(type)
    {
        VxmModifiers modifiers;
        VxmQueryResult result;

        require(vxmGetModifiers(device, &image, type_bit(type), &modifiers));
        cr_expect_eq(modifiers.modifierCount, 0);
        cr_expect(strstr(modifiers.reason, EXTENSION) != NULL, "%s", modifiers.reason);
        info.handleType = type->type;
        require(vxmQuery(device, &info, &result));
        cr_expect_not(result.exportable);
        cr_expect_not(result.importable);
        cr_expect(strstr(result.reason, EXTENSION) != NULL, "%s", result.reason);
    }
    vxmDestroyDevice(device);
}

Test(modifiers, arguments)
{
    VkImageCreateInfo image = image_info();
    VxmDevice device = contract_device();
    VxmModifiers modifiers;

    fill(modifiers);
    expect_error(vxmGetModifiers(device, &image, 0, &modifiers), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "one bit");
    expect_error(vxmGetModifiers(device, &image, (VkExternalMemoryHandleTypeFlagBits)3, &modifiers),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "0x3");
    image.usage = 0;
    expect_error(vxmGetModifiers(device, &image, DMA_BUF, &modifiers),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "usage");
    image = image_info();
    image.tiling = VK_IMAGE_TILING_LINEAR;
    expect_error(vxmGetModifiers(device, &image, DMA_BUF, &modifiers),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "tiling");
    expect_untouched(modifiers);
    vxmDestroyDevice(device);
}

/* ---- vxmQuery() ---- */

Test(modifiers, questions_are_about_any_of_them)
{
    const uint64_t named[] = {MODEL_MODIFIER_IMPORT_ONLY};
    VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .drmFormatModifierCount = 1,
        .pDrmFormatModifiers = named,
    };
    ModelDeviceConfig *config = &model_config()->devices[0];
    VkImageCreateInfo image = image_info();
    VxmQueryInfo info = {.handleType = DMA_BUF, .image = &image};
    VxmDevice device = contract_device();
    VxmQueryResult result;

    require(vxmQuery(device, &info, &result));
    cr_expect(result.exportable && result.importable && result.reexportable);
    cr_expect_str_empty(result.reason);
    cr_expect_eq(result.compatibleHandleTypes, model_external(config->images, DMA_BUF)->compatible);

    image.pNext = &list;
    require(vxmQuery(device, &info, &result));
    cr_expect_not(result.exportable);
    cr_expect(result.importable);
    cr_expect(strstr(result.reason, "import") != NULL, "%s", result.reason);

    image.pNext = NULL;
    image.extent.width = 20000;
    require(vxmQuery(device, &info, &result));
    cr_expect_not(result.exportable || result.importable);
    cr_expect(strstr(result.reason, "can't share this image") != NULL, "%s", result.reason);
    vxmDestroyDevice(device);
}

/* Whichever modifier the driver takes, what was said of other types must hold. */
Test(modifiers, other_types_go_with_all_of_them)
{
    const uint64_t named[] = {MODEL_MODIFIER_COMPRESSED, VXM_DRM_FORMAT_MOD_LINEAR};
    VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .drmFormatModifierCount = 2,
        .pDrmFormatModifiers = named,
    };
    VxmDeviceCreateInfo create = {.getInstanceProcAddr = get_proc};
    ModelExternal *row = model_external(model_config()->devices[0].images, DMA_BUF);
    VkImageCreateInfo image = image_info();
    VxmQueryInfo info = {.handleType = DMA_BUF, .image = &image};
    VxmQueryResult result;
    VxmDevice device;

    in_place = list_unknown;
    knows_older = true;
    require(vxmCreateDevice(&create, &device));
    require(vxmQuery(device, &info, &result));
    cr_expect(result.exportable && result.importable);
    cr_expect_eq(result.compatibleHandleTypes, DMA_BUF);
    cr_expect_eq(result.exportFromImportedHandleTypes, 0);
    image.pNext = &list;
    require(vxmQuery(device, &info, &result));
    cr_expect_eq(result.compatibleHandleTypes, row->compatible);
    cr_expect_eq(result.exportFromImportedHandleTypes, row->exportFromImported);
    vxmDestroyDevice(device);
}

/* One modifier, which the description names. */
Test(modifiers, questions_about_a_peer_s_image)
{
    VxmShared shared = {
        .resourceType = VXM_RESOURCE_TYPE_IMAGE,
        .handleType = DMA_BUF,
        .memoryCount = 1,
        .image =
            {
                .imageType = VK_IMAGE_TYPE_2D,
                .format = VK_FORMAT_R8G8B8A8_UNORM,
                .extent = {64, 64, 1},
                .mipLevels = 1,
                .arrayLayers = 1,
                .samples = VK_SAMPLE_COUNT_1_BIT,
                .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                .usage = VK_IMAGE_USAGE_SAMPLED_BIT,
                .drmFormatModifier = MODEL_MODIFIER_IMPORT_ONLY,
                .planeCount = 1,
                .planes = {{.rowPitch = 512}},
            },
    };
    VxmQueryInfo info = {.handleType = DMA_BUF, .peerShared = &shared};
    VxmDevice device = contract_device();
    VxmQueryResult result;

    require(vxmQuery(device, &info, &result));
    cr_expect(result.importable && !result.exportable, "%s", result.reason);
    cr_expect_eq(model_call_count(QUESTION), 1);
    shared.image.drmFormatModifier = MODEL_MODIFIER_STRANGE;
    require(vxmQuery(device, &info, &result));
    cr_expect_not(result.importable || result.exportable);
    cr_expect(strstr(result.reason, "modifier 0x7f000000000000ff") != NULL, "%s", result.reason);
    cr_expect(strstr(result.reason, "0x7f00000000000001, 0x7f00000000000002") != NULL, "%s",
              result.reason);
    vxmDestroyDevice(device);
}
