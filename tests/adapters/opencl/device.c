/*
 * vxm/opencl.h: the table of functions, and the device that is Vulkan's.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/test.h"

#include <string.h>

#include "model_opencl.h"

TestSuite(opencl_device, .init = mcl_begin, .fini = mcl_end);

static const char *const library[] = {"clGetPlatformIDs",
                                      "clGetDeviceIDs",
                                      "clGetDeviceInfo",
                                      "clGetContextInfo",
                                      "clCreateBufferWithProperties",
                                      "clCreateImageWithProperties",
                                      "clCreateSubBuffer",
                                      "clReleaseMemObject",
                                      "clFlush",
                                      "clGetExtensionFunctionAddressForPlatform"};

static bool is_empty(const VxmOpenCl *cl)
{
    const VxmOpenCl empty = {0};

    return memcmp(cl, &empty, sizeof(empty)) == 0;
}

static void *knows_nothing(void *user, const char *name)
{
    (void)name;
    ++*(int *)user;
    return NULL;
}

Test(opencl_device, missing_functions_are_named)
{
    VxmOpenCl cl = {0};
    int asked = 0;

    for (size_t i = 0; i < sizeof(library) / sizeof(library[0]); i++) {
        mcl.missing = library[i];
        expect_error(vxmOpenClLoad(mcl_get_proc, NULL, &cl), VK_ERROR_INITIALIZATION_FAILED,
                     VXM_ERROR_REASON_UNSUPPORTED, library[i]);
        cr_expect(is_empty(&cl));
    }
    expect_error(vxmOpenClLoad(knows_nothing, &asked, &cl), VK_ERROR_INITIALIZATION_FAILED,
                 VXM_ERROR_REASON_UNSUPPORTED, "clGetExtensionFunctionAddressForPlatform");
    cr_expect_eq(asked, 10);
    cr_expect(is_empty(&cl));
}

Test(opencl_device, the_gpu_is_found_among_others)
{
    VxmDeviceCreateInfo info = {.getInstanceProcAddr = model_vkGetInstanceProcAddr};

    for (unsigned i = 0; i < 2; i++) {
        VxmDevice device = NULL;
        VxmDeviceInfo deviceInfo;
        cl_device_id found = NULL;
        VxmOpenCl cl = {0};

        info.deviceIndex = i;
        require(vxmCreateDevice(&info, &device));
        require(vxmGetDeviceInfo(device, &deviceInfo));
        require(vxmOpenClLoad(mcl_get_proc, NULL, &cl));
        require(vxmOpenClFindDevice(&cl, deviceInfo.identity, &found));
        cr_expect_eq(found, mcl_device(i + 1));
        cr_expect_not_null(cl.platform);
        cr_expect_not_null(cl.clEnqueueSignalSemaphoresKHR);
        require(vxmOpenClCheckDevice(&cl, deviceInfo.identity, mcl_device(i + 1)));
        expect_error(vxmOpenClCheckDevice(&cl, deviceInfo.identity, mcl_device(2 - i)),
                     VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, "another UUID");
        expect_error(vxmOpenClCheckDevice(&cl, deviceInfo.identity, mcl_device(0)),
                     VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH,
                     "\"a processor\" can't be taken for");
        vxmDestroyDevice(device);
    }
}

/* An identity of the first GPU, a table, and whether finding it fails so. */
static void expect_not_found(VkResult result, VxmErrorReason reason, const char *part)
{
    const ModelConfig config = model_default_config();
    VxmIdentity identity = {.deviceName = "the one"};
    cl_device_id found = NULL;
    VxmOpenCl cl = {0}, before;

    memcpy(identity.deviceUUID, config.devices[0].deviceUUID, VK_UUID_SIZE);
    memcpy(identity.driverUUID, config.devices[0].driverUUID, VK_UUID_SIZE);
    require(vxmOpenClLoad(mcl_get_proc, NULL, &cl));
    before = cl;
    expect_error(vxmOpenClFindDevice(&cl, &identity, &found), result, reason, part);
    cr_expect_null(found);
    cr_expect_eq(memcmp(&cl, &before, sizeof(cl)), 0);
}

