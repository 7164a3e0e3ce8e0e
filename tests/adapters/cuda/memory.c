/*
 * vxm/cuda.h: memory as a device pointer; who owns the handle; what is refused.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/cuda/model_cuda.h"

TestSuite(cuda_memory, .init = cuda_model_begin, .fini = cuda_model_end);

/* What CUDA has for a type of Vulkan's; 0: nothing. */
static int cuda_type(uint32_t type)
{
    switch (type) {
    case VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT:
        return 1;
    case VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT:
        return 2;
    case VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT:
        return 3;
    case VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT:
        return 4;
    case VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT:
        return 5;
    case VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT:
        return 6;
    case VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT:
        return 7;
    case VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT:
        return 9;
    default:
        return 0;
    }
}

static unsigned char *bytes_of(const VxmCudaMemory *memory)
{
    return (unsigned char *)(uintptr_t)memory->pointer;
}

/* A byte written at either end is seen at the other side. */
static void expect_same_bytes(VxmMemory vulkan, const VxmCudaMemory *cuda, uint64_t size)
{
    unsigned char *bytes = bytes_of(cuda);
    unsigned char *mapped;
    void *data;

    require(vxmMapMemory(vulkan, 0, &data));
    mapped = (unsigned char *)data;
    mapped[0] = 11;
    bytes[size - 1] = 22;
    cr_expect_eq(bytes[0], 11);
    cr_expect_eq(mapped[size - 1], 22);
    vxmUnmapMemory(vulkan, 0);
}

Test(cuda_memory, each_type_becomes_a_pointer)
{
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();

    FOR_EACH_TYPE(type)
    {
        VxmCudaMemory memory;
        struct source source;
        struct watch watch;

        if (cuda_type(type->type) == 0 || type->imageOnly) {
            continue;
        }
        source_open(device, type, VXM_RESOURCE_TYPE_BUFFER, &source);
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        if (cuda_type(type->type) == 9) {
            source.shared.dedicated = VK_TRUE; /* of which CUDA does not want to know */
        }
        require(vxmCudaImportShared(&cuda, &source.shared, NULL, &memory));
        cr_expect_eq((int)cuda_model.memory.type, cuda_type(type->type));
        cr_expect_eq(cuda_model.memory.size, source.shared.memories[0].allocationSize);
        cr_expect_eq(cuda_model.memory.flags,
                     source.shared.dedicated && cuda_type(type->type) != 9 ? 1 : 0);
        cr_expect_eq(cuda_model.buffer.offset, 0);
        cr_expect_eq(cuda_model.buffer.size, EXCHANGE_SIZE);
        cr_expect_eq(memory.size, EXCHANGE_SIZE);
        cr_expect_eq(memory.rowPitch, 0);
        cr_expect_null(memory.mipmappedArray);
        expect_same_bytes(source.memory, &memory, EXCHANGE_SIZE);
        vxmCudaDestroyMemory(&cuda, &memory);
        cr_expect_null(memory.externalMemory);
        cr_expect_eq(memory.pointer, 0);
        vxmCudaDestroyMemory(&cuda, &memory); /* empty: nothing */
        expect_borrowed(&watch, &source.shared.memories[0].handle);
        source_close(&source);
    }
    vxmCudaDestroyMemory(&cuda, NULL);
    vxmDestroyDevice(device);
}

