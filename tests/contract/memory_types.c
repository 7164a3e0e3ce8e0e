/*
 * Several handle types on one allocation, and imports that are exported again.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"

TestSuite(memory_types, .init = contract_begin, .fini = contract_end);

/* ---- several types ---- */

static const struct backend_type *second_exportable(void)
{
    const struct backend_type *type = type_beside(backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER);

    cr_assert_not_null(type);
    return type;
}

static ModelConfig with_compatible(uint32_t a, uint32_t b, bool compatible)
{
    ModelConfig config = model_default_config();
    ModelExternal *rowA = model_external(config.devices[0].buffers, a);
    ModelExternal *rowB = model_external(config.devices[0].buffers, b);

    rowA->compatible = compatible ? a | b : a;
    rowB->compatible = compatible ? a | b : b;
    return config;
}

Test(memory_types, two_compatible_types_on_one_allocation)
{
    const struct backend_type *types[2] = {backend_opaque_type(), second_exportable()};
    ModelConfig config = with_compatible(types[0]->type, types[1]->type, true);
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_mappable_info(types[0]->type | types[1]->type);
    VxmDevice device = contract_device_with(&config);
    ModelAllocation allocation;
    VxmMemory memory = NULL;
    VxmMemoryInfo made;

    require(vxmCreateBuffer(device, &buffer, &info, &memory));
    cr_assert(model_last_allocation(&allocation));
    cr_expect_eq(allocation.exportHandleTypes, types[0]->type | types[1]->type);
    require(vxmGetMemoryInfo(memory, &made));
    cr_expect_eq(made.dedicated, types[0]->dedicated || types[1]->dedicated);
    for (int i = 0; i < 2; i++) {
        VxmShared shared;
        VxmMemory import = NULL;

        contract_note("%s", types[i]->name);
        require(
            vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)types[i]->type, &shared));
        cr_expect_eq(shared.handleType, types[i]->type);
        cr_expect_eq(shared.handleTypes, types[0]->type | types[1]->type);
        require(vxmImportMemory(device, &shared, NULL, &import));
        expect_aliases(memory, import);
        vxmDestroyMemory(import);
        vxmCloseShared(&shared);
    }
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(memory_types, two_incompatible_types_are_refused)
{
    const struct backend_type *types[2] = {backend_opaque_type(), second_exportable()};
    ModelConfig config = with_compatible(types[0]->type, types[1]->type, false);
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_memory_info(types[0]->type | types[1]->type);
    VxmDevice device = contract_device_with(&config);
    VxmMemory memory;

    fill(memory);
    expect_error(vxmCreateBuffer(device, &buffer, &info, &memory), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "compatibleHandleTypes");
    expect_error(vxmCreateMemory(device, EXCHANGE_SIZE, &info, &memory),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 "compatibleHandleTypes");
    expect_untouched(memory);
    vxmDestroyDevice(device);
}

/* One way only is not enough: all must be in each other's. */
Test(memory_types, compatibility_counts_both_ways)
{
    const struct backend_type *types[2] = {backend_opaque_type(), second_exportable()};
    ModelConfig config = with_compatible(types[0]->type, types[1]->type, true);
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_memory_info(types[0]->type | types[1]->type);
    VxmDevice device;
    VxmMemory memory;

    model_external(config.devices[0].buffers, types[1]->type)->compatible = types[1]->type;
    device = contract_device_with(&config);
    fill(memory);
    expect_error(vxmCreateBuffer(device, &buffer, &info, &memory), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "compatibleHandleTypes");
    expect_untouched(memory);
    vxmDestroyDevice(device);
}

/* ---- re-export ---- */

static void set_reexport(ModelConfig *config, const struct backend_type *type, bool on)
{
    ModelDeviceConfig *device = &config->devices[0];
    ModelExternal *row = model_external(
        type_resource(type) == VXM_RESOURCE_TYPE_IMAGE ? device->images : device->buffers,
        type->type);

    row->exportFromImported = on ? type->type : 0;
}

