/*
 * The model's objects: references, interfaces, payloads, and which call fails.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define INITGUID /* the GUIDs that the headers declare are defined here */
#include "object.h"

#include <wchar.h>

#include "contract/natives_win32.h"
#include "support/resources.h"

struct model_state d3d_state;

/* ---- begin and end ---- */

void d3d_begin(void)
{
    memset(&d3d_state, 0, sizeof(d3d_state));
    contract_begin();
}

void d3d_end(void)
{
    for (size_t i = 0; i < OBJECT_COUNT; i++) {
        struct object *object = &d3d_state.objects[i];

        if (object->lent && object->references > 0) {
            object->lent = false;
            d3d_give_back(&object->faces[FACE_MAIN]);
        }
        cr_expect_eq(object->references, 0, "an object of kind %d has %ld references too many",
                     (int)object->kind, object->references);
    }
    contract_end();
}

/* ---- objects ---- */

struct object *d3d_object(void *face)
{
    struct object *object = ((struct face *)face)->object;

    cr_assert(object->references > 0, "Direct3D: an object of kind %d was used after its end",
              (int)object->kind);
    return object;
}

static void set_faces(struct object *object, const void *first, const void *second)
{
    object->faces[FACE_MAIN].lpVtbl = first;
    object->faces[FACE_OTHER].lpVtbl = second;
    object->faces[FACE_MUTEX].lpVtbl = &d3d_mutex_table;
    for (int i = 0; i < FACE_COUNT; i++) {
        object->faces[i].object = object;
    }
}

struct object *d3d_new(enum kind kind, struct object *device)
{
    struct object *object = d3d_state.objects;

    while (object->kind != 0) {
        object++;
        cr_assert(object < d3d_state.objects + OBJECT_COUNT, "too many objects for the model");
    }
    object->kind = kind;
    object->references = 1;
    object->device = device;
    object->gpu = device != NULL ? device->gpu : 0;
    switch (kind) {
    case FACTORY:
        set_faces(object, &d3d_factory_table, NULL);
        break;
    case ADAPTER:
        set_faces(object, &d3d_adapter_table, NULL);
        break;
    case DEVICE11:
        set_faces(object, &d3d11_device_table, &d3d_dxgi_device_table);
        break;
    case CONTEXT11:
        set_faces(object, &d3d11_context_table, NULL);
        break;
    case TEXTURE:
        set_faces(object, &d3d11_texture_table, &d3d_dxgi_resource_table);
        break;
    case FENCE11:
        set_faces(object, &d3d11_fence_table, NULL);
        break;
    case DEVICE12:
        set_faces(object, &d3d12_device_table, NULL);
        break;
    case QUEUE:
        set_faces(object, &d3d12_queue_table, NULL);
        break;
    case RESOURCE:
        set_faces(object, &d3d12_resource_table, NULL);
        break;
    case HEAP:
        set_faces(object, &d3d12_heap_table, NULL);
        break;
    case FENCE12:
        set_faces(object, &d3d12_fence_table, NULL);
        break;
    }
    return object;
}

void *d3d_lend(struct object *object)
{
    object->lent = true;
    return &object->faces[FACE_MAIN];
}

long d3d_references(void *object)
{
    return ((struct face *)object)->object->references;
}

void d3d_release(void *object)
{
    d3d_give_back(object);
}

/* ---- IUnknown ---- */

static bool is(REFIID a, const IID *b)
{
    return memcmp(a, b, sizeof(*b)) == 0;
}

/* Which interface of an object a GUID stands for; -1: none. */
static int find_face(const struct object *object, REFIID iid)
{
    const bool unknown = is(iid, &IID_IUnknown);

    switch (object->kind) {
    case DEVICE11:
        if (is(iid, &IID_IDXGIDevice)) {
            return FACE_OTHER;
        }
        return unknown || is(iid, &IID_ID3D11Device) || is(iid, &IID_ID3D11Device1) ||
                       is(iid, &IID_ID3D11Device5)
                   ? FACE_MAIN
                   : -1;
    case TEXTURE:
        if (is(iid, &IID_IDXGIResource) || is(iid, &IID_IDXGIResource1)) {
            return FACE_OTHER;
        }
        if (is(iid, &IID_IDXGIKeyedMutex)) {
            return (object->texture.MiscFlags & D3D11_RESOURCE_MISC_SHARED_KEYEDMUTEX) != 0
                       ? FACE_MUTEX
                       : -1;
        }
        return unknown || is(iid, &IID_ID3D11Texture2D) ? FACE_MAIN : -1;
    case DEVICE12:
        return unknown || is(iid, &IID_ID3D12Device) ? FACE_MAIN : -1;
    default:
        return unknown ? FACE_MAIN : -1;
    }
}

HRESULT d3d_query(void *face, REFIID iid, void **out)
{
    struct object *object = d3d_object(face);
    const int found = find_face(object, iid);

    *out = NULL;
    ENTER();
    if (found < 0 || (d3d_state.lacking != NULL && is(iid, d3d_state.lacking))) {
        return E_NOINTERFACE;
    }
    object->references++;
    *out = &object->faces[found];
    return S_OK;
}

