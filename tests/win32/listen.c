/*
 * Listening and connecting at names.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include <aclapi.h>

#include "win32/win32_test.h"

TestSuite(win32_listen, .init = win32_begin, .fini = support_end);

static const VxmListenInfo nobody_else;

static void expect_connected(VxmListener listener, const char *name)
{
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    struct end client;
    struct end server;
    VxmPeer peer;
    char byte = 0;

    require(vxm__os_connect(name, vxm__os_deadline(SECOND), &client.handle));
    require(vxm__os_accept(listener, vxm__os_deadline(SECOND), &server.handle));
    begin_end(&client, false);
    begin_end(&server, false);
    require(send_some(&client, "x", 1, NULL, 0, 0));
    require(receive_some(&server, &byte, 1, handles, &count, 0));
    cr_expect_eq(byte, 'x');
    require(send_some(&server, "y", 1, NULL, 0, 0));
    require(receive_some(&client, &byte, 1, handles, &count, 0));
    cr_expect_eq(byte, 'y');
    require(vxm__os_peer(&client.handle, &client.stream, &peer));
    cr_expect_eq(peer.processId, GetCurrentProcessId());
    cr_expect(support_is_cloexec((intptr_t)client.handle.ptr));
    cr_expect(support_is_cloexec((intptr_t)server.handle.ptr));
    close_end(&client);
    close_end(&server);
}

Test(win32_listen, name_with_and_without_prefix)
{
    char bare[96];
    char full[128];
    VxmListener listener;

    (void)snprintf(bare, sizeof(bare), "%s \xC3\xA9\xE2\x82\xAC", new_name());
    (void)snprintf(full, sizeof(full), "\\\\.\\PIPE\\%s", bare);
    for (int i = 0; i < 2; i++) {
        require(vxm__os_listen(i == 0 ? bare : full, &nobody_else, &listener));
        expect_connected(listener, bare);
        expect_connected(listener, full);
        vxm__os_close_listener(listener);
        expect_error(vxm__os_connect(bare, 0, &(VxmHandle){0}), VK_TIMEOUT,
                     VXM_ERROR_REASON_TIMEOUT, bare);
    }
}

Test(win32_listen, names_that_can_not_be_are_refused)
{
    char longest[258];
    char full[300];
    const char *const rows[][2] = {
        {"", "must not be empty"},
        {"\\\\.\\pipe\\", "no pipe's"},
        {"\\\\server\\pipe\\name", "another machine"},
        {"\\\\?\\pipe\\name", "another machine"},
        {"\\\\.\\mailslot\\name", "another machine"},
        {"a\\b", "no slash"},
        {"/tmp/socket", "no slash"},
        {"\xC3(", "not UTF-8"},
        {"\xFF", "not UTF-8"},
        {longest, "allows 247"},
    };
    VxmListener listener = (VxmListener)(uintptr_t)77;
    VxmHandle channel = {.type = 77};

    memset(longest, 'a', sizeof(longest));
    longest[248] = '\0';
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        expect_error(vxm__os_listen(rows[i][0], &nobody_else, &listener),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, rows[i][1]);
        expect_error(vxm__os_connect(rows[i][0], UINT64_MAX, &channel),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, rows[i][1]);
    }
    memset(longest, 'a', sizeof(longest));
    longest[257] = '\0';
    expect_error(vxm__os_listen(longest, &nobody_else, &listener), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "257 bytes");
    cr_expect_eq(listener, (VxmListener)(uintptr_t)77);
    cr_expect_eq(channel.type, 77u);
    /* The longest that can be. */
    longest[247] = '\0';
    (void)snprintf(full, sizeof(full), "\\\\.\\pipe\\%s", longest);
    require(vxm__os_listen(longest, &nobody_else, &listener));
    expect_connected(listener, full);
    vxm__os_close_listener(listener);
}

Test(win32_listen, info_that_can_not_be_is_refused)
{
    static const unsigned char junk[64] = {99, 99, 99, 99};
    VxmListener listener = (VxmListener)(uintptr_t)77;
    VxmListenInfo info = {.mode = 0600};

    expect_error(vxm__os_listen(new_name(), &info, &listener), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "mode is 600|securityDescriptor");
    info = (VxmListenInfo){.securityDescriptor = junk};
    expect_error(vxm__os_listen(new_name(), &info, &listener), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "securityDescriptor is none");
    cr_expect_eq(listener, (VxmListener)(uintptr_t)77);
}

Test(win32_listen, name_in_use_is_refused)
{
    const char *name = new_name();
    VxmListener listener;
    VxmListener second = (VxmListener)(uintptr_t)77;

    require(vxm__os_listen(name, &nobody_else, &listener));
    for (int i = 0; i < 3; i++) {
        expect_error(vxm__os_listen(name, &nobody_else, &second), VK_ERROR_INITIALIZATION_FAILED,
                     VXM_ERROR_REASON_SYSTEM, "has the name|Choose another|(error ");
    }
    cr_expect_eq(second, (VxmListener)(uintptr_t)77);
    expect_connected(listener, name);
    vxm__os_close_listener(listener);
    require(vxm__os_listen(name, &nobody_else, &listener));
    vxm__os_close_listener(listener);
}

