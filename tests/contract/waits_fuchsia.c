/*
 * Channels over Zircon's that two threads use at once, and calls of Zircon's that fail on the way.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/common.h"
#include "internal.h"
#include "modelled/zircon.h"
#include "support/thread.h"

TestSuite(waits_fuchsia, .init = contract_begin, .fini = contract_end);

#define SECOND 1000000000ull
#define FRAMES 2000u

static VxmChannel pair[2];

/* Numbers in order until the end; returns how many. The test's thread asserts. */
static void receive_all(void *result)
{
    uint32_t *received = result;
    uint32_t got;
    size_t size;

    while (vxmReceiveBytes(pair[1], sizeof(got), &got, &size, UINT64_MAX) == VK_SUCCESS &&
           size == sizeof(got) && got == *received) {
        ++*received;
    }
}

/* The reader waits for the sender, and the sender for the reader, thousands of times. */
Test(waits_fuchsia, sender_and_receiver_wait_for_each_other)
{
    uint32_t received = 0;
    struct support_thread thread;

    require(vxmCreateChannelPair(pair));
    support_start_thread(&thread, receive_all, &received);
    for (uint32_t i = 0; i < FRAMES; i++) {
        require(vxmSendBytes(pair[0], sizeof(i), &i, 10 * SECOND));
    }
    vxmCloseChannel(pair[0]);
    support_join_thread(&thread);
    cr_expect_eq(received, FRAMES);
    vxmCloseChannel(pair[1]);
}

static VkResult send_number(uint32_t number)
{
    return vxmSendBytes(pair[0], sizeof(number), &number, 0);
}

/* The question after 128 frames is a signal and a message; the frame two messages more. */
Test(waits_fuchsia, question_that_fails_sends_nothing)
{
    uint32_t got;
    size_t size;

    for (unsigned nth = 1; nth <= 3; nth++) {
        contract_note("call %u", nth);
        require(vxmCreateChannelPair(pair));
        for (uint32_t i = 0; i < 128; i++) {
            require(send_number(i));
        }
        modelled_fail(nth, false);
        expect_error(send_number(128), VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_SYSTEM,
                     nth < 3 ? "Asking the peer" : "Sending 20 bytes");
        cr_expect(modelled_failed());
        require(send_number(128));
        for (uint32_t i = 0; i <= 128; i++) {
            require(vxmReceiveBytes(pair[1], sizeof(got), &got, &size, 0));
            cr_expect_eq(got, i);
        }
        vxmCloseChannel(pair[0]);
        vxmCloseChannel(pair[1]);
    }
}

/* Reading, answering and waiting. */
Test(waits_fuchsia, answer_that_fails_is_told)
{
    static const char *const parts[] = {"Receiving from a channel", "Telling the peer",
                                        "Receiving from a channel", "Receiving from a channel"};
    uint32_t got;
    size_t size;

    for (unsigned nth = 1; nth <= 4; nth++) {
        contract_note("call %u", nth);
        require(vxmCreateChannelPair(pair));
        for (uint32_t i = 0; i <= 128; i++) {
            require(send_number(i));
        }
        for (uint32_t i = 0; i < 128; i++) {
            require(vxmReceiveBytes(pair[1], sizeof(got), &got, &size, 0));
        }
        modelled_fail(nth, false);
        expect_error(vxmReceiveBytes(pair[1], sizeof(got), &got, &size, 0),
                     VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_SYSTEM, parts[nth - 1]);
        cr_expect(modelled_failed());
        require(vxmReceiveBytes(pair[1], sizeof(got), &got, &size, 0));
        cr_expect_eq(got, 128);
        modelled_fail(2, false);
        expect_error(vxmReceiveBytes(pair[1], sizeof(got), &got, &size, SECOND),
                     VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_SYSTEM,
                     "Waiting for the peer to send failed");
        cr_expect(modelled_failed());
        vxmCloseChannel(pair[0]);
        vxmCloseChannel(pair[1]);
    }
}

Test(waits_fuchsia, deadlines)
{
    uint64_t now = (uint64_t)zx_clock_get_monotonic();

    cr_expect_eq(vxm__os_deadline(0), 0);
    cr_expect_eq(vxm__os_deadline(UINT64_MAX), UINT64_MAX);
    cr_expect_eq(vxm__os_deadline(UINT64_MAX - 1), UINT64_MAX);
    cr_expect_geq(vxm__os_deadline(SECOND), now + SECOND);
    cr_expect_lt(vxm__os_deadline(SECOND), now + 60 * SECOND);
}
