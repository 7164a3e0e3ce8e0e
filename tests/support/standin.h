/*
 * A stand-in for Criterion: the same macros over a runner of 300 lines, for ThreadSanitizer (under
 * which Criterion can't start) and for systems that have no Criterion.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SUPPORT_STANDIN_H_
#define VXM_TESTS_SUPPORT_STANDIN_H_ 1

/* A message is optional in each macro, and strict C11 wants at least one argument for "...". */
#if defined(__GNUC__)
#pragma GCC system_header
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct standin_options {
    int sentinel_;
    void (*init)(void);
    void (*fini)(void);
    int signal;
    int exit_code;
    bool disabled;
    const char *description;
    double timeout;
    void *data;
};

struct standin_test {
    const char *suite;
    const char *name; /* NULL: the options of a whole suite */
    const char *file;
    int line;
    void (*function)(void);
    const struct standin_options *options;
    struct standin_test *next;
};

#if defined(__MINGW32__)
#define STANDIN_PRINTF(text, first) __attribute__((format(__MINGW_PRINTF_FORMAT, text, first)))
#define STANDIN_NORETURN            __attribute__((noreturn))
#elif defined(__GNUC__)
#define STANDIN_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define STANDIN_NORETURN            __attribute__((noreturn))
#else
#define STANDIN_PRINTF(text, first)
#define STANDIN_NORETURN __declspec(noreturn)
#endif

/* STANDIN_AT_START_(name) { ... } is a function that runs before main(). MSVC's C library calls
 * what the section holds; no optimisation may drop the pointer that nothing refers to. */
