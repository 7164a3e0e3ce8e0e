/*
 * The device of vk_device.h.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/vk_device.h"

struct VxmDevice_T vk_empty_device(void)
{
    struct VxmDevice_T device;

    memset(&device, 0, sizeof(device));
    return device;
}

struct VxmDevice_T vk_device(const struct vk_command *commands, size_t count)
{
    struct VxmDevice_T device = vk_empty_device();
    uint32_t found = 0;

    for (uint32_t i = 0; i < vxm__backend_command_count; i++) {
        for (size_t j = 0; j < count; j++) {
            if (strcmp(vxm__backend_commands[i], commands[j].name) == 0) {
                device.backendCommands[i] = commands[j].command;
                found++;
            }
        }
    }
    cr_assert_eq(found, vxm__backend_command_count, "a command is asked for that nobody has");
    return device;
}

void vk_expect_sound_table(void)
{
    for (uint32_t i = 0; i < vxm__handle_type_count; i++) {
        const struct vxm_handle_type *type = &vxm__handle_types[i];

        cr_expect(type->type != 0 && (type->type & (type->type - 1)) == 0);
        cr_expect_str_eq(type->name, vxmHandleTypeName(type->kind, type->type));
        cr_expect_not_null(type->extensions[0]);
        cr_expect_eq(vxm__find_type(type->kind, type->type), type, "%s stands twice", type->name);
        /* What an import takes must be something that can be duplicated before. */
        if ((type->flags & VXM_TYPE_IMPORT_CONSUMES) != 0) {
            cr_expect(type->flags & VXM_TYPE_CLOSABLE, "%s", type->name);
        }
        cr_expect((type->flags & VXM_TYPE_CLOSABLE) == 0 || (type->flags & VXM_TYPE_VALUE) == 0,
                  "%s", type->name);
        cr_expect_eq((type->flags & VXM_TYPE_LOCAL) != 0, type->leaving != NULL, "%s", type->name);
        cr_expect_eq((type->flags & VXM_TYPE_NATIVE_FIRST) != 0, type->importAs != 0, "%s",
                     type->name);
        /* Asking for an opaque type's properties is illegal (00674), and so is guessing others'. */
        if (type->kind == VXM_HANDLE_KIND_MEMORY && (type->flags & VXM_TYPE_AT_CREATION) == 0) {
            cr_expect_neq((type->flags & VXM_TYPE_EXACT_ALLOCATION) != 0,
                          (type->flags & VXM_TYPE_PROPERTIES_QUERY) != 0, "%s", type->name);
        }
    }
}
