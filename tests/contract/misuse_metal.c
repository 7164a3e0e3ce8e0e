/*
 * What only an app or a peer on Metal's systems can get wrong: descriptors where none travel,
 * memory types of a texture that Metal makes.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "contract/exchange.h"
#include "internal.h"

TestSuite(misuse_metal, .init = contract_begin, .fini = contract_end);

#define SHARED   VXM_EXTERNAL_MEMORY_HANDLE_TYPE_MTL_SHARED_TEXTURE_BIT
#define SURPLUS  12u
#define DEADLINE 1000000000ull

/* A message of one byte, with or without the claim that handles belong to it. */
static void send_raw(VxmChannel channel, uint8_t handleCount, const VxmHandle *surplus)
{
    const unsigned char frame[17] = {'V', 'X', 'M', 'F', 2, 0, 1, 0, 1, 0, 0, 0, handleCount};
    struct vxm_os_stream stream = {{0}, {0}};
    VxmHandle end = {0};
    size_t sent = 0;

    require(vxmExportChannel(channel, &end));
    require(vxm__os_begin_stream(&end, true, &stream));
    require(vxm__os_send(&end, &stream, frame, sizeof(frame), surplus, 1,
                         vxm__os_deadline(DEADLINE), &sent));
    vxm__os_end_stream(&stream);
    vxmCloseHandle(&end);
}

/* No handle of Metal's travels by a socket, but descriptors do, and nothing says what they are:
 * they are closed, and not taken for objects. Several, since some numbers could be an address. */
Test(misuse_metal, descriptors_that_arrive_are_closed)
{
    VxmHandle handles[SURPLUS] = {{0}};
    VxmChannel others[2];
    size_t open;

    require(vxmCreateChannelPair(others));
    for (uint32_t i = 0; i < SURPLUS; i++) {
        require(vxmExportChannel(others[0], &handles[i]));
    }
    open = backend_handle_count();
    for (uint32_t i = 0; i < SURPLUS; i++) {
        VxmChannel channels[2];
        unsigned char byte;
        size_t size;

        require(vxmCreateChannelPair(channels));
        send_raw(channels[0], i % 2 == 0 ? 0 : 1, &handles[i]);
        /* What has arrived would have its number. */
        vxmCloseHandle(&handles[i]);
        expect_error(vxmReceiveBytes(channels[1], 1, &byte, &size, DEADLINE), VXM_ERROR_BAD_MESSAGE,
                     VXM_ERROR_REASON_PEER, NULL);
        vxmCloseChannel(channels[0]);
        vxmCloseChannel(channels[1]);
        cr_expect_eq(backend_handle_count(), open - i - 1);
    }
    vxmCloseChannel(others[0]);
    vxmCloseChannel(others[1]);
}

/* A texture is the whole of its memory, whose size is not told: nothing in it begins elsewhere. */
Test(misuse_metal, offset_in_a_texture)
{
    VxmDevice device = contract_device();
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmMemoryWrapInfo info = {
        .image = (VkImage)(uintptr_t)1,
        .imageCreateInfo = &image,
        .handleTypes = VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLTEXTURE_BIT_EXT,
        .memoryCount = 1,
        .memories[0] = {.memory = (VkDeviceMemory)(uintptr_t)1, .offset = 4096},
    };
    VxmMemory memory;

    fill(memory);
    for (int i = 0; i < 2; i++) {
        expect_error(vxmWrapMemory(device, &info, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "offset");
        expect_untouched(memory);
        info.memories[0].allocationSize = 4096;
    }
    vxmDestroyDevice(device);
}

/* Metal makes the texture, but which memory type the import of it has is the app's to limit. */
Test(misuse_metal, memory_types_of_a_shared_texture)
{
    VxmDevice device = contract_device();
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmMemoryCreateInfo info = contract_memory_info((uint32_t)SHARED);
    VxmMemory memory = NULL;
    VxmMemoryInfo made;
    const uint32_t bits = model_config()->devices[0].dmaBufTypeBits;

    model_config()->devices[0].externalImageTypeBits = bits;
    for (uint32_t rest = bits; rest != 0; rest &= rest - 1) {
        info.memoryTypeBits = rest & (~rest + 1u);
        require(vxmCreateImage(device, &image, &info, &memory));
        require(vxmGetMemoryInfo(memory, &made));
        cr_expect_eq(1u << made.memories[0].memoryTypeIndex, info.memoryTypeBits);
        vxmDestroyMemory(memory);
    }
    info.memoryTypeBits = ~bits;
    memory = NULL;
    expect_failure(vxmCreateImage(device, &image, &info, &memory));
    cr_expect_null(memory);
    vxmDestroyDevice(device);
}
