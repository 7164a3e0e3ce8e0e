/*
 * What the library's own files share: the objects, and the functions that one file offers another.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INTERNAL_H_
#define VXM_INTERNAL_H_ 1

#include <stdbool.h>

#include "vxm/vxm.h"

#include "dispatch.h"
#include "os.h"
#include "vk_backend.h"

/* ---- objects ---- */

struct VxmDevice_T {
    bool owned; /* instance and device were made here */
    bool hasAllocator;
    VkAllocationCallbacks allocatorStorage;
    const VkAllocationCallbacks *allocator; /* &allocatorStorage, or NULL */

    PFN_vkGetInstanceProcAddr getInstanceProcAddr;
    VkInstance instance;
    VkPhysicalDevice physicalDevice;
    VkDevice device;
    VkQueue queue;
    uint32_t queueFamilyIndex;
    uint32_t apiVersion; /* what instance and device have in common */
    struct vxm_dispatch vk;
    PFN_vkVoidFunction backendCommands[VXM_MAX_BACKEND_COMMANDS];

    /* asked once, here */
    VxmIdentity identity;
    VkPhysicalDeviceMemoryProperties memoryProperties;
    VkDeviceSize minImportedHostPointerAlignment; /* 0 without host import */
    bool timelineSemaphore;
    bool synchronization2;
    bool samplerYcbcrConversion;
    bool queueFamilyForeign; /* VK_EXT_queue_family_foreign is enabled */
    bool drmFormatModifier;  /* VK_EXT_image_drm_format_modifier is enabled */
    bool formatFeatures2;    /* formats can be asked for 64 bits of features */
    bool keyedMutex;         /* VK_KHR_win32_keyed_mutex is enabled */
    bool nativeDeviceDeclared;
    void *nativeDevice; /* the system's own object; NULL: none, or not known */
    uint32_t queueFamilyCount;
    /* types of this system whose extensions are all enabled */
    VkExternalMemoryHandleTypeFlags memoryTypes;
    VkExternalSemaphoreHandleTypeFlags semaphoreTypes;
};

/* Handles whose type's exports are duplicates of them; at most one of each type. Windows' four
 * types of NT handles of memory are the most there can be; with room for more, the object would
 * outgrow what glibc keeps at hand, which shows beside a software driver. */
#define VXM_MAX_KEPT 4
struct vxm_kept {
    uint32_t count;
    VxmHandle handles[VXM_MAX_KEPT];
};

struct vxm_memory_part {
    VkDeviceMemory memory;
    VkDeviceSize allocationSize;
    VkDeviceSize offset;
    uint32_t memoryTypeIndex;
    void *mapped; /* whole allocation */
    uint32_t mapCount;
    struct vxm_kept kept;
};

struct VxmMemory_T {
    VxmDevice device;
    bool ownsObjects;
    bool dedicated;
    uint32_t importHandleType; /* 0: made here or wrapped */
    VkExternalMemoryHandleTypeFlags exportHandleTypes;
    /* what buffer or image was created for, which may be more; 0: not known, or raw memory */
    VkExternalMemoryHandleTypeFlags resourceHandleTypes;
    VkBuffer buffer;
    VkImage image;
    /* what is sent along; handles empty, identity filled in at export */
    VxmResourceType resourceType;
    VxmBufferDescription bufferDescription;
    VxmImageDescription imageDescription;
    uint32_t memoryCount;
    struct vxm_memory_part memories[VXM_MAX_PLANES];
};

struct VxmSemaphore_T {
    VxmDevice device;
    bool ownsObject;
    VkSemaphore semaphore;
    VkSemaphoreType semaphoreType;
    VkExternalSemaphoreHandleTypeFlags exportHandleTypes; /* as created */
    /* A payload that has been imported for good can be exported as these only (01133). All bits
     * until then. */
    VkExternalSemaphoreHandleTypeFlags payloadHandleTypes;
    /* types of single export that were exported of an earlier payload */
    VkExternalSemaphoreHandleTypeFlags spentHandleTypes;
    struct vxm_kept kept;
};

/* ---- error.c ---- */

/* Sets the thread's last error and returns result, so that a function can end with it. */
VkResult vxm__fail(VkResult result, VxmErrorReason reason, int64_t code, const char *format, ...)
    VXM_PRINTF(4, 5);

