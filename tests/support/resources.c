/*
 * Counts handles and memory of the test process: what all systems share. How a system tells which
 * handles are open is in resources_<system>.c.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/resources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

#if defined(__SANITIZE_ADDRESS__)
#define SUPPORT_HAS_LSAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SUPPORT_HAS_LSAN 1
#endif
#endif
#ifdef SUPPORT_HAS_LSAN
#include <sanitizer/lsan_interface.h>
#endif

static struct support_handles at_begin;

size_t support_handle_count(void)
{
    struct support_handles *handles = malloc(sizeof(*handles));
    cr_assert_not_null(handles);
    support_take_handles(handles);
    size_t count = handles->count;
    free(handles);
    return count;
}

static void add_line(char *text, size_t capacity, const char *what,
                     const struct support_handle *item)
{
    size_t used = strlen(text);
    snprintf(text + used, capacity - used, "%s%s %lld = %s", used > 0 ? "; " : "", what,
             (long long)item->value, item->what);
}

/* A path may become another while its file is open: somebody else's log under a new name. */
static bool same_object(const struct support_handle *a, const struct support_handle *b)
{
    return a->value == b->value && a->identity[0] == b->identity[0] &&
           a->identity[1] == b->identity[1] &&
           ((a->what[0] == '/' && b->what[0] == '/') || strcmp(a->what, b->what) == 0);
}

bool support_same_handles(const struct support_handles *before, const struct support_handles *after,
                          char *difference, size_t capacity)
{
    size_t i = 0;
    size_t j = 0;

    difference[0] = '\0';
    while (i < before->count || j < after->count) {
        const struct support_handle *a = i < before->count ? &before->items[i] : NULL;
        const struct support_handle *b = j < after->count ? &after->items[j] : NULL;
        if (a != NULL && b != NULL && same_object(a, b)) {
            i++;
            j++;
        } else if (b == NULL || (a != NULL && a->value <= b->value)) {
            add_line(difference, capacity, "closed:", a);
            i++;
        } else {
            add_line(difference, capacity, "left open:", b);
            j++;
        }
    }
    return difference[0] == '\0';
}

void support_leak_on_purpose(bool on)
{
#ifdef SUPPORT_HAS_LSAN
    if (on) {
        __lsan_disable();
    } else {
        __lsan_enable();
    }
#else
    (void)on;
#endif
}

bool support_memory_leaked(void)
{
#ifdef SUPPORT_HAS_LSAN
    return __lsan_do_recoverable_leak_check() != 0;
#else
    return false;
#endif
}

void support_begin(void)
{
    support_take_handles(&at_begin);
}

void support_end(void)
{
    static struct support_handles at_end;
    char difference[2048];

    support_take_handles(&at_end);
    bool same = support_same_handles(&at_begin, &at_end, difference, sizeof(difference));
    cr_expect(same, "the test began with %zu open handles and ended with %zu; %s", at_begin.count,
              at_end.count, difference);
    cr_expect_not(support_memory_leaked(), "the test leaked memory; LeakSanitizer printed where");
}