ULONG d3d_add_ref(void *face)
{
    return (ULONG)++d3d_object(face)->references;
}

ULONG d3d_give_back(void *face)
{
    struct object *object = d3d_object(face);

    object->references--;
    cr_expect(object->references > 0 || !object->lent,
              "Direct3D: the test's own reference to an object of kind %d was given back",
              (int)object->kind);
    if (object->references == 0 && object->payload.pointer != NULL) {
        if (object->opened) {
            CloseHandle(object->payload.pointer);
        } else {
            model_free_foreign(object->handleType, object->payload);
        }
    }
    return (ULONG)object->references;
}

/* ---- payloads ---- */

static bool is_number(uint32_t handleType)
{
    return handleType == VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT;
}

void d3d_make_payload(struct object *object, uint32_t handleType, uint64_t size)
{
    object->handleType = handleType;
    if (object->kind == FENCE11 || object->kind == FENCE12) {
        cr_assert(model_make_foreign_semaphore(handleType, size, &object->payload));
    } else {
        cr_assert(model_make_foreign(handleType, size, &object->payload));
    }
}

bool d3d_open_payload(struct object *object, uint32_t handleType, HANDLE handle)
{
    object->handleType = handleType;
    d3d_state.opens++;
    if (is_number(handleType)) {
        return handle != NULL;
    }
    if (!natives_is_open(handle) ||
        !model_is_payload_native((union model_native){.pointer = handle})) {
        return false;
    }
    object->opened = true;
    object->payload.pointer = natives_duplicate(handle);
    return object->payload.pointer != NULL;
}

HRESULT d3d_share(struct object *object, const SECURITY_ATTRIBUTES *attributes, const wchar_t *name,
                  HANDLE *handle)
{
    d3d_state.attributes = attributes;
    d3d_state.name = name;
    *handle = NULL;
    if (!d3d_state.giveNothing) {
        *handle = is_number(object->handleType) ? object->payload.pointer
                                                : natives_duplicate(object->payload.pointer);
    }
    return S_OK;
}

void d3d_name(const wchar_t *name, HANDLE handle)
{
    d3d_state.knownName = name;
    d3d_state.known = handle;
}

HANDLE d3d_named(const wchar_t *name)
{
    const wchar_t *known = d3d_state.knownName;

    return known != NULL && wcscmp(name, known) == 0 ? d3d_state.known : NULL;
}

bool d3d_is_payload(void *object, HANDLE handle)
{
    return natives_same(((struct face *)object)->object->payload.pointer, handle);
}

/* ---- who fails ---- */

HRESULT d3d_enter(void)
{
    d3d_state.calls++;
    if (d3d_state.failAt == 0 || --d3d_state.failAt != 0) {
        return S_OK;
    }
    return d3d_state.failCode;
}

void d3d_fail(unsigned nth, HRESULT code)
{
    d3d_state.failAt = nth;
    d3d_state.failCode = code;
}

void d3d_give_nothing(bool on)
{
    d3d_state.giveNothing = on;
}

void d3d_lack(const IID *iid)
{
    d3d_state.lacking = iid;
}

unsigned d3d_calls(void)
{
    return d3d_state.calls;
}

unsigned d3d_opens(void)
{
    return d3d_state.opens;
}

const wchar_t *d3d_last_name(void)
{
    return d3d_state.name;
}

const SECURITY_ATTRIBUTES *d3d_last_attributes(void)
{
    return d3d_state.attributes;
}

DWORD d3d_last_milliseconds(void)
{
    return d3d_state.milliseconds;
}

struct d3d_fence_use d3d_last_fence_use(void)
{
    return d3d_state.fenceUse;
}

unsigned d3d_sweep(VkResult (*act)(void *data), void (*undo)(void *data), void *data, void *output,
                   size_t size)
{
    for (unsigned nth = 1;; nth++) {
        VxmError error;
        VkResult result;

        contract_fill(output, size);
        contract_forget_error();
        d3d_fail(nth, E_FAIL);
        result = act(data);
        if (d3d_state.failAt != 0) {
            d3d_fail(0, S_OK);
            cr_expect_eq(result, VK_SUCCESS, "nothing failed, but the call did");
            if (result == VK_SUCCESS) {
                undo(data);
            }
            return nth - 1;
        }
        vxmGetLastError(&error);
        cr_assert(result < 0, "call %u of Direct3D's failed, and nobody noticed", nth);
        cr_expect(error.result == result && error.reason == VXM_ERROR_REASON_FOREIGN &&
                      error.code == (int64_t)E_FAIL && strstr(error.message, "E_FAIL") != NULL,
                  "call %u: %s", nth, error.message);
        cr_expect(contract_untouched(output, size), "call %u failed, and the output was written",
                  nth);
    }
}
