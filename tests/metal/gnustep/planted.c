/*
 * Whether the register of living objects notices what it is there for: each mistake is planted
 * once, and src/metal's own calls are what the objects are counted by.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"
#include "metal/gnustep/objects.h"
#include "metal/vulkan.h"

static const struct object_description heap = {.is = OBJECT_HEAP, .size = 4096};
static unsigned checks, failures;

static void check(bool condition, const char *what)
{
    checks++;
    if (!condition) {
        failures++;
        printf("not so: %s\n", what);
    }
}

static VxmHandle make(void)
{
    return (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY,
                       .type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLHEAP_BIT_EXT,
                       .ptr = objects_make(&heap, &heap, sizeof(heap))};
}

static bool differs(const struct objects_taken *before, const char *part)
{
    static struct objects_taken now;
    char difference[512];

    objects_take(&now);
    return !objects_same_taken(before, &now, difference, sizeof(difference)) &&
           strstr(difference, part) != NULL;
}

static bool same(const struct objects_taken *before)
{
    static struct objects_taken now;
    char difference[512];

    objects_take(&now);
    return objects_same_taken(before, &now, difference, sizeof(difference));
}

/* Whether the process ends by abort() in it. */
static bool aborts(void (*function)(void))
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        function();
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
           WTERMSIG(status) == SIGABRT;
}

static void release_twice(void)
{
    const VxmHandle handle = make();

    vxm__os_close(&handle);
    vxm__os_close(&handle);
}

static void retain_what_is_gone(void)
{
    VxmHandle handle = make();

    vxm__os_close(&handle);
    (void)vxm__os_settle(&handle);
}

static void release_once(void)
{
    const VxmHandle handle = make();

    vxm__os_close(&handle);
}

int main(void)
{
    static struct objects_taken before;
    VxmHandle handle, second;
    struct object_facts facts;

    objects_take(&before);
    handle = make();
    check(differs(&before, "had 0 references and has 1"), "an object that is left over is named");
    vxm__os_close(&handle);
    check(same(&before), "nothing is left when it is released");
    objects_look(handle.ptr, &facts);
    check(!facts.lives, "the object is gone with its last reference");

    handle = make();
    objects_take(&before);
    check(vxm__os_duplicate(&handle, &second) == VK_SUCCESS && second.ptr == handle.ptr,
          "a duplicate is the object itself");
    check(differs(&before, "had 1 references and has 2"), "a reference that is left over is named");
    vxm__os_close(&second);
    check(same(&before), "and counted no more when it is released");
    vxm__os_close(&handle);
    check(differs(&before, "had 1 references and has 0"), "a reference too few is named");

    check(!aborts(release_once), "releasing once is fine");
    check(aborts(release_twice), "releasing twice ends the process");
    check(aborts(retain_what_is_gone), "so does retaining what is gone");
    printf("metal gnustep register: %u checks, %u failed\n", checks, failures);
    return failures != 0;
}
