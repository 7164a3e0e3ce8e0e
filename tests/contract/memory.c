/*
 * The memory object: round trips of raw memory and buffers for every handle type, dedicated or not.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"

TestSuite(memory, .init = contract_begin, .fini = contract_end);

static const VxmResourceType resource_types[] = {VXM_RESOURCE_TYPE_MEMORY, VXM_RESOURCE_TYPE_BUFFER,
                                                 VXM_RESOURCE_TYPE_IMAGE};

static void expect_import(VxmMemory memory, const struct source *source,
                          const struct backend_type *type)
{
    const VxmSharedMemory *from = &source->shared.memories[0];
    VxmMemoryInfo info;

    require(vxmGetMemoryInfo(memory, &info));
    cr_expect_eq(info.resourceType, source->shared.resourceType);
    cr_expect(info.imported);
    cr_expect_eq(info.importHandleType, type->type);
    cr_expect_eq(info.exportHandleTypes, 0);
    cr_expect_eq(info.dedicated, source->shared.dedicated || type->dedicatedRequired);
    cr_expect_eq(info.memoryCount, 1);
    if (!type->sizeIgnored) {
        cr_expect_eq(info.memories[0].allocationSize, from->allocationSize);
    }
    if (type->exact) {
        cr_expect_eq(info.memories[0].memoryTypeIndex < 32 &&
                         (1u << info.memories[0].memoryTypeIndex) == from->memoryTypeBits,
                     true, "type %u imported, bits 0x%x exported", info.memories[0].memoryTypeIndex,
                     from->memoryTypeBits);
    }
}

static void round_trip(const struct backend_type *type, VxmResourceType resourceType)
{
    VxmDevice device = contract_device();
    VxmMemory imports[2] = {NULL, NULL};
    struct source source;
    struct watch watch;

    source_open(device, type, resourceType, &source);
    watch_begin(&source.shared.memories[0].handle, type, &watch);
    for (int i = 0; i < 2; i++) {
        require(vxmImportMemory(device, &source.shared, NULL, &imports[i]));
        expect_import(imports[i], &source, type);
    }
    expect_aliases(imports[0], imports[1]);
    if (source.memory != NULL) {
        expect_aliases(source.memory, imports[0]);
    }
    expect_borrowed(&watch, &source.shared.memories[0].handle);
    vxmDestroyMemory(imports[0]);
    if (type->closable) {
        /* The handle and the source may go: the import keeps the payload. */
        const unsigned char *data;

        source_close(&source);
        data = model_memory_data(vxmGetVkDeviceMemory(imports[1], 0));
        cr_assert_not_null(data);
        cr_expect_eq(data[EXCHANGE_SIZE - 1], 20);
    }
    vxmDestroyMemory(imports[1]);
    source_close(&source);
    vxmDestroyDevice(device);
    expect_idle();
}

Test(memory, every_type_makes_the_round_trip)
{
    FOR_EACH_TYPE(type)
    {
        for (size_t i = 0; i < sizeof(resource_types) / sizeof(resource_types[0]); i++) {
            if (type_can(type, resource_types[i])) {
                round_trip(type, resource_types[i]);
            }
        }
    }
}

static unsigned char *contents(VxmMemory memory)
{
    unsigned char *data = model_memory_data(vxmGetVkDeviceMemory(memory, 0));

    cr_assert_not_null(data);
    return data;
}

Test(memory, handle_keeps_the_payload_alive)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        struct source source;
        VxmMemory import = NULL;

        if (!type->exportable || !type->closable) {
            continue;
        }
        source_open(device, type, type_resource(type), &source);
        memset(contents(source.memory), 77, EXCHANGE_SIZE);
        vxmDestroyMemory(source.memory);
        source.memory = NULL;
        require(vxmImportMemory(device, &source.shared, NULL, &import));
        cr_expect_eq(contents(import)[0], 77);
        cr_expect_eq(contents(import)[EXCHANGE_SIZE - 1], 77);
        vxmDestroyMemory(import);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

