/*
 * NULL for each pointer of each entry point in turn: a result, a sentence that names the argument,
 * nothing written.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "contract/fixture.h"

TestSuite(null, .init = contract_begin, .fini = contract_end);

static struct fixture f;
static struct outputs out;

/* It is this one that the sentence blames, and no list of all. */
static void expect_blamed(const char *argument)
{
    VxmError error;
    char words[64];

    vxmGetLastError(&error);
    (void)snprintf(words, sizeof(words), "%s must not be NULL", argument);
    cr_expect(strstr(error.message, words) != NULL, "\"%s\" is not in: %s", words, error.message);
}

/* Every output is filled before and looked at after each call. */
#define EXPECT_NULL(call, argument)                                                                \
    do {                                                                                           \
        fill(out);                                                                                 \
        expect_error(call, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, argument);   \
        expect_blamed(argument);                                                                   \
        expect_untouched(out);                                                                     \
    } while (0)

#define BIT() ((VkExternalMemoryHandleTypeFlagBits)backend_opaque_type()->type)

Test(null, handles)
{
    fixture_open(&f);
    EXPECT_NULL(vxmDuplicateHandle(NULL, &out.handle), "handle");
    EXPECT_NULL(vxmDuplicateHandle(&f.source.shared.memories[0].handle, NULL), "duplicate");
    EXPECT_NULL(vxmCheckHandle(NULL), "handle");
    EXPECT_NULL(vxmDuplicateHandleTo(NULL, 1, &out.handle), "handle");
    EXPECT_NULL(vxmDuplicateHandleTo(&f.source.shared.memories[0].handle, 1, NULL), "duplicate");
    fixture_close(&f);
}

Test(null, devices)
{
    VxmDeviceCreateInfo create = {.getInstanceProcAddr = model_vkGetInstanceProcAddr};
    VxmDeviceWrapInfo wrap;

    fixture_open(&f);
    wrap = (VxmDeviceWrapInfo){
        .getInstanceProcAddr = f.deviceInfo.getInstanceProcAddr,
        .instance = f.deviceInfo.instance,
        .physicalDevice = f.deviceInfo.physicalDevice,
        .device = f.deviceInfo.device,
        .apiVersion = VK_API_VERSION_1_3,
    };
    EXPECT_NULL(vxmCreateDevice(&create, NULL), "device");
    EXPECT_NULL(vxmCreateDevice(NULL, NULL), "device");
    EXPECT_NULL(vxmWrapDevice(NULL, &out.device), "info");
    EXPECT_NULL(vxmWrapDevice(&wrap, NULL), "device");
    EXPECT_NULL(vxmGetDeviceInfo(NULL, &out.deviceInfo), "device");
    EXPECT_NULL(vxmGetDeviceInfo(f.device, NULL), "info");
    EXPECT_NULL(vxmGetRequiredExtensions(model_vkGetInstanceProcAddr, f.deviceInfo.instance,
                                         f.deviceInfo.physicalDevice, NULL),
                "extensions");
    fill(out);
    expect_error(vxmGetRequiredExtensions(model_vkGetInstanceProcAddr, NULL,
                                          f.deviceInfo.physicalDevice, &out.extensions),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "without its instance");
    expect_untouched(out);
    for (int i = 0; i < 4; i++) {
        static const char *const words[] = {"getInstanceProcAddr", "instance", "physicalDevice",
                                            "device"};
        VxmDeviceWrapInfo missing = wrap;

        if (i == 0) {
            missing.getInstanceProcAddr = NULL;
        } else if (i == 1) {
            missing.instance = VK_NULL_HANDLE;
        } else if (i == 2) {
            missing.physicalDevice = VK_NULL_HANDLE;
        } else {
            missing.device = VK_NULL_HANDLE;
        }
        EXPECT_NULL(vxmWrapDevice(&missing, &out.device), words[i]);
    }
    fixture_close(&f);
}

