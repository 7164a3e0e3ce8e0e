/*
 * A Direct3D for the examples to run on: as much of it as they call, done by the CPU, with payloads
 * of the model Vulkan driver. Both are in one library, vulkan-1.dll; d3d11.dll and d3d12.dll only
 * call into it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_D3D_RUNTIME_H_
#define VXM_TESTS_ADAPTERS_D3D_RUNTIME_H_ 1

#include <d3d11_4.h>
#include <d3d12.h>

/* The library of the model holds them. */
#ifdef RUNTIME_ITSELF
#define RUNTIME_API __declspec(dllexport)
#else
#define RUNTIME_API __declspec(dllimport)
#endif
RUNTIME_API HRESULT runtime_create_11(ID3D11Device **device, ID3D11DeviceContext **context);
RUNTIME_API HRESULT runtime_create_12(void **device);

/* ---- what both parts need ---- */

#include "model/internal.h"

/* Ends the program with a sentence that the test looks for. */
void runtime_breach(const char *what);

/* An object of Direct3D's begins with one: how often it is referred to. */
struct counted {
    long references;
    void (*end)(struct counted *);
};
/* One that is left when the program ends is a breach. */
void *runtime_new(size_t size, void (*end)(struct counted *));
ULONG runtime_add(struct counted *object);
ULONG runtime_release(struct counted *object);

/* Memory that is shared, or the CPU's own. */
struct storage {
    bool shared;
    union model_native native;
    struct model_payload *payload;
    unsigned char *data;
    size_t size;
};
void runtime_store(struct storage *storage, uint32_t handleType, size_t size);
void runtime_drop(struct storage *storage);
/* A handle for who asks. */
HRESULT runtime_share(const union model_native *native, HANDLE *handle);
LUID runtime_luid(void);

#endif /* VXM_TESTS_ADAPTERS_D3D_RUNTIME_H_ */