/* The commonest failure: an argument breaks the rules of vxm.h. */
#define vxm__fail_argument(...)                                                                    \
    vxm__fail(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0, __VA_ARGS__)

/* Puts in front of the last error's sentence whose it is: a check of memories[index].handle. */
VkResult vxm__fail_of_handle(const char *caller, uint32_t index);

/* A Vulkan command answered `result` (an error): keeps it as the result and as the code. `doing` is
 * what was asked, as in "allocating 64 bytes of OPAQUE_FD memory"; the sentence names command and
 * result. `advice` is optional. */
VkResult vxm__fail_driver(VkResult result, const char *command, const char *doing,
                          const char *advice);

/* Puts text behind the text that is there; what has no room is cut between characters, not within
 * one. */
void vxm__append(char *text, size_t size, const char *format, ...) VXM_PRINTF(3, 4);

/* ---- alloc.c: host memory of the library's own ---- */

/* Zeroed; NULL and a last error when there is none. allocator may be NULL. */
void *vxm__allocate(const VkAllocationCallbacks *allocator, size_t size);
void vxm__free(const VkAllocationCallbacks *allocator, void *memory);

/* ---- types.c: the back end's table ---- */

/* NULL if this system does not have that type, or if more than one bit is set. */
const struct vxm_handle_type *vxm__find_type(VxmHandleKind kind, uint32_t type);

/* The same; VK_ERROR_VALIDATION_FAILED_EXT for what isn't one bit, VK_ERROR_FEATURE_NOT_PRESENT and
 * a sentence that says which types this system has. `*found` is written on success only. */
VkResult vxm__require_type(const char *caller, VxmHandleKind kind, uint32_t type,
                           const struct vxm_handle_type **found);

/* VK_SUCCESS if the device has the type's extensions on; otherwise VK_ERROR_EXTENSION_NOT_PRESENT
 * and a sentence that names the missing ones' names. */
VkResult vxm__require_enabled(VxmDevice device, const struct vxm_handle_type *type);

/* The bits that the driver may be told of these types: without those that Vulkan has no bit for, or
 * with what they are imported as. */
uint32_t vxm__vulkan_types(VxmHandleKind kind, uint32_t types);

/* The types among these that have one of the flags. */
uint32_t vxm__types_with(VxmHandleKind kind, uint32_t types, uint32_t flags);

/* All the flags that any of these types has. */
uint32_t vxm__flags_of_types(VxmHandleKind kind, uint32_t types);

/* The same as a question. */
bool vxm__is_enabled(VxmDevice device, const struct vxm_handle_type *type);

/* The names of all types in a mask, such as "OPAQUE_FD and DMA_BUF", for sentences. */
void vxm__type_names(VxmHandleKind kind, uint32_t types, char *text, size_t size);

/* ---- handle.c ---- */

/* As the public functions, for any kind, without argument checks; a type that isn't closable is
 * copied, and closing it does nothing but empty it. */
VkResult vxm__duplicate(const VxmHandle *handle, VxmHandle *duplicate);
void vxm__close(VxmHandle *handle);

/* Whether the native handle is open and can be what its type says, as far as the system can tell.
 */
VkResult vxm__check_handle(const VxmHandle *handle);

/* Closes a private duplicate after a failed import, unless the driver has closed it already: only
 * while it still is the same open object as the original. Empties it in any case. */
void vxm__close_unless_taken(const VxmHandle *original, VxmHandle *duplicate);

/* ---- kept.c ---- */

/* The kept handle of a type, or NULL. */
const VxmHandle *vxm__find_kept(const struct vxm_kept *kept, uint32_t type);

/* Takes a handle over; there is none of its type yet. The caller's is emptied. */
void vxm__keep(struct vxm_kept *kept, VxmHandle *handle);

/* Keeps a duplicate of a handle that stays the caller's. */
VkResult vxm__keep_duplicate(struct vxm_kept *kept, const VxmHandle *handle);

/* Closes them all. */
void vxm__drop_kept(struct vxm_kept *kept);

/* What becomes of a handle that the driver has just given: the caller's own, or, where the driver
 * gives only one, kept and duplicated. `got` is taken over in any case. */
VkResult vxm__give_export(const struct vxm_handle_type *type, VxmHandle *got, struct vxm_kept *kept,
                          VxmHandle *handle);