Test(null, descriptions_and_questions)
{
    VxmQueryInfo query = {.handleType = backend_opaque_type()->type};

    fixture_open(&f);
    EXPECT_NULL(vxmEncodeShared(NULL, sizeof(out.bytes), out.bytes, &out.size), "shared");
    EXPECT_NULL(vxmEncodeShared(&f.source.shared, sizeof(out.bytes), NULL, &out.size), "data");
    EXPECT_NULL(vxmEncodeShared(&f.source.shared, sizeof(out.bytes), out.bytes, NULL), "size");
    EXPECT_NULL(vxmDecodeShared(f.encodedSize, NULL, &out.shared), "data");
    EXPECT_NULL(vxmDecodeShared(f.encodedSize, f.encoded, NULL), "shared");
    EXPECT_NULL(vxmCheckShared(NULL, &f.source.shared), "device");
    EXPECT_NULL(vxmCheckShared(f.device, NULL), "shared");
    EXPECT_NULL(vxmCheckDescription(NULL), "shared");
    EXPECT_NULL(vxmQuery(NULL, &query, &out.query), "device");
    EXPECT_NULL(vxmQuery(f.device, NULL, &out.query), "info");
    EXPECT_NULL(vxmQuery(f.device, &query, NULL), "result");
    fixture_close(&f);
}

Test(null, formats_and_modifiers)
{
    const uint32_t fourcc = vxmGetFormatFourcc(VK_FORMAT_R8_UNORM, VK_FALSE);
    const uint64_t theirs[] = {VXM_DRM_FORMAT_MOD_LINEAR};
    VxmModifiers ours = {0};
    VkImageCreateInfo image;

    fixture_open(&f);
    image = f.image;
    image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    EXPECT_NULL(vxmGetModifiers(NULL, &image, BIT(), &out.modifiers), "device");
    EXPECT_NULL(vxmGetModifiers(f.device, NULL, BIT(), &out.modifiers), "image");
    EXPECT_NULL(vxmGetModifiers(f.device, &image, BIT(), NULL), "modifiers");
    EXPECT_NULL(vxmChooseModifiers(NULL, 0, 1, theirs, &out.choice), "ours");
    EXPECT_NULL(vxmChooseModifiers(&ours, 0, 1, NULL, &out.choice), "theirs");
    EXPECT_NULL(vxmChooseModifiers(&ours, 0, 1, theirs, NULL), "choice");
    EXPECT_NULL(vxmGetFourccFormat(fourcc, NULL), "format");
    EXPECT_NULL(vxmDescribePlane(NULL, 0, &out.shared), "shared");
    EXPECT_NULL(vxmDescribePlane(&f.source.shared, 0, NULL), "single");
    fixture_close(&f);
}

