/*
 * Bad values: handle types of other systems, handles that are none, sizes at their extremes,
 * extensions that aren't there.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/fixture.h"

TestSuite(misuse, .init = contract_begin, .fini = contract_end);

static struct fixture f;
static struct outputs out;

#define EXPECT(call, result, reason, word)                                                         \
    do {                                                                                           \
        fill(out);                                                                                 \
        expect_error(call, result, reason, word);                                                  \
        expect_untouched(out);                                                                     \
    } while (0)
#define EXPECT_ARGUMENT(call, word)                                                                \
    EXPECT(call, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, word)
#define EXPECT_FAILURE(call)                                                                       \
    do {                                                                                           \
        fill(out);                                                                                 \
        expect_failure(call);                                                                      \
        expect_untouched(out);                                                                     \
    } while (0)

/* ---- handle types ---- */

static void refuse_type(uint32_t type, VkResult result, VxmErrorReason reason, const char *word)
{
    VkExternalMemoryHandleTypeFlagBits bit = (VkExternalMemoryHandleTypeFlagBits)type;
    VxmMemoryCreateInfo info = contract_memory_info(type);

    contract_note("type 0x%x", type);
    EXPECT(vxmCreateBuffer(f.device, &f.buffer, &info, &out.memory), result, reason, word);
    EXPECT(vxmCreateImage(f.device, &f.image, &info, &out.memory), result, reason, word);
    EXPECT(vxmCreateMemory(f.device, 4096, &info, &out.memory), result, reason, word);
    EXPECT(vxmPlanBuffer(f.device, &f.buffer, &info, &out.plan), result, reason, word);
    EXPECT(vxmPlanImage(f.device, &f.image, &info, &out.plan), result, reason, word);
    EXPECT(vxmPlanMemory(f.device, 4096, &info, &out.plan), result, reason, word);
    EXPECT_FAILURE(vxmExportMemory(f.source.memory, bit, &out.shared));
    EXPECT_FAILURE(vxmGetMemoryHandle(f.source.memory, 0, bit, &out.handle));
}

Test(misuse, handle_types_of_other_systems)
{
    fixture_open(&f);
    for (uint32_t i = 0; i < backend_other_type_count; i++) {
        refuse_type(backend_other_types[i], VK_ERROR_FEATURE_NOT_PRESENT,
                    VXM_ERROR_REASON_UNSUPPORTED, "system");
    }
    refuse_type(0, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "handleTypes");
    contract_note("all types");
    VxmMemoryCreateInfo all = contract_memory_info(UINT32_MAX);
    EXPECT_FAILURE(vxmCreateBuffer(f.device, &f.buffer, &all, &out.memory));
    EXPECT_FAILURE(vxmPlanMemory(f.device, 4096, &all, &out.plan));
    EXPECT_FAILURE(vxmExportMemory(
        f.source.memory,
        (VkExternalMemoryHandleTypeFlagBits)VK_EXTERNAL_MEMORY_HANDLE_TYPE_FLAG_BITS_MAX_ENUM,
        &out.shared));
    fixture_close(&f);
}

Test(misuse, types_that_cant_be_exported)
{
    fixture_open(&f);
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (!backend_types[i].exportable) {
            VxmMemoryCreateInfo info = contract_memory_info(backend_types[i].type);

            contract_note("%s", backend_types[i].name);
            EXPECT(vxmCreateBuffer(f.device, &f.buffer, &info, &out.memory),
                   VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                   backend_types[i].name);
            EXPECT(vxmPlanMemory(f.device, 4096, &info, &out.plan), VK_ERROR_FEATURE_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, backend_types[i].name);
        }
    }
    fixture_close(&f);
}

Test(misuse, semaphore_types_of_other_systems)
{
    const uint32_t *types = backend_other_semaphore_types;

    fixture_open(&f);
    for (uint32_t i = 0; i < backend_other_semaphore_type_count; i++) {
        VkExternalSemaphoreHandleTypeFlagBits bit = (VkExternalSemaphoreHandleTypeFlagBits)types[i];
        VxmSemaphoreCreateInfo info = {.handleTypes = types[i]};
        VxmSharedSemaphore shared = f.sharedSemaphore;

        contract_note("type 0x%x", types[i]);
        EXPECT(vxmCreateSemaphore(f.device, &info, &out.semaphore), VK_ERROR_FEATURE_NOT_PRESENT,
               VXM_ERROR_REASON_UNSUPPORTED, "system");
        EXPECT_FAILURE(vxmExportSemaphore(f.semaphore, bit, &out.sharedSemaphore));
        EXPECT_FAILURE(vxmGetSemaphoreHandle(f.semaphore, bit, &out.handle));
        shared.handleType = types[i];
        shared.handle.type = types[i];
        EXPECT_FAILURE(vxmImportSemaphore(f.device, &shared, 0, 0, &out.semaphore));
        EXPECT_FAILURE(
            vxmImportSemaphore(f.device, &f.sharedSemaphore, 0, types[i], &out.semaphore));
        EXPECT_FAILURE(vxmImportSemaphorePayload(f.semaphore, &shared, 0));
        EXPECT_FAILURE(vxmSendSemaphore(f.channels[0], &shared, 0));
    }
    fixture_close(&f);
}

