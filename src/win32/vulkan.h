/*
 * Vulkan's Win32 declarations, on Windows with the system's own types, elsewhere with types of the
 * same shape: what fills these structs compiles on every system, and is tested on each.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_WIN32_VULKAN_H_
#define VXM_WIN32_VULKAN_H_ 1

#include <vulkan/vulkan_core.h>

#ifdef _WIN32
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
#else
#include <wchar.h>
typedef void *HANDLE;
typedef struct HINSTANCE__ *HINSTANCE;
typedef struct HWND__ *HWND;
typedef struct HMONITOR__ *HMONITOR;
typedef const wchar_t *LPCWSTR;
typedef uint32_t DWORD;
typedef struct _SECURITY_ATTRIBUTES SECURITY_ATTRIBUTES;
#endif

#include <vulkan/vulkan_win32.h>

#endif /* VXM_WIN32_VULKAN_H_ */