Test(null, memory)
{
    VxmMemoryWrapInfo wrap;
    VxmMemoryInfo info;

    fixture_open(&f);
    require(vxmGetMemoryInfo(f.source.memory, &info));
    wrap = (VxmMemoryWrapInfo){
        .memoryCount = 1,
        .memories[0] = {.memory = info.memories[0].memory, .allocationSize = EXCHANGE_SIZE}};
    EXPECT_NULL(vxmCreateBuffer(NULL, &f.buffer, &f.create, &out.memory), "device");
    EXPECT_NULL(vxmCreateBuffer(f.device, NULL, &f.create, &out.memory), "buffer");
    EXPECT_NULL(vxmCreateBuffer(f.device, &f.buffer, NULL, &out.memory), "info");
    EXPECT_NULL(vxmCreateBuffer(f.device, &f.buffer, &f.create, NULL), "memory");
    EXPECT_NULL(vxmCreateImage(NULL, &f.image, &f.create, &out.memory), "device");
    EXPECT_NULL(vxmCreateImage(f.device, NULL, &f.create, &out.memory), "image");
    EXPECT_NULL(vxmCreateImage(f.device, &f.image, NULL, &out.memory), "info");
    EXPECT_NULL(vxmCreateImage(f.device, &f.image, &f.create, NULL), "memory");
    EXPECT_NULL(vxmCreateMemory(NULL, 4096, &f.create, &out.memory), "device");
    EXPECT_NULL(vxmCreateMemory(f.device, 4096, NULL, &out.memory), "info");
    EXPECT_NULL(vxmCreateMemory(f.device, 4096, &f.create, NULL), "memory");
    EXPECT_NULL(vxmImportMemory(NULL, &f.source.shared, NULL, &out.memory), "device");
    EXPECT_NULL(vxmImportMemory(f.device, NULL, NULL, &out.memory), "shared");
    EXPECT_NULL(vxmImportMemory(f.device, &f.source.shared, NULL, NULL), "memory");
    EXPECT_NULL(vxmWrapMemory(NULL, &wrap, &out.memory), "device");
    EXPECT_NULL(vxmWrapMemory(f.device, NULL, &out.memory), "info");
    EXPECT_NULL(vxmWrapMemory(f.device, &wrap, NULL), "memory");
    EXPECT_NULL(vxmExportMemory(NULL, BIT(), &out.shared), "memory");
    EXPECT_NULL(vxmExportMemory(f.source.memory, BIT(), NULL), "shared");
    EXPECT_NULL(vxmGetMemoryHandle(NULL, 0, BIT(), &out.handle), "memory");
    EXPECT_NULL(vxmGetMemoryHandle(f.source.memory, 0, BIT(), NULL), "handle");
    EXPECT_NULL(vxmMapMemory(NULL, 0, &out.data), "memory");
    EXPECT_NULL(vxmMapMemory(f.source.memory, 0, NULL), "data");
    EXPECT_NULL(vxmGetMemoryInfo(NULL, &out.memoryInfo), "memory");
    EXPECT_NULL(vxmGetMemoryInfo(f.source.memory, NULL), "info");
    fixture_close(&f);
}

Test(null, plans)
{
    VxmPlanResult result = {.result = VK_ERROR_UNKNOWN};

    fixture_open(&f);
    EXPECT_NULL(vxmPlanBuffer(NULL, &f.buffer, &f.create, &out.plan), "device");
    EXPECT_NULL(vxmPlanBuffer(f.device, NULL, &f.create, &out.plan), "buffer");
    EXPECT_NULL(vxmPlanBuffer(f.device, &f.buffer, NULL, &out.plan), "info");
    EXPECT_NULL(vxmPlanBuffer(f.device, &f.buffer, &f.create, NULL), "plan");
    EXPECT_NULL(vxmPlanImage(NULL, &f.image, &f.create, &out.plan), "device");
    EXPECT_NULL(vxmPlanImage(f.device, NULL, &f.create, &out.plan), "image");
    EXPECT_NULL(vxmPlanImage(f.device, &f.image, NULL, &out.plan), "info");
    EXPECT_NULL(vxmPlanImage(f.device, &f.image, &f.create, NULL), "plan");
    EXPECT_NULL(vxmPlanMemory(NULL, 4096, &f.create, &out.plan), "device");
    EXPECT_NULL(vxmPlanMemory(f.device, 4096, NULL, &out.plan), "info");
    EXPECT_NULL(vxmPlanMemory(f.device, 4096, &f.create, NULL), "plan");
    EXPECT_NULL(vxmPlanImport(NULL, &f.source.shared, NULL, &out.plan), "device");
    EXPECT_NULL(vxmPlanImport(f.device, NULL, NULL, &out.plan), "shared");
    EXPECT_NULL(vxmPlanImport(f.device, &f.source.shared, NULL, NULL), "plan");
    EXPECT_NULL(vxmSetPlanResource(NULL, VK_NULL_HANDLE, VK_NULL_HANDLE), "plan");
    EXPECT_NULL(vxmFinishPlan(NULL, &result, &out.memory), "plan");
    EXPECT_NULL(vxmFinishPlan(&f.plan, NULL, &out.memory), "result");
    fixture_close(&f);
}

