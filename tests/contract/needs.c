/*
 * Tests that not every back end can have, each with what it needs; backend_<system>.c tells by its
 * tables whether that is there. The runner leaves the others out by name, and says so.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/types.h"
#include "support/test.h"
#include "support/verdict.h"

/* ---- what is lacking; NULL: nothing ---- */

static const char *exact(void)
{
    return type_exact() != NULL ? NULL : "no type asks for the exporter's exact allocation";
}

static const char *second(void)
{
    return type_beside(backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER) != NULL
               ? NULL
               : "buffers can be exported as one type only";
}

static const char *any_device(void)
{
    return type_of_any_device() != NULL ? NULL
                                        : "no type of buffers goes to another device or driver";
}

static const char *told_size(void)
{
    return type_of_told_size() != NULL
               ? NULL
               : "the system tells no payload's size where it may be unknown";
}

static const char *linear(void)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].exportable && backend_types[i].linear) {
            return NULL;
        }
    }
    return "no exportable type is for linear images only";
}

static const char *consumed(void)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].consumed) {
            return NULL;
        }
    }
    return "no import takes the handle, so no driver closes it";
}

static const char *closable_in_words(void)
{
    return !backend_loose_type()->counted
               ? NULL
               : "a reference that was released can't be told from one that wasn't";
}

static const char *sends_memory(void)
{
    return !backend_loose_type()->local ? NULL : "no memory can leave the process in a channel";
}

static const char *sends_both(void)
{
    return sends_memory() == NULL && !semaphore_reference()->local
               ? NULL
               : "no handle can leave the process in a channel";
}

static const char *values(void)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].value) {
            return NULL;
        }
    }
    return "no handle is a mere value";
}

static const char *single_export(void)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].singleExport) {
            return NULL;
        }
    }
    return "no type's handle is given only once";
}

static const char *names(void)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].names) {
            return NULL;
        }
    }
    return "handles have no names";
}

static const char *facts(void)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].facts) {
            return NULL;
        }
    }
    return "no handle tells its device and extent";
}

static const char *images_only(void)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].imageOnly) {
            return NULL;
        }
    }
    return "every handle type is of buffers too";
}

static const char *duplicate_to(void)
{
    return backend_has_duplicate_to ? NULL : "the system puts no handle into another process";
}

static const char *no_duplicate_to(void)
{
    return !backend_has_duplicate_to ? NULL : "the system does put handles into other processes";
}

static const char *binary(void)
{
    return semaphore_can(VK_SEMAPHORE_TYPE_BINARY) ? NULL : "no binary semaphore can be shared";
}

static const char *timeline(void)
{
    return semaphore_can(VK_SEMAPHORE_TYPE_TIMELINE) ? NULL : "no timeline can be shared";
}

static const char *copy(void)
{
    return semaphore_copy() != NULL ? NULL : "no type copies a semaphore's payload";
}

static const char *second_semaphore(void)
{
    return semaphore_second() != NULL ? NULL : "semaphores can be exported as one type only";
}

static const char *replace(void)
{
    return semaphore_reference()->importCommand != NULL
               ? NULL
               : "a semaphore is imported when it is made, and Vulkan is asked about none";
}

static const char *same_device_semaphore(void)
{
    return !semaphore_reference()->anyDevice ? NULL : "any device may import a semaphore";
}

static const char *modifiers(void)
{
    const ModelConfig config = model_default_config();

    for (size_t i = 0; config.devices[0].extensions[i] != NULL; i++) {
        if (strcmp(config.devices[0].extensions[i], "VK_EXT_image_drm_format_modifier") == 0) {
            return NULL;
        }
    }
    return "no device has DRM format modifiers";
}

static const char *no_modifiers(void)
{
    return modifiers() != NULL ? NULL : "devices have DRM format modifiers";
}

/* ---- the tests ---- */