/* ---- chain.c ---- */

/* Whether an app's chain has an end, and each struct once. `field` is the app's. */
VkResult vxm__check_chain(const char *caller, const char *field, const void *next);

/* ---- loader.c ---- */

/* The system's vkGetInstanceProcAddr, found by volk once. VK_ERROR_INITIALIZATION_FAILED if there
 * is no Vulkan loader. */
VkResult vxm__get_loader(PFN_vkGetInstanceProcAddr *getInstanceProcAddr);

/* ---- extensions.c ---- */

/* Extension names that something has; memory of the library's own. */
struct vxm_extensions {
    uint32_t count;
    VkExtensionProperties *properties;
};

/* What a physical device has, and each of the layers. End it with vxm__free_extensions(), also
 * after a failure. */
VkResult vxm__read_device_extensions(const struct vxm_dispatch *vk, VkPhysicalDevice physicalDevice,
                                     uint32_t layerCount, const char *const *layers,
                                     const VkAllocationCallbacks *allocator,
                                     struct vxm_extensions *extensions);

/* What the loader or driver has, and each of the layers. */
VkResult vxm__read_instance_extensions(PFN_vkGetInstanceProcAddr getInstanceProcAddr,
                                       uint32_t layerCount, const char *const *layers,
                                       const VkAllocationCallbacks *allocator,
                                       struct vxm_extensions *extensions);

void vxm__free_extensions(const VkAllocationCallbacks *allocator,
                          struct vxm_extensions *extensions);

bool vxm__has_extension(const struct vxm_extensions *extensions, const char *name);

/* The library's own among them; both give how many. A version in common of 1.1 lists also what
 * later versions have in their core. */
uint32_t vxm__own_device_extensions(const struct vxm_extensions *extensions, uint32_t apiVersion,
                                    const char *names[VXM_MAX_EXTENSIONS]);
uint32_t vxm__own_instance_extensions(const struct vxm_extensions *extensions,
                                      const char *names[VXM_MAX_EXTENSIONS],
                                      VkInstanceCreateFlags *flags);

/* Puts what the app asked for by name behind them, each once; `names` has room for all. `field` is
 * the app's. VK_ERROR_EXTENSION_NOT_PRESENT with the name of one that isn't available. */
VkResult vxm__add_requested(const char *caller, const char *field,
                            const struct vxm_extensions *available, uint32_t requestedCount,
                            const char *const *requested, const char **names, uint32_t *count);

/* ---- features.c ---- */

/* The features that the library makes use of. */
struct vxm_features {
    bool timelineSemaphore;
    bool synchronization2;
    bool samplerYcbcrConversion;
};

/* The structs that turn them on. */
struct vxm_feature_chain {
    VkPhysicalDeviceTimelineSemaphoreFeatures timelineSemaphore;
    VkPhysicalDeviceSynchronization2Features synchronization2;
    VkPhysicalDeviceSamplerYcbcrConversionFeatures samplerYcbcrConversion;
};

/* What a physical device has; apiVersion is what it and its instance have in common. */
void vxm__ask_features(const struct vxm_dispatch *vk, VkPhysicalDevice physicalDevice,
                       uint32_t apiVersion, const struct vxm_extensions *available,
                       struct vxm_features *features);

/* What a VkDeviceCreateInfo::pNext turns on. */
void vxm__read_features(const void *deviceNext, struct vxm_features *features);

/* Fills the structs of those that are on, chains next behind them, returns the first. */
const void *vxm__chain_features(const struct vxm_features *features,
                                struct vxm_feature_chain *chain, const void *next);

/* The name of the first struct in a chain that says something of these features; NULL if none. */
const char *vxm__find_feature_struct(const void *deviceNext);

/* ---- identity.c and device_facts.c: what is asked once of a device ---- */

/* extensions: what the physical device has; NULL: only what Vulkan 1.1's core tells. */
void vxm__read_identity(const struct vxm_dispatch *vk, VkPhysicalDevice physicalDevice,
                        uint32_t apiVersion, const struct vxm_extensions *available,
                        VxmIdentity *identity);

/* Fills everything under "asked once" but the features in a device whose commands are loaded, given
 * the names of the extensions that are on. */
