/*
 * A driver that closes the descriptor of a refused import, as the rules forbid: what has the number
 * by then is somebody else's, and stays open.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/gl/fixture.h"

#include <fcntl.h>
#include <unistd.h>

TestSuite(refused, .init = gl_begin, .fini = gl_end);

static int taken = -1;

/* Closes it, and opens something that has nothing to do with it under the same number, as another
 * thread could. */
static void close_and_reuse(int fd)
{
    const int other = open("/dev/null", O_RDONLY | O_CLOEXEC);

    cr_assert_geq(other, 0);
    cr_assert_eq(dup2(other, fd), fd);
    close(other);
    taken = fd;
}

static void expect_unharmed(const VxmHandle *callers)
{
    cr_assert_neq(taken, callers->fd, "OpenGL was given the caller's own descriptor");
    cr_expect(fcntl(callers->fd, F_GETFD) >= 0, "the caller's descriptor is closed");
    cr_assert(fcntl(taken, F_GETFD) >= 0, "somebody else's descriptor was closed");
    close(taken);
    taken = -1;
}

Test(refused, memory)
{
    VxmDevice device = gl_device(0);
    VxmSharedSemaphore semaphore = gl_share_semaphore(device, VK_SEMAPHORE_TYPE_BINARY);
    VxmShared shared = gl_share_buffer(device, 5000);
    const int right = shared.memories[0].handle.fd;
    const VxmGl gl = gl_load();
    VxmGlMemory memory;

    gl_model_config()->refusedFd = close_and_reuse;
    shared.memories[0].handle.fd = semaphore.handle.fd;
    EXPECT_ERROR(vxmGlImportShared(&gl, &shared, NULL, &memory), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_FOREIGN, "glImportMemoryFdEXT");
    expect_unharmed(&shared.memories[0].handle);
    shared.memories[0].handle.fd = right;
    vxmCloseShared(&shared);
    vxmCloseSharedSemaphore(&semaphore);
    vxmDestroyDevice(device);
}

Test(refused, semaphore)
{
    VxmDevice device = gl_device(0);
    VxmSharedSemaphore semaphore = gl_share_semaphore(device, VK_SEMAPHORE_TYPE_BINARY);
    VxmShared shared = gl_share_buffer(device, 5000);
    const int right = semaphore.handle.fd;
    const VxmGl gl = gl_load();
    VxmGlSemaphore imported;

    gl_model_config()->refusedFd = close_and_reuse;
    semaphore.handle.fd = shared.memories[0].handle.fd;
    EXPECT_ERROR(vxmGlImportSharedSemaphore(&gl, &semaphore, &imported),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN,
                 "glImportSemaphoreFdEXT");
    expect_unharmed(&semaphore.handle);
    semaphore.handle.fd = right;
    vxmCloseShared(&shared);
    vxmCloseSharedSemaphore(&semaphore);
    vxmDestroyDevice(device);
}

/* Types that OpenGL has no import of, and memory that was made for no other. */
/* NVIDIA's driver is of no more use to the process after one of these. */
Test(refused, what_is_no_payload_before_opengl_sees_it)
{
    VxmDevice device = gl_device(0);
    VxmSharedSemaphore semaphore = gl_share_semaphore(device, VK_SEMAPHORE_TYPE_BINARY);
    VxmShared shared = gl_share_buffer(device, 5000);
    const int fds[] = {shared.memories[0].handle.fd, semaphore.handle.fd};
    const VxmGl gl = gl_load();
    VxmGlMemory memory;
    VxmGlSemaphore imported;
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    shared.memories[0].handle.fd = ends[0];
    EXPECT_ERROR(vxmGlImportShared(&gl, &shared, NULL, &memory), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "a pipe");
    semaphore.handle.fd = ends[0];
    EXPECT_ERROR(vxmGlImportSharedSemaphore(&gl, &semaphore, &imported),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "a pipe");
    cr_expect_eq(gl_model_calls("ImportMemoryFdEXT"), 0);
    cr_expect_eq(gl_model_calls("ImportSemaphoreFdEXT"), 0);
    close(ends[0]);
    close(ends[1]);
    shared.memories[0].handle.fd = fds[0];
    semaphore.handle.fd = fds[1];
    vxmCloseShared(&shared);
    vxmCloseSharedSemaphore(&semaphore);
    vxmDestroyDevice(device);
}

Test(refused, types_of_this_system)
{
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = 4096,
                                     .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    const VxmMemoryCreateInfo create = {.handleTypes =
                                            VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT};
    const VxmSemaphoreCreateInfo semaphoreInfo = {
        .handleTypes = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT};
    VxmDevice device = gl_device(0);
    const VxmGl gl = gl_load();
    VxmSemaphore semaphore;
    VxmGlSemaphore glSemaphore;
    VxmGlMemory memory;
    VxmMemory buffer;

    REQUIRE(vxmCreateBuffer(device, &info, &create, &buffer));
    EXPECT_REFUSED(vxmGlImportMemory(&gl, buffer, NULL, &memory), VK_ERROR_FEATURE_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "no type that OpenGL imports");
    REQUIRE(vxmCreateSemaphore(device, &semaphoreInfo, &semaphore));
    EXPECT_REFUSED(vxmGlImportSemaphore(&gl, semaphore,
                                        VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT,
                                        &glSemaphore),
                   VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "OPAQUE_FD");
    vxmDestroySemaphore(semaphore);
    vxmDestroyMemory(buffer);
    vxmDestroyDevice(device);
}