Test(memory, each_export_gives_a_handle_of_its_own)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VkExternalMemoryHandleTypeFlagBits bit = (VkExternalMemoryHandleTypeFlagBits)type->type;
        struct source source;
        VxmShared second;
        VxmHandle third = {0};
        size_t before;

        if (!type->exportable) {
            continue;
        }
        source_open(device, type, type_resource(type), &source);
        before = backend_handle_count();
        require(vxmExportMemory(source.memory, bit, &second));
        require(vxmGetMemoryHandle(source.memory, 0, bit, &third));
        /* Where the handle is made of the payload, each may take another reference to that. */
        cr_expect(backend_handle_count() == before + (type->closable ? 2 : 0) ||
                  (type->nativeFirst && backend_handle_count() > before));
        cr_expect_eq(third.kind, VXM_HANDLE_KIND_MEMORY);
        cr_expect_eq(third.type, type->type);
        if (type->closable) {
            cr_expect(backend_is_private(&second.memories[0].handle));
            cr_expect(backend_is_private(&third));
        }
        if (type->closable && !type->nativeFirst) {
            cr_expect(backend_same(&second.memories[0].handle, &third));
            cr_expect(backend_same(&source.shared.memories[0].handle, &third));
        } else if (type->value) {
            cr_expect_eq(second.memories[0].handle.ptr, third.ptr);
            cr_expect_eq(source.shared.memories[0].handle.ptr, third.ptr);
        }
        vxmCloseHandle(&third);
        cr_expect_eq(third.type, 0);
        vxmCloseShared(&second);
        cr_expect_eq(second.memories[0].handle.type, 0);
        vxmCloseShared(&second);
        cr_expect_eq(backend_handle_count(), before);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

Test(memory, description_tells_everything)
{
    VxmDevice device = contract_device();
    VxmDeviceInfo deviceInfo;

    require(vxmGetDeviceInfo(device, &deviceInfo));
    FOR_EACH_TYPE(type)
    {
        VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
        ModelAllocation allocation;
        struct source source;
        VxmMemoryInfo info;

        if (!type->exportable || !type_can(type, VXM_RESOURCE_TYPE_BUFFER)) {
            continue;
        }
        source_open(device, type, VXM_RESOURCE_TYPE_BUFFER, &source);
        cr_assert(model_last_allocation(&allocation));
        require(vxmGetMemoryInfo(source.memory, &info));
        cr_expect_eq(source.shared.resourceType, VXM_RESOURCE_TYPE_BUFFER);
        cr_expect_eq(source.shared.handleType, type->type);
        cr_expect_eq(source.shared.handleTypes, type->type);
        cr_expect_eq(source.shared.memoryCount, 1);
        cr_expect_eq(source.shared.buffer.size, buffer.size);
        cr_expect_eq(source.shared.buffer.usage, buffer.usage);
        cr_expect_eq(source.shared.buffer.flags, buffer.flags);
        cr_expect_eq(source.shared.buffer.sharingMode, buffer.sharingMode);
        /* The allocation's exact size, not the buffer's. */
        cr_expect_eq(source.shared.memories[0].allocationSize, allocation.allocationSize);
        cr_expect_neq(source.shared.memories[0].allocationSize, buffer.size);
        cr_expect_eq(source.shared.memories[0].memoryTypeBits, 1u << allocation.memoryTypeIndex);
        cr_expect_eq(source.shared.memories[0].propertyFlags, info.memories[0].propertyFlags);
        cr_expect_eq(
            source.shared.memories[0].propertyFlags,
            model_config()->devices[0].memoryTypes[allocation.memoryTypeIndex].propertyFlags);
        cr_expect_eq(source.shared.memories[0].offset, 0);
        cr_expect_eq(source.shared.dedicated, type->dedicated);
        cr_expect_arr_eq(source.shared.deviceUUID, deviceInfo.identity->deviceUUID, VK_UUID_SIZE);
        cr_expect_arr_eq(source.shared.driverUUID, deviceInfo.identity->driverUUID, VK_UUID_SIZE);
        cr_expect_eq(source.shared.deviceLUIDValid, deviceInfo.identity->deviceLUIDValid);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* ---- dedicated ---- */

static void expect_dedicated(VxmMemory memory, bool dedicated)
{
    ModelAllocation allocation;
    VxmMemoryInfo info;

    require(vxmGetMemoryInfo(memory, &info));
    cr_assert(model_last_allocation(&allocation));
    cr_expect_eq(info.dedicated, dedicated);
    cr_expect_eq(allocation.dedicatedBuffer == info.buffer && info.buffer != VK_NULL_HANDLE,
                 dedicated);
    cr_expect_eq(allocation.dedicatedImage, VK_NULL_HANDLE);
}

/* Both sides are dedicated, or none. */
static void dedicated_both_sides(VxmDevice device, const struct backend_type *type,
                                 VxmDedicated mode, bool expected)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_mappable_info(type->type);
    VxmMemory memory = NULL;
    VxmMemory import = NULL;
    VxmShared shared;

    info.dedicated = mode;
    require(vxmCreateBuffer(device, &buffer, &info, &memory));
    expect_dedicated(memory, expected);
    require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared));
    cr_expect_eq(shared.dedicated, expected);
    require(vxmImportMemory(device, &shared, NULL, &import));
    if (type->exact) {
        expect_dedicated(import, expected);
    }
    expect_aliases(memory, import);
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
}

