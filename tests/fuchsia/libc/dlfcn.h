/*
 * Stands in for the C library's header of this name where there is no sysroot: what volk finds the
 * loader with.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_LIBC_DLFCN_H_
#define VXM_TESTS_LIBC_DLFCN_H_ 1

#define RTLD_LOCAL 0
#define RTLD_NOW   2

void *dlopen(const char *name, int mode);
void *dlsym(void *library, const char *name);
int dlclose(void *library);

#endif /* VXM_TESTS_LIBC_DLFCN_H_ */
