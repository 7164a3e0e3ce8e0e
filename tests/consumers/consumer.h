/*
 * What every consumer program does with vxm: a device, a buffer, a handle, and all of it closed
 * again. Compiled as C and as C++.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONSUMERS_CONSUMER_H_
#define VXM_TESTS_CONSUMERS_CONSUMER_H_ 1

#include <stdio.h>
#include <string.h>

#include <vxm/vxm.h>

/* Says what failed and why; returns the program's exit status. */
static int consumer_failed(const char *what, VkResult result)
{
    VxmError error;

    vxmGetLastError(&error);
    fprintf(stderr, "%s: %s: %s\n", what, vxmResultName(result), error.message);
    return 1;
}

/* Returns the program's exit status: 0 if all went well. */
static int consumer_share_a_buffer(const char *program)
{
    VxmDevice device = NULL;
    VxmMemory memory = NULL;
    VxmHandle handle;
    VxmDeviceInfo deviceInfo;
    VkBufferCreateInfo buffer;
    VxmMemoryCreateInfo info;
    VkResult result;

    memset(&handle, 0, sizeof(handle));
    memset(&buffer, 0, sizeof(buffer));
    memset(&info, 0, sizeof(info));

    if (vxmGetVersion() != VXM_VERSION) {
        fprintf(stderr, "header and library are of different versions\n");
        return 1;
    }
    result = vxmCreateDevice(NULL, &device);
    if (result != VK_SUCCESS) {
        return consumer_failed("vxmCreateDevice", result);
    }
    result = vxmGetDeviceInfo(device, &deviceInfo);
    if (result != VK_SUCCESS) {
        return consumer_failed("vxmGetDeviceInfo", result);
    }
    buffer.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
    buffer.size = 65536;
    buffer.usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
    info.handleTypes = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT;
    result = vxmCreateBuffer(device, &buffer, &info, &memory);
    if (result != VK_SUCCESS) {
        return consumer_failed("vxmCreateBuffer", result);
    }
    result = vxmGetMemoryHandle(memory, 0, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, &handle);
    if (result != VK_SUCCESS) {
        return consumer_failed("vxmGetMemoryHandle", result);
    }
    if (handle.type != VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT || handle.fd < 0) {
        fprintf(stderr, "the exported handle is of type %u, fd %d\n", handle.type, handle.fd);
        return 1;
    }
    printf("%s: a buffer of 64 KiB on %s, shared as fd %d\n", program,
           deviceInfo.identity->deviceName, handle.fd);
    vxmCloseHandle(&handle);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
    return 0;
}

#endif /* VXM_TESTS_CONSUMERS_CONSUMER_H_ */