Test(null, semaphores)
{
    const VkExternalSemaphoreHandleTypeFlagBits bit =
        (VkExternalSemaphoreHandleTypeFlagBits)backend_semaphore_types[0].type;
    VxmSemaphoreCreateInfo create = {.handleTypes = bit};
    VxmSemaphoreWrapInfo wrap = {.handleTypes = bit};

    fixture_open(&f);
    wrap.semaphore = vxmGetVkSemaphore(f.semaphore);
    wrap.semaphoreType = semaphore_counting();
    EXPECT_NULL(vxmCreateSemaphore(NULL, &create, &out.semaphore), "device");
    EXPECT_NULL(vxmCreateSemaphore(f.device, NULL, &out.semaphore), "info");
    EXPECT_NULL(vxmCreateSemaphore(f.device, &create, NULL), "semaphore");
    EXPECT_NULL(vxmWrapSemaphore(NULL, &wrap, &out.semaphore), "device");
    EXPECT_NULL(vxmWrapSemaphore(f.device, NULL, &out.semaphore), "info");
    EXPECT_NULL(vxmWrapSemaphore(f.device, &wrap, NULL), "semaphore");
    EXPECT_NULL(vxmExportSemaphore(NULL, bit, &out.sharedSemaphore), "semaphore");
    EXPECT_NULL(vxmExportSemaphore(f.semaphore, bit, NULL), "shared");
    EXPECT_NULL(vxmGetSemaphoreHandle(NULL, bit, &out.handle), "semaphore");
    EXPECT_NULL(vxmGetSemaphoreHandle(f.semaphore, bit, NULL), "handle");
    EXPECT_NULL(vxmImportSemaphore(NULL, &f.sharedSemaphore, 0, 0, &out.semaphore), "device");
    EXPECT_NULL(vxmImportSemaphore(f.device, NULL, 0, 0, &out.semaphore), "shared");
    EXPECT_NULL(vxmImportSemaphore(f.device, &f.sharedSemaphore, 0, 0, NULL), "semaphore");
    EXPECT_NULL(vxmImportSemaphorePayload(NULL, &f.sharedSemaphore, 0), "semaphore");
    EXPECT_NULL(vxmImportSemaphorePayload(f.semaphore, NULL, 0), "shared");
    EXPECT_NULL(vxmWaitSemaphore(NULL, 1, 0), "semaphore");
    EXPECT_NULL(vxmSignalSemaphore(NULL, 1), "semaphore");
    EXPECT_NULL(vxmGetSemaphoreValue(NULL, &out.value), "semaphore");
    if (semaphore_can(VK_SEMAPHORE_TYPE_TIMELINE)) {
        EXPECT_NULL(vxmGetSemaphoreValue(f.semaphore, NULL), "value");
    }
    EXPECT_NULL(vxmEncodeSharedSemaphore(NULL, sizeof(out.bytes), out.bytes, &out.size), "shared");
    EXPECT_NULL(vxmEncodeSharedSemaphore(&f.sharedSemaphore, sizeof(out.bytes), NULL, &out.size),
                "data");
    EXPECT_NULL(vxmEncodeSharedSemaphore(&f.sharedSemaphore, sizeof(out.bytes), out.bytes, NULL),
                "size");
    EXPECT_NULL(vxmDecodeSharedSemaphore(1, NULL, &out.sharedSemaphore), "data");
    EXPECT_NULL(vxmDecodeSharedSemaphore(f.encodedSize, f.encoded, NULL), "shared");
    fixture_close(&f);
}