void vxm__read_device_facts(VxmDevice device, const struct vxm_extensions *available,
                            uint32_t extensionCount, const char *const *extensions);

/* ---- instance.c and physical_device.c: the parts of vxmCreateDevice() ---- */

/* Makes an instance and loads its commands. Sets getInstanceProcAddr, instance, vk and apiVersion
 * of the device as far as it comes; vxm__end_device() undoes it. */
VkResult vxm__make_instance(VxmDevice device, const VxmDeviceCreateInfo *info);

/* Chooses the GPU. Sets physicalDevice, and lowers apiVersion to what it has. */
VkResult vxm__choose_physical_device(VxmDevice device, const VxmDeviceCreateInfo *info);

/* Chooses and sets queueFamilyIndex. */
VkResult vxm__choose_queue_family(VxmDevice device);

/* A device's memory, with its allocator copied and checked. */
VkResult vxm__new_device(const char *caller, const VkAllocationCallbacks *allocator,
                         VxmDevice *device);

/* Ends whatever a device consists of so far. */
void vxm__end_device(VxmDevice device);

/* ---- check.c: descriptions and create-infos ---- */

/* Whether a create-info can be shared: pNext structs that travel, initial layout, no sparse or
 * protected resources. `caller` begins the sentence. `exists`: it is of a resource that exists, in
 * whose chain the external struct has its place. On success the description is filled in. */
VkResult vxm__describe_buffer(const char *caller, const VkBufferCreateInfo *info, bool exists,
                              VxmBufferDescription *description);
VkResult vxm__describe_image(const char *caller, const VkImageCreateInfo *info, bool exists,
                             VxmImageDescription *description);

/* Whether a description can be: counts, enums and sizes in range, for any device. */
VkResult vxm__check_description(const char *caller, const VxmShared *shared);

/* ---- check_planes.c ---- */

/* What sentences call an image's layouts, by where they stand: a VxmShared, or a create-info's
 * VkImageDrmFormatModifierExplicitCreateInfoEXT. */
struct vxm_layout_words {
    const char *layouts;
    const char *count;
    const char *modifier;
    const char *otherModifier; /* what to do about one that the device doesn't have */
};
extern const struct vxm_layout_words vxm__shared_words;
extern const struct vxm_layout_words vxm__create_words;

/* Where the resource begins in a memory, and how large that is; size 0: unknown. */
struct vxm_span {
    uint64_t begin;
    uint64_t size;
    bool measured; /* the size is the payload's own, and the description says none */
};

/* Whether the layouts of an image can be, for any device: counts and indices in range, pitches
 * large enough, planes apart from each other and within their memories. What a vendor's modifier
 * makes of a pitch is not judged. */
VkResult vxm__check_planes(const char *caller, const struct vxm_layout_words *words,
                           const VxmImageDescription *image, uint32_t memoryCount,
                           const struct vxm_span *memories);

/* The same for a description, with what is known of its handles' payloads; sizes NULL: nothing. */
VkResult vxm__check_shared_planes(const char *caller, const VxmShared *shared,
                                  const uint64_t *sizes);

/* Whether a description can be, and fits this device and its handle type, up to the driver's own
 * answer: identity, missing facts, handles open and large enough, modifier and planes. On success
 * `*resolved` is what to go by, as from vxm__resolve_memories(). */
VkResult vxm__check_import(const char *caller, VxmDevice device, const VxmShared *shared,
                           const struct vxm_handle_type **type, VxmShared *storage,
                           const VxmShared **resolved);

/* Where a payload comes from; deviceLUID is NULL where it isn't known. */
struct vxm_origin {
    const uint8_t *deviceUUID;
    const uint8_t *driverUUID;
    const uint8_t *deviceLUID;
};

/* Whether the exporter is this device and driver, where the type needs that. Also for semaphores.
 */
VkResult vxm__check_origin(const char *caller, VxmDevice device, const struct vxm_handle_type *type,
                           const struct vxm_origin *origin);

/* ---- capability.c: what the driver answers ---- */

struct vxm_capability {
    VkExternalMemoryFeatureFlags features;
    VkExternalMemoryHandleTypeFlags exportFromImported;
    VkExternalMemoryHandleTypeFlags compatible;
    VkExtent3D maxExtent; /* of images */
};

