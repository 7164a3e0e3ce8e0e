/*
 * Exports an image for another API, and prints what OpenGL and CUDA want to know of it.
 *
 *   cc export_image.c -o export_image $(pkg-config --cflags --libs vxm)
 *   ./export_image
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <vxm/vxm.h>

#define TYPE VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT

static void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}
#define CHECK(call) check(call, #call)

static void print_uuid(const char *name, const uint8_t uuid[VK_UUID_SIZE])
{
    printf("%s ", name);
    for (unsigned i = 0; i < VK_UUID_SIZE; i++) {
        printf("%02x", uuid[i]);
    }
    printf("\n");
}

int main(void)
{
    const VkImageCreateInfo image = {.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                                     .imageType = VK_IMAGE_TYPE_2D,
                                     .format = VK_FORMAT_R8G8B8A8_UNORM,
                                     .extent = {1920, 1080, 1},
                                     .mipLevels = 1,
                                     .arrayLayers = 1,
                                     .samples = VK_SAMPLE_COUNT_1_BIT,
                                     .usage = VK_IMAGE_USAGE_SAMPLED_BIT |
                                              VK_IMAGE_USAGE_TRANSFER_DST_BIT};
    const VxmMemoryCreateInfo info = {.handleTypes = TYPE};
    const VxmQueryInfo question = {.handleType = TYPE, .image = &image};
    VxmQueryResult answer;
    VxmDevice device;
    VxmMemory memory;
    VxmShared shared;

    CHECK(vxmCreateDevice(NULL, &device));
    CHECK(vxmQuery(device, &question, &answer)); /* ask first, and tell the user why not */
    if (!answer.exportable) {
        fprintf(stderr, "%s\n", answer.reason);
        vxmDestroyDevice(device);
        return EXIT_FAILURE;
    }
    CHECK(vxmCreateImage(device, &image, &info, &memory));
    CHECK(vxmExportMemory(memory, TYPE, &shared));

    int fd = shared.memories[0].handle.fd;
    uint64_t size = shared.memories[0].allocationSize;
    const char *dedicated = shared.dedicated ? "1" : "0";
    print_uuid("device UUID (GL_DEVICE_UUID_EXT, cudaDeviceProp::uuid)", shared.deviceUUID);
    print_uuid("driver UUID (GL_DRIVER_UUID_EXT)", shared.driverUUID);
    printf("glMemoryObjectParameterivEXT(object, GL_DEDICATED_MEMORY_OBJECT_EXT, {%s})\n"
           "glImportMemoryFdEXT(object, %" PRIu64 ", GL_HANDLE_TYPE_OPAQUE_FD_EXT, %d)\n"
           "glTextureStorageMem2DEXT(texture, 1, GL_RGBA8, 1920, 1080, object, %" PRIu64 ")\n",
           dedicated, size, fd, (uint64_t)shared.memories[0].offset);
    printf("cudaExternalMemoryHandleDesc: type OpaqueFd, handle.fd %d, size %" PRIu64
           ", flags %s\n",
           fd, size, shared.dedicated ? "cudaExternalMemoryDedicated" : "0");

    /* Both take the fd over when they succeed: set shared.memories[0].handle.type to 0 then. */
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
    return EXIT_SUCCESS;
}
