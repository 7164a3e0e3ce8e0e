/*
 * The sanitizers' settings, in the test programs themselves so that each run has them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void);
const char *__tsan_default_options(void);

/* A size of UINT64_MAX is to come back as NULL from malloc, as it does without the sanitizer. */
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1:detect_stack_use_after_return=1:strict_string_checks=1";
}

/* The validation layer loses its own record of a command buffer whose pool is destroyed first. What
 * the application loses is seen all the same: the layer itself reports objects that are left over.
 * Objective-C's runtime and GNUstep keep tables for each class and selector; the objects of tests
 * are counted by their own register (metal/gnustep). */
const char *__lsan_default_suppressions(void)
{
    return "leak:libVkLayer_\nleak:libobjc.so\nleak:libgnustep-base.so";
}

/* Drivers are not built with the sanitizer, so what it can't see of their locking looks like a
 * race; races in the library and the tests themselves are still reported. A test's process would
 * sleep a second at its end for threads that are still about to report; they are joined by then. */
const char *__tsan_default_options(void)
{
    return "ignore_noninstrumented_modules=1:second_deadlock_stack=1:atexit_sleep_ms=0";
}
