/*
 * Names to functions: what vkGetInstanceProcAddr and vkGetDeviceProcAddr answer.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

static const struct model_command *find_command(const char *name)
{
    const struct model_command *const tables[] = {
        model__instance_commands,      model__physical_commands,
        model__external_commands,      model__device_commands,
        model__resource_commands,      model__bind_commands,
        model__modifier_commands,      model__memory_commands,
        model__memory_map_commands,    model__memory_fd_commands,
        model__memory_win32_commands,  model__semaphore_commands,
        model__semaphore_fd_commands,  model__semaphore_win32_commands,
        model__memory_zircon_commands, model__semaphore_zircon_commands,
        model__memory_metal_commands,  model__metal_objects_commands,
        model__queue_commands,         model__command_commands,
    };

    for (size_t i = 0; i < MODEL_COUNT(tables); i++) {
        for (const struct model_command *command = tables[i]; command->name; command++) {
            if (strcmp(command->name, name) == 0)
                return command;
        }
    }
    return NULL;
}

static bool instance_has(const struct model_instance *instance, const char *extension)
{
    for (uint32_t i = 0; i < instance->extensionCount; i++) {
        if (strcmp(instance->extensions[i], extension) == 0)
            return true;
    }
    return false;
}

static bool any_offers(const char *extension)
{
    const ModelConfig *config = model_config();

    for (uint32_t i = 0; i < config->deviceCount; i++) {
        if (model__offers(&config->devices[i], extension))
            return true;
    }
    return false;
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL model_vkGetInstanceProcAddr(VkInstance instance,
                                                                     const char *pName)
{
    const struct model_command *command = find_command(pName);
    PFN_vkVoidFunction function = NULL;
    struct model_instance *owner;

    if (strcmp(pName, "vkGetInstanceProcAddr") == 0)
        return (PFN_vkVoidFunction)model_vkGetInstanceProcAddr;
    model__enter_void("vkGetInstanceProcAddr", NULL);
    if (command && command->level == MODEL_GLOBAL) {
        function = command->function;
    } else if (instance) {
        owner = model__find_object(MODEL_ID(instance), MODEL_INSTANCE);
        if (!owner || !command) {
            function = NULL;
        } else if (command->core && owner->apiVersion >= command->core) {
            function = command->function;
        } else if (command->extension && command->level == MODEL_OF_INSTANCE) {
            if (instance_has(owner, command->extension))
                function = command->function;
        } else if (command->extension && any_offers(command->extension)) {
            function = command->function;
        }
    }
    model__leave(VK_SUCCESS);
    return function;
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL model__get_device_proc_addr(VkDevice device,
                                                                     const char *pName)
{
    const struct model_command *command = find_command(pName);
    PFN_vkVoidFunction function = NULL;
    struct model_device *owner;

    model__enter_void("vkGetDeviceProcAddr", NULL);
    owner = model__device(device);
    if (owner && command && command->level == MODEL_OF_DEVICE &&
        ((command->core && owner->apiVersion >= command->core) ||
         (command->extension && model__enabled(owner, command->extension))))
        function = command->function;
    model__leave(VK_SUCCESS);
    return function;
}