/* ---- handles that are none ---- */

static VxmShared describe_as(const struct backend_type *type, const VxmHandle *handle)
{
    VkImageCreateInfo image = exchange_image(type);
    VxmShared shared = f.source.shared;

    shared.handleType = type->type;
    shared.handleTypes = 0;
    shared.dedicated = VK_FALSE;
    shared.memories[0].handle = *handle;
    if (type->imageOnly) {
        shared.resourceType = VXM_RESOURCE_TYPE_IMAGE;
        shared.image = (VxmImageDescription){
            .imageType = image.imageType,
            .format = image.format,
            .extent = image.extent,
            .mipLevels = image.mipLevels,
            .arrayLayers = image.arrayLayers,
            .samples = image.samples,
            .tiling = image.tiling,
            .usage = image.usage,
        };
    }
    return shared;
}

/* After each refusal the wrong handle is open, if it was, and the same. */
static void refuse_wrong_memory(const struct backend_type *type)
{
    VxmHandle wrong;
    const char *what;
    uint32_t i;

    for (i = 0; backend_make_wrong(i, VXM_HANDLE_KIND_MEMORY, type->type, &wrong, &what); i++) {
        bool open = backend_is_open(&wrong);
        VxmHandle kept = open ? backend_keep(&wrong) : (VxmHandle){0};
        VxmShared shared = describe_as(type, &wrong);

        contract_note("%s as %s", what, type->name);
        EXPECT_FAILURE(vxmImportMemory(f.device, &shared, NULL, &out.memory));
        /* A plan sees the driver's answer only where the driver may be asked about a handle. */
        fill(out);
        if (vxmPlanImport(f.device, &shared, NULL, &out.plan) == VK_SUCCESS) {
            VxmPlanResult failed = {.result = VK_ERROR_INVALID_EXTERNAL_HANDLE};

            cr_expect(open, "a plan was made for a handle that isn't open");
            require(vxmFinishPlan(&out.plan, &failed, NULL));
        } else {
            expect_untouched(out);
        }
        if (!open) {
            /* Some are known to be none by their value, of others the system says it. */
            EXPECT_FAILURE(vxmCheckShared(f.device, &shared));
            cr_expect_eq(vxmCheckShared(f.device, &shared), VK_ERROR_INVALID_EXTERNAL_HANDLE);
            if (type->closable) {
                EXPECT_FAILURE(vxmDuplicateHandle(&wrong, &out.handle));
                cr_expect_eq(vxmDuplicateHandle(&wrong, &out.handle),
                             VK_ERROR_INVALID_EXTERNAL_HANDLE);
            }
            EXPECT_FAILURE(vxmSendMemory(f.channels[0], &shared, 0));
        } else {
            cr_expect(backend_is_open(&wrong), "the caller's handle was closed");
            cr_expect(backend_same(&wrong, &kept), "the caller's handle is something else");
            backend_close(&kept);
        }
        backend_free_wrong(&wrong);
    }
    cr_expect_geq(i, 2);
}

Test(misuse, memory_handles_that_are_none)
{
    fixture_open(&f);
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].closable || backend_types[i].value) {
            refuse_wrong_memory(&backend_types[i]);
        }
    }
    fixture_close(&f);
}

/* The same with a driver that closes what it refuses. */
Test(misuse, memory_handles_that_are_none_on_a_driver_that_closes)
{
    fixture_open(&f);
    model_config()->habits.closeFdOnFailedImport = true;
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].closable || backend_types[i].value) {
            refuse_wrong_memory(&backend_types[i]);
        }
    }
    fixture_close(&f);
}

