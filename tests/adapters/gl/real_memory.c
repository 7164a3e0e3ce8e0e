/*
 * Buffers and handles, between real drivers.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/real_gl.h"

#include <stdlib.h>
#include <string.h>

TestSuite(real_memory, .init = gl_real_begin, .fini = gl_real_end);

/* llvmpipe wants 48 bytes of memory behind a buffer, so Vulkan's is longer than what is shared. */
#define SIZE       100000u
#define WHOLE_SIZE (SIZE + 64u)

static VxmShared export_buffer(VxmMemory memory)
{
    VxmShared shared;

    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    shared.buffer.size = SIZE;
    return shared;
}

/* OpenGL's side by copies to and from a buffer of its own: one with shared memory can't be mapped.
 */
static void read_buffer(GLuint buffer, void *data)
{
    GLuint own;

    glGenBuffers(1, &own);
    glBindBuffer(GL_COPY_READ_BUFFER, buffer);
    glBindBuffer(GL_COPY_WRITE_BUFFER, own);
    glBufferData(GL_COPY_WRITE_BUFFER, SIZE, NULL, GL_STREAM_READ);
    glCopyBufferSubData(GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER, 0, 0, SIZE);
    glGetBufferSubData(GL_COPY_WRITE_BUFFER, 0, SIZE, data);
    glDeleteBuffers(1, &own);
    GL_CLEAN();
}

static void write_buffer(GLuint buffer, const void *data)
{
    GLuint own;

    glGenBuffers(1, &own);
    glBindBuffer(GL_COPY_READ_BUFFER, own);
    glBufferData(GL_COPY_READ_BUFFER, SIZE, data, GL_STREAM_DRAW);
    glBindBuffer(GL_COPY_WRITE_BUFFER, buffer);
    glCopyBufferSubData(GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER, 0, 0, SIZE);
    glDeleteBuffers(1, &own);
    glFinish();
    GL_CLEAN();
}

static void share_buffer(VxmDedicated dedicated)
{
    VxmMemory memory = gl_new_buffer(WHOLE_SIZE, dedicated);
    unsigned char *const data = malloc(SIZE), *const wanted = malloc(SIZE);
    VxmHandover handover;
    VxmGlMemory imported;
    VxmShared shared = export_buffer(memory);

    VXM(vxmGlImportShared(&gl_context.gl, &shared, NULL, &imported));
    cr_assert_neq(imported.buffer, 0);

    gpu_write(&gl_gpu, memory, &shared, 7, true, &handover);
    read_buffer(imported.buffer, data);
    gpu_pattern(7, wanted, SIZE);
    cr_assert_eq(memcmp(data, wanted, SIZE), 0, "OpenGL doesn't see what Vulkan wrote");

    gpu_pattern(8, wanted, SIZE);
    write_buffer(imported.buffer, wanted);
    cr_assert(gpu_holds(&gl_gpu, memory, &shared, &handover, 8),
              "Vulkan doesn't see what OpenGL wrote");
    vxmGlDestroyMemory(&gl_context.gl, &imported);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    free(wanted);
    free(data);
}

Test(real_memory, buffer_both_ways)
{
    share_buffer(VXM_DEDICATED_AUTO);
}

Test(real_memory, buffer_without_dedicated_memory)
{
    share_buffer(VXM_DEDICATED_OFF);
}

/* OpenGL's object keeps the memory when Vulkan's are gone, and the other way round. */
Test(real_memory, outlives_the_exporter)
{
    VxmMemory memory = gl_new_buffer(WHOLE_SIZE, VXM_DEDICATED_AUTO);
    unsigned char *const data = malloc(SIZE), *const wanted = malloc(SIZE);
    VxmHandover handover;
    VxmGlMemory imported;
    VxmShared shared = export_buffer(memory);

    gpu_write(&gl_gpu, memory, &shared, 9, true, &handover);
    VXM(vxmGlImportShared(&gl_context.gl, &shared, NULL, &imported));
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    read_buffer(imported.buffer, data);
    gpu_pattern(9, wanted, SIZE);
    cr_assert_eq(memcmp(data, wanted, SIZE), 0);
    vxmGlDestroyMemory(&gl_context.gl, &imported);
    free(wanted);
    free(data);
}

/* The handle stays the caller's through any number of imports, and OpenGL keeps none of its own. */
Test(real_memory, import_borrows)
{
    VxmMemory memory = gl_new_buffer(WHOLE_SIZE, VXM_DEDICATED_AUTO);
    VxmGlMemory imported;
    VxmShared shared = export_buffer(memory);
    size_t before;

    before = support_handle_count();
    for (unsigned i = 0; i < 50; i++) {
        VXM(vxmGlImportShared(&gl_context.gl, &shared, NULL, &imported));
        cr_assert(support_is_open(REAL_NATIVE(shared.memories[0].handle)));
        vxmGlDestroyMemory(&gl_context.gl, &imported);
    }
    glFinish();
    cr_assert_eq(support_handle_count(), before);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
}

/* A buffer that fills its memory: llvmpipe has no use for it, and says nothing else than that. */
Test(real_memory, buffer_of_all_the_memory)
{
    VxmMemory memory = gl_new_buffer(WHOLE_SIZE, VXM_DEDICATED_AUTO);
    VxmGlMemory imported;
    VxmShared shared;

    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    if (vxmGlImportShared(&gl_context.gl, &shared, NULL, &imported) != VK_SUCCESS) {
        FAILS(vxmGlImportShared(&gl_context.gl, &shared, NULL, &imported),
              VK_ERROR_OUT_OF_DEVICE_MEMORY, "llvmpipe wants 48 bytes");
        shared.buffer.size -= 48;
        VXM(vxmGlImportShared(&gl_context.gl, &shared, NULL, &imported));
    }
    vxmGlDestroyMemory(&gl_context.gl, &imported);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
}

Test(real_memory, refused_in_words)
{
    VxmMemory memory = gl_new_buffer(WHOLE_SIZE, VXM_DEDICATED_AUTO);
    VxmGlMemory imported;
    VxmShared shared, wrong;

    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    wrong = shared;
    wrong.deviceUUID[0] ^= 0xff;
    FAILS(vxmGlImportShared(&gl_context.gl, &wrong, NULL, &imported), VK_ERROR_INCOMPATIBLE_DRIVER,
          "but the OpenGL context (");
    wrong = shared;
    wrong.driverUUID[0] ^= 0xff;
    FAILS(vxmGlImportShared(&gl_context.gl, &wrong, NULL, &imported), VK_ERROR_INCOMPATIBLE_DRIVER,
          "driver UUID");
    vxmCloseShared(&shared);
    wrong.driverUUID[0] ^= 0xff;
    FAILS(vxmGlImportShared(&gl_context.gl, &wrong, NULL, &imported),
          VK_ERROR_INVALID_EXTERNAL_HANDLE, "closed");
    vxmDestroyMemory(memory);
}