Test(opencl_device, what_stands_in_the_way_is_said)
{
    mcl.devices[1].uuid[0]++;
    expect_not_found(
        VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH,
        "\"the one\": \"a processor\" has no cl_khr_device_uuid, \"the first GPU\" has "
        "another UUID, \"the second GPU\" has another UUID.");
    mcl.devices[1].uuid[0]--;
    mcl.devices[1].driverUuid[3]++;
    expect_not_found(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH,
                     "is the same GPU by another driver");
    mcl.devices[1].driverUuid[3]--;
    mcl.missing = "clEnqueueReleaseExternalMemObjectsKHR";
    expect_not_found(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                     "gives no clEnqueueReleaseExternalMemObjectsKHR");
    mcl.missing = NULL;
    /* A part of a longer name is not the extension. */
    mcl.devices[1].extensions = "cl_khr_device_uuid cl_khr_external_memory_opaque_fd "
                                "xcl_khr_external_memory";
    expect_not_found(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                     "has no cl_khr_external_memory");
    mcl.platformCount = 0;
    expect_not_found(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_FOREIGN,
                     "CL_PLATFORM_NOT_FOUND_KHR (-1001)");
}

/* As NVIDIA's driver 580 does: what it says of the driver is the device's UUID. */
Test(opencl_device, a_driver_may_give_the_device_uuid_twice)
{
    struct mcl_fixture fixture;

    memcpy(mcl.devices[1].driverUuid, mcl.devices[1].uuid, VK_UUID_SIZE);
    mcl_open(&fixture);
    cr_expect_eq(fixture.clDevice, mcl_device(1));
    mcl_close(&fixture);
}

Test(opencl_device, a_luid_stands_in_for_an_unknown_uuid)
{
    VxmIdentity identity = {.deviceLUIDValid = VK_TRUE};
    cl_device_id found = NULL;
    VxmOpenCl cl = {0};

    mcl.devices[2].luidValid = true;
    memset(mcl.devices[2].luid, 7, VK_LUID_SIZE);
    memset(identity.deviceLUID, 7, VK_LUID_SIZE);
    require(vxmOpenClLoad(mcl_get_proc, NULL, &cl));
    require(vxmOpenClFindDevice(&cl, &identity, &found));
    cr_expect_eq(found, mcl_device(2));
    identity.deviceLUIDValid = VK_FALSE;
    expect_error(vxmOpenClFindDevice(&cl, &identity, &found), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "neither a deviceUUID nor a deviceLUID");
    identity.deviceLUIDValid = VK_TRUE;
    identity.deviceLUID[0]++;
    expect_error(vxmOpenClFindDevice(&cl, &identity, &found), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "another LUID or none");
}

Test(opencl_device, semaphores_may_be_missing)
{
    struct mcl_fixture fixture;

    mcl.missing = "clEnqueueWaitSemaphoresKHR";
    mcl_open(&fixture);
    cr_expect_null(fixture.cl.clEnqueueWaitSemaphoresKHR);
    mcl_close(&fixture);
}

Test(opencl_device, nulls_are_refused)
{
    VxmIdentity identity = {.deviceName = "any"};
    cl_device_id device = NULL;
    VxmOpenCl cl = {0};

    expect_error(vxmOpenClLoad(NULL, NULL, &cl), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "getProc");
    expect_error(vxmOpenClLoad(mcl_get_proc, NULL, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "cl must not");
    expect_error(vxmOpenClFindDevice(&cl, &identity, &device), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "vxmOpenClLoad() first");
    expect_error(vxmOpenClCheckDevice(&cl, &identity, mcl_device(1)),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "vxmOpenClLoad() first");
    require(vxmOpenClLoad(mcl_get_proc, NULL, &cl));
    expect_error(vxmOpenClFindDevice(NULL, &identity, &device), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "cl must not");
    expect_error(vxmOpenClFindDevice(&cl, NULL, &device), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "identity");
    expect_error(vxmOpenClFindDevice(&cl, &identity, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device");
    expect_error(vxmOpenClCheckDevice(&cl, &identity, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device");
}

Test(opencl_device, errors_have_names)
{
    cr_expect_str_eq(vxmOpenClErrorName(CL_INVALID_PROPERTY), "CL_INVALID_PROPERTY");
    cr_expect_str_eq(vxmOpenClErrorName(-1142), "CL_INVALID_SEMAPHORE_KHR");
    cr_expect_str_eq(vxmOpenClErrorName(-9999), "an error without a name here");
    cr_expect_str_eq(vxmOpenClErrorName(999), "an error that is not OpenCL's");
}