static void refuse_wrong_semaphore(const struct backend_semaphore_type *type,
                                   VkSemaphoreType semaphoreType)
{
    VxmImportFlags flags = type->temporaryOnly ? VXM_IMPORT_TEMPORARY_BIT : 0;
    VxmHandle wrong;
    const char *what;

    for (uint32_t i = 0;
         backend_make_wrong(i, VXM_HANDLE_KIND_SEMAPHORE, type->type, &wrong, &what); i++) {
        bool open = backend_is_open(&wrong);
        VxmHandle kept = open ? backend_keep(&wrong) : (VxmHandle){0};
        VxmSharedSemaphore shared = f.sharedSemaphore;

        contract_note("%s as %s semaphore", what, type->name);
        shared.handleType = type->type;
        shared.handle = wrong;
        shared.semaphoreType = semaphoreType;
        EXPECT_FAILURE(vxmImportSemaphore(f.device, &shared, flags, 0, &out.semaphore));
        if (open) {
            cr_expect(backend_is_open(&wrong), "the caller's handle was closed");
            cr_expect(backend_same(&wrong, &kept), "the caller's handle is something else");
            backend_close(&kept);
        }
        backend_free_wrong(&wrong);
    }
}

Test(misuse, semaphore_handles_that_are_none)
{
    fixture_open(&f);
    for (int closes = 0; closes < 2; closes++) {
        model_config()->habits.closeFdOnFailedImport = closes != 0;
        for (uint32_t i = 0; i < backend_semaphore_type_count; i++) {
            const struct backend_semaphore_type *type = &backend_semaphore_types[i];

            if (!type->noBinary) {
                refuse_wrong_semaphore(type, VK_SEMAPHORE_TYPE_BINARY);
            }
            if (type->timeline) {
                refuse_wrong_semaphore(type, VK_SEMAPHORE_TYPE_TIMELINE);
            }
        }
    }
    fixture_close(&f);
}

Test(misuse, channel_handles_that_are_none)
{
    VxmHandle wrong;
    const char *what;

    fixture_open(&f);
    for (uint32_t i = 0; backend_make_wrong(i, VXM_HANDLE_KIND_CHANNEL,
                                            VXM_CHANNEL_HANDLE_TYPE_NATIVE, &wrong, &what);
         i++) {
        bool open = backend_is_open(&wrong);

        contract_note("%s as a channel", what);
        EXPECT_FAILURE(vxmImportChannel(&wrong, &out.channels[0]));
        cr_expect_eq(vxmImportChannel(&wrong, &out.channels[0]), VK_ERROR_INVALID_EXTERNAL_HANDLE);
        cr_expect_eq(backend_is_open(&wrong), open);
        backend_free_wrong(&wrong);
    }
    contract_note("handles of another kind");
    EXPECT_FAILURE(vxmImportChannel(&f.source.shared.memories[0].handle, &out.channels[0]));
    EXPECT_FAILURE(vxmImportChannel(&f.sharedSemaphore.handle, &out.channels[0]));
    fixture_close(&f);
}

Test(misuse, handles_of_no_kind_or_type)
{
    VxmHandle handle;

    fixture_open(&f);
    for (int i = 0; i < 5; i++) {
        static const struct {
            VxmHandleKind kind;
            uint32_t type;
        } cases[] = {
            {VXM_HANDLE_KIND_MEMORY, 0}, {VXM_HANDLE_KIND_MEMORY, 0x80000000u},
            {VXM_HANDLE_KIND_MEMORY, 3}, {VXM_HANDLE_KIND_CHANNEL, 2},
            {(VxmHandleKind)77, 1},
        };

        contract_note("case %d", i);
        handle = f.source.shared.memories[0].handle;
        handle.kind = cases[i].kind;
        handle.type = cases[i].type;
        EXPECT(vxmDuplicateHandle(&handle, &out.handle), VK_ERROR_INVALID_EXTERNAL_HANDLE,
               VXM_ERROR_REASON_ARGUMENT, "handle");
        EXPECT(vxmDuplicateHandleTo(&handle, 1, &out.handle), VK_ERROR_INVALID_EXTERNAL_HANDLE,
               VXM_ERROR_REASON_ARGUMENT, "handle");
        /* What is no handle of this system is none to be closed. */
        vxmCloseHandle(&handle);
        cr_expect_eq(handle.type, 0);
        cr_expect(backend_is_open(&f.source.shared.memories[0].handle));
    }
    fixture_close(&f);
}

/* ---- sizes ---- */