Test(cuda_memory, dedicated_is_as_described)
{
    static const VxmDedicated modes[] = {VXM_DEDICATED_ON, VXM_DEDICATED_OFF};
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();

    for (int i = 0; i < 2; i++) {
        VxmMemoryCreateInfo info = contract_memory_info(backend_opaque_type()->type);
        VxmCudaMemory imported = {0};
        VxmMemory memory;

        info.dedicated = modes[i];
        require(vxmCreateBuffer(device, &buffer, &info, &memory));
        require(vxmCudaImportMemory(&cuda, memory, NULL, &imported));
        cr_expect_eq(cuda_model.memory.flags, i == 0 ? CUDA_EXTERNAL_MEMORY_DEDICATED : 0);
        vxmCudaDestroyMemory(&cuda, &imported);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* Raw memory whole, and as a buffer that begins within it. */
Test(cuda_memory, pointer_is_of_the_first_byte)
{
    VxmMemoryCreateInfo info = contract_mappable_info(backend_opaque_type()->type);
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmCudaMemory whole;
    VxmCudaMemory part;
    VxmMemory memory;
    VxmShared shared;

    info.memoryTypeBits = model_config()->devices[0].externalBufferTypeBits;
    require(vxmCreateMemory(device, 8192, &info, &memory));
    require(vxmExportMemory(memory, type_bit(backend_opaque_type()), &shared));
    require(vxmCudaImportShared(&cuda, &shared, NULL, &whole));
    cr_expect_eq(whole.size, 8192);
    cr_expect_eq(cuda_model.memory.flags, 0);
    expect_same_bytes(memory, &whole, 8192);

    shared.resourceType = VXM_RESOURCE_TYPE_BUFFER;
    shared.buffer.size = 5000;
    shared.memories[0].offset = 3192;
    require(vxmCudaImportShared(&cuda, &shared, NULL, &part));
    cr_expect_eq(cuda_model.memory.size, 8192);
    cr_expect_eq(cuda_model.buffer.offset, 3192);
    cr_expect_eq(cuda_model.buffer.size, 5000);
    cr_expect_eq(part.size, 5000);
    bytes_of(&part)[0] = 77;
    cr_expect_eq(bytes_of(&whole)[3192], 77);
    vxmCudaDestroyMemory(&cuda, &whole);
    vxmCudaDestroyMemory(&cuda, &part);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* What CUDA imported does not need Vulkan any more. */
Test(cuda_memory, lives_on_without_vulkan)
{
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmCudaMemory imported = {0};
    VxmMemory memory = source_make(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER);

    require(vxmCudaImportMemory(&cuda, memory, NULL, &imported));
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
    bytes_of(&imported)[EXCHANGE_SIZE - 1] = 1;
    vxmCudaDestroyMemory(&cuda, &imported);
}

/* ---- failures ---- */

/* Each call of CUDA's fails in turn; pointer and array together go through all of them. */
Test(cuda_memory, every_failure_leaves_nothing)
{
    const VxmCudaImportInfo info = {.map = VXM_CUDA_MAP_POINTER_BIT | VXM_CUDA_MAP_ARRAY_BIT};
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    const struct backend_type *type = type_for(VXM_RESOURCE_TYPE_IMAGE);
    VxmCudaMemory memory;
    struct source source;
    struct watch watch;
    unsigned nth = 1;
    size_t open;

    source_open(device, type, VXM_RESOURCE_TYPE_IMAGE, &source);
    watch_begin(&source.shared.memories[0].handle, type, &watch);
    open = backend_handle_count();
    for (;; nth++) {
        fill(memory);
        cuda_model_fail(nth, CUDA_ERROR_OUT_OF_MEMORY);
        contract_forget_error();
        VkResult result = vxmCudaImportShared(&cuda, &source.shared, &info, &memory);
        if (!cuda_model_failed()) {
            require(result);
            break;
        }
        contract_note("call %u", nth);
        contract_check_error(__FILE__, __LINE__, "vxmCudaImportShared", result,
                             VK_ERROR_OUT_OF_DEVICE_MEMORY, VXM_ERROR_REASON_FOREIGN,
                             "CUDA_ERROR_OUT_OF_MEMORY");
        expect_untouched(memory);
        cr_expect_eq(backend_handle_count(), open);
    }
    contract_note(NULL);
    cr_expect_eq(nth, 7, "the import took %u calls of CUDA's", nth - 1);
    cuda_model_fail(0, CUDA_SUCCESS);
    vxmCudaDestroyMemory(&cuda, &memory);
    expect_borrowed(&watch, &source.shared.memories[0].handle);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* NVIDIA 580 closes the fd that it refuses: the library must not close that number again. */
Test(cuda_memory, failure_of_a_driver_that_closes)
{
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();

    FOR_EACH_TYPE(type)
    {
        VxmCudaMemory memory;
        struct source source;
        struct watch watch;

        if (cuda_type(type->type) == 0 || type->imageOnly || !type->consumed) {
            continue; /* what CUDA never takes it doesn't close either */
        }
        source_open(device, type, VXM_RESOURCE_TYPE_BUFFER, &source);
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        cuda_model.closesOnFailure = true;
        cuda_model_fail(3, CUDA_ERROR_UNKNOWN);
        fill(memory);
        expect_error(vxmCudaImportShared(&cuda, &source.shared, NULL, &memory), VK_ERROR_UNKNOWN,
                     VXM_ERROR_REASON_FOREIGN, "(999");
        expect_untouched(memory);
        cr_assert_neq(cuda_model.unrelated.type, 0, "the model did not close it");
        cr_expect(backend_is_open(&cuda_model.unrelated), "an unrelated handle was closed");
        backend_close(&cuda_model.unrelated);
        expect_borrowed(&watch, &source.shared.memories[0].handle);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

Test(cuda_memory, answers_become_results)
{
    static const struct {
        CUresult answer;
        VkResult result;
        const char *words;
    } cases[] = {
        {CUDA_ERROR_INVALID_VALUE, VK_ERROR_UNKNOWN, "dedicated"},
        {CUDA_ERROR_INVALID_HANDLE, VK_ERROR_INVALID_EXTERNAL_HANDLE, "exported"},
        {CUDA_ERROR_OPERATING_SYSTEM, VK_ERROR_INVALID_EXTERNAL_HANDLE, "(304"},
        {CUDA_ERROR_NOT_SUPPORTED, VK_ERROR_FEATURE_NOT_PRESENT, "(801"},
        {CUDA_ERROR_INVALID_CONTEXT, VK_ERROR_INITIALIZATION_FAILED, "cuCtxSetCurrent"},
        {CUDA_ERROR_DEINITIALIZED, VK_ERROR_INITIALIZATION_FAILED, "(4"},
        {CUDA_ERROR_UNKNOWN, VK_ERROR_UNKNOWN, "(999"},
    };
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmCudaMemory memory;
    struct source source;

    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    fill(memory);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        VxmError error;

        cuda_model_fail(3, cases[i].answer);
        expect_error(vxmCudaImportShared(&cuda, &source.shared, NULL, &memory), cases[i].result,
                     VXM_ERROR_REASON_FOREIGN, cases[i].words);
        vxmGetLastError(&error);
        cr_expect_eq(error.code, cases[i].answer);
        cr_expect_not_null(strstr(error.message, "cuImportExternalMemory answered"));
    }
    expect_untouched(memory);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* The library's own calls of the system fail: the export, the duplicate. */
Test(cuda_memory, system_failures_leave_nothing)
{
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmMemory source = source_make(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER);
    VxmShared first;
    unsigned failures = 0;
    size_t open;

    require(vxmExportMemory(source, type_bit(backend_opaque_type()), &first));
    open = backend_handle_count();
    for (int kind = 0; backend_fault_name(kind) != NULL; kind++) {
        for (unsigned nth = 1;; nth++) {
            VxmCudaMemory memory;
            VkResult result;

            fill(memory);
            backend_fail(kind, nth, false);
            result = vxmCudaImportMemory(&cuda, source, NULL, &memory);
            if (!backend_failed()) {
                require(result);
                vxmCudaDestroyMemory(&cuda, &memory);
                break;
            }
            if (result == VK_SUCCESS) { /* a call that it can do without */
                vxmCudaDestroyMemory(&cuda, &memory);
            } else {
                failures++;
                expect_untouched(memory);
            }
            cr_expect_eq(backend_handle_count(), open, "after %s failed", backend_fault_name(kind));
        }
    }
    cr_expect_gt(failures, 0);
    vxmCloseShared(&first);
    vxmDestroyMemory(source);
    vxmDestroyDevice(device);
}

/* ---- refused before CUDA sees anything ---- */

struct refusal {
    const char *words;
    VkResult result;
    VxmErrorReason reason;
    void (*spoil)(VxmShared *shared, VxmCudaImportInfo *info);
};

static void of_another_gpu(VxmShared *shared, VxmCudaImportInfo *info)
{
    (void)info;
    memcpy(shared->deviceUUID, model_config()->devices[1].deviceUUID, VK_UUID_SIZE);
}

static void without_size(VxmShared *shared, VxmCudaImportInfo *info)
{
    (void)info;
    shared->memories[0].allocationSize = 0;
}

static void too_large(VxmShared *shared, VxmCudaImportInfo *info)
{
    (void)info;
    shared->buffer.size = shared->memories[0].allocationSize + 1;
}

static void too_far(VxmShared *shared, VxmCudaImportInfo *info)
{
    (void)info;
    shared->memories[0].offset = UINT64_MAX;
}

static void without_handle(VxmShared *shared, VxmCudaImportInfo *info)
{
    (void)info;
    shared->memories[0].handle.type = 0;
}

static void with_another_handle(VxmShared *shared, VxmCudaImportInfo *info)
{
    (void)info;
    shared->memories[0].handle.type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
}

static void with_a_semaphore(VxmShared *shared, VxmCudaImportInfo *info)
{
    (void)info;
    shared->memories[0].handle.kind = VXM_HANDLE_KIND_SEMAPHORE;
}

static void of_host_memory(VxmShared *shared, VxmCudaImportInfo *info)
{
    (void)info;
    shared->handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
}

static void of_another_system(VxmShared *shared, VxmCudaImportInfo *info)
{
    (void)info;
    shared->handleType = backend_other_types[0];
}

static void disjoint(VxmShared *shared, VxmCudaImportInfo *info)
{
    (void)info;
    shared->memoryCount = 2;
}

static void with_unknown_map(VxmShared *shared, VxmCudaImportInfo *info)
{
    (void)shared;
    info->map = 4;
}

static void array_of_a_buffer(VxmShared *shared, VxmCudaImportInfo *info)
{
    (void)shared;
    info->map = VXM_CUDA_MAP_ARRAY_BIT;
}

Test(cuda_memory, refused_in_words)
{
    static const struct refusal refusals[] = {
        {"GPU", VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, of_another_gpu},
        {"exact size", VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, without_size},
        {"allocationSize", VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, too_large},
        {"offset 18446744073709551615", VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
         too_far},
        {"empty", VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, without_handle},
        {"HOST_ALLOCATION", VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
         with_another_handle},
        {"another kind", VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
         with_a_semaphore},
        {"cuMemHostRegister", VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
         of_host_memory},
        {"on this system", VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
         of_another_system},
        {"disjoint", VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, disjoint},
        {"info->map", VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, with_unknown_map},
        {"no image", VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, array_of_a_buffer},
    };
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmCudaMemory memory;
    struct source source;

    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    fill(memory);
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        VxmShared shared = source.shared;
        VxmCudaImportInfo info = {0};

        refusals[i].spoil(&shared, &info);
        expect_error(vxmCudaImportShared(&cuda, &shared, &info, &memory), refusals[i].result,
                     refusals[i].reason, refusals[i].words);
    }
    cr_expect_eq(cuda_model_calls("cuImportExternalMemory"), 0);
    expect_untouched(memory);
    source_close(&source);
    vxmDestroyDevice(device);
}

Test(cuda_memory, refuses_null_and_no_context)
{
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmCuda empty = {0};
    VxmCudaMemory memory;
    struct source source;

    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    fill(memory);
    expect_error(vxmCudaImportShared(NULL, &source.shared, NULL, &memory),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "cuda is NULL");
    expect_error(vxmCudaImportShared(&empty, &source.shared, NULL, &memory),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "cuda is empty");
    expect_error(vxmCudaImportShared(&cuda, NULL, NULL, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "shared");
    expect_error(vxmCudaImportShared(&cuda, &source.shared, NULL, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "memory");
    expect_error(vxmCudaImportMemory(&cuda, NULL, NULL, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "vxmExportMemory");
    cuda_model.current = -1;
    expect_error(vxmCudaImportShared(&cuda, &source.shared, NULL, &memory),
                 VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_FOREIGN, "No context");
    cuda_model.current = 0;
    expect_error(vxmCudaImportShared(&cuda, &source.shared, NULL, &memory),
                 VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, "vxmCudaFindDevice");
    expect_untouched(memory);
    cr_expect_eq(cuda_model_calls("cuImportExternalMemory"), 0);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* A description of foreign origin may know no UUID. */
Test(cuda_memory, unknown_uuid_is_left_to_cuda)
{
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmCudaMemory memory;
    struct source source;

    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    memset(source.shared.deviceUUID, 0, VK_UUID_SIZE);
    source.shared.deviceLUIDValid = VK_FALSE;
    require(vxmCudaImportShared(&cuda, &source.shared, NULL, &memory));
    vxmCudaDestroyMemory(&cuda, &memory);

    /* The LUID, where there is one, counts then. */
    source.shared.deviceLUIDValid = VK_TRUE;
    memset(source.shared.deviceLUID, 7, VK_LUID_SIZE);
    source.shared.deviceNodeMask = 1;
    cuda_model.devices[1].hasLuid = true;
    memset(cuda_model.devices[1].luid, 8, VK_LUID_SIZE);
    cuda_model.devices[1].nodeMask = 1;
    fill(memory);
    expect_error(vxmCudaImportShared(&cuda, &source.shared, NULL, &memory),
                 VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, "LUID");
    expect_untouched(memory);
    memset(cuda_model.devices[1].luid, 7, VK_LUID_SIZE);
    require(vxmCudaImportShared(&cuda, &source.shared, NULL, &memory));
    vxmCudaDestroyMemory(&cuda, &memory);
    source_close(&source);
    vxmDestroyDevice(device);
}