Test(null, handovers)
{
    fixture_open(&f);
    EXPECT_NULL(vxmCmdReleaseMemory(VK_NULL_HANDLE, f.source.memory, &f.use, &f.handover),
                "commandBuffer");
    EXPECT_NULL(vxmCmdReleaseMemory(f.commandBuffer, NULL, &f.use, &f.handover), "memory");
    EXPECT_NULL(vxmCmdReleaseMemory(f.commandBuffer, f.source.memory, NULL, &f.handover), "use");
    EXPECT_NULL(vxmCmdReleaseMemory(f.commandBuffer, f.source.memory, &f.use, NULL), "handover");
    EXPECT_NULL(vxmCmdAcquireMemory(VK_NULL_HANDLE, f.source.memory, &f.handover, &f.use),
                "commandBuffer");
    EXPECT_NULL(vxmCmdAcquireMemory(f.commandBuffer, NULL, &f.handover, &f.use), "memory");
    EXPECT_NULL(vxmCmdAcquireMemory(f.commandBuffer, f.source.memory, NULL, &f.use), "handover");
    EXPECT_NULL(vxmCmdAcquireMemory(f.commandBuffer, f.source.memory, &f.handover, NULL), "use");
    cr_expect_eq(model_barrier_count(), 0);
    EXPECT_NULL(vxmEncodeHandover(NULL, sizeof(out.bytes), out.bytes, &out.size), "handover");
    EXPECT_NULL(vxmEncodeHandover(&f.handover, sizeof(out.bytes), NULL, &out.size), "data");
    EXPECT_NULL(vxmEncodeHandover(&f.handover, sizeof(out.bytes), out.bytes, NULL), "size");
    EXPECT_NULL(vxmDecodeHandover(1, NULL, &out.handover), "data");
    EXPECT_NULL(vxmDecodeHandover(f.encodedSize, f.encoded, NULL), "handover");
    fixture_close(&f);
}

Test(null, channels)
{
    const uint64_t limit = 1000000000u;

    fixture_open(&f);
    EXPECT_NULL(vxmCreateChannelPair(NULL), "channels");
    EXPECT_NULL(vxmListen(NULL, NULL, &out.listener), "name");
    EXPECT_NULL(vxmListen(backend_channel_name(), NULL, NULL), "listener");
    EXPECT_NULL(vxmAccept(NULL, limit, &out.channels[0]), "listener");
    if (backend_has_listeners) {
        EXPECT_NULL(vxmAccept(f.listener, limit, NULL), "channel");
    }
    EXPECT_NULL(vxmConnect(NULL, limit, &out.channels[0]), "name");
    EXPECT_NULL(vxmConnect(backend_channel_name(), limit, NULL), "channel");
    EXPECT_NULL(vxmExportChannel(NULL, &out.handle), "channel");
    EXPECT_NULL(vxmExportChannel(f.channels[0], NULL), "handle");
    EXPECT_NULL(vxmImportChannel(NULL, &out.channels[0]), "handle");
    EXPECT_NULL(vxmImportChannel(&f.channelHandle, NULL), "channel");
    EXPECT_NULL(vxmGetChannelPeer(NULL, &out.peer), "channel");
    EXPECT_NULL(vxmGetChannelPeer(f.channels[0], NULL), "peer");
    EXPECT_NULL(vxmPeekMessage(NULL, limit, &out.messageType), "channel");
    EXPECT_NULL(vxmPeekMessage(f.channels[0], limit, NULL), "type");
    fixture_close(&f);
}

/* With a message of the right kind waiting, which stays. */
Test(null, messages)
{
    const uint64_t limit = 1000000000u;
    VxmChannel a;
    VxmChannel b;

    fixture_open(&f);
    a = f.channels[0];
    b = f.channels[1];
    EXPECT_NULL(vxmSendBytes(NULL, 1, "x", limit), "channel");
    EXPECT_NULL(vxmSendBytes(a, 1, NULL, limit), "data");
    EXPECT_NULL(vxmSendMemory(NULL, &f.source.shared, limit), "channel");
    EXPECT_NULL(vxmSendMemory(a, NULL, limit), "shared");
    EXPECT_NULL(vxmSendSemaphore(NULL, &f.sharedSemaphore, limit), "channel");
    EXPECT_NULL(vxmSendSemaphore(a, NULL, limit), "shared");
    EXPECT_NULL(vxmSendHandover(NULL, &f.handover, limit), "channel");
    EXPECT_NULL(vxmSendHandover(a, NULL, limit), "handover");
    require(vxmSendBytes(a, 1, "x", limit));
    EXPECT_NULL(vxmReceiveBytes(NULL, 1, out.bytes, &out.size, limit), "channel");
    EXPECT_NULL(vxmReceiveBytes(b, 1, NULL, &out.size, limit), "data");
    EXPECT_NULL(vxmReceiveBytes(b, 1, out.bytes, NULL, limit), "size");
    require(vxmReceiveBytes(b, 1, out.bytes, &out.size, limit));
    require(vxmSendHandover(a, &f.handover, limit));
    EXPECT_NULL(vxmReceiveHandover(NULL, &out.handover, limit), "channel");
    EXPECT_NULL(vxmReceiveHandover(b, NULL, limit), "handover");
    require(vxmReceiveHandover(b, &out.handover, limit));
    fixture_close(&f);
}

