/*
 * The table itself: what the suites on modelled handles take for granted.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <signal.h>
#include <string.h>

#include "modelled/table.h"
#include "support/test.h"

static void finish(void)
{
    modelled_reset();
}

static const uint32_t facts = 0x1234;

static modelled_value make(void)
{
    modelled_value value = modelled_make('m', &facts, sizeof(facts), 4096);

    cr_assert_neq(value, 0);
    return value;
}

Test(table, handles_have_values_of_their_own, .fini = finish)
{
    modelled_value first = make();
    modelled_value second = 0;
    uint32_t kind = 0;
    uint64_t size = 0;

    cr_assert(modelled_duplicate(first, &second));
    cr_expect_neq(first, second);
    cr_expect(modelled_same(first, second));
    cr_expect_eq(modelled_map(first), modelled_map(second));
    cr_expect_eq(memcmp(modelled_info(second, &kind, &size, NULL), &facts, sizeof(facts)), 0);
    cr_expect_eq(kind, (uint32_t)'m');
    cr_expect_eq(size, 4096);
    modelled_close(first);
    cr_expect_not(modelled_is_open(first));
    cr_expect_not(modelled_same(first, second));
    cr_expect(modelled_is_open(second));
    modelled_close(second);
    cr_expect_eq(modelled_open_count(), 0);
    cr_expect_eq(modelled_object_count(), 0);
}

Test(table, references_are_the_object, .fini = finish)
{
    modelled_set_style(MODELLED_REFERENCES);
    modelled_value first = make();
    modelled_value second = 0;
    uint64_t identity[2];

    cr_assert(modelled_duplicate(first, &second));
    cr_expect_eq(first, second);
    cr_expect_eq(modelled_open_count(), 2);
    modelled_info(first, NULL, NULL, identity);
    cr_expect(modelled_hold(identity));
    modelled_close(first);
    modelled_close(first);
    cr_expect_not(modelled_is_open(first));
    cr_expect_eq(modelled_open(identity, 1), first);
    modelled_close(first);
    modelled_release(identity);
    cr_expect_eq(modelled_open(identity, 1), 0);
    cr_expect_eq(modelled_object_count(), 0);
}

Test(table, a_double_close_ends_the_process, .signal = SIGABRT)
{
    modelled_value value = make();

    modelled_close(value);
    modelled_close(value);
}

Test(table, no_value_comes_twice, .fini = finish)
{
    modelled_value last = 0;

    for (unsigned i = 0; i < 3 * MODELLED_MAX_OPEN; i++) {
        modelled_value value = make();

        cr_assert_gt(value, last);
        last = value;
        modelled_close(value);
    }
}

Test(table, there_is_an_end_of_handles, .fini = finish)
{
    modelled_value value = make();
    modelled_value more = 0;

    modelled_limit(2);
    cr_expect(modelled_duplicate(value, &more));
    cr_expect_not(modelled_duplicate(value, &more));
    cr_expect_eq(modelled_make('m', NULL, 0, 1), 0);
    cr_expect_eq(modelled_object_count(), 1);
}

static unsigned gone_count;

static void gone(const uint64_t identity[2], const void *info)
{
    gone_count += identity[0] != 0 && memcmp(info, &facts, sizeof(facts)) == 0 ? 1u : 100u;
}

Test(table, an_object_lives_while_somebody_holds_it, .fini = finish)
{
    uint64_t identity[2];
    modelled_value value = make();

    modelled_on_gone('m', gone);
    modelled_info(value, NULL, NULL, identity);
    cr_assert(modelled_hold(identity));
    modelled_close(value);
    cr_expect(modelled_lives(identity));
    value = modelled_open(identity, 7);
    cr_expect_eq(modelled_rights(value), 7);
    modelled_close(value);
    cr_expect_eq(gone_count, 0);
    modelled_release(identity);
    cr_expect_eq(gone_count, 1);
    cr_expect_not(modelled_lives(identity));
    cr_expect_not(modelled_hold(identity));
}

Test(table, a_name_lives_as_long_as_its_object, .fini = finish)
{
    modelled_value value = make();
    modelled_value other = make();
    modelled_value opened;

    cr_expect(modelled_set_name(value, L"frame"));
    cr_expect_not(modelled_set_name(other, L"frame"));
    opened = modelled_open_name(L"frame");
    cr_expect(modelled_same(opened, value));
    modelled_close(value);
    cr_expect(modelled_name_exists(L"frame"));
    modelled_close(opened);
    cr_expect_eq(modelled_open_name(L"frame"), 0);
    modelled_close(other);
}

Test(table, a_closed_value_can_become_another_object, .fini = finish)
{
    modelled_value value = make();
    modelled_value other = make();

    cr_expect_not(modelled_put(value, other));
    modelled_close(value);
    cr_expect(modelled_put(value, other));
    cr_expect(modelled_same(value, other));
    modelled_close(value);
    modelled_close(other);
}

Test(table, what_is_open_is_compared_in_words, .fini = finish)
{
    static struct modelled_taken before;
    static struct modelled_taken after;
    char text[256];
    modelled_value value = make();

    modelled_take(&before);
    modelled_take(&after);
    cr_expect(modelled_same_taken(&before, &after, text, sizeof(text)));
    modelled_close(value);
    value = make();
    modelled_take(&after);
    cr_expect_not(modelled_same_taken(&before, &after, text, sizeof(text)));
    cr_expect_not_null(strstr(text, "gone: 1 of handle"));
    cr_expect_not_null(strstr(text, "new: 1 of handle"));
    modelled_close(value);
}

Test(table, the_nth_call_fails)
{
    cr_expect_not(modelled_fault());
    modelled_fail(2, false);
    cr_expect_not(modelled_fault());
    cr_expect(modelled_fault());
    cr_expect_not(modelled_fault());
    cr_expect_eq(modelled_calls(), 3);
    cr_expect(modelled_failed());
    cr_expect_not(modelled_failed());
    modelled_fail(1, true);
    cr_expect(modelled_fault());
    cr_expect(modelled_fault());
    cr_expect(modelled_failed());
    cr_expect_not(modelled_fault());
}
