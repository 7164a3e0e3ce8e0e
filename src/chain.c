/*
 * Chains of structs that an app gives.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

VkResult vxm__check_chain(const char *caller, const char *field, const void *next)
{
    uint32_t count = 0;

    for (const VkBaseInStructure *base = next; base != NULL; base = base->pNext, count++) {
        const VkBaseInStructure *before = next;

        for (uint32_t i = 0; i < count; i++, before = before->pNext) {
            if (before == base ||
                (before->sType == base->sType &&
                 base->sType != VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT)) {
                return vxm__fail_argument(
                    "%s: the chain of %s holds a struct with sType %d twice, and each may stand in "
                    "it once (VUID sType-unique).%s",
                    caller, field, (int)base->sType,
                    before == base ? " It is the same struct, so that the chain has no end." : "");
            }
        }
    }
    return VK_SUCCESS;
}
