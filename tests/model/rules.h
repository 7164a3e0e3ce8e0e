/*
 * What differs by handle type and by system, as data.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_MODEL_RULES_H_
#define VXM_TESTS_MODEL_RULES_H_ 1

#include "model.h"

struct model_device;

enum {
    MODEL_RULE_CONSUMES = 0x0001,         /* a successful import takes the native handle */
    MODEL_RULE_QUERY_FORBIDDEN = 0x0002,  /* its properties can't be asked for */
    MODEL_RULE_QUERY_MANDATORY = 0x0004,  /* they must be, before the import */
    MODEL_RULE_TYPES_FROM_QUERY = 0x0008, /* memoryTypeIndex is one of the query's */
    MODEL_RULE_EXACT = 0x0010,            /* size and memory type equal the exporter's */
    MODEL_RULE_FITS = 0x0020,             /* any size that the payload has */
    MODEL_RULE_SAME_DEVICE = 0x0040,      /* device UUID */
    MODEL_RULE_SAME_DRIVER = 0x0080,      /* driver UUID */
    MODEL_RULE_DEDICATED_SAME = 0x0100,   /* on both sides for an identical resource, or neither */
    MODEL_RULE_DEDICATED_NEVER = 0x0200,  /* forbidden on import */
    MODEL_RULE_ALIGNED = 0x0400,          /* pointer and size by the host pointer alignment */
    MODEL_RULE_FOREIGN_OK = 0x0800,       /* payloads that no model driver made are fine */
    MODEL_RULE_COPY = 0x1000,             /* semaphores: copy transference, temporary only */
    MODEL_RULE_BINARY_ONLY = 0x2000,      /* semaphores: no timeline */
    MODEL_RULE_TIMELINE_ONLY = 0x4000,    /* semaphores: nothing but a timeline */
    MODEL_RULE_SINGLE_EXPORT = 0x8000,    /* one get per object and type */
    MODEL_RULE_NAMES = 0x10000,           /* can be imported by a name */
    MODEL_RULE_NUMBER = 0x20000,          /* a number in every process, which keeps nothing alive */
    MODEL_RULE_SIZE_IGNORED = 0x40000,    /* allocationSize is the payload's, whatever is given */
    MODEL_RULE_SIZE_SAME = 0x80000,       /* allocationSize equals the payload's, not the type */
    MODEL_RULE_SIZE_ZERO = 0x100000,      /* allocationSize is 0 on import */
    MODEL_RULE_DEDICATED_NEEDED = 0x200000, /* an import is always dedicated */
    MODEL_RULE_DEDICATED_KNOWN = 0x400000,  /* ... as the exporter's, if that was Vulkan */
    MODEL_RULE_PAGES = 0x8000000            /* a payload consists of whole pages */
};

struct model_rule {
    uint32_t handleType;
    const char *name;
    const char *extension;     /* must be enabled */
    VkStructureType import;    /* the import struct, memory only */
    uint32_t flags;            /* MODEL_RULE_... */
    const char *vuidExact;     /* size or memory type differs */
    const char *vuidDedicated; /* dedicated on one side only, or forbidden */
    const char *vuidQuery;     /* query forbidden, or not made */
};

struct model_payload_info;
struct model_image;

/* A struct that imports, with the command that exports: how to read it, and which rules' numbers
 * its own system's chapter has for what holds for all of them. */
struct model_import {
    VkStructureType sType;
    const char *what; /* one of its natives: "fd" */
    /* Memory only, since for semaphores each import struct has a command of its own: */
    void (*read)(const void *item, uint32_t *handleType, union model_native *native);
    /* A native of the payload that the struct speaks of. False: there is none (no breach by
     * itself). *fresh: it is the driver's already. NULL: the one that was read. */
    bool (*open)(const struct model_rule *rule, const void *item, union model_native *native,
                 bool *fresh);
    bool hostPointer; /* no native, but an address of this process */
    /* More rules, of the payload and the image that it is dedicated to (NULL: none); or NULL. */
    void (*check)(const struct model_rule *rule, const struct model_payload_info *payload,
                  const struct model_image *image);

