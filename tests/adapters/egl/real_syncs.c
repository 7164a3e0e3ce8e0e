/*
 * Sync files between real drivers of Vulkan and EGL.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/egl/real_egl.h"

#include <stdio.h>
#include <string.h>

#include <poll.h>
#include <unistd.h>

TestSuite(real_egl_sync, .init = egl_real_begin, .fini = egl_real_end, .timeout = 300);

static bool have_sync_files(void)
{
    const VxmQueryInfo question = {.kind = VXM_HANDLE_KIND_SEMAPHORE, .handleType = SYNC_FD};
    VxmQueryResult answer;

    VXM(vxmQuery(egl_gpu.device, &question, &answer));
    return egl_context.egl.waits && egl_context.egl.signals && answer.exportable &&
           answer.importable;
}

static VxmSemaphore create_semaphore(void)
{
    const VxmSemaphoreCreateInfo info = {.handleTypes = SYNC_FD};
    VxmSemaphore semaphore = NULL;

    VXM(vxmCreateSemaphore(egl_gpu.device, &info, &semaphore));
    return semaphore;
}

/* A frame after the other, each side waiting for the other on the GPU. */
static void to_and_fro(void)
{
    const VxmEgl *const egl = &egl_context.egl;
    VxmSemaphore drawn = create_semaphore(), shown = create_semaphore();

    for (unsigned i = 0; i < 20; i++) {
        gpu_begin(&egl_gpu);
        gpu_submit(&egl_gpu, i > 0 ? shown : NULL, 0, drawn, 0);
        VXM(vxmEglWaitSemaphore(egl, drawn));
        glClear(GL_COLOR_BUFFER_BIT);
        (void)glGetError(); /* there is no framebuffer to clear */
        gpu_wait(&egl_gpu); /* no submission may be pending on what is imported into */
        VXM(vxmEglSignalSemaphore(egl, shown));
    }
    gpu_begin(&egl_gpu);
    gpu_submit(&egl_gpu, shown, 0, NULL, 0);
    gpu_wait(&egl_gpu);
    vxmDestroySemaphore(drawn);
    vxmDestroySemaphore(shown);
}

static void what_egl_gives_is_a_sync_file(void)
{
    const VxmEgl *const egl = &egl_context.egl;
    VxmSharedSemaphore shared;
    VxmSemaphore imported;
    char path[64], target[64] = "";
    struct pollfd wait = {.events = POLLIN};

    VXM(vxmEglSignalSharedSemaphore(egl, &shared));
    cr_expect(support_is_cloexec(shared.handle.fd));
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", shared.handle.fd);
    cr_assert_gt(readlink(path, target, sizeof(target) - 1), 0);
    cr_expect_str_eq(target, "anon_inode:sync_file");
    VXM(vxmEglWaitSharedSemaphore(egl, &shared));
    glFinish();
    wait.fd = shared.handle.fd;
    cr_expect_eq(poll(&wait, 1, 60000), 1, "OpenGL is done, and the sync file isn't signalled");
    VXM(vxmImportSemaphore(egl_gpu.device, &shared, VXM_IMPORT_TEMPORARY_BIT, 0, &imported));
    vxmCloseSharedSemaphore(&shared);
    gpu_begin(&egl_gpu);
    gpu_submit(&egl_gpu, imported, 0, NULL, 0);
    gpu_wait(&egl_gpu);
    vxmDestroySemaphore(imported);
}

/* One test: a process that loads both drivers is slow to start where everything is emulated. */
Test(real_egl_sync, to_and_fro)
{
    if (!have_sync_files()) {
        cr_skip_test("sync files aren't on both sides");
    }
    to_and_fro();
    what_egl_gives_is_a_sync_file();
}
