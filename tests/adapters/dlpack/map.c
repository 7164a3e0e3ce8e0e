/*
 * Tensors of mapped memory: they alias it, and their end ends the mapping and what was given to
 * them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "dlpack.h"

TestSuite(dlpack_map, .init = contract_begin, .fini = contract_end);

static VxmMemory make_buffer(VxmDevice device)
{
    VxmMemoryCreateInfo info = contract_mappable_info(backend_opaque_type()->type);
    VkBufferCreateInfo buffer = contract_buffer_info(SIZE);
    VxmMemory memory = NULL;

    require(vxmCreateBuffer(device, &buffer, &info, &memory));
    return memory;
}

Test(dlpack_map, aliases_the_memory)
{
    const int64_t shape[] = {32, 32};
    VxmDlpackInfo info = {.dtype = {kDLInt, 32, 1}, .ndim = 2, .shape = shape};
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device);
    DLManagedTensor *tensor = NULL;
    int32_t *elements;
    void *data;

    require(vxmMapMemory(memory, 0, &data));
    require(vxmDlpackMapMemory(memory, NULL, &info, &tensor));
    cr_expect_eq(tensor->dl_tensor.device.device_type, kDLCPU);
    cr_expect_eq(tensor->dl_tensor.device.device_id, 0);
    elements = tensor->dl_tensor.data;
    elements[33] = 17;
    cr_expect_eq(((int32_t *)data)[33], 17);
    /* The tensor's mapping is its own: this one's end leaves it. */
    vxmUnmapMemory(memory, 0);
    elements[34] = 18;
    cr_expect_eq(elements[33], 17);
    cr_expect_eq(model_call_count("vkUnmapMemory"), 0);
    tensor->deleter(tensor);
    cr_expect_eq(model_call_count("vkUnmapMemory"), 1);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* Counts as dlpack_count() does, but only when all that the tensor stood on has ended. */
static void count_at_the_end(void *user)
{
    *(unsigned *)user += model_call_count("vkFreeMemory") == 1;
}

Test(dlpack_map, takes_the_memory)
{
    unsigned released = 0;
    VxmDlpackInfo info = {
        .flags = VXM_DLPACK_TAKE_MEMORY_BIT, .release = count_at_the_end, .user = &released};
    VxmDevice device = contract_device();
    DLManagedTensor *tensor = NULL;

    require(vxmDlpackMapMemory(make_buffer(device), NULL, &info, &tensor));
    memset(tensor->dl_tensor.data, 5, SIZE);
    cr_expect_eq(model_call_count("vkFreeMemory"), 0);
    tensor->deleter(tensor);
    cr_expect_eq(released, 1, "release comes once, and last");
    vxmDestroyDevice(device); /* the model driver would see a memory that is left over */
}

/* What was imported without being exportable again is described by what it came with. */
Test(dlpack_map, an_import_by_its_description)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device);
    VxmMemory imported = NULL;
    DLManagedTensor *tensor;
    DLManagedTensor *other = NULL;
    VxmShared shared;

    require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)backend_opaque_type()->type,
                            &shared));
    require(vxmImportMemory(device, &shared, NULL, &imported));
    vxmCloseShared(&shared);
    fill(tensor);
    expect_error(vxmDlpackMapMemory(imported, NULL, NULL, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "shared");
    expect_untouched(tensor);

    require(vxmDlpackMapMemory(imported, &shared, NULL, &tensor));
    require(vxmDlpackMapMemory(memory, NULL, NULL, &other));
    cr_assert_eq(tensor->dl_tensor.shape[0], SIZE);
    ((unsigned char *)tensor->dl_tensor.data)[SIZE - 1] = 77;
    cr_expect_eq(((unsigned char *)other->dl_tensor.data)[SIZE - 1], 77);
    other->deleter(other);
    tensor->deleter(tensor);
    vxmDestroyMemory(imported);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(dlpack_map, a_linear_image)
{
    VxmMemoryCreateInfo info = contract_mappable_info(backend_opaque_type()->type);
    VkImageCreateInfo image = contract_image_info(13, 9);
    VxmDevice device = contract_device();
    DLManagedTensor *tensor = NULL;
    VxmMemory memory = NULL;
    VxmShared shared;
    void *data;

    image.tiling = VK_IMAGE_TILING_LINEAR;
    require(vxmCreateImage(device, &image, &info, &memory));
    require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)backend_opaque_type()->type,
                            &shared));
    vxmCloseShared(&shared);
    require(vxmDlpackMapMemory(memory, NULL, NULL, &tensor));
    require(vxmMapMemory(memory, 0, &data));
    cr_expect_eq(tensor->dl_tensor.shape[0], 9);
    cr_expect_eq(tensor->dl_tensor.shape[1], 13);
    cr_expect_eq(tensor->dl_tensor.strides[0], (int64_t)shared.image.planes[0].rowPitch);
    cr_expect_eq((char *)tensor->dl_tensor.data,
                 (char *)data + shared.image.planes[0].offset - shared.memories[0].offset);
    vxmUnmapMemory(memory, 0);
    tensor->deleter(tensor);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* vxmMapMemory() gives the resource's first byte, which need not be the plane's. */