    const char *vuidType;      /* a handle type that is none of this struct's */
    const char *vuidFeature;   /* a handle type that can't be imported here */
    const char *vuidHandle;    /* a native of another type, or one that is the driver's already */
    const char *vuidDevice;    /* a payload of another device or driver */
    const char *vuidPayload;   /* semaphores: of another semaphore type */
    const char *vuidTemporary; /* semaphores: a temporary import into a timeline */
    const char *vuidPending;   /* semaphores: in use */
    const char *vuidBoth;      /* Win32: a handle and a name */
    const char *vuidNeither;   /* Win32: no handle and no name */
    const char *vuidName;      /* Win32: a name of a type that has none */

    const char *vuidGetType;    /* export: a handle type that is none of this command's */
    const char *vuidGetExport;  /* export: not chained at creation */
    const char *vuidGetImport;  /* export: of a payload that can't be exported so */
    const char *vuidGetAgain;   /* export: a second time */
    const char *vuidGetBinary;  /* semaphores: a timeline */
    const char *vuidGetPending; /* semaphores: a copy of nothing */
};

/* One per system, in memory_<system>.c and semaphore_<system>.c. */
extern const struct model_import model__import_fd;
extern const struct model_import model__import_host_pointer;
extern const struct model_import model__import_win32;
extern const struct model_import model__import_zircon;
extern const struct model_import model__import_metal;
extern const struct model_import model__import_semaphore_fd;
extern const struct model_import model__import_semaphore_win32;
extern const struct model_import model__import_semaphore_zircon;

/* All of those for memory; ended by NULL. */
extern const struct model_import *const model__memory_imports[];

const struct model_rule *model__memory_rule(uint32_t handleType);
const struct model_rule *model__semaphore_rule(uint32_t handleType);

/* Whether a physical device has the extension of a rule; and whether a device has it on. */
bool model__type_exists(const ModelDeviceConfig *config, const struct model_rule *rule);

/* The driver's answer for one type; a row without features if there is none. */
ModelExternal model__buffer_row(const ModelDeviceConfig *config, uint32_t handleType);
ModelExternal model__image_row(const ModelDeviceConfig *config, uint32_t handleType,
                               VkImageTiling tiling);
ModelExternal model__semaphore_row(const ModelDeviceConfig *config, uint32_t handleType,
                                   VkSemaphoreType type);

/* Breaches for a set of types: unknown, extension off, not in each other's compatible types, or
 * lacking all of `features`. True: fine. */
bool model__check_types(const struct model_device *device, uint32_t handleTypes,
                        uint32_t anyFeature, const ModelExternal *rows, const char *rule,
                        const char *what);

/* ---- config.c, and config_<system>.c, one of which is in each program --------------------------
 */

/* What a device of that system offers by default, beyond what is offered everywhere. */
struct model_system {
    const char *const *extensions; /* NULL ends the list */
    const char *fences;            /* the extension of the fence types below; NULL: none */
    ModelExternal buffers[MODEL_MAX_EXTERNAL];
    ModelExternal images[MODEL_MAX_EXTERNAL];
    ModelExternal binarySemaphores[MODEL_MAX_EXTERNAL];
    ModelExternal timelineSemaphores[MODEL_MAX_EXTERNAL];
    ModelExternal fenceTypes[MODEL_MAX_EXTERNAL];
    void (*adjust)(ModelDeviceConfig *device, uint32_t index); /* or NULL */
    uint32_t (*rights)(union model_native native);             /* of a handle; NULL: it has none */
    const void *(*nativeDevice)(uint32_t index);               /* or NULL */
};

extern const struct model_system model__system;

struct model_extension {
    const char *name;
    uint32_t promoted; /* core since that version; 0: never */
    const char *requires[3];
};

/* NULL: not known. */
const struct model_extension *model__find_extension(const char *name);
bool model__offers(const ModelDeviceConfig *config, const char *name);

#endif /* VXM_TESTS_MODEL_RULES_H_ */
