/*
 * vxm/cuda.h: loading the driver library, and finding the GPU.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/cuda/model_cuda.h"

TestSuite(cuda_device, .init = cuda_model_begin, .fini = cuda_model_end);

/* The GPUs of the model driver, which CUDA has in the other order. */
static VxmIdentity identity_of(uint32_t index)
{
    VxmDevice device = contract_device_at(index);
    VxmDeviceInfo info;
    VxmIdentity identity;

    require(vxmGetDeviceInfo(device, &info));
    identity = *info.identity;
    vxmDestroyDevice(device);
    return identity;
}

Test(cuda_device, load_names_what_is_missing)
{
    const char *name;

    for (size_t i = 0; (name = cuda_model_function(i)) != NULL; i++) {
        VxmCuda cuda;

        contract_note("%s", name);
        fill(cuda);
        cuda_model.missing = name;
        if (strcmp(name, "cuMemFree") == 0 || strcmp(name, "cuDeviceGetLuid") == 0 ||
            strncmp(name, "cuDeviceGetUuid", 15) == 0) {
            require(vxmCudaLoad(cuda_model_get_proc, &cuda_model, &cuda));
        } else {
            expect_error(vxmCudaLoad(cuda_model_get_proc, &cuda_model, &cuda),
                         VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, name);
            expect_untouched(cuda);
        }
    }
}

Test(cuda_device, load_falls_back_only_where_it_may)
{
    VxmIdentity identity = identity_of(0);
    CUdevice device = 0;
    VxmCuda cuda;

    cuda_model.missing = "cuDeviceGetUuid_v2";
    cuda = cuda_model_load();
    require(vxmCudaFindDevice(&cuda, &identity, &device));
    cr_expect_gt(cuda_model_calls("cuDeviceGetUuid"), 0);

    fill(cuda);
    cuda_model.missingToo = "cuDeviceGetUuid";
    expect_error(vxmCudaLoad(cuda_model_get_proc, &cuda_model, &cuda),
                 VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, "cuDeviceGetUuid");
    /* The first version of cuMemFree takes 32-bit pointers. */
    cuda_model.missing = "cuMemFree_v2";
    cuda_model.missingToo = NULL;
    expect_error(vxmCudaLoad(cuda_model_get_proc, &cuda_model, &cuda),
                 VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, "cuMemFree_v2");
    expect_untouched(cuda);
}

