/*
 * A process-wide table of modelled system objects and the open handles of them, for back ends whose
 * system isn't there: what os.c, zircon.c and the model driver's payload_modelled.c stand on.
 *
 * An object has a kind, facts (`info`), contents and a name, and lives while a handle of it is open
 * or somebody holds it. Its identity is never used again, and no more is the value of a handle, so
 * that a stale one is always noticed.
 *
 * Everything here may be called by any thread. Nothing is taken from the heap: tests make malloc()
 * fail, and count what it gave.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_MODELLED_TABLE_H_
#define VXM_TESTS_MODELLED_TABLE_H_ 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

typedef uintptr_t modelled_value; /* never 0; a multiple of 4 that fits into 32 bits */

enum modelled_style {
    MODELLED_HANDLES,   /* each handle has a value of its own */
    MODELLED_REFERENCES /* a handle is the object: a duplicate has the same value, and one counts */
};

#define MODELLED_MAX_INFO 512
#define MODELLED_MAX_NAME 128 /* with its terminator */

/* HANDLES to begin with. Only while nothing is open. */
void modelled_set_style(enum modelled_style style);
enum modelled_style modelled_get_style(void);

/* Forgets every handle and object, name, limit and fault; the style stays. */
void modelled_reset(void);

/* No more than that many handles may be open in the process; 0: as many as the table has room for.
 */
void modelled_limit(size_t handles);

/* ---- handles ---- */

/* A new object with one open handle; 0 if there are no more handles. `info` is copied, `size` is
 * the number of bytes of its contents. Kinds are characters: 'm' memory, 's' semaphore, 'c' the end
 * of a channel, 'e' an event, 'f' anything else. */
modelled_value modelled_make(uint32_t kind, const void *info, size_t infoSize, uint64_t size);

/* False if the value isn't open, or there are no more handles. It has the same rights. */
bool modelled_duplicate(modelled_value value, modelled_value *duplicate);

/* A value that is not open ends the process in words: somebody closes twice. */
void modelled_close(modelled_value value);

bool modelled_is_open(modelled_value value);

/* Whether both are open, and of one object. */
bool modelled_same(modelled_value a, modelled_value b);

/* NULL if the value isn't open, otherwise what modelled_make() was given (valid while the object
 * lives). Each of the others may be NULL. */
const void *modelled_info(modelled_value value, uint32_t *kind, uint64_t *size,
                          uint64_t identity[2]);

/* The contents, all zero at first and valid while the object lives; NULL if the value isn't open,
 * the size is 0 or there is no memory. */
void *modelled_map(modelled_value value);

/* A mask of each handle (of each object with REFERENCES): all ones at first, 0 if it isn't open. */
uint32_t modelled_rights(modelled_value value);
void modelled_set_rights(modelled_value value, uint32_t rights);

/* A handle of another object, which is duplicated, at a value that was closed: as if another thread
 * had been given the number. Not with REFERENCES. */
bool modelled_put(modelled_value closed, modelled_value of);

/* ---- objects ---- */

/* One more holder, which is no handle; false if the object is gone. */
bool modelled_hold(const uint64_t identity[2]);
void modelled_release(const uint64_t identity[2]);

bool modelled_lives(const uint64_t identity[2]);

/* A new handle of an object that lives, such as one that was in a message; 0 otherwise, or if there
 * are no more handles. */
modelled_value modelled_open(const uint64_t identity[2], uint32_t rights);

/* Gives the object a name for as long as it lives; false if another one has it, or it is too long.
 */
bool modelled_set_name(modelled_value value, const wchar_t *name);
/* A new handle of the object with that name; 0 if there is none, or no more handles. */
modelled_value modelled_open_name(const wchar_t *name);
bool modelled_name_exists(const wchar_t *name);

/* Called when an object of that kind is gone, outside of the table's lock: it may close others. */
typedef void (*modelled_gone)(const uint64_t identity[2], const void *info);
void modelled_on_gone(uint32_t kind, modelled_gone gone);

/* ---- what is open ---- */

size_t modelled_open_count(void); /* references count each */
size_t modelled_object_count(void);

#define MODELLED_MAX_OPEN 2048

struct modelled_taken {
    size_t count;
    struct {
        modelled_value value;
        uint64_t identity[2];
        uint32_t kind;
        uint32_t references; /* 1, or the count with REFERENCES */
    } items[MODELLED_MAX_OPEN];
};

/* What is open now, by value. */
void modelled_take(struct modelled_taken *taken);
/* Whether both are the same; if not, `difference` says in words which came and which went. */
bool modelled_same_taken(const struct modelled_taken *before, const struct modelled_taken *after,
                         char *difference, size_t capacity);

/* ---- faults: each modelled system call begins with `if (modelled_fault())` and fails then ----
 * Per thread: a thread that arms nothing sees no fault. */

/* The nth call from now on fails (from 1), and with forGood each later one. */
void modelled_fail(unsigned nth, bool forGood);
/* Ends that; whether a call did fail. */
bool modelled_failed(void);
bool modelled_fault(void);
/* Calls of modelled_fault() since modelled_fail() or modelled_failed(). */
unsigned modelled_calls(void);

#endif /* VXM_TESTS_MODELLED_TABLE_H_ */