static const struct {
    const char *test;
    const char *(*lacking)(void);
} needs[] = {
    {"memory/dedicated_opaque_memory_needs_the_resource", exact},
    {"memory_object/import_on_another_device_takes_that_devices_memory_type", any_device},
    {"memory_object/size_is_the_allocations_exactly", exact},
    {"memory_object/size_is_exact_without_dedication", exact},
    {"memory_types/two_compatible_types_on_one_allocation", second},
    {"memory_types/two_incompatible_types_are_refused", second},
    {"memory_types/compatibility_counts_both_ways", second},
    {"memory_types/reexport_that_the_resource_cant", second},
    {"memory_types/twin_of_a_twin", exact},
    {"memory_types/twin_of_a_twin", second},
    {"memory_types/reexport_that_the_exporter_s_twin_cant", exact},
    {"memory_types/reexport_that_the_exporter_s_twin_cant", second},
    {"ownership/unrelated_handle_with_the_same_number_stays_open", consumed},
    {"ownership/foreign_payload_of_unknown_size", told_size},
    {"image_refused/tiling_that_the_driver_cant_share", linear},
    {"handle/closed_handle_is_refused", closable_in_words},
    {"channel/closed_handle_is_refused", closable_in_words},
    {"channel/memory_both_ways", sends_memory},
    {"channel/messages_keep_their_order_and_peek_takes_none", sends_memory},
    {"channel/message_of_another_kind_stays", sends_memory},
    {"channel/closing_closes_what_was_not_received", sends_memory},
    {"channel/memory_for_a_closed_peer_stays_the_sender_s", sends_memory},
    {"channel/descriptions_that_can_not_be_sent_are_refused", sends_memory},
    {"channel/closed_handle_is_refused", sends_memory},
    {"native/value_is_copied_and_nothing_to_close", values},
    {"native/value_does_not_keep_the_payload", values},
    {"native/value_travels_in_the_message", values},
    {"native/driver_is_asked_once_for_a_handle_that_it_gives_once", single_export},
    {"native/handle_that_is_given_once_survives_a_failure", single_export},
    {"native/semaphore_s_handle_is_asked_for_once", single_export},
    {"native/name_is_looked_at_before_the_driver_sees_it", names},
    {"native/image_that_differs_from_the_object_is_refused", facts},
    {"native/object_of_another_device_is_refused", facts},
    {"native/handle_is_duplicated_into_a_process", duplicate_to},
    {"native/system_without_that_says_so", no_duplicate_to},
    {"modifiers/device_s_own_in_its_order", modifiers},
    {"modifiers/what_the_driver_says_of_each", modifiers},
    {"modifiers/those_named_alone_are_asked_about", modifiers},
    {"modifiers/none_is_told_in_words", modifiers},
    {"modifiers/both_kinds_of_list", modifiers},
    {"modifiers/concurrent_images_are_asked_about", modifiers},
    {"modifiers/no_more_than_there_is_room_for", modifiers},
    {"modifiers/no_more_in_the_older_list", modifiers},
    {"modifiers/list_that_the_driver_leaves_untouched", modifiers},
    {"modifiers/driver_that_does_not_answer", modifiers},
    {"modifiers/answer_leaves_the_last_error_alone", modifiers},
    {"modifiers/questions_are_about_any_of_them", modifiers},
    {"modifiers/questions_about_a_peer_s_image", modifiers},
    {"modifiers/other_types_go_with_all_of_them", modifiers},
    {"modifiers/device_without_them_says_so", no_modifiers},
    {"null/messages_with_handles", sends_both},
    {"device_wrap/timelines_need_their_feature_enabled", timeline},
    {"query/semaphores_binary_and_timeline", binary},
    {"query/semaphores_binary_and_timeline", timeline},
    {"query/timelines_that_the_device_lacks", timeline},
    {"semaphore/binary_needs_no_timelines", binary},
    {"semaphore/driver_that_can_t_share_is_believed", replace},
    {"semaphore/types_must_go_together", second_semaphore},
    {"semaphore/copy_of_the_payload_is_exported", copy},
    {"semaphore/timeline_counts", timeline},
    {"semaphore/timeline_only_grows", timeline},
    {"semaphore/binary_is_not_for_the_cpu", binary},
    {"semaphore/driver_failures_of_the_cpu_s_calls_are_passed_on", timeline},
    {"semaphore_query/believes_a_driver_that_can_import_only", replace},
    {"semaphore_query/compares_with_the_peer", same_device_semaphore},
    {"semaphore_import/timeline_is_one_on_both_sides", timeline},
    {"semaphore_import/payload_replaces_that_of_a_semaphore", binary},
    {"semaphore_import/payload_replaces_that_of_a_semaphore", replace},
    {"semaphore_import/copy_of_a_signal_is_temporary", copy},
    {"semaphore_import/imported_payload_limits_the_export", binary},
    {"semaphore_import/imported_payload_limits_the_export", replace},
    {"semaphore_import/type_must_be_that_of_the_semaphore", binary},
    {"semaphore_import/type_must_be_that_of_the_semaphore", timeline},
    {"semaphore_import/driver_that_can_t_import_is_believed", replace},
    {"semaphore_import/another_device_is_refused", same_device_semaphore},
    {"wrap/type_that_the_object_cant_be", images_only},
};

TEST_AT_START(tell_the_runner)
{
    for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
        verdict_test_needs(needs[i].test, needs[i].lacking());
    }
}