/* By a duplicate of the handle, whatever the driver says of its own way, and also on drivers that
 * take an import which is to be exported for a new allocation. */
static void export_again(const struct backend_type *type, bool offered, bool habit)
{
    ModelConfig config = model_default_config();
    VxmImportInfo info = {.reexportHandleTypes = type->type};
    VxmMemory first = NULL;
    VxmMemory second = NULL;
    VxmDevice device;
    struct source source;
    VxmMemoryInfo got;
    VxmShared again;

    config.habits.importForExportIsNew = habit;
    set_reexport(&config, type, offered);
    device = contract_device_with(&config);
    source_open(device, type, type_resource(type), &source);
    require(vxmImportMemory(device, &source.shared, &info, &first));
    require(vxmGetMemoryInfo(first, &got));
    cr_expect_eq(got.exportHandleTypes, type->type);
    expect_aliases(source.memory, first);
    require(vxmExportMemory(first, (VkExternalMemoryHandleTypeFlagBits)type->type, &again));
    if (!type->sizeIgnored) {
        cr_expect_eq(again.memories[0].allocationSize, source.shared.memories[0].allocationSize);
    }
    cr_expect_eq(again.dedicated, source.shared.dedicated);
    cr_expect(backend_is_private(&again.memories[0].handle));
    require(vxmImportMemory(device, &again, NULL, &second));
    expect_aliases(source.memory, second);
    vxmDestroyMemory(second);
    vxmCloseShared(&again);
    vxmDestroyMemory(first);
    source_close(&source);
    vxmDestroyDevice(device);
}

Test(memory_types, import_is_exported_again)
{
    FOR_EACH_TYPE(type)
    {
        if (type->exportable && type->closable) {
            export_again(type, true, false);
            export_again(type, false, false);
            export_again(type, true, true);
        }
    }
}

/* One that the import isn't of, or of which there can be no duplicate; 0: there is none. */
static uint32_t type_not_to_be_had(const struct backend_type *type)
{
    const struct backend_type *beside = type_beside(type, type_resource(type));

    return !type->closable ? type->type : beside != NULL ? beside->type : 0;
}

