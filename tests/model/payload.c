/*
 * Payloads: what several memories, in one process or in many, have in common.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

static struct model_payload *payloads;

struct model_payload *model__payload_new(const struct model_payload_info *info,
                                         const union model_native *native)
{
    struct model_payload_info read;
    uint64_t identity[2] = {0, 0};
    struct model_payload *payload;

    if (native) {
        if (!model__native_read(*native, &read, identity))
            return NULL;
        for (payload = payloads; payload; payload = payload->next) {
            if (payload->shared && memcmp(payload->identity, identity, sizeof identity) == 0) {
                payload->references++;
                return payload;
            }
        }
        info = &read;
    }
    payload = model__allocate(sizeof *payload);
    if (!payload)
        return NULL;
    payload->references = 1;
    payload->info = *info;
    payload->shared = native != NULL;
    memcpy(payload->identity, identity, sizeof identity);
    payload->next = payloads;
    payloads = payload;
    return payload;
}

void model__payload_release(struct model_payload *payload)
{
    struct model_payload **link = &payloads;

    if (!payload || --payload->references > 0)
        return;
    while (*link != payload)
        link = &(*link)->next;
    *link = payload->next;
    if (payload->data && !payload->borrowedData && payload->shared)
        model__native_unmap(payload->data, payload->info.size);
    else if (payload->data && !payload->borrowedData)
        model__private_unmap(payload->data, payload->info.size);
    model__free(payload);
}

void *model__payload_data(struct model_payload *payload, const union model_native *native)
{
    if (!payload->data && payload->shared)
        payload->data = model__native_map(*native, payload->info.size);
    else if (!payload->data)
        payload->data = model__private_map(payload->info.size);
    return payload->data;
}