/* What the driver says of this resource and type; raw memory is asked as a transfer buffer, and an
 * image with DRM_FORMAT_MODIFIER tiling with its one modifier.
 * VK_ERROR_FORMAT_NOT_SUPPORTED for an image that can't be; then *capability is all zero. Sets no
 * last error: an answer is not a failure. */
VkResult vxm__ask_memory(VxmDevice device, VxmResourceType resourceType,
                         const VxmBufferDescription *buffer, const VxmImageDescription *image,
                         uint32_t handleType, struct vxm_capability *capability);

/* The same; an error and a sentence if it can't be asked or has none of `needed` (EXPORTABLE,
 * IMPORTABLE, or both). */
VkResult vxm__require_capability(const char *caller, VxmDevice device, VxmResourceType resourceType,
                                 const VxmBufferDescription *buffer,
                                 const VxmImageDescription *image,
                                 const struct vxm_handle_type *type,
                                 VkExternalMemoryFeatureFlags needed,
                                 struct vxm_capability *capability);

/* ---- modifiers.c ---- */

/* A DRM format modifier that the device has for a format. */
struct vxm_modifier {
    uint64_t modifier;
    uint32_t planeCount; /* memory planes */
    VkFormatFeatureFlags2 features;
};

/* The device's own entry for a modifier; false if it doesn't have it for that format. */
bool vxm__find_modifier(VxmDevice device, VkFormat format, uint64_t modifier,
                        struct vxm_modifier *found);

/* The modifiers that an image's creation names: those of a
 * VkImageDrmFormatModifierListCreateInfoEXT in its chain, or the one of a
 * VkImageDrmFormatModifierExplicitCreateInfoEXT; how many, 0: neither is chained. The array stays
 * the app's. */
uint32_t vxm__named_modifiers(const void *next, const uint64_t **modifiers);

/* The modifiers with which the image can be shared as that type, out of `named` (nameCount 0: out
 * of all). None is an answer, with a reason; only a driver that doesn't answer is a failure. The
 * image's own drmFormatModifier is ignored. */
VkResult vxm__shareable_modifiers(VxmDevice device, const VxmImageDescription *image,
                                  const struct vxm_handle_type *type, uint32_t nameCount,
                                  const uint64_t *named, VxmModifiers *modifiers);

/* For sentences: "LINEAR", or "0x0100000000000002 (Intel)"; and of all that the device has for a
 * format: "the modifiers LINEAR and 0x0100000000000002 (Intel)", "no modifier". */
#define VXM_MODIFIER_NAME_SIZE 40
void vxm__modifier_name(uint64_t modifier, char text[VXM_MODIFIER_NAME_SIZE]);
void vxm__modifier_names(VxmDevice device, VkFormat format, char *text, size_t size);

/* ---- memory.c ---- */

/* The memory type to use out of `bits`: required flags, then preferred, then the lowest index.
 * VK_ERROR_FEATURE_NOT_PRESENT and a sentence if none fits. */
VkResult vxm__choose_memory_type(const char *caller, VxmDevice device, uint32_t bits,
                                 VkMemoryPropertyFlags required, VkMemoryPropertyFlags preferred,
                                 uint32_t *memoryTypeIndex);

/* ---- planes.c ---- */

/* Whether each plane has a memory of its own. */
bool vxm__is_disjoint(const VxmImageDescription *image);

/* How many memories an image has: 1, or, if it is disjoint, as many as its planes. With DRM
 * modifiers the description must have planeCount. */
uint32_t vxm__memory_count(const VxmImageDescription *image);

/* What Vulkan calls a plane whose layout it is asked for, or which is bound on its own. */
VkImageAspectFlagBits vxm__plane_aspect(const VxmImageDescription *image, uint32_t plane);

/* The layouts of an image whose memories (one, or each plane's) are bound at `offsets`, into its
 * description, which must have planeCount with DRM modifiers. There are none, and planeCount is 0,
 * for OPTIMAL tiling and for LINEAR depth and stencil. Fails if the driver's answer can't be true:
 * VK_ERROR_FORMAT_NOT_SUPPORTED. */
VkResult vxm__read_planes(const char *caller, VxmDevice device, VkImage image,
                          const VkDeviceSize *offsets, VxmImageDescription *description);

