/*
 * Self-test of Metal's rules: references that nobody gives away, textures, and objects that are
 * declared at creation.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "internal.h"
#include "selftest.h"

#include <string.h>

#include "modelled/table.h"

#define BUFFER  VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLBUFFER_BIT_EXT
#define TEXTURE VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLTEXTURE_BIT_EXT
#define FD      VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define SURFACE 0x20000000u
#define EVENT   0x40000000u

static const char devices[MODEL_DEVICE_COUNT];

const void *model__native_device(uint32_t index)
{
    return &devices[index];
}

/* ---- what most tests need ---- */

static VkDeviceMemory make(VkDeviceSize size, uint32_t type, const void *next)
{
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, next, type};
    VkDeviceMemory memory;

    CHECK(allocate(context.device, size, 2, &export, &memory) == VK_SUCCESS);
    return memory;
}

static VkResult get(VkDeviceMemory memory, uint32_t type, void **object)
{
    VkMemoryGetMetalHandleInfoEXT info = {VK_STRUCTURE_TYPE_MEMORY_GET_METAL_HANDLE_INFO_EXT, NULL,
                                          memory, (VkExternalMemoryHandleTypeFlagBits)type};

    return DEVICE_CALL(GetMemoryMetalHandleEXT)(context.device, &info, object);
}

static VkResult ask(uint32_t type, const void *object, uint32_t *bits)
{
    VkMemoryMetalHandlePropertiesEXT properties = {
        VK_STRUCTURE_TYPE_MEMORY_METAL_HANDLE_PROPERTIES_EXT, NULL, 0};
    VkResult result = DEVICE_CALL(GetMemoryMetalHandlePropertiesEXT)(
        context.device, (VkExternalMemoryHandleTypeFlagBits)type, object, &properties);

    *bits = properties.memoryTypeBits;
    return result;
}

static VkResult import(uint32_t type, void *object, VkDeviceSize size, uint32_t memoryType,
                       const void *next, VkDeviceMemory *memory)
{
    VkImportMemoryMetalHandleInfoEXT info = {VK_STRUCTURE_TYPE_IMPORT_MEMORY_METAL_HANDLE_INFO_EXT,
                                             next, (VkExternalMemoryHandleTypeFlagBits)type,
                                             object};

    return allocate(context.device, size, memoryType, &info, memory);
}

static void free_memory(VkDeviceMemory memory)
{
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
}

static bool lives(const void *object)
{
    return modelled_is_open((modelled_value)object);
}

static void retain(void *object)
{
    modelled_value same;

    CHECK(modelled_duplicate((modelled_value)object, &same));
}

static void release(void *object)
{
    modelled_close((modelled_value)object);
}

static VkResult make_image_with(const void *next, VkImage *image)
{
    VkImageCreateInfo info = {VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                              next,
                              0,
                              VK_IMAGE_TYPE_2D,
                              VK_FORMAT_R8G8B8A8_UNORM,
                              {64, 64, 1},
                              1,
                              1,
                              VK_SAMPLE_COUNT_1_BIT,
                              VK_IMAGE_TILING_OPTIMAL,
                              VK_IMAGE_USAGE_TRANSFER_DST_BIT,
                              VK_SHARING_MODE_EXCLUSIVE,
                              0,
                              NULL,
                              VK_IMAGE_LAYOUT_UNDEFINED};

    return DEVICE_CALL(CreateImage)(context.device, &info, NULL, image);
}

static void export_objects(const void *next)
{
    VkExportMetalObjectsInfoEXT info = {VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECTS_INFO_EXT, next};

    DEVICE_CALL(ExportMetalObjectsEXT)(context.device, &info);
}

static const ModelImageFacts square = {64, 64, 1, 1, 1, 1, VK_FORMAT_R8G8B8A8_UNORM};

/* ---- memory ---- */

/* The getter gives no reference, and an import takes its own. */
static void references(void)
{
    VkDeviceMemory memory, imported;
    void *object = NULL, *same = NULL;
    uint32_t bits = 0;

    begin(NULL);
    memory = make(4096, BUFFER, NULL);
    CHECK(get(memory, BUFFER, &object) == VK_SUCCESS && lives(object));
    CHECK(get(memory, BUFFER, &same) == VK_SUCCESS && same == object);
    free_memory(memory);
    CHECK(!lives(object));

    memory = make(4096, BUFFER, NULL);
    CHECK(get(memory, BUFFER, &object) == VK_SUCCESS);
    retain(object);
    free_memory(memory);
    CHECK(lives(object));
    CHECK(ask(BUFFER, object, &bits) == VK_SUCCESS && bits == 0xc);
    CHECK(import(BUFFER, object, 4096, 2, NULL, &imported) == VK_SUCCESS);
    release(object);
    CHECK(lives(object));
    free_memory(imported);
    CHECK(!lives(object));

    /* A reference too few. */
    memory = make(4096, BUFFER, NULL);
    CHECK(get(memory, BUFFER, &object) == VK_SUCCESS);
    release(object);
    free_memory(memory);
    EXPECT_BREACH("ownership");
    end();
}

