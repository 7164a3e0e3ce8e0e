/*
 * Which GPU a device is made on, and what is said if none fits.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/common.h"

TestSuite(device_choice, .init = contract_begin, .fini = contract_end);

static VxmDeviceCreateInfo create_info(void)
{
    return (VxmDeviceCreateInfo){.getInstanceProcAddr = model_vkGetInstanceProcAddr};
}

static VxmDeviceInfo info_of(VxmDevice device)
{
    VxmDeviceInfo info;

    require(vxmGetDeviceInfo(device, &info));
    return info;
}

/* A creation that should fail: with that result, reason and words, nothing written, nothing left.
 */
static void expect_refused(const VxmDeviceCreateInfo *info, VkResult result, VxmErrorReason reason,
                           const char *part)
{
    VxmDevice device;

    fill(device);
    expect_error(vxmCreateDevice(info, &device), result, reason, part);
    expect_untouched(device);
    expect_idle();
}

Test(device_choice, chosen_by_any_criterion)
{
    ModelConfig config = model_default_config();
    uint8_t luid[VK_LUID_SIZE] = {9, 8, 7};
    VxmDeviceCreateInfo cases[5];

    config.devices[1].deviceLUIDValid = true;
    memcpy(config.devices[1].deviceLUID, luid, sizeof(luid));
    for (size_t i = 0; i < 5; i++) {
        cases[i] = create_info();
    }
    cases[0].deviceIndex = 1;
    cases[1].deviceName = "GPU 1";
    cases[2].deviceUUID = config.devices[1].deviceUUID;
    cases[3].deviceLUID = luid;
    cases[4].deviceName = "Model";
    cases[4].deviceUUID = config.devices[1].deviceUUID;
    cases[4].deviceLUID = luid;
    for (size_t i = 0; i < 5; i++) {
        VxmDevice device = NULL;

        model_reset(&config);
        require(vxmCreateDevice(&cases[i], &device));
        cr_expect_str_eq(info_of(device).identity->deviceName, "Model GPU 1", "case %zu", i);
        vxmDestroyDevice(device);
    }
}

/* The index counts those that meet the rest. */
Test(device_choice, index_counts_what_meets_the_criteria)
{
    VxmDeviceCreateInfo create = create_info();

    create.deviceName = "GPU 1";
    create.deviceIndex = 1;
    expect_refused(&create, VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_ARGUMENT,
                   "there is 1 such");
}

/* One that has a LUID, but another. */
Test(device_choice, other_luid_is_none)
{
    ModelConfig config = model_default_config();
    uint8_t luid[VK_LUID_SIZE] = {9, 8, 7};
    VxmDeviceCreateInfo create = create_info();

    config.devices[0].deviceLUIDValid = true;
    memcpy(config.devices[0].deviceLUID, luid, sizeof(luid));
    model_reset(&config);
    luid[7] = 1;
    create.deviceLUID = luid;
    expect_refused(&create, VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_ARGUMENT, "LUID");
}

Test(device_choice, nothing_that_fits_lists_what_there_is)
{
    uint8_t uuid[VK_UUID_SIZE] = {0xab, 0xcd};
    uint8_t luid[VK_LUID_SIZE] = {0};
    VxmDeviceCreateInfo create = create_info();

    create.deviceIndex = 7;
    expect_refused(&create, VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_ARGUMENT,
                   "Model GPU 1");
    create = create_info();
    create.deviceName = "Voodoo";
    expect_refused(&create, VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_ARGUMENT, "Voodoo");
    create = create_info();
    create.deviceUUID = uuid;
    expect_refused(&create, VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_ARGUMENT, "abcd0000");
    expect_refused(&create, VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_ARGUMENT, "d1d1d1d1");
    /* All zero is no LUID if the device has none. */
    create = create_info();
    create.deviceLUID = luid;
    expect_refused(&create, VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_ARGUMENT, "LUID");
}

Test(device_choice, no_device_at_all_is_said)
{
    ModelConfig config = model_default_config();
    VxmDeviceCreateInfo create = create_info();

    config.deviceCount = 0;
    model_reset(&config);
    expect_refused(&create, VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED,
                   "no Vulkan device");
}

Test(device_choice, vulkan_1_0_is_refused)
{
    ModelConfig config = model_default_config();
    VxmDeviceCreateInfo create = create_info();
    VxmDevice device = NULL;

    config.devices[0].apiVersion = VK_MAKE_API_VERSION(0, 1, 0, 250);
    model_reset(&config);
    expect_refused(&create, VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_UNSUPPORTED, "1.0");
    create.deviceIndex = 1;
    require(vxmCreateDevice(&create, &device));
    vxmDestroyDevice(device);

    config = model_default_config();
    config.instanceVersion = VK_API_VERSION_1_0;
    model_reset(&config);
    create = create_info();
    expect_refused(&create, VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_UNSUPPORTED, "1.0");

    model_reset(NULL);
    create.apiVersion = VK_API_VERSION_1_0;
    expect_refused(&create, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "apiVersion");
}
