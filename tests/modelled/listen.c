/*
 * Names at which the modelled system's channels can be listened for.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "modelled/transport.h"

#define LISTENERS 16
#define PENDING   16
#define NAME_SIZE 108u

struct place {
    bool used;
    char name[NAME_SIZE];
    uint32_t waiting[PENDING]; /* links whose side 1 nobody has yet */
    uint32_t count;
};

struct VxmListener_T {
    modelled_value object;
    uint32_t place;
};

static struct place places[LISTENERS];

static VkResult check_name(const char *name)
{
    const size_t size = strlen(name);

    if (size == 0) {
        return vxm__fail_argument("The name of a listener must not be empty.");
    }
    if (size >= NAME_SIZE) {
        return vxm__fail_argument("The name of a listener has %zu bytes, but this system allows "
                                  "%u. Choose a shorter one.",
                                  size, NAME_SIZE - 1);
    }
    return VK_SUCCESS;
}

/* With the lock. LISTENERS: nobody listens there. */
static uint32_t find_place(const char *name)
{
    uint32_t i = 0;

    while (i < LISTENERS && !(places[i].used && strcmp(places[i].name, name) == 0)) {
        i++;
    }
    return i;
}

static VkResult take_place(const char *name, uint32_t *place)
{
    VkResult result = VK_SUCCESS;

    modelled_net_lock();
    *place = 0;
    while (*place < LISTENERS && places[*place].used) {
        ++*place;
    }
    if (find_place(name) != LISTENERS) {
        result =
            vxm__fail(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_SYSTEM, MODELLED_ERROR_CALL,
                      "Listening at %s failed: somebody listens there. Choose another name.", name);
    } else if (*place == LISTENERS) {
        result = modelled_too_many("Listening");
    } else {
        places[*place] = (struct place){.used = true};
        (void)snprintf(places[*place].name, NAME_SIZE, "%s", name);
        modelled_net_changed();
    }
    modelled_net_unlock();
    return result;
}

VkResult vxm__os_listen(const char *name, const VxmListenInfo *info, VxmListener *listener)
{
    VkResult result = check_name(name);
    VxmListener made;

    if (result == VK_SUCCESS && info->mode != 0) {
        result = vxm__fail_argument("vxmListen: info->mode is %o, which only POSIX systems have.",
                                    (unsigned int)info->mode);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    made = vxm__allocate(NULL, sizeof(*made));
    if (made == NULL) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    result = modelled_fault() ? modelled_call_failed("Listening") : take_place(name, &made->place);
    if (result != VK_SUCCESS) {
        vxm__free(NULL, made);
        return result;
    }
    made->object = modelled_make('f', NULL, 0, 0);
    if (made->object == 0) {
        vxm__os_close_listener(made);
        return modelled_too_many("Listening");
    }
    *listener = made;
    return VK_SUCCESS;
}

void vxm__os_close_listener(VxmListener listener)
{
    struct place *place = &places[listener->place];
    struct place left;

    modelled_net_lock();
    left = *place;
    *place = (struct place){.used = false};
    modelled_net_unlock();
    for (uint32_t i = 0; i < left.count; i++) {
        modelled_leave(&(struct modelled_end){left.waiting[i], 1});
    }
    if (listener->object != 0) {
        modelled_close(listener->object);
    }
    vxm__free(NULL, listener);
}

VkResult vxm__os_accept(VxmListener listener, uint64_t deadline, VxmHandle *channel)
{
    struct place *place = &places[listener->place];
    VkResult result = VK_SUCCESS;
    uint32_t link = MODELLED_LINKS;

    modelled_net_lock();
    while (result == VK_SUCCESS && link == MODELLED_LINKS) {
        if (modelled_fault()) {
            result = modelled_call_failed("Accepting a connection");
        } else if (place->count > 0) {
            link = place->waiting[0];
            place->count--;
            memmove(&place->waiting[0], &place->waiting[1], place->count * sizeof(uint32_t));
        } else if (!modelled_net_wait(deadline)) {
            result = modelled_time_out("for somebody to connect");
        }
    }
    modelled_net_unlock();
    return result == VK_SUCCESS ? modelled_open_end(link, 1, "Accepting a connection", channel)
                                : result;
}

VkResult vxm__os_connect(const char *name, uint64_t deadline, VxmHandle *channel)
{
    VkResult result = check_name(name);
    uint32_t link = MODELLED_LINKS;

    if (result != VK_SUCCESS) {
        return result;
    }
    modelled_net_lock();
    while (result == VK_SUCCESS && link == MODELLED_LINKS) {
        uint32_t place = find_place(name);

        if (modelled_fault()) {
            result = modelled_call_failed("Connecting");
        } else if (place != LISTENERS && places[place].count < PENDING) {
            link = modelled_new_link();
            if (link == MODELLED_LINKS) {
                result = modelled_too_many("Connecting");
            } else {
                places[place].waiting[places[place].count++] = link;
                modelled_net_changed();
            }
        } else if (!modelled_net_wait(deadline)) {
            result = vxm__fail(VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, 0,
                               "%s at %s within the time limit. Start the other side first, or "
                               "allow more time.",
                               place != LISTENERS ? "The listener took none of those who wait"
                                                  : "Nobody came to listen",
                               name);
        }
    }
    modelled_net_unlock();
    return result == VK_SUCCESS ? modelled_open_end(link, 0, "Connecting", channel) : result;
}