Test(null, messages_with_handles)
{
    const uint64_t limit = 1000000000u;
    VxmChannel a;
    VxmChannel b;

    fixture_open(&f);
    a = f.channels[0];
    b = f.channels[1];
    require(vxmSendMemory(a, &f.source.shared, limit));
    EXPECT_NULL(vxmReceiveMemory(NULL, &out.shared, limit), "channel");
    EXPECT_NULL(vxmReceiveMemory(b, NULL, limit), "shared");
    require(vxmReceiveMemory(b, &out.shared, limit));
    vxmCloseShared(&out.shared);
    require(vxmSendSemaphore(a, &f.sharedSemaphore, limit));
    EXPECT_NULL(vxmReceiveSemaphore(NULL, &out.sharedSemaphore, limit), "channel");
    EXPECT_NULL(vxmReceiveSemaphore(b, NULL, limit), "shared");
    require(vxmReceiveSemaphore(b, &out.sharedSemaphore, limit));
    vxmCloseSharedSemaphore(&out.sharedSemaphore);
    fixture_close(&f);
}

Test(null, keyed_mutexes)
{
    VxmKeyedMutexUse use = {.acquire = VK_TRUE};

    fixture_open(&f);
    EXPECT_NULL(vxmChainKeyedMutexes(NULL, 1, &use, NULL, &out.mutexes, &out.chain), "device");
    EXPECT_NULL(vxmChainKeyedMutexes(f.device, 1, NULL, NULL, &out.mutexes, &out.chain), "uses");
    EXPECT_NULL(vxmChainKeyedMutexes(f.device, 1, &use, NULL, NULL, &out.chain), "mutexes");
    EXPECT_NULL(vxmChainKeyedMutexes(f.device, 1, &use, NULL, &out.mutexes, NULL), "chain");
    fixture_close(&f);
}

/* What returns nothing, or no result, takes NULL as "nothing to do". */
Test(null, nothing_to_do)
{
    vxmGetLastError(NULL);
    vxmCloseHandle(NULL);
    vxmCloseUnlessTaken(NULL, NULL);
    vxmDestroyDevice(NULL);
    vxmCloseShared(NULL);
    vxmDestroyMemory(NULL);
    vxmUnmapMemory(NULL, 0);
    vxmDestroySemaphore(NULL);
    vxmCloseSharedSemaphore(NULL);
    vxmCloseListener(NULL);
    vxmCloseChannel(NULL);
    cr_expect_eq(vxmGetVkBuffer(NULL), VK_NULL_HANDLE);
    cr_expect_eq(vxmGetVkImage(NULL), VK_NULL_HANDLE);
    cr_expect_eq(vxmGetVkDeviceMemory(NULL, 0), VK_NULL_HANDLE);
    cr_expect_eq(vxmGetVkSemaphore(NULL), VK_NULL_HANDLE);
    cr_expect_not_null(vxmResultName((VkResult)12345));
    cr_expect_not_null(vxmHandleTypeName((VxmHandleKind)-1, UINT32_MAX));
    cr_expect_eq(vxmGetVersion(), VXM_VERSION);
}
