/*
 * What the model's files share: objects, their interfaces, and who fails.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_D3D_OBJECT_H_
#define VXM_TESTS_ADAPTERS_D3D_OBJECT_H_ 1

#include "model_d3d.h"

enum kind {
    FACTORY = 1,
    ADAPTER,
    DEVICE11,
    CONTEXT11,
    TEXTURE,
    FENCE11,
    DEVICE12,
    QUEUE,
    RESOURCE,
    HEAP,
    FENCE12
};

struct object;

/* An interface pointer points to one of these. */
struct face {
    const void *lpVtbl;
    struct object *object;
};

/* FACE_OTHER: IDXGIDevice of a device, IDXGIResource1 of a texture. */
enum {
    FACE_MAIN,
    FACE_OTHER,
    FACE_MUTEX,
    FACE_COUNT
};

struct object {
    enum kind kind;
    long references;
    bool lent; /* one of the references is the model's own */
    struct face faces[FACE_COUNT];
    struct object *device;
    unsigned gpu;
    uint32_t handleType; /* of the payload; 0: none */
    bool opened;         /* the payload came by a handle */
    union model_native payload;
    D3D11_TEXTURE2D_DESC texture;
    D3D12_RESOURCE_DESC resource;
    D3D12_HEAP_DESC heap;
    bool mutexHeld;
    uint64_t mutexKey;
};

enum {
    OBJECT_COUNT = 1024
};

struct model_state {
    struct object objects[OBJECT_COUNT];
    unsigned calls, opens, failAt;
    HRESULT failCode;
    bool giveNothing;
    const IID *lacking;
    const wchar_t *name;
    const SECURITY_ATTRIBUTES *attributes;
    const wchar_t *knownName;
    HANDLE known;
    DWORD milliseconds;
    struct d3d_fence_use fenceUse;
    D3D11_TEXTURE2D_DESC open11;
    D3D12_RESOURCE_DESC open12;
    D3D12_HEAP_DESC openHeap;
};
extern struct model_state d3d_state;

/* A breach of Direct3D's rules: the test fails and goes on. */
#define breach(...) cr_expect(false, "Direct3D: " __VA_ARGS__)

/* The object behind an interface, which must be alive. */
struct object *d3d_object(void *face);

/* A new object with one reference. */
struct object *d3d_new(enum kind kind, struct object *device);
/* The model keeps that reference until the end. */
void *d3d_lend(struct object *object);

/* Memory of Direct3D's own, or a fence's; then the payload of a handle, which stays the caller's.
 */
void d3d_make_payload(struct object *object, uint32_t handleType, uint64_t size);
bool d3d_open_payload(struct object *object, uint32_t handleType, HANDLE handle);
/* A new handle of the payload, with what it was asked for. */
HRESULT d3d_share(struct object *object, const SECURITY_ATTRIBUTES *attributes, const wchar_t *name,
                  HANDLE *handle);

/* Each method that can fail begins with it: S_OK, or what to answer. */
HRESULT d3d_enter(void);
#define ENTER()                                                                                    \
    do {                                                                                           \
        const HRESULT entered = d3d_enter();                                                       \
        if (entered != S_OK)                                                                       \
            return entered;                                                                        \
    } while (0)

/* What a name stands for (d3d_name()); NULL: nothing. */
HANDLE d3d_named(const wchar_t *name);

LUID d3d_luid(unsigned gpu);

HRESULT d3d_query(void *face, REFIID iid, void **out);
ULONG d3d_add_ref(void *face);
ULONG d3d_give_back(void *face);

/* The three functions of IUnknown for an interface. */
#define UNKNOWN(Interface)                                                                         \
    static HRESULT STDMETHODCALLTYPE Interface##_query(Interface *self, REFIID iid, void **out)    \
    {                                                                                              \
        return d3d_query(self, iid, out);                                                          \
    }                                                                                              \
    static ULONG STDMETHODCALLTYPE Interface##_add(Interface *self)                                \
    {                                                                                              \
        return d3d_add_ref(self);                                                                  \
    }                                                                                              \
    static ULONG STDMETHODCALLTYPE Interface##_release(Interface *self)                            \
    {                                                                                              \
        return d3d_give_back(self);                                                                \
    }
#define UNKNOWN_OF(Interface)                                                                      \
    .QueryInterface = Interface##_query, .AddRef = Interface##_add, .Release = Interface##_release

extern const IDXGIFactory1Vtbl d3d_factory_table;
extern const IDXGIAdapter1Vtbl d3d_adapter_table;
extern const IDXGIDeviceVtbl d3d_dxgi_device_table;
extern const IDXGIResource1Vtbl d3d_dxgi_resource_table;
extern const IDXGIKeyedMutexVtbl d3d_mutex_table;
extern const ID3D11Device5Vtbl d3d11_device_table;
extern const ID3D11DeviceContext4Vtbl d3d11_context_table;
extern const ID3D11Texture2DVtbl d3d11_texture_table;
extern const ID3D11FenceVtbl d3d11_fence_table;
extern const ID3D12DeviceVtbl d3d12_device_table;
extern const ID3D12CommandQueueVtbl d3d12_queue_table;
extern const ID3D12ResourceVtbl d3d12_resource_table;
extern const ID3D12HeapVtbl d3d12_heap_table;
extern const ID3D12FenceVtbl d3d12_fence_table;

#endif /* VXM_TESTS_ADAPTERS_D3D_OBJECT_H_ */