static void query_is_mandatory(void)
{
    VkDeviceMemory memory, imported;
    void *object = NULL;
    uint32_t bits;

    begin(NULL);
    memory = make(4096, BUFFER, NULL);
    CHECK(get(memory, BUFFER, &object) == VK_SUCCESS);
    CHECK(import(BUFFER, object, 4096, 2, NULL, &imported) < 0);
    EXPECT_BREACH("properties");
    CHECK(ask(BUFFER, object, &bits) == VK_SUCCESS);
    CHECK(import(BUFFER, object, 4096, 1, NULL, &imported) < 0);
    EXPECT_BREACH("properties");
    CHECK(import(BUFFER, object, 8192, 2, NULL, &imported) < 0);
    EXPECT_BREACH("allocationSize");
    CHECK(import(BUFFER, object, 4096, 2, NULL, &imported) == VK_SUCCESS);
    free_memory(imported);
    free_memory(memory);
    end();
}

static void wrong_objects(void)
{
    VkDeviceMemory memory;
    void *other, *object = NULL;
    uint32_t bits;

    begin(NULL);
    other = (void *)modelled_make('f', NULL, 0, 0);
    CHECK(ask(BUFFER, other, &bits) < 0);
    EXPECT_BREACH("10416");
    CHECK(ask(FD, other, &bits) < 0);
    EXPECT_BREACH("handleType-parameter");
    CHECK(import(BUFFER, other, 4096, 2, NULL, &memory) == VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(import(BUFFER, NULL, 4096, 2, NULL, &memory) == VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(import(FD, other, 4096, 2, NULL, &memory) < 0);
    EXPECT_BREACH("10410");
    CHECK(lives(other));
    release(other);
    memory = make(4096, BUFFER, NULL);
    CHECK(get(memory, TEXTURE, &object) < 0);
    EXPECT_BREACH("10413");
    CHECK(get(memory, FD, &object) < 0);
    EXPECT_BREACH("10414");
    free_memory(memory);
    end();
}

static void textures(void)
{
    VkMemoryDedicatedAllocateInfo dedicated = {VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO,
                                               NULL, VK_NULL_HANDLE, VK_NULL_HANDLE};
    ModelImageFacts smaller = square, other = square;
    union model_native texture, small, strange, stranger;
    VkDeviceMemory memory;
    VkImage image;
    uint32_t bits;

    begin(NULL);
    smaller.height = 63;
    other.format = VK_FORMAT_R8_UNORM;
    CHECK(model_make_foreign_image(TEXTURE, 0, &square, &texture));
    CHECK(model_make_foreign_image(TEXTURE, 0, &smaller, &small));
    CHECK(model_make_foreign_image(TEXTURE, 0, &other, &strange));
    CHECK(model_make_foreign_image(TEXTURE, 1, &square, &stranger));
    image = make_image(context.device, VK_IMAGE_TILING_OPTIMAL, TEXTURE);
    dedicated.image = image;
    CHECK(ask(TEXTURE, texture.pointer, &bits) == VK_SUCCESS);
    CHECK(ask(TEXTURE, small.pointer, &bits) == VK_SUCCESS);
    CHECK(ask(TEXTURE, strange.pointer, &bits) == VK_SUCCESS);
    CHECK(ask(TEXTURE, stranger.pointer, &bits) == VK_SUCCESS);
    CHECK(import(TEXTURE, texture.pointer, 16384, 2, &dedicated, &memory) < 0);
    EXPECT_BREACH("10397");
    CHECK(import(TEXTURE, texture.pointer, 0, 2, NULL, &memory) < 0);
    CHECK(model_breach_contains("10395"));
    model_take_breaches();
    CHECK(import(TEXTURE, small.pointer, 0, 2, &dedicated, &memory) < 0);
    EXPECT_BREACH("10396");
    CHECK(import(TEXTURE, strange.pointer, 0, 2, &dedicated, &memory) < 0);
    EXPECT_BREACH("format");
    CHECK(import(TEXTURE, stranger.pointer, 0, 2, &dedicated, &memory) < 0);
    EXPECT_BREACH("device");
    CHECK(import(TEXTURE, texture.pointer, 0, 2, &dedicated, &memory) == VK_SUCCESS);
    free_memory(memory);
    DEVICE_CALL(DestroyImage)(context.device, image, NULL);
    release(texture.pointer);
    release(small.pointer);
    release(strange.pointer);
    release(stranger.pointer);
    end();
}

/* ---- declared at creation ---- */

static void surfaces(void)
{
    VkExportMetalObjectCreateInfoEXT wrong = {VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT,
                                              NULL,
                                              VK_EXPORT_METAL_OBJECT_TYPE_METAL_BUFFER_BIT_EXT};
    VkExportMetalObjectCreateInfoEXT declare = {
        VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT, NULL,
        VK_EXPORT_METAL_OBJECT_TYPE_METAL_IOSURFACE_BIT_EXT};
    VkImportMetalIOSurfaceInfoEXT use = {VK_STRUCTURE_TYPE_IMPORT_METAL_IO_SURFACE_INFO_EXT, NULL,
                                         NULL};
    VkExportMetalIOSurfaceInfoEXT got = {VK_STRUCTURE_TYPE_EXPORT_METAL_IO_SURFACE_INFO_EXT, NULL,
                                         VK_NULL_HANDLE, NULL};
    VkImage made, imported;
    ModelImageFacts smaller = square;
    union model_native small;
    VkImage none;

    begin(NULL);
    CHECK(make_image_with(&wrong, &none) < 0);
    EXPECT_BREACH("06783");
    /* Declared, and made by nobody. */
    CHECK(make_image_with(&declare, &made) == VK_SUCCESS);
    got.image = made;
    export_objects(&got);
    CHECK(got.ioSurface == NULL && model_breach_count() == 0);
    DEVICE_CALL(DestroyImage)(context.device, made, NULL);

    declare.pNext = &use;
    CHECK(make_image_with(&declare, &made) == VK_SUCCESS);
    got.image = made;
    export_objects(&got);
    CHECK(got.ioSurface != NULL && lives(got.ioSurface));
    use.ioSurface = got.ioSurface;
    CHECK(make_image_with(&use, &imported) == VK_SUCCESS);
    got.image = imported;
    got.ioSurface = NULL;
    export_objects(&got);
    EXPECT_BREACH("06803");
    CHECK(got.ioSurface == NULL);
    DEVICE_CALL(DestroyImage)(context.device, made, NULL);
    CHECK(lives(use.ioSurface));
    DEVICE_CALL(DestroyImage)(context.device, imported, NULL);
    CHECK(!lives(use.ioSurface));

    smaller.width = 32;
    CHECK(model_make_foreign_image(SURFACE, 0, &smaller, &small));
    use.ioSurface = small.pointer;
    CHECK(make_image_with(&use, &none) < 0);
    EXPECT_BREACH("ioSurface");
    release(small.pointer);
    end();
}

static void shared_events(void)
{
    VkExportMetalObjectCreateInfoEXT wrong = {VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT,
                                              NULL,
                                              VK_EXPORT_METAL_OBJECT_TYPE_METAL_BUFFER_BIT_EXT};
    VkExportMetalObjectCreateInfoEXT declare = {
        VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT, NULL,
        VK_EXPORT_METAL_OBJECT_TYPE_METAL_SHARED_EVENT_BIT_EXT};
    VkImportMetalSharedEventInfoEXT use = {VK_STRUCTURE_TYPE_IMPORT_METAL_SHARED_EVENT_INFO_EXT,
                                           NULL, NULL};
    VkExportMetalSharedEventInfoEXT got = {VK_STRUCTURE_TYPE_EXPORT_METAL_SHARED_EVENT_INFO_EXT,
                                           NULL, VK_NULL_HANDLE, VK_NULL_HANDLE, NULL};
    VkSemaphoreTypeCreateInfo timeline = {VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO, NULL,
                                          VK_SEMAPHORE_TYPE_TIMELINE, 5};
    VkSemaphoreCreateInfo info = {VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, &timeline, 0};
    VkSemaphore made, imported, none;
    uint64_t value = 0;
    void *other;

    begin(NULL);
    timeline.pNext = &wrong;
    CHECK(DEVICE_CALL(CreateSemaphore)(context.device, &info, NULL, &none) < 0);
    EXPECT_BREACH("06789");
    timeline.pNext = &declare;
    CHECK(DEVICE_CALL(CreateSemaphore)(context.device, &info, NULL, &made) == VK_SUCCESS);
    export_objects(&got);
    EXPECT_BREACH("06804");
    got.semaphore = made;
    export_objects(&got);
    CHECK(got.mtlSharedEvent != NULL && lives(got.mtlSharedEvent));
    use.mtlSharedEvent = got.mtlSharedEvent;
    timeline.pNext = &use;
    /* Creation sets the event to the initial value. */
    timeline.initialValue = 9;
    CHECK(DEVICE_CALL(CreateSemaphore)(context.device, &info, NULL, &imported) == VK_SUCCESS);
    CHECK(DEVICE_CALL(GetSemaphoreCounterValue)(context.device, made, &value) == VK_SUCCESS &&
          value == 9);
    got.semaphore = imported;
    export_objects(&got);
    EXPECT_BREACH("06805");
    DEVICE_CALL(DestroySemaphore)(context.device, made, NULL);
    CHECK(lives(use.mtlSharedEvent));
    DEVICE_CALL(DestroySemaphore)(context.device, imported, NULL);
    CHECK(!lives(use.mtlSharedEvent));
    other = (void *)modelled_make('f', NULL, 0, 0);
    use.mtlSharedEvent = other;
    CHECK(DEVICE_CALL(CreateSemaphore)(context.device, &info, NULL, &none) < 0);
    EXPECT_BREACH("mtlSharedEvent");
    release(other);
    end();
}

static void devices_are_declared(void)
{
    VkExportMetalObjectCreateInfoEXT surface = {
        VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT, NULL,
        VK_EXPORT_METAL_OBJECT_TYPE_METAL_IOSURFACE_BIT_EXT};
    VkInstanceCreateInfo info = {
        VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, &surface, 0, NULL, 0, NULL, 0, NULL};
    VkExportMetalDeviceInfoEXT got = {VK_STRUCTURE_TYPE_EXPORT_METAL_DEVICE_INFO_EXT, NULL, NULL};
    PFN_vkCreateInstance create =
        (PFN_vkCreateInstance)model_vkGetInstanceProcAddr(NULL, "vkCreateInstance");
    VkInstance instance;
    struct model_instance *own;

    begin(NULL);
    CHECK(create(&info, NULL, &instance) < 0);
    EXPECT_BREACH("06779");
    export_objects(&got);
    CHECK(got.mtlDevice == model__native_device(0));
    /* As if it had not been declared. */
    own = model__peek_object(MODEL_ID(context.instance), MODEL_INSTANCE);
    own->metalDevice = false;
    got.mtlDevice = NULL;
    export_objects(&got);
    EXPECT_BREACH("06791");
    CHECK(got.mtlDevice == NULL);
    end();
}

/* A device of the subset has to be asked for, and to be told so. */
static void portability(void)
{
    VkInstanceCreateInfo info = {
        VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, NULL, 0, NULL, 0, NULL, 0, NULL};
    PFN_vkCreateInstance create =
        (PFN_vkCreateInstance)model_vkGetInstanceProcAddr(NULL, "vkCreateInstance");
    VkInstance instance;
    VkDevice device;
    uint32_t count = 7;

    begin(NULL);
    CHECK(create(&info, NULL, &instance) == VK_SUCCESS);
    CHECK(((PFN_vkEnumeratePhysicalDevices)model_vkGetInstanceProcAddr(
              instance, "vkEnumeratePhysicalDevices"))(instance, &count, NULL) == VK_SUCCESS &&
          count == 0);
    ((PFN_vkDestroyInstance)model_vkGetInstanceProcAddr(instance, "vkDestroyInstance"))(instance,
                                                                                        NULL);
    device = make_device(context.physical[0], false, 0, NULL);
    EXPECT_BREACH("04451");
    if (device)
        DEVICE_CALL(DestroyDevice)(device, NULL);
    end();
}

static void habits(void)
{
    ModelConfig config = model_default_config();
    VkExportMetalDeviceInfoEXT got = {VK_STRUCTURE_TYPE_EXPORT_METAL_DEVICE_INFO_EXT, NULL, NULL};
    VkDeviceMemory memory;
    void *object = &memory;

    config.habits.exportNull = true;
    begin(&config);
    memory = make(4096, BUFFER, NULL);
    CHECK(get(memory, BUFFER, &object) == VK_SUCCESS && object == NULL);
    export_objects(&got);
    CHECK(got.mtlDevice == NULL && model_breach_count() == 0);
    free_memory(memory);
    end();
}

/* ---- the program ---- */

static uint32_t open_natives(void)
{
    if (modelled_get_style() != MODELLED_REFERENCES)
        modelled_set_style(MODELLED_REFERENCES);
    return (uint32_t)modelled_open_count();
}

static const char *const extensions[] = {
    "VK_EXT_external_memory_metal",
    "VK_EXT_metal_objects",
    "VK_EXT_external_memory_host",
    "VK_KHR_portability_subset",
};

static const VkExportMetalObjectCreateInfoEXT declared = {
    VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT, NULL,
    VK_EXPORT_METAL_OBJECT_TYPE_METAL_DEVICE_BIT_EXT};

const struct selftest_system selftest_system = {
    .extensions = extensions,
    .extensionCount = sizeof extensions / sizeof extensions[0],
    .portability = true,
    .instanceNext = &declared,
    .open_natives = open_natives,
    .tests = {references, query_is_mandatory, wrong_objects, textures, surfaces, shared_events,
              devices_are_declared, portability, habits},
};