Test(dlpack_map, a_plane_that_begins_later)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device);
    VxmShared shared = dlpack_image(5, 7);
    DLManagedTensor *tensor = NULL;
    void *data;

    require(vxmMapMemory(memory, 0, &data));
    require(vxmDlpackMapMemory(memory, &shared, NULL, &tensor));
    cr_expect_eq(tensor->dl_tensor.data, (char *)data + shared.image.planes[0].offset);
    tensor->deleter(tensor);
    vxmUnmapMemory(memory, 0);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* Whoever gets the tensor can't flush. */
Test(dlpack_map, memory_that_is_not_coherent)
{
    ModelDeviceConfig *config = &model_config()->devices[0];
    VxmMemoryCreateInfo info = contract_memory_info(backend_opaque_type()->type);
    VkBufferCreateInfo buffer = contract_buffer_info(SIZE);
    VxmMemory memory = NULL;
    VxmDevice device;
    DLManagedTensor *tensor;

    for (uint32_t i = 0; i < config->memoryTypeCount; i++) {
        config->memoryTypes[i].propertyFlags &=
            ~(VkMemoryPropertyFlags)VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    }
    info.requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT;
    device = contract_device();
    require(vxmCreateBuffer(device, &buffer, &info, &memory));
    fill(tensor);
    expect_error(vxmDlpackMapMemory(memory, NULL, NULL, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "HOST_COHERENT");
    expect_untouched(tensor);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* Known only once it is mapped, and then it doesn't stay so. */
Test(dlpack_map, an_address_that_does_not_fit)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device);
    VxmShared shared = dlpack_image(8, 4);
    DLManagedTensor *tensor;

    shared.image.format = VK_FORMAT_R32_SFLOAT;
    shared.image.planes[0].offset += 2;
    shared.memories[0].allocationSize += 2;
    fill(tensor);
    expect_error(vxmDlpackMapMemory(memory, &shared, NULL, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "multiple");
    expect_untouched(tensor);
    cr_expect_eq(model_call_count("vkMapMemory"), 1);
    cr_expect_eq(model_call_count("vkUnmapMemory"), 1);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* Whatever fails, nothing is mapped, taken or called, and the memory is as before. */
Test(dlpack_map, refused)
{
    unsigned released = 0;
    VxmMemoryCreateInfo local = contract_memory_info(backend_opaque_type()->type);
    VkBufferCreateInfo buffer = contract_buffer_info(SIZE);
    VxmDlpackInfo info = {
        .flags = VXM_DLPACK_TAKE_MEMORY_BIT, .release = dlpack_count, .user = &released};
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device);
    VxmMemory hidden = NULL;
    DLManagedTensor *tensor;

    fill(tensor);
    expect_error(vxmDlpackMapMemory(NULL, NULL, &info, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "NULL");
    expect_error(vxmDlpackMapMemory(memory, NULL, &info, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "NULL");
    require(vxmCreateBuffer(device, &buffer, &local, &hidden));
    expect_error(vxmDlpackMapMemory(hidden, NULL, &info, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "HOST_COHERENT");
    vxmDestroyMemory(hidden);
    info.offset = SIZE + 1;
    info.ndim = -1;
    expect_error(vxmDlpackMapMemory(memory, NULL, &info, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "vxmDlpackMapMemory");
    info.offset = 0;
    info.ndim = 0;
    dlpack_no_memory = true;
    expect_error(vxmDlpackMapMemory(memory, NULL, &info, &tensor), VK_ERROR_OUT_OF_HOST_MEMORY,
                 VXM_ERROR_REASON_OUT_OF_MEMORY, "vxmDlpackMapMemory");
    expect_untouched(tensor);
    cr_expect_eq(released, 0);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* The driver's own failures: of the export that describes, and of the mapping. */
Test(dlpack_map, a_driver_that_fails)
{
    unsigned released = 0;
    VxmDlpackInfo info = {
        .flags = VXM_DLPACK_TAKE_MEMORY_BIT, .release = dlpack_count, .user = &released};
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device);
    DLManagedTensor *tensor;

    fill(tensor);
    model_fail("vkMapMemory", 1, VK_ERROR_MEMORY_MAP_FAILED, false);
    expect_error(vxmDlpackMapMemory(memory, NULL, &info, &tensor), VK_ERROR_MEMORY_MAP_FAILED,
                 VXM_ERROR_REASON_DRIVER, "vkMapMemory");
    expect_untouched(tensor);
    cr_expect_eq(released, 0);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}
