/*
 * Every call of OpenGL's fails once: the sentence is there, and nothing is left behind.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/fixture.h"

#include "support/resources.h"

TestSuite(faults, .init = gl_begin, .fini = gl_end);

/* What the sweep's calls work on. */
static struct {
    VxmDevice device;
    VxmGl gl;
    VxmMemory buffer, image;
    VxmShared sharedImage;
    VxmSemaphore semaphore;
    VxmGlSemaphore imported;
    VxmGlMemory memory;
    VxmGlSemaphore made;
    VxmIdentity identity;
} world;

static VkResult import_buffer(void)
{
    return vxmGlImportMemory(&world.gl, world.buffer, NULL, &world.memory);
}

static VkResult import_image(void)
{
    return vxmGlImportShared(&world.gl, &world.sharedImage, NULL, &world.memory);
}

static VkResult import_semaphore(void)
{
    return vxmGlImportSemaphore(&world.gl, world.semaphore, NATIVE_SEMAPHORE, &world.made);
}

static VkResult wait(void)
{
    return vxmGlWaitSemaphore(&world.gl, &world.imported, 1, 0, NULL);
}

static VkResult signal(void)
{
    return vxmGlSignalSemaphore(&world.gl, &world.imported, 2, 0, NULL);
}

static VkResult check(void)
{
    return vxmGlCheckDevice(&world.gl, &world.identity);
}

/* Questions whose failure counts as "can't tell", and calls that only put back or take down. */
static bool may_fail_unnoticed(const char *function)
{
    static const char *const names[] = {"GetInternalformativ", "BindTexture", "BindBuffer",
                                        "DeleteTextures", "GetString"};

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], function) == 0) {
            return true;
        }
    }
    return false;
}

static void sweep(const char *name, VkResult (*call)(void), unsigned atLeast)
{
    const size_t before = support_handle_count();
    unsigned failures = 0;

    for (unsigned nth = 1; nth < 100; nth++) {
        static const GLenum errors[] = {GL_OUT_OF_MEMORY, GL_INVALID_OPERATION, GL_CONTEXT_LOST};
        const GLenum error = errors[nth % 3];
        const char *failed;
        VkResult result;
        VxmError last;

        FILL(world.memory);
        FILL(world.made);
        gl_forget_error();
        gl_model_fail(nth, error);
        result = call();
        failed = gl_model_failed();
        gl_model_fail(0, GL_NO_ERROR);
        if (failed == NULL) {
            REQUIRE(result);
        }
        if (result == VK_SUCCESS) {
            cr_expect(failed == NULL || may_fail_unnoticed(failed),
                      "%s succeeded although gl%s failed", name, failed);
            if (!gl_untouched(&world.memory, sizeof(world.memory))) {
                vxmGlDestroyMemory(&world.gl, &world.memory);
            }
            if (!gl_untouched(&world.made, sizeof(world.made))) {
                vxmGlDestroySemaphore(&world.gl, &world.made);
            }
            if (failed == NULL) {
                break;
            }
            continue;
        }
        failures++;
        vxmGetLastError(&last);
        cr_expect_eq(last.result, result);
        cr_expect_eq(last.reason, VXM_ERROR_REASON_FOREIGN, "%s, gl%s: %s", name, failed,
                     last.message);
        cr_expect_eq(last.code, error, "%s, gl%s: %s", name, failed, last.message);
        if (error != GL_INVALID_OPERATION) {
            cr_expect_eq(result, error == GL_OUT_OF_MEMORY ? VK_ERROR_OUT_OF_DEVICE_MEMORY
                                                           : VK_ERROR_DEVICE_LOST);
        }
        EXPECT_UNTOUCHED(world.memory);
        EXPECT_UNTOUCHED(world.made);
        cr_expect_eq(support_handle_count(), before, "%s: gl%s failed, and %zu handles became %zu",
                     name, failed, before, support_handle_count());
    }
    cr_expect_geq(failures, atLeast, "%s: only %u failures", name, failures);
}

Test(faults, each_call_of_opengls)
{
    const VkImageCreateInfo info = gl_image_info(VK_FORMAT_R8G8B8A8_UNORM, 64, 64);
    const VxmSemaphoreCreateInfo timeline = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                             .handleTypes = NATIVE_SEMAPHORE};
    const VxmSemaphoreCreateInfo binary = {.handleTypes = NATIVE_SEMAPHORE};
    VxmDeviceInfo device;

    world.device = gl_device(0);
    world.gl = gl_load();
    REQUIRE(vxmGetDeviceInfo(world.device, &device));
    world.identity = *device.identity;
    world.buffer = gl_make_buffer(world.device, 5000);
    world.sharedImage = gl_share_image(world.device, &info);
    /* Windows' handle of an object is kept from the first export on. */
    REQUIRE(import_buffer());
    vxmGlDestroyMemory(&world.gl, &world.memory);
    sweep("vxmGlCheckDevice", check, 3);
    sweep("vxmGlImportMemory", import_buffer, 7);
    sweep("vxmGlImportShared", import_image, 8);

    for (unsigned i = 0; i < 2; i++) {
        REQUIRE(vxmCreateSemaphore(world.device, i == 0 ? &timeline : &binary, &world.semaphore));
        REQUIRE(import_semaphore());
        world.imported = world.made;
        sweep("vxmGlImportSemaphore", import_semaphore, i == 0 ? 6 : 5);
        sweep("vxmGlWaitSemaphore", wait, i == 0 ? 2 : 1);
        sweep("vxmGlSignalSemaphore", signal, i == 0 ? 3 : 2);
        vxmGlDestroySemaphore(&world.gl, &world.imported);
        vxmDestroySemaphore(world.semaphore);
    }
    vxmCloseShared(&world.sharedImage);
    vxmDestroyMemory(world.buffer);
    vxmDestroyDevice(world.device);
}
