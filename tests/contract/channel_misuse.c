/*
 * Channels passed on by their native handle, and calls that make no sense.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/backend.h"
#include "contract/common.h"

TestSuite(channel_misuse, .init = contract_begin, .fini = contract_end);

#define SECOND 1000000000ull

Test(channel_misuse, exported_handle_is_a_channel_again)
{
    VxmChannel pair[2];
    VxmChannel again;
    VxmHandle handle;
    char text[8];
    size_t size;

    require(vxmCreateChannelPair(pair));
    require(vxmExportChannel(pair[1], &handle));
    cr_expect_eq(handle.kind, VXM_HANDLE_KIND_CHANNEL);
    cr_expect_eq(handle.type, VXM_CHANNEL_HANDLE_TYPE_NATIVE);
    cr_expect(backend_is_private(&handle));
    vxmCloseChannel(pair[1]);
    require(vxmImportChannel(&handle, &again));
    cr_expect(backend_is_open(&handle), "the import closed the caller's handle");
    if (!backend_channels_move) {
        vxmCloseHandle(&handle);
    }
    require(vxmSendBytes(pair[0], 5, "there", SECOND));
    require(vxmReceiveBytes(again, sizeof(text), text, &size, SECOND));
    require(vxmSendBytes(again, 4, "back", SECOND));
    require(vxmReceiveBytes(pair[0], sizeof(text), text, &size, SECOND));
    cr_expect_arr_eq(text, "back", 4);
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(again);
}

Test(channel_misuse, what_is_no_channel_is_refused)
{
    VxmHandle handle;
    VxmChannel channel;
    const char *what;

    fill(channel);
    for (uint32_t i = 0; backend_make_wrong(i, VXM_HANDLE_KIND_CHANNEL,
                                            VXM_CHANNEL_HANDLE_TYPE_NATIVE, &handle, &what);
         i++) {
        contract_note("%s", what);
        contract_forget_error();
        cr_expect_eq(vxmImportChannel(&handle, &channel), VK_ERROR_INVALID_EXTERNAL_HANDLE);
        expect_untouched(channel);
        backend_free_wrong(&handle);
    }
    contract_note(NULL);
    handle = (VxmHandle){0};
    expect_error(vxmImportChannel(&handle, &channel), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "kind");
    cr_assert(backend_make_foreign(backend_loose_type()->type, 65536, &handle));
    expect_error(vxmImportChannel(&handle, &channel), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "kind");
    backend_free_foreign(&handle);
    expect_untouched(channel);
}

#define EXPECT_NULL(call, name)                                                                    \
    expect_error(call, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,                  \
                 ": " name " must not be NULL")

Test(channel_misuse, null_pointers_are_named)
{
    VxmListener listener;
    VxmChannel channel;
    VxmChannel pair[2];
    VxmHandle handle = {0};
    VxmPeer peer;

    require(vxmCreateChannelPair(pair));
    EXPECT_NULL(vxmCreateChannelPair(NULL), "channels");
    EXPECT_NULL(vxmListen(NULL, NULL, &listener), "name");
    EXPECT_NULL(vxmListen("x", NULL, NULL), "listener");
    EXPECT_NULL(vxmAccept(NULL, 0, &channel), "listener");
    EXPECT_NULL(vxmConnect(NULL, 0, &channel), "name");
    EXPECT_NULL(vxmConnect("x", 0, NULL), "channel");
    EXPECT_NULL(vxmExportChannel(NULL, &handle), "channel");
    EXPECT_NULL(vxmExportChannel(pair[0], NULL), "handle");
    EXPECT_NULL(vxmImportChannel(NULL, &channel), "handle");
    EXPECT_NULL(vxmImportChannel(&handle, NULL), "channel");
    EXPECT_NULL(vxmGetChannelPeer(NULL, &peer), "channel");
    EXPECT_NULL(vxmGetChannelPeer(pair[0], NULL), "peer");
    vxmCloseListener(NULL);
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
}

Test(channel_misuse, null_pointers_of_messages_are_named)
{
    VxmSharedSemaphore semaphore;
    VxmMessageType type;
    VxmHandover handover = {0};
    VxmChannel pair[2];
    VxmShared shared;
    char text[4] = "";
    size_t size;

    memset(&semaphore, 0, sizeof(semaphore));
    memset(&shared, 0, sizeof(shared));
    require(vxmCreateChannelPair(pair));
    EXPECT_NULL(vxmPeekMessage(NULL, 0, &type), "channel");
    EXPECT_NULL(vxmPeekMessage(pair[0], 0, NULL), "type");
    EXPECT_NULL(vxmSendBytes(NULL, 1, text, 0), "channel");
    EXPECT_NULL(vxmSendBytes(pair[0], 1, NULL, 0), "data");
    EXPECT_NULL(vxmReceiveBytes(NULL, 1, text, &size, 0), "channel");
    EXPECT_NULL(vxmReceiveBytes(pair[0], 1, NULL, &size, 0), "data");
    EXPECT_NULL(vxmReceiveBytes(pair[0], 1, text, NULL, 0), "size");
    EXPECT_NULL(vxmSendMemory(NULL, &shared, 0), "channel");
    EXPECT_NULL(vxmSendMemory(pair[0], NULL, 0), "shared");
    EXPECT_NULL(vxmReceiveMemory(NULL, &shared, 0), "channel");
    EXPECT_NULL(vxmReceiveMemory(pair[0], NULL, 0), "shared");
    EXPECT_NULL(vxmSendSemaphore(NULL, &semaphore, 0), "channel");
    EXPECT_NULL(vxmSendSemaphore(pair[0], NULL, 0), "shared");
    EXPECT_NULL(vxmReceiveSemaphore(NULL, &semaphore, 0), "channel");
    EXPECT_NULL(vxmReceiveSemaphore(pair[0], NULL, 0), "shared");
    EXPECT_NULL(vxmSendHandover(NULL, &handover, 0), "channel");
    EXPECT_NULL(vxmSendHandover(pair[0], NULL, 0), "handover");
    EXPECT_NULL(vxmReceiveHandover(NULL, &handover, 0), "channel");
    EXPECT_NULL(vxmReceiveHandover(pair[0], NULL, 0), "handover");
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
}