Test(misuse, sizes_zero_and_endless)
{
    static const uint64_t sizes[] = {0, UINT64_MAX, UINT64_MAX - 4095, (uint64_t)1 << 63};

    fixture_open(&f);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        VkBufferCreateInfo buffer = contract_buffer_info(sizes[i]);

        contract_note("size 0x%llx", (unsigned long long)sizes[i]);
        EXPECT_FAILURE(vxmCreateMemory(f.device, sizes[i], &f.create, &out.memory));
        EXPECT_FAILURE(vxmPlanMemory(f.device, sizes[i], &f.create, &out.plan));
        EXPECT_FAILURE(vxmCreateBuffer(f.device, &buffer, &f.create, &out.memory));
        EXPECT_FAILURE(vxmPlanBuffer(f.device, &buffer, &f.create, &out.plan));
    }
    contract_note(NULL);
    EXPECT_ARGUMENT(vxmCreateMemory(f.device, 0, &f.create, &out.memory), "size");
    EXPECT(vxmCreateMemory(f.device, UINT64_MAX, &f.create, &out.memory),
           VK_ERROR_OUT_OF_DEVICE_MEMORY, VXM_ERROR_REASON_UNSUPPORTED, "size");
    fixture_close(&f);
}

Test(misuse, buffer_fields)
{
    VkBaseInStructure unknown = {.sType = (VkStructureType)1000999000};
    VkBaseInStructure external = {.sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO};

    fixture_open(&f);
#define EXPECT_BUFFER(change, word)                                                                \
    do {                                                                                           \
        VkBufferCreateInfo buffer = f.buffer;                                                      \
        change;                                                                                    \
        contract_note("%s", #change);                                                              \
        EXPECT_ARGUMENT(vxmCreateBuffer(f.device, &buffer, &f.create, &out.memory), word);         \
        EXPECT_ARGUMENT(vxmPlanBuffer(f.device, &buffer, &f.create, &out.plan), word);             \
    } while (0)
    EXPECT_BUFFER(buffer.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO, "sType");
    EXPECT_BUFFER(buffer.pNext = &unknown, "1000999000");
    EXPECT_BUFFER(buffer.pNext = &external, "VkExternalMemory");
    EXPECT_BUFFER(buffer.size = 0, "size");
    EXPECT_BUFFER(buffer.usage = 0, "usage");
    EXPECT_BUFFER(buffer.flags = VK_BUFFER_CREATE_SPARSE_BINDING_BIT, "sparse");
    EXPECT_BUFFER(buffer.flags = VK_BUFFER_CREATE_PROTECTED_BIT, "protected");
    EXPECT_BUFFER(buffer.flags = VK_BUFFER_CREATE_DEVICE_ADDRESS_CAPTURE_REPLAY_BIT, "capture");
    EXPECT_BUFFER(buffer.sharingMode = (VkSharingMode)9, "sharingMode");
    EXPECT_BUFFER(buffer.sharingMode = VK_SHARING_MODE_CONCURRENT, "CONCURRENT");
    EXPECT_BUFFER((buffer.sharingMode = VK_SHARING_MODE_CONCURRENT,
                   buffer.queueFamilyIndexCount = 2, buffer.pQueueFamilyIndices = NULL),
                  "CONCURRENT");
#undef EXPECT_BUFFER
    contract_note(NULL);
    VxmMemoryCreateInfo create = f.create;
    create.dedicated = (VxmDedicated)3;
    EXPECT_ARGUMENT(vxmCreateBuffer(f.device, &f.buffer, &create, &out.memory), "dedicated");
    create.dedicated = VXM_DEDICATED_MAX_ENUM;
    EXPECT_ARGUMENT(vxmCreateBuffer(f.device, &f.buffer, &create, &out.memory), "dedicated");
    VxmImportInfo import = {.flags = VXM_IMPORT_TEMPORARY_BIT};
    EXPECT_ARGUMENT(vxmImportMemory(f.device, &f.source.shared, &import, &out.memory), "flags");
    import.flags = 0x80000000u;
    EXPECT_ARGUMENT(vxmImportMemory(f.device, &f.source.shared, &import, &out.memory), "flags");
    import.flags = 0;
    import.reexportHandleTypes = UINT32_MAX;
    EXPECT_FAILURE(vxmImportMemory(f.device, &f.source.shared, &import, &out.memory));
    EXPECT_ARGUMENT(
        vxmGetMemoryHandle(f.source.memory, 1,
                           (VkExternalMemoryHandleTypeFlagBits)f.source.shared.handleType,
                           &out.handle),
        "memoryIndex");
    fixture_close(&f);
}

Test(misuse, message_sizes)
{
    static unsigned char large[VXM_MAX_MESSAGE_SIZE + 1];

    fixture_open(&f);
    EXPECT_ARGUMENT(vxmSendBytes(f.channels[0], 0, large, 0), "size");
    EXPECT_ARGUMENT(vxmSendBytes(f.channels[0], VXM_MAX_MESSAGE_SIZE + 1, large, 0), "size");
    EXPECT_ARGUMENT(vxmSendBytes(f.channels[0], SIZE_MAX, large, 0), "size");
    require(vxmSendBytes(f.channels[0], 8, large, 0));
    EXPECT_FAILURE(vxmReceiveBytes(f.channels[1], 0, out.bytes, &out.size, 0));
    EXPECT_FAILURE(vxmReceiveBytes(f.channels[1], 7, out.bytes, &out.size, 0));
    require(vxmReceiveBytes(f.channels[1], 8, out.bytes, &out.size, 0));
    fixture_close(&f);
}

/* ---- chains ---- */

/* The end of a chain is looked for by everybody who is given it. */
Test(misuse, chain_with_a_struct_twice)
{
    VkBaseInStructure second = {.sType = VK_STRUCTURE_TYPE_MEMORY_PRIORITY_ALLOCATE_INFO_EXT};
    VkBaseInStructure first = {.sType = second.sType, .pNext = &second};
    VkImageFormatListCreateInfo list = {.sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO};

    fixture_open(&f);
    for (int i = 0; i < 2; i++) {
        VxmMemoryCreateInfo create = f.create;
        VxmImportInfo import = {.next = &first};
        VxmSemaphoreCreateInfo semaphore = {.semaphoreType = semaphore_plain(),
                                            .handleTypes = semaphore_reference()->type,
                                            .next = &first};

        create.next = &first;
        EXPECT_ARGUMENT(vxmCreateBuffer(f.device, &f.buffer, &create, &out.memory), "twice");
        EXPECT_ARGUMENT(vxmPlanMemory(f.device, 4096, &create, &out.plan), "twice");
        EXPECT_ARGUMENT(vxmImportMemory(f.device, &f.source.shared, &import, &out.memory), "twice");
        EXPECT_ARGUMENT(vxmCreateSemaphore(f.device, &semaphore, &out.semaphore), "twice");
        /* And without end. */
        second.pNext = &first;
    }
    list.pNext = &list;
    f.image.pNext = &list;
    EXPECT_ARGUMENT(vxmCreateImage(f.device, &f.image, &f.create, &out.memory), "twice");
    fixture_close(&f);
}

/* ---- extensions that aren't there ---- */

Test(misuse, extension_that_is_not_there_is_named)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);

    FOR_EACH_TYPE(type)
    {
        VxmMemoryCreateInfo info = contract_memory_info(type->type);
        ModelConfig config = model_default_config();
        VxmDevice device;

        model_drop_extension(&config.devices[0], type->extension);
        device = contract_device_with(&config);
        EXPECT(vxmCreateBuffer(device, &buffer, &info, &out.memory), VK_ERROR_EXTENSION_NOT_PRESENT,
               VXM_ERROR_REASON_UNSUPPORTED, type->extension);
        EXPECT(vxmPlanMemory(device, 4096, &info, &out.plan), VK_ERROR_EXTENSION_NOT_PRESENT,
               VXM_ERROR_REASON_UNSUPPORTED, type->extension);
        vxmDestroyDevice(device);
        expect_idle();
    }
}

/* A driver without anything to share with is a driver still: questions get answers. */
Test(misuse, driver_without_any_extension)
{
    ModelConfig config = model_default_config();
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmDevice device;

    memset(config.devices[0].extensions, 0, sizeof(config.devices[0].extensions));
    device = contract_device_with(&config);
    FOR_EACH_TYPE(type)
    {
        VxmMemoryCreateInfo info = contract_memory_info(type->type);
        VxmQueryInfo question = {.handleType = type->type};

        EXPECT(vxmCreateBuffer(device, &buffer, &info, &out.memory), VK_ERROR_EXTENSION_NOT_PRESENT,
               VXM_ERROR_REASON_UNSUPPORTED, type->extension);
        require(vxmQuery(device, &question, &out.query));
        cr_expect_not(out.query.exportable || out.query.importable);
    }
    for (uint32_t i = 0; i < backend_semaphore_type_count; i++) {
        const struct backend_semaphore_type *type = &backend_semaphore_types[i];
        VxmSemaphoreCreateInfo semaphore = {.handleTypes = type->type};

        contract_note("%s semaphore", type->name);
        EXPECT(vxmCreateSemaphore(device, &semaphore, &out.semaphore),
               VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, type->extension);
    }
    vxmDestroyDevice(device);
}
