/*
 * Semaphores: what can be asked about them before one is made.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/semaphores.h"

TestSuite(semaphore_query, .init = contract_begin, .fini = contract_end);

static const VkSemaphoreType both_types[] = {VK_SEMAPHORE_TYPE_BINARY, VK_SEMAPHORE_TYPE_TIMELINE};

static VxmQueryResult query(VxmDevice device, VkSemaphoreType semaphoreType, uint32_t handleType,
                            const VxmIdentity *peer)
{
    VxmQueryInfo info = {.kind = VXM_HANDLE_KIND_SEMAPHORE,
                         .handleType = handleType,
                         .semaphoreType = semaphoreType,
                         .peer = peer};
    VxmQueryResult answer;
    VxmError before;
    VxmError after;

    /* A "no" is an answer: it leaves the last failure as it was. */
    contract_forget_error();
    vxmGetLastError(&before);
    require(vxmQuery(device, &info, &answer));
    vxmGetLastError(&after);
    cr_expect_str_eq(after.message, before.message);
    cr_expect_eq(answer.reason[0] == '\0', answer.exportable && answer.importable);
    cr_expect_not(answer.dedicatedOnly);
    return answer;
}

Test(semaphore_query, tells_what_the_driver_says)
{
    VxmDevice device = contract_device();
    VxmQueryResult answer;

    for (uint32_t j = 0; j < backend_semaphore_type_count; j++) {
        const struct backend_semaphore_type *type = &backend_semaphore_types[j];

        for (size_t i = 0; i < 2; i++) {
            const bool can =
                both_types[i] == VK_SEMAPHORE_TYPE_TIMELINE ? type->timeline : !type->noBinary;

            contract_note("%s, semaphore type %d", type->name, (int)both_types[i]);
            answer = query(device, both_types[i], type->type, NULL);
            cr_expect_eq(answer.exportable, can);
            cr_expect_eq(answer.importable, can);
            cr_expect_eq(answer.reexportable, can);
            cr_expect_eq(answer.compatibleHandleTypes & type->type, can ? type->type : 0);
        }
    }
    contract_note(NULL);
    answer = query(device, VK_SEMAPHORE_TYPE_BINARY, SEMAPHORE_OTHER_SYSTEM, NULL);
    cr_expect_not(answer.exportable);
    cr_expect_not_null(strstr(answer.reason, SEMAPHORE_OTHER_SYSTEM_NAME));
    vxmDestroyDevice(device);
}

Test(semaphore_query, believes_a_driver_that_can_import_only)
{
    VxmDevice device = contract_device();
    VxmQueryResult answer;

    semaphore_row(semaphore_plain(), SEMAPHORE_REFERENCE)->features =
        VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT;
    answer = query(device, semaphore_plain(), SEMAPHORE_REFERENCE, NULL);
    cr_expect_not(answer.exportable);
    cr_expect(answer.importable);
    cr_expect_not_null(strstr(answer.reason, "export"));
    vxmDestroyDevice(device);
}

Test(semaphore_query, compares_with_the_peer)
{
    VxmDevice device = contract_device();
    VxmIdentity peer;
    VxmDeviceInfo info;
    VxmQueryResult answer;

    require(vxmGetDeviceInfo(device, &info));
    peer = *info.identity;
    cr_expect(query(device, semaphore_plain(), SEMAPHORE_REFERENCE, &peer).exportable);
    peer.driverUUID[3] ^= 1;
    answer = query(device, semaphore_plain(), SEMAPHORE_REFERENCE, &peer);
    cr_expect_not(answer.exportable);
    cr_expect_not(answer.importable);
    cr_expect_not_null(strstr(answer.reason, "driverUUID"));
    /* A copy of the payload may go to another driver. */
    cr_expect(semaphore_copy() == NULL ||
              query(device, VK_SEMAPHORE_TYPE_BINARY, SEMAPHORE_COPY, &peer).exportable);
    memset(peer.deviceUUID, 0, VK_UUID_SIZE);
    answer = query(device, semaphore_plain(), SEMAPHORE_REFERENCE, &peer);
    cr_expect_not_null(strstr(answer.reason, "deviceUUID"));
    vxmDestroyDevice(device);
}

Test(semaphore_query, checks_the_question)
{
    VkBufferCreateInfo buffer = contract_buffer_info(64);
    VxmQueryInfo info = {.kind = VXM_HANDLE_KIND_SEMAPHORE, .handleType = SEMAPHORE_REFERENCE};
    VxmDevice device = contract_device();
    VxmQueryResult answer;

    fill(answer);
    info.buffer = &buffer;
    expect_error(vxmQuery(device, &info, &answer), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "buffer");
    info.buffer = NULL;
    info.semaphoreType = (VkSemaphoreType)4;
    expect_error(vxmQuery(device, &info, &answer), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "semaphoreType");
    expect_untouched(answer);
    vxmDestroyDevice(device);
}