Test(memory_types, reexport_is_refused_where_it_was_not_asked_for_or_is_not_there)
{
    ModelConfig config = model_default_config();
    VxmDevice device;

    for (uint32_t i = 0; i < backend_type_count; i++) {
        set_reexport(&config, &backend_types[i], false);
    }
    device = contract_device_with(&config);
    FOR_EACH_TYPE(type)
    {
        VxmImportInfo info = {.reexportHandleTypes = type_not_to_be_had(type)};
        VxmMemory import;
        VxmHandle handle;
        struct source source;
        struct watch watch;
        VxmShared again;

        source_open(device, type, type_resource(type), &source);
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        if (info.reexportHandleTypes != 0) {
            fill(import);
            expect_error(vxmImportMemory(device, &source.shared, &info, &import),
                         VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                         "exportFromImportedHandleTypes");
            expect_untouched(import);
        }
        expect_borrowed(&watch, &source.shared.memories[0].handle);

        require(vxmImportMemory(device, &source.shared, NULL, &import));
        fill(again);
        fill(handle);
        expect_error(
            vxmExportMemory(import, (VkExternalMemoryHandleTypeFlagBits)type->type, &again),
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, type->name);
        expect_error(
            vxmGetMemoryHandle(import, 0, (VkExternalMemoryHandleTypeFlagBits)type->type, &handle),
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, type->name);
        expect_untouched(again);
        expect_untouched(handle);
        vxmDestroyMemory(import);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* Imports as `type`, to be exported as `other`, which the driver says it can in general. */
static void expect_no_reexport(const struct backend_type *type, const struct backend_type *other,
                               uint32_t features, const char *part)
{
    ModelConfig config = model_default_config();
    VxmImportInfo info = {.reexportHandleTypes = other->type};
    VxmDevice device;
    VxmMemory import;
    struct source source;

    model_external(config.devices[0].buffers, type->type)->exportFromImported |= other->type;
    device = contract_device_with(&config);
    source_open(device, type, VXM_RESOURCE_TYPE_BUFFER, &source);
    model_external(model_config()->devices[0].buffers, other->type)->features &= features;
    fill(import);
    expect_error(vxmImportMemory(device, &source.shared, &info, &import),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, part);
    expect_untouched(import);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* It is asked about each type with this very resource (00656, 00920), not about the import alone.
 */
Test(memory_types, reexport_that_the_resource_cant)
{
    const struct backend_type *type = backend_opaque_type();
    const struct backend_type *other = type_beside(type, VXM_RESOURCE_TYPE_BUFFER);

    expect_no_reexport(other, type, 0, "externalMemoryFeatures");
}

/* The exporter's twin has the exporter's types (01876 to 01879). */
Test(memory_types, reexport_that_the_exporter_s_twin_cant)
{
    const struct backend_type *type = backend_opaque_type();
    const struct backend_type *other = type_beside(type, VXM_RESOURCE_TYPE_BUFFER);

    expect_no_reexport(type, other, UINT32_MAX, "the exporter's resource");
}

/* Nothing is there that the allocation could be dedicated to. */
Test(memory_types, raw_memory_is_never_dedicated)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmMemoryCreateInfo info = contract_memory_info(type->type);
        ModelExternal *row = model_external(model_config()->devices[0].buffers, type->type);
        const uint32_t features = row->features;
        VxmMemory memory;
        VxmPlan plan;

        if (!type->exportable || type->imageOnly) {
            continue;
        }
        row->features |= VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT;
        fill(memory);
        fill(plan);
        expect_error(vxmCreateMemory(device, EXCHANGE_SIZE, &info, &memory),
                     VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "raw memory");
        expect_untouched(memory);
        expect_error(vxmPlanMemory(device, EXCHANGE_SIZE, &info, &plan),
                     VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "raw memory");
        expect_untouched(plan);
        row->features = features;
        if (type->dedicatedRequired) {
            expect_error(vxmCreateMemory(device, EXCHANGE_SIZE, &info, &memory),
                         VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "raw memory");
        }
    }
    vxmDestroyDevice(device);
}

/* The description of an import that is passed on says what the first exporter's resource was made
 * for: the third one is made for the same. */
Test(memory_types, twin_of_a_twin)
{
    const struct backend_type *type = backend_opaque_type();
    const struct backend_type *other = type_beside(type, VXM_RESOURCE_TYPE_BUFFER);
    const VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    const VxmImportInfo info = {.reexportHandleTypes = type->type};
    ModelConfig config = model_default_config();
    VxmMemoryCreateInfo create = contract_mappable_info(type->type | other->type);
    VxmMemory memory = NULL;
    VxmMemory first = NULL;
    VxmMemory second = NULL;
    VxmDevice device;
    VxmShared shared;
    VxmShared again;

    model_external(config.devices[0].buffers, type->type)->compatible |= other->type;
    model_external(config.devices[0].buffers, other->type)->compatible |= type->type;
    device = contract_device_with(&config);
    require(vxmCreateBuffer(device, &buffer, &create, &memory));
    require(vxmExportMemory(memory, type_bit(type), &shared));
    require(vxmImportMemory(device, &shared, &info, &first));
    require(vxmExportMemory(first, type_bit(type), &again));
    cr_expect_eq(again.handleTypes, shared.handleTypes);
    require(vxmImportMemory(device, &again, NULL, &second));
    expect_aliases(memory, second);
    vxmDestroyMemory(second);
    vxmDestroyMemory(first);
    vxmDestroyMemory(memory);
    vxmCloseShared(&again);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}