/* VK_SUCCESS if the device has modifiers on; otherwise VK_ERROR_EXTENSION_NOT_PRESENT. */
VkResult vxm__require_modifiers(const char *caller, VxmDevice device);

/* Which modifier an image has, and how many planes that has, into its description. */
VkResult vxm__read_modifier(const char *caller, VxmDevice device, VkImage image,
                            VxmImageDescription *description);

/* Handles of one payload count as one memory, where the type has that: `*resolved` is the given
 * description, or `storage` with one memory for all planes, or with one for each in their order,
 * and DISJOINT in the flags accordingly. */
VkResult vxm__resolve_memories(const char *caller, const VxmShared *shared,
                               const struct vxm_handle_type *type, VxmShared *storage,
                               const VxmShared **resolved);

/* Whether the device has the image's modifier with that many planes, and can do without one memory
 * for all if it is disjoint. */
VkResult vxm__check_layout(const char *caller, VxmDevice device,
                           const struct vxm_layout_words *words, const VxmImageDescription *image);

/* ---- query_semaphore.c ---- */

/* VK_SUCCESS, and what the driver says, if it can do all of `features` with semaphores of that type
 * and handles of that type; otherwise a sentence about why not, and what to do instead. */
VkResult vxm__require_semaphore(const char *caller, VxmDevice device, VkSemaphoreType semaphoreType,
                                const struct vxm_handle_type *type,
                                VkExternalSemaphoreFeatureFlags features,
                                VkExternalSemaphoreProperties *properties);

/* VK_SUCCESS if the device has timelines on. */
VkResult vxm__require_timeline(const char *caller, VxmDevice device);

/* vxmQuery() for kind VXM_HANDLE_KIND_SEMAPHORE. */
VkResult vxm__query_semaphore(VxmDevice device, const VxmQueryInfo *info, VxmQueryResult *result);

/* ---- semaphore.c ---- */

/* A semaphore that can be exported as these types, checked beforehand; 0: none. `import`: a handle
 * that is declared at creation, or NULL. */
VkResult vxm__new_semaphore(VxmDevice device, const VxmSemaphoreCreateInfo *info,
                            const VxmHandle *import, VxmSemaphore *semaphore);

/* Whether a semaphore can be made that is exported as all of these types; none is fine. */
VkResult vxm__check_semaphore_export(const char *caller, VxmDevice device,
                                     VkSemaphoreType semaphoreType,
                                     VkExternalSemaphoreHandleTypeFlags handleTypes);

/* ---- format.c ---- */

/* The aspects that a barrier over a whole image names: the planes of a disjoint multi-planar image,
 * otherwise color, or depth and stencil. */
VkImageAspectFlags vxm__format_aspects(VkFormat format, bool disjoint);

/* 2 or 3 for multi-planar formats, otherwise 1. */
uint32_t vxm__format_plane_count(VkFormat format);

/* How the texels of one plane lie in LINEAR memory. */
struct vxm_format_plane {
    uint32_t bytes;                   /* of a block of texels */
    uint32_t blockWidth, blockHeight; /* texels; 1 and 1 but for compressed and 4:2:2 packed ones */
    uint32_t divideX, divideY;        /* the image's extent by this is the plane's */
};

/* A format's name without VK_FORMAT_, or the number of one of a vendor's:
 * vxm__format_name(format).text. */
struct vxm_format_name {
    char text[48];
};
struct vxm_format_name vxm__format_name(VkFormat format);

/* false if it isn't known: formats of vendors, what has depth and stencil; or no such plane. */
bool vxm__format_plane(VkFormat format, uint32_t plane, struct vxm_format_plane *facts);

/* ---- encode.c ---- */

/* Little-endian fields of a growing or shrinking span; out-of-range reads set `bad` and give 0. */
struct vxm_writer {
    unsigned char *data;
    size_t capacity;
    size_t size;
    bool full;
};
struct vxm_reader {
    const unsigned char *data;
    size_t size;
    size_t position;
    bool bad;
};
void vxm__write(struct vxm_writer *writer, uint64_t value, size_t bytes);
void vxm__write_bytes(struct vxm_writer *writer, const void *bytes, size_t size);
uint64_t vxm__read(struct vxm_reader *reader, size_t bytes);
void vxm__read_bytes(struct vxm_reader *reader, void *bytes, size_t size);

#endif /* VXM_INTERNAL_H_ */