/* ---- who may connect ------------------------------------------------------------------------- */

/* Who stands in the list of a pipe's access rights: how many, and whether it is only this user. */
static DWORD entries_of(HANDLE pipe, bool *onlyMe)
{
    union {
        TOKEN_USER user;
        unsigned char bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } me;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    ACL *list = NULL;
    HANDLE token = NULL;
    DWORD size;
    DWORD count;

    cr_assert(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
    cr_assert(GetTokenInformation(token, TokenUser, &me, sizeof(me), &size));
    CloseHandle(token);
    cr_assert_eq(GetSecurityInfo(pipe, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL,
                                 &list, NULL, &descriptor),
                 (DWORD)ERROR_SUCCESS);
    cr_assert_not_null(list, "everybody may connect");
    count = list->AceCount;
    *onlyMe = true;
    for (DWORD i = 0; i < count; i++) {
        ACCESS_ALLOWED_ACE *entry = NULL;

        cr_assert(GetAce(list, i, (void **)&entry));
        *onlyMe = *onlyMe && entry->Header.AceType == ACCESS_ALLOWED_ACE_TYPE &&
                  EqualSid(&entry->SidStart, me.user.User.Sid);
    }
    LocalFree(descriptor);
    return count;
}

Test(win32_listen, only_the_current_user_may_connect)
{
    const char *name = new_name();
    VxmHandle channels[2];
    VxmListener listener;
    bool onlyMe = false;

    require(vxm__os_pair(channels));
    cr_expect_eq(entries_of(channels[0].ptr, &onlyMe), 1u);
    cr_expect(onlyMe);
    close_handle(&channels[0]);
    close_handle(&channels[1]);
    require(vxm__os_listen(name, &nobody_else, &listener));
    for (int i = 0; i < 2; i++) {
        require(vxm__os_connect(name, 0, &channels[0]));
        require(vxm__os_accept(listener, 0, &channels[1]));
        cr_expect_eq(entries_of(channels[1].ptr, &onlyMe), 1u);
        cr_expect(onlyMe, "end %d", i);
        close_handle(&channels[0]);
        close_handle(&channels[1]);
    }
    vxm__os_close_listener(listener);
}

Test(win32_listen, security_descriptor_of_the_apps_own)
{
    SID_IDENTIFIER_AUTHORITY world = {SECURITY_WORLD_SID_AUTHORITY};
    SECURITY_DESCRIPTOR descriptor;
    VxmListenInfo info = {.securityDescriptor = &descriptor};
    const char *name = new_name();
    VxmHandle channels[2];
    VxmListener listener;
    bool onlyMe = true;
    char room[256];
    ACL *list = (ACL *)(void *)room;
    SID everybody;

    cr_assert(InitializeSid(&everybody, &world, 1));
    *GetSidSubAuthority(&everybody, 0) = SECURITY_WORLD_RID;
    cr_assert(InitializeAcl(list, sizeof(room), ACL_REVISION));
    cr_assert(AddAccessAllowedAce(list, ACL_REVISION, FILE_ALL_ACCESS, &everybody));
    cr_assert(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
    cr_assert(SetSecurityDescriptorDacl(&descriptor, TRUE, list, FALSE));
    require(vxm__os_listen(name, &info, &listener));
    memset(&descriptor, 0xEE, sizeof(descriptor));
    memset(room, 0xEE, sizeof(room));
    for (int i = 0; i < 2; i++) {
        require(vxm__os_connect(name, 0, &channels[0]));
        require(vxm__os_accept(listener, 0, &channels[1]));
        /* What a later end has, Windows takes from the first; Wine 8 from who makes it. */
        if (i == 0) {
            cr_expect_eq(entries_of(channels[1].ptr, &onlyMe), 1u);
            cr_expect_not(onlyMe);
        }
        close_handle(&channels[0]);
        close_handle(&channels[1]);
    }
    vxm__os_close_listener(listener);
}

/* ---- time ------------------------------------------------------------------------------------ */

Test(win32_listen, nobody_there_is_a_timeout)
{
    static const uint64_t timeouts[] = {0, 1, SHORT};
    const char *name = new_name();
    VxmHandle channel = {.type = 77};
    VxmListener listener;

    for (size_t i = 0; i < 3; i++) {
        uint64_t begin = vxm__win32_now();

        expect_error(vxm__os_connect(name, vxm__os_deadline(timeouts[i]), &channel), VK_TIMEOUT,
                     VXM_ERROR_REASON_TIMEOUT, "Nobody came to listen at vxm-test|Start the other");
        cr_expect_geq(vxm__win32_now() - begin, timeouts[i]);
    }
    require(vxm__os_listen(name, &nobody_else, &listener));
    for (size_t i = 0; i < 3; i++) {
        uint64_t begin = vxm__win32_now();

        expect_error(vxm__os_accept(listener, vxm__os_deadline(timeouts[i]), &channel), VK_TIMEOUT,
                     VXM_ERROR_REASON_TIMEOUT, "waiting for somebody to connect");
        cr_expect_geq(vxm__win32_now() - begin, timeouts[i]);
    }
    cr_expect_eq(channel.type, 77u);
    /* And it is of use afterwards. */
    expect_connected(listener, name);
    expect_error(vxm__os_accept(listener, 0, &channel), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, "");
    expect_connected(listener, name);
    vxm__os_close_listener(listener);
}

Test(win32_listen, clients_wait_until_others_are_accepted)
{
    const char *name = new_name();
    VxmHandle clients[32] = {{0}};
    VxmHandle server = {.type = 77};
    VxmListener listener;
    int there = 0;
    VkResult result;

    require(vxm__os_listen(name, &nobody_else, &listener));
    do {
        result = vxm__os_connect(name, vxm__os_deadline(SHORT), &clients[there]);
        there += result == VK_SUCCESS;
    } while (result == VK_SUCCESS && there < 32);
    expect_error(result, VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, "took none of those who wait");
    cr_expect_eq(there, 4);
    /* For each that is accepted, another may come. */
    for (int i = 0; i < 6; i++) {
        require(vxm__os_accept(listener, 0, &server));
        close_handle(&server);
        require(vxm__os_connect(name, 0, &clients[there++]));
    }
    for (int i = 0; i < 4; i++) {
        require(vxm__os_accept(listener, 0, &server));
        close_handle(&server);
    }
    expect_error(vxm__os_accept(listener, 0, &server), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, "");
    for (int i = 0; i < there; i++) {
        close_handle(&clients[i]);
    }
    vxm__os_close_listener(listener);
}

Test(win32_listen, client_that_has_gone_leaves_its_messages)
{
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    const char *name = new_name();
    uint32_t count = 0;
    struct end client;
    struct end server;
    VxmListener listener;
    char text[4];

    require(vxm__os_listen(name, &nobody_else, &listener));
    require(vxm__os_connect(name, 0, &client.handle));
    begin_end(&client, false);
    require(send_some(&client, "bye", 3, NULL, 0, 0));
    close_end(&client);
    require(vxm__os_accept(listener, 0, &server.handle));
    begin_end(&server, false);
    require(receive_some(&server, text, 3, handles, &count, 0));
    cr_expect_arr_eq(text, "bye", 3);
    expect_error(receive_some(&server, text, 1, handles, &count, UINT64_MAX), VXM_ERROR_PEER_LOST,
                 VXM_ERROR_REASON_PEER, "closed the channel");
    close_end(&server);
    expect_connected(listener, name);
    vxm__os_close_listener(listener);
}

static const char *late_name;

static DWORD WINAPI connect_early(void *parameter)
{
    VxmHandle *channel = parameter;

    return (DWORD)vxm__os_connect(late_name, vxm__os_deadline(LIMIT), channel);
}

Test(win32_listen, connecting_waits_for_the_listener)
{
    VxmHandle channels[2] = {{0}, {0}};
    VxmListener listener;
    HANDLE thread;
    DWORD result = 1;

    late_name = new_name();
    thread = CreateThread(NULL, 0, connect_early, &channels[0], 0, NULL);
    Sleep(30);
    require(vxm__os_listen(late_name, &nobody_else, &listener));
    require(vxm__os_accept(listener, vxm__os_deadline(LIMIT), &channels[1]));
    cr_assert_eq(WaitForSingleObject(thread, 10000), WAIT_OBJECT_0);
    GetExitCodeThread(thread, &result);
    cr_expect_eq(result, (DWORD)VK_SUCCESS);
    CloseHandle(thread);
    close_handle(&channels[0]);
    close_handle(&channels[1]);
    vxm__os_close_listener(listener);
}

Test(win32_listen, pipe_of_another_kind_is_refused)
{
    const char *name = new_name();
    VxmHandle channel = {.type = 77};
    char path[128] = "\\\\.\\pipe\\";
    HANDLE pipe;

    strcat(path, name);
    pipe = CreateNamedPipeA(path, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 2, 4096, 4096, 0, NULL);
    expect_error(vxm__os_connect(name, UINT64_MAX, &channel), VK_ERROR_INITIALIZATION_FAILED,
                 VXM_ERROR_REASON_SYSTEM, "Connecting to vxm-test|not of this library");
    cr_expect_eq(channel.type, 77u);
    CloseHandle(pipe);
}