/* A buffer, and dedicated or not as it is wished. */
static bool may_choose(const struct backend_type *type)
{
    return type_can(type, VXM_RESOURCE_TYPE_BUFFER) && !type->dedicatedRequired;
}

Test(memory, dedicated_automatic_on_and_off)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        if (type->exportable && may_choose(type)) {
            dedicated_both_sides(device, type, VXM_DEDICATED_AUTO, type->dedicated);
            dedicated_both_sides(device, type, VXM_DEDICATED_ON, true);
            dedicated_both_sides(device, type, VXM_DEDICATED_OFF, false);
        }
    }
    vxmDestroyDevice(device);
}

static void with_dedicated_driver(bool prefers, bool requires, bool only)
{
    ModelConfig config = model_default_config();
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmDevice device;

    config.devices[0].prefersDedicated = prefers;
    config.devices[0].requiresDedicated = requires;
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (only && backend_types[i].exportable && may_choose(&backend_types[i])) {
            model_external(config.devices[0].buffers, backend_types[i].type)->features |=
                VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT;
        }
    }
    device = contract_device_with(&config);
    FOR_EACH_TYPE(type)
    {
        VxmMemoryCreateInfo info = contract_mappable_info(type->type);
        VxmMemory memory;

        if (!type->exportable || !may_choose(type)) {
            continue;
        }
        dedicated_both_sides(device, type, VXM_DEDICATED_AUTO, true);
        dedicated_both_sides(device, type, VXM_DEDICATED_ON, true);
        if (prefers) {
            dedicated_both_sides(device, type, VXM_DEDICATED_OFF, false);
            continue;
        }
        info.dedicated = VXM_DEDICATED_OFF;
        fill(memory);
        expect_error(vxmCreateBuffer(device, &buffer, &info, &memory), VK_ERROR_FEATURE_NOT_PRESENT,
                     VXM_ERROR_REASON_UNSUPPORTED, "dedicated");
        expect_untouched(memory);
    }
    vxmDestroyDevice(device);
    expect_idle();
}

Test(memory, dedicated_as_the_driver_prefers)
{
    with_dedicated_driver(true, false, false);
}

Test(memory, dedicated_as_the_driver_requires)
{
    with_dedicated_driver(false, true, false);
}

Test(memory, dedicated_only_by_the_capabilities)
{
    with_dedicated_driver(false, false, true);
}

Test(memory, raw_memory_is_never_dedicated)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmMemoryCreateInfo info = contract_memory_info(type->type);
        VxmMemory memory = NULL;
        VxmMemoryInfo got;

        if (!type->exportable || !type_can(type, VXM_RESOURCE_TYPE_MEMORY)) {
            continue;
        }
        require(vxmCreateMemory(device, EXCHANGE_SIZE, &info, &memory));
        require(vxmGetMemoryInfo(memory, &got));
        cr_expect_not(got.dedicated);
        /* Exactly what was asked for. */
        cr_expect_eq(got.memories[0].allocationSize, EXCHANGE_SIZE);
        vxmDestroyMemory(memory);
        info.dedicated = VXM_DEDICATED_ON;
        fill(memory);
        expect_error(vxmCreateMemory(device, EXCHANGE_SIZE, &info, &memory),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "dedicated");
        expect_untouched(memory);
    }
    vxmDestroyDevice(device);
}

/* Raw import of a dedicated allocation has nothing to be dedicated to, unless the app brings it. */
Test(memory, dedicated_opaque_memory_needs_the_resource)
{
    const struct backend_type *type = type_exact();
    VxmDevice device = contract_device();
    VxmMemory import;
    struct source source;

    source_open(device, type, VXM_RESOURCE_TYPE_BUFFER, &source);
    cr_assert(source.shared.dedicated);
    source.shared.resourceType = VXM_RESOURCE_TYPE_MEMORY;
    fill(import);
    expect_error(vxmImportMemory(device, &source.shared, NULL, &import),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "dedicatedBuffer");
    expect_untouched(import);
    source_close(&source);
    vxmDestroyDevice(device);
}