#if defined(_MSC_VER)
#pragma section(".CRT$XCU", read)
#if defined(_M_IX86)
#define STANDIN_SYMBOL_(name) "_" #name
#else
#define STANDIN_SYMBOL_(name) #name
#endif
#define STANDIN_AT_START_(name) STANDIN_AT_START_AS_(name)
#define STANDIN_AT_START_AS_(name)                                                                 \
    static void __cdecl name(void);                                                                \
    extern __declspec(allocate(".CRT$XCU")) void(__cdecl *const name##_pointer)(void);             \
    __declspec(allocate(".CRT$XCU")) void(__cdecl *const name##_pointer)(void) = name;             \
    __pragma(comment(linker,                                                                       \
                     "/include:" STANDIN_SYMBOL_(name##_pointer))) static void __cdecl name(void)
#else
#define STANDIN_AT_START_(name) __attribute__((constructor)) static void name(void)
#endif

void standin_register(struct standin_test *test);
/* The reason is printed if the format is not empty; otherwise the text of the condition is. */
void standin_fail(const char *file, int line, const char *condition, const char *format, ...)
    STANDIN_PRINTF(4, 5);
STANDIN_NORETURN void standin_abort_test(void);
STANDIN_NORETURN void standin_skip(const char *file, int line, const char *format, ...)
    STANDIN_PRINTF(3, 4);
void standin_log(const char *file, int line, const char *level, const char *format, ...)
    STANDIN_PRINTF(4, 5);

/* ---- tests ---- */

#define STANDIN_ID_(suite, name, suffix) suite##_##name##_##suffix

#define Test(...) STANDIN_TEST_(__VA_ARGS__, .sentinel_ = 0)
#define STANDIN_TEST_(suite_, name_, ...)                                                          \
    static void STANDIN_ID_(suite_, name_, standin_body)(void);                                    \
    STANDIN_AT_START_(STANDIN_ID_(suite_, name_, standin_entry))                                   \
    {                                                                                              \
        static const struct standin_options options = {__VA_ARGS__};                               \
        static struct standin_test test = {                                                        \
            #suite_,  #name_, __FILE__, __LINE__, STANDIN_ID_(suite_, name_, standin_body),        \
            &options, NULL};                                                                       \
        standin_register(&test);                                                                   \
    }                                                                                              \
    static void STANDIN_ID_(suite_, name_, standin_body)(void)

#define TestSuite(...) STANDIN_SUITE_(__VA_ARGS__, .sentinel_ = 0)
#define STANDIN_SUITE_(suite_, ...)                                                                \
    STANDIN_AT_START_(STANDIN_ID_(suite_, standin, suite))                                         \
    {                                                                                              \
        static const struct standin_options options = {__VA_ARGS__};                               \
        static struct standin_test suite = {#suite_, NULL,     __FILE__, __LINE__,                 \
                                            NULL,    &options, NULL};                              \
        standin_register(&suite);                                                                  \
    }                                                                                              \
    struct standin_needs_a_semicolon_

/* ---- assertions: cr_assert ends the test, cr_expect goes on ---- */

/* The text that follows the condition is printf's format and arguments, or nothing. */
#define STANDIN_CHECK_(after, text, condition, ...)                                                \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            standin_fail(__FILE__, __LINE__, text, "" __VA_ARGS__);                                \
            after;                                                                                 \
        }                                                                                          \
    } while (0)
#define STANDIN_STOP_     standin_abort_test()
#define STANDIN_CONTINUE_ ((void)0)

#define STANDIN_TRUE_(after, condition, ...)                                                       \
    STANDIN_CHECK_(after, #condition, condition, __VA_ARGS__)
#define STANDIN_FALSE_(after, condition, ...)                                                      \
    STANDIN_CHECK_(after, "!(" #condition ")", !(condition), __VA_ARGS__)
#define STANDIN_OP_(after, op, a, b, ...)                                                          \
    STANDIN_CHECK_(after, "(" #a ") " #op " (" #b ")", (a)op(b), __VA_ARGS__)
#define STANDIN_NULL_(after, op, a, ...)                                                           \
    STANDIN_CHECK_(after, "(" #a ") " #op " NULL", (a)op NULL, __VA_ARGS__)
#define STANDIN_STR_(after, op, a, b, ...)                                                         \
    STANDIN_CHECK_(after, "(" #a ") " #op " (" #b ") as strings", strcmp((a), (b)) op 0,           \
                   __VA_ARGS__)
#define STANDIN_STR_EMPTY_(after, op, a, ...)                                                      \
    STANDIN_CHECK_(after, "(" #a ")[0] " #op " 0", (a)[0] op '\0', __VA_ARGS__)
#define STANDIN_ARR_(after, op, a, b, size, ...)                                                   \
    STANDIN_CHECK_(after, "(" #a ") " #op " (" #b ") as arrays", memcmp((a), (b), (size)) op 0,    \
                   __VA_ARGS__)
#define STANDIN_FLOAT_(after, not, a, b, epsilon, ...)                                             \
    STANDIN_CHECK_(after, #not "(" #a ") = (" #b ") within " #epsilon,                             \
                   not((a) - (b) <= (epsilon) && (b) - (a) <= (epsilon)), __VA_ARGS__)

#define cr_assert(...)               STANDIN_TRUE_(STANDIN_STOP_, __VA_ARGS__)
#define cr_assert_not(...)           STANDIN_FALSE_(STANDIN_STOP_, __VA_ARGS__)
#define cr_assert_eq(...)            STANDIN_OP_(STANDIN_STOP_, ==, __VA_ARGS__)
#define cr_assert_neq(...)           STANDIN_OP_(STANDIN_STOP_, !=, __VA_ARGS__)
#define cr_assert_lt(...)            STANDIN_OP_(STANDIN_STOP_, <, __VA_ARGS__)
#define cr_assert_leq(...)           STANDIN_OP_(STANDIN_STOP_, <=, __VA_ARGS__)
#define cr_assert_gt(...)            STANDIN_OP_(STANDIN_STOP_, >, __VA_ARGS__)
#define cr_assert_geq(...)           STANDIN_OP_(STANDIN_STOP_, >=, __VA_ARGS__)
#define cr_assert_null(...)          STANDIN_NULL_(STANDIN_STOP_, ==, __VA_ARGS__)
#define cr_assert_not_null(...)      STANDIN_NULL_(STANDIN_STOP_, !=, __VA_ARGS__)
#define cr_assert_str_eq(...)        STANDIN_STR_(STANDIN_STOP_, ==, __VA_ARGS__)
#define cr_assert_str_neq(...)       STANDIN_STR_(STANDIN_STOP_, !=, __VA_ARGS__)
#define cr_assert_str_empty(...)     STANDIN_STR_EMPTY_(STANDIN_STOP_, ==, __VA_ARGS__)
#define cr_assert_str_not_empty(...) STANDIN_STR_EMPTY_(STANDIN_STOP_, !=, __VA_ARGS__)
#define cr_assert_arr_eq(...)        STANDIN_ARR_(STANDIN_STOP_, ==, __VA_ARGS__)
#define cr_assert_arr_neq(...)       STANDIN_ARR_(STANDIN_STOP_, !=, __VA_ARGS__)
#define cr_assert_float_eq(...)      STANDIN_FLOAT_(STANDIN_STOP_, , __VA_ARGS__)
#define cr_assert_float_neq(...)     STANDIN_FLOAT_(STANDIN_STOP_, !, __VA_ARGS__)
#define cr_assert_fail(...)          STANDIN_CHECK_(STANDIN_STOP_, "failed", false, __VA_ARGS__)
#define cr_expect(...)               STANDIN_TRUE_(STANDIN_CONTINUE_, __VA_ARGS__)
#define cr_expect_not(...)           STANDIN_FALSE_(STANDIN_CONTINUE_, __VA_ARGS__)
#define cr_expect_eq(...)            STANDIN_OP_(STANDIN_CONTINUE_, ==, __VA_ARGS__)
#define cr_expect_neq(...)           STANDIN_OP_(STANDIN_CONTINUE_, !=, __VA_ARGS__)
#define cr_expect_lt(...)            STANDIN_OP_(STANDIN_CONTINUE_, <, __VA_ARGS__)
#define cr_expect_leq(...)           STANDIN_OP_(STANDIN_CONTINUE_, <=, __VA_ARGS__)
#define cr_expect_gt(...)            STANDIN_OP_(STANDIN_CONTINUE_, >, __VA_ARGS__)
#define cr_expect_geq(...)           STANDIN_OP_(STANDIN_CONTINUE_, >=, __VA_ARGS__)
#define cr_expect_null(...)          STANDIN_NULL_(STANDIN_CONTINUE_, ==, __VA_ARGS__)
#define cr_expect_not_null(...)      STANDIN_NULL_(STANDIN_CONTINUE_, !=, __VA_ARGS__)
#define cr_expect_str_eq(...)        STANDIN_STR_(STANDIN_CONTINUE_, ==, __VA_ARGS__)
#define cr_expect_str_neq(...)       STANDIN_STR_(STANDIN_CONTINUE_, !=, __VA_ARGS__)
#define cr_expect_str_empty(...)     STANDIN_STR_EMPTY_(STANDIN_CONTINUE_, ==, __VA_ARGS__)
#define cr_expect_str_not_empty(...) STANDIN_STR_EMPTY_(STANDIN_CONTINUE_, !=, __VA_ARGS__)
#define cr_expect_arr_eq(...)        STANDIN_ARR_(STANDIN_CONTINUE_, ==, __VA_ARGS__)
#define cr_expect_arr_neq(...)       STANDIN_ARR_(STANDIN_CONTINUE_, !=, __VA_ARGS__)
#define cr_expect_float_eq(...)      STANDIN_FLOAT_(STANDIN_CONTINUE_, , __VA_ARGS__)
#define cr_expect_float_neq(...)     STANDIN_FLOAT_(STANDIN_CONTINUE_, !, __VA_ARGS__)
#define cr_expect_fail(...)          STANDIN_CHECK_(STANDIN_CONTINUE_, "failed", false, __VA_ARGS__)

#define cr_skip_test(...) standin_skip(__FILE__, __LINE__, __VA_ARGS__)
#define cr_skip(...)      standin_skip(__FILE__, __LINE__, __VA_ARGS__)

#define cr_log_info(...)  standin_log(__FILE__, __LINE__, "info", __VA_ARGS__)
#define cr_log_warn(...)  standin_log(__FILE__, __LINE__, "warning", __VA_ARGS__)
#define cr_log_error(...) standin_log(__FILE__, __LINE__, "error", __VA_ARGS__)

#endif /* VXM_TESTS_SUPPORT_STANDIN_H_ */