Test(cuda_device, load_refuses_null)
{
    VxmCuda cuda;

    fill(cuda);
    expect_error(vxmCudaLoad(NULL, &cuda_model, &cuda), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "getProc");
    expect_error(vxmCudaLoad(cuda_model_get_proc, &cuda_model, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "cuda");
    expect_untouched(cuda);
}

Test(cuda_device, found_by_uuid_and_not_by_order)
{
    VxmCuda cuda = cuda_model_load();

    for (uint32_t i = 0; i < 2; i++) {
        VxmIdentity identity = identity_of(i);
        CUdevice device = 0;

        identity.deviceLUIDValid = VK_FALSE;
        require(vxmCudaFindDevice(&cuda, &identity, &device));
        cr_expect_eq(device, 41 - (int)i);
    }
}

/* Direct3D tells the LUID only; node masks of linked GPUs tell them apart. */
Test(cuda_device, found_by_luid_where_the_uuid_is_unknown)
{
    static const char luid[VK_LUID_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8};
    VxmIdentity identity = {.deviceLUIDValid = VK_TRUE, .deviceNodeMask = 2};
    VxmCuda cuda = cuda_model_load();
    CUdevice device = 0;

    memcpy(identity.deviceLUID, luid, sizeof(luid));
    for (int i = 0; i < 2; i++) {
        memcpy(cuda_model.devices[i].luid, luid, sizeof(luid));
        cuda_model.devices[i].hasLuid = true;
        cuda_model.devices[i].nodeMask = 1u << i;
    }
    require(vxmCudaFindDevice(&cuda, &identity, &device));
    cr_expect_eq(device, 41);
    identity.deviceNodeMask = 1;
    require(vxmCudaFindDevice(&cuda, &identity, &device));
    cr_expect_eq(device, 40);

    /* In TCC mode there is none. */
    fill(device);
    cuda_model.devices[0].hasLuid = false;
    expect_error(vxmCudaFindDevice(&cuda, &identity, &device), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "does not see");
    expect_untouched(device);
    /* A library without the call. */
    cuda_model.missing = "cuDeviceGetLuid";
    cuda = cuda_model_load();
    identity.deviceNodeMask = 2;
    expect_error(vxmCudaFindDevice(&cuda, &identity, &device), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "does not see");
    expect_untouched(device);
}

Test(cuda_device, not_found_is_told_with_what_there_is)
{
    VxmIdentity identity = identity_of(0);
    VxmCuda cuda = cuda_model_load();
    CUdevice device;
    VxmError error;

    fill(device);
    cuda_model.devices[1].uuid.bytes[15]++;
    cuda_model.devices[1].gpuUuid.bytes[15]++;
    expect_error(vxmCudaFindDevice(&cuda, &identity, &device), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "CUDA_VISIBLE_DEVICES");
    vxmGetLastError(&error);
    cr_expect_not_null(strstr(error.message, identity.deviceName));
    cr_expect_not_null(strstr(error.message, "It sees 2: "));
    cr_expect_not_null(strstr(error.message, cuda_model.devices[0].name));
    cr_expect_not_null(strstr(error.message, cuda_model.devices[1].name));
    cr_expect_null(strstr(error.message, "MIG"), "%s", error.message);

    identity.deviceName[0] = '\0'; /* one that came from elsewhere may have no name */
    cuda_model.deviceCount = 0;
    expect_error(vxmCudaFindDevice(&cuda, &identity, &device), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "It sees 0.");
    expect_untouched(device);
}

Test(cuda_device, instance_of_a_gpu_is_not_the_gpu)
{
    VxmIdentity identity = identity_of(0);
    VxmCuda cuda = cuda_model_load();
    CUdevice device;

    fill(device);
    cuda_model.devices[1].uuid.bytes[15]++; /* gpuUuid stays */
    expect_error(vxmCudaFindDevice(&cuda, &identity, &device), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "MIG");
    expect_untouched(device);
}

Test(cuda_device, find_fails_as_cuda_does)
{
    static const CUresult errors[] = {CUDA_ERROR_OUT_OF_MEMORY, CUDA_ERROR_NOT_INITIALIZED,
                                      CUDA_ERROR_UNKNOWN};
    static const VkResult results[] = {VK_ERROR_OUT_OF_DEVICE_MEMORY,
                                       VK_ERROR_INITIALIZATION_FAILED, VK_ERROR_UNKNOWN};
    static const char *const words[] = {"CUDA_ERROR_OUT_OF_MEMORY", "cuInit(0)", "of no name"};
    VxmIdentity identity = identity_of(0);
    VxmCuda cuda = cuda_model_load();
    CUdevice device;
    VxmError error;

    fill(device);
    for (unsigned nth = 1; nth <= 3; nth++) {
        for (size_t i = 0; i < 3; i++) {
            cuda_model_fail(nth, errors[i]);
            expect_error(vxmCudaFindDevice(&cuda, &identity, &device), results[i],
                         VXM_ERROR_REASON_FOREIGN, words[i]);
            vxmGetLastError(&error);
            cr_expect_eq(error.code, errors[i]);
            cr_expect(cuda_model_failed());
        }
    }
    expect_untouched(device);
}

Test(cuda_device, find_refuses_what_it_cannot_go_by)
{
    VxmIdentity identity = {.deviceName = "nobody"};
    VxmIdentity known = identity_of(0);
    VxmCuda cuda = cuda_model_load();
    VxmCuda empty = {0};
    CUdevice device;

    fill(device);
    expect_error(vxmCudaFindDevice(&cuda, &identity, &device), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "deviceUUID");
    expect_error(vxmCudaFindDevice(&cuda, NULL, &device), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "identity");
    expect_error(vxmCudaFindDevice(&cuda, &known, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device");
    expect_error(vxmCudaFindDevice(NULL, &known, &device), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "NULL");
    expect_error(vxmCudaFindDevice(&empty, &known, &device), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "vxmCudaLoad");
    cr_expect_eq(cuda_model_calls("cuDeviceGetCount"), 0);
    expect_untouched(device);
}
