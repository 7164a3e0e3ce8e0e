/*
 * The model of OpenGL: memory objects, buffers and textures.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/model_internal.h"

#include <stdio.h>
#include <string.h>

struct memory {
    struct gl_model_memory facts;
    struct gl_payload payload;
};

static struct memory memories[GL_MODEL_MAX];
static struct gl_model_buffer buffers[GL_MODEL_MAX];
static struct gl_model_texture textures[GL_MODEL_MAX];
static struct {
    GLenum target;
    GLuint name;
} bound[GL_MODEL_MAX];

void gl_model__reset_objects(void)
{
    for (unsigned i = 0; i < GL_MODEL_MAX; i++) {
        gl_model__release(&memories[i].payload);
    }
    memset(memories, 0, sizeof(memories));
    memset(buffers, 0, sizeof(buffers));
    memset(textures, 0, sizeof(textures));
    memset(bound, 0, sizeof(bound));
}

/* The entry of a name; with 0 a free one. NULL: none. */
static struct memory *find_memory(GLuint name)
{
    for (unsigned i = 0; i < GL_MODEL_MAX; i++) {
        if (memories[i].facts.name == name) {
            return &memories[i];
        }
    }
    return NULL;
}

static struct gl_model_buffer *find_buffer(GLuint name)
{
    for (unsigned i = 0; i < GL_MODEL_MAX; i++) {
        if (buffers[i].name == name) {
            return &buffers[i];
        }
    }
    return NULL;
}

static struct gl_model_texture *find_texture(GLuint name)
{
    for (unsigned i = 0; i < GL_MODEL_MAX; i++) {
        if (textures[i].name == name) {
            return &textures[i];
        }
    }
    return NULL;
}

bool gl_model_memory(GLuint name, struct gl_model_memory *memory)
{
    const struct memory *found = name != 0 ? find_memory(name) : NULL;

    if (found != NULL) {
        *memory = found->facts;
    }
    return found != NULL;
}

bool gl_model_buffer(GLuint name, struct gl_model_buffer *buffer)
{
    const struct gl_model_buffer *found = name != 0 ? find_buffer(name) : NULL;

    if (found != NULL) {
        *buffer = *found;
    }
    return found != NULL;
}

bool gl_model_texture(GLuint name, struct gl_model_texture *texture)
{
    const struct gl_model_texture *found = name != 0 ? find_texture(name) : NULL;

    if (found != NULL) {
        *texture = *found;
    }
    return found != NULL;
}

bool gl_model__has_memory(GLuint name)
{
    const struct gl_model_buffer *buffer = name != 0 ? find_buffer(name) : NULL;
    const struct gl_model_texture *texture = name != 0 ? find_texture(name) : NULL;

    return (buffer != NULL && buffer->memory != 0) || (texture != NULL && texture->memory != 0);
}

GLuint gl_model_bound(GLenum target)
{
    for (unsigned i = 0; i < GL_MODEL_MAX; i++) {
        if (bound[i].target == target) {
            return bound[i].name;
        }
    }
    return 0;
}

void gl_model_bind(GLenum target, GLuint name)
{
    unsigned i = 0;

    while (bound[i].target != target && bound[i].target != 0) {
        i++;
    }
    bound[i].target = target;
    bound[i].name = name;
}

static void unbind_everywhere(GLuint name)
{
    for (unsigned i = 0; i < GL_MODEL_MAX; i++) {
        bound[i].name = bound[i].name == name ? 0 : bound[i].name;
    }
}

size_t gl_model__live_objects(char *text, size_t size)
{
    unsigned counts[3] = {0, 0, 0};

    for (unsigned i = 0; i < GL_MODEL_MAX; i++) {
        counts[0] += memories[i].facts.name != 0;
        counts[1] += buffers[i].name != 0;
        counts[2] += textures[i].name != 0;
    }
    if (counts[0] + counts[1] + counts[2] != 0) {
        snprintf(text, size, "alive: %u memory objects, %u buffers, %u textures\n", counts[0],
                 counts[1], counts[2]);
    }
    return counts[0] + counts[1] + counts[2];
}

/* ---- memory objects ---- */

static void GL_MODEL_CALL create_memory_objects(GLsizei count, GLuint *names)
{
    if (!gl_model__enter("CreateMemoryObjectsEXT")) {
        return;
    }
    for (GLsizei i = 0; i < count; i++) {
        struct memory *memory = find_memory(0);

        memory->facts.name = gl_model__new_name();
        names[i] = memory->facts.name;
    }
}

static void GL_MODEL_CALL delete_memory_objects(GLsizei count, const GLuint *names)
{
    if (!gl_model__enter("DeleteMemoryObjectsEXT")) {
        return;
    }
    for (GLsizei i = 0; i < count; i++) {
        struct memory *memory = names[i] != 0 ? find_memory(names[i]) : NULL;

        if (memory == NULL) {
            gl_model__breach("glDeleteMemoryObjectsEXT of %u, which is none", names[i]);
            continue;
        }
        gl_model__release(&memory->payload);
        memset(memory, 0, sizeof(*memory));
    }
}

static void GL_MODEL_CALL memory_object_parameteriv(GLuint name, GLenum parameter,
                                                    const GLint *values)
{
    struct memory *memory = name != 0 ? find_memory(name) : NULL;

    if (!gl_model__enter("MemoryObjectParameterivEXT")) {
        return;
    }
    if (memory == NULL || memory->facts.handleType != 0) {
        gl_model__error(GL_INVALID_OPERATION);
    } else if (parameter != GL_DEDICATED_MEMORY_OBJECT_EXT) {
        gl_model__error(GL_INVALID_ENUM);
    } else {
        memory->facts.dedicated = values[0] == GL_TRUE;
    }
}

/* What the specification leaves undefined where it isn't as the exporter had it. */
static void note_import(struct memory *memory, GLuint64 size, GLenum handleType)
{
    const struct model_payload_info *info = &memory->payload.info;

    memory->facts.size = size;
    memory->facts.handleType = handleType;
    if (size != info->size) {
        gl_model__breach("memory of %llu bytes was imported as %llu",
                         (unsigned long long)info->size, (unsigned long long)size);
    }
    if (memory->facts.dedicated != (info->resource != 0)) {
        gl_model__breach("GL_DEDICATED_MEMORY_OBJECT_EXT is %d for memory that is%s dedicated",
                         memory->facts.dedicated, info->resource != 0 ? "" : " not");
    }
}

static struct memory *find_for_import(GLuint name)
{
    struct memory *memory = name != 0 ? find_memory(name) : NULL;

    if (memory == NULL || memory->facts.handleType != 0) {
        gl_model__error(GL_INVALID_OPERATION);
        return NULL;
    }
    return memory;
}

static void GL_MODEL_CALL import_memory_fd(GLuint name, GLuint64 size, GLenum handleType, GLint fd)
{
    struct memory *memory;

    if (!gl_model__enter("ImportMemoryFdEXT")) {
        return;
    }
    memory = find_for_import(name);
    if (memory != NULL &&
        gl_model__take_fd(MODEL_PAYLOAD_MEMORY, handleType, fd, &memory->payload)) {
        note_import(memory, size, handleType);
    }
}

static void import_win32(GLuint name, GLuint64 size, GLenum handleType, void *handle,
                         const void *objectName)
{
    struct memory *memory = find_for_import(name);

    if (memory != NULL && gl_model__take_win32(MODEL_PAYLOAD_MEMORY, handleType, handle, objectName,
                                               &memory->payload)) {
        note_import(memory, size, handleType);
    }
}

static void GL_MODEL_CALL import_memory_win32_handle(GLuint name, GLuint64 size, GLenum handleType,
                                                     void *handle)
{
    if (gl_model__enter("ImportMemoryWin32HandleEXT")) {
        import_win32(name, size, handleType, handle, NULL);
    }
}

static void GL_MODEL_CALL import_memory_win32_name(GLuint name, GLuint64 size, GLenum handleType,
                                                   const void *objectName)
{
    if (gl_model__enter("ImportMemoryWin32NameEXT")) {
        import_win32(name, size, handleType, NULL, objectName);
    }
}

/* Whether storage of that size may lie in the memory object; an error is noted if not. */
static bool check_storage(GLuint name, uint64_t offset, uint64_t size)
{
    const struct memory *memory = name != 0 ? find_memory(name) : NULL;

    if (memory == NULL) {
        gl_model__error(GL_INVALID_VALUE);
        return false;
    }
    if (memory->facts.handleType == 0) {
        gl_model__error(GL_INVALID_OPERATION);
        return false;
    }
    if (size == 0 || size > memory->facts.size || offset > memory->facts.size - size) {
        gl_model__error(GL_INVALID_VALUE);
        return false;
    }
    return true;
}

/* ---- buffers ---- */

static void GL_MODEL_CALL gen_buffers(GLsizei count, GLuint *names)
{
    if (!gl_model__enter("GenBuffers")) {
        return;
    }
    for (GLsizei i = 0; i < count; i++) {
        struct gl_model_buffer *buffer = find_buffer(0);

        buffer->name = gl_model__new_name();
        names[i] = buffer->name;
    }
}

static void GL_MODEL_CALL delete_buffers(GLsizei count, const GLuint *names)
{
    if (!gl_model__enter("DeleteBuffers")) {
        return;
    }
    for (GLsizei i = 0; i < count; i++) {
        struct gl_model_buffer *buffer = names[i] != 0 ? find_buffer(names[i]) : NULL;

        if (buffer == NULL) {
            gl_model__breach("glDeleteBuffers of %u, which is none", names[i]);
            continue;
        }
        unbind_everywhere(names[i]);
        memset(buffer, 0, sizeof(*buffer));
    }
}

static void GL_MODEL_CALL bind_buffer(GLenum target, GLuint name)
{
    if (gl_model__enter("BindBuffer")) {
        gl_model_bind(target, name);
    }
}

static void GL_MODEL_CALL buffer_storage_mem(GLenum target, GLsizeiptr size, GLuint memory,
                                             GLuint64 offset)
{
    const GLuint name = gl_model_bound(target);
    struct gl_model_buffer *buffer = name != 0 ? find_buffer(name) : NULL;

    if (!gl_model__enter("BufferStorageMemEXT")) {
        return;
    }
    if (buffer == NULL || buffer->memory != 0) {
        gl_model__error(GL_INVALID_OPERATION);
    } else if (size <= 0) {
        gl_model__error(GL_INVALID_VALUE);
    } else if (check_storage(memory, offset, (uint64_t)size)) {
        buffer->memory = memory;
        buffer->size = (uint64_t)size;
        buffer->offset = offset;
    }
}

/* ---- textures ---- */

static void GL_MODEL_CALL gen_textures(GLsizei count, GLuint *names)
{
    if (!gl_model__enter("GenTextures")) {
        return;
    }
    for (GLsizei i = 0; i < count; i++) {
        struct gl_model_texture *texture = find_texture(0);

        texture->name = gl_model__new_name();
        texture->tiling = GL_OPTIMAL_TILING_EXT;
        names[i] = texture->name;
    }
}

static void GL_MODEL_CALL delete_textures(GLsizei count, const GLuint *names)
{
    if (!gl_model__enter("DeleteTextures")) {
        return;
    }
    for (GLsizei i = 0; i < count; i++) {
        struct gl_model_texture *texture = names[i] != 0 ? find_texture(names[i]) : NULL;

        if (texture == NULL) {
            gl_model__breach("glDeleteTextures of %u, which is none", names[i]);
            continue;
        }
        unbind_everywhere(names[i]);
        memset(texture, 0, sizeof(*texture));
    }
}

static void GL_MODEL_CALL bind_texture(GLenum target, GLuint name)
{
    struct gl_model_texture *texture = name != 0 ? find_texture(name) : NULL;

    if (!gl_model__enter("BindTexture")) {
        return;
    }
    if (texture != NULL && texture->target != 0 && texture->target != target) {
        gl_model__error(GL_INVALID_OPERATION);
        return;
    }
    if (texture != NULL) {
        texture->target = target;
    }
    gl_model_bind(target, name);
}

static void GL_MODEL_CALL tex_parameteri(GLenum target, GLenum parameter, GLint value)
{
    const GLuint name = gl_model_bound(target);
    struct gl_model_texture *texture = name != 0 ? find_texture(name) : NULL;

    if (!gl_model__enter("TexParameteri")) {
        return;
    }
    if (parameter != GL_TEXTURE_TILING_EXT ||
        (value != GL_OPTIMAL_TILING_EXT && value != GL_LINEAR_TILING_EXT)) {
        gl_model__error(GL_INVALID_ENUM);
    } else if (texture == NULL || texture->memory != 0) {
        gl_model__error(GL_INVALID_OPERATION);
    } else {
        texture->tiling = (GLenum)value;
    }
}

static bool is_one_of(GLenum target, const GLenum *targets)
{
    while (*targets != 0 && *targets != target) {
        targets++;
    }
    return *targets != 0;
}

/* `storage` says what the storage is to be; its name, target and tiling are ignored. */
static void store(GLenum target, const GLenum *targets, const struct gl_model_texture *storage)
{
    const GLuint name = gl_model_bound(target);
    struct gl_model_texture *texture = name != 0 ? find_texture(name) : NULL;
    const bool cube = target == GL_TEXTURE_CUBE_MAP || target == GL_TEXTURE_CUBE_MAP_ARRAY;
    uint64_t texels = (uint64_t)storage->width;

    texels *= storage->height > 0 ? (uint64_t)storage->height : 1;
    texels *= storage->depth > 0 ? (uint64_t)storage->depth : 1;
    texels *= target == GL_TEXTURE_CUBE_MAP ? 6 : 1;
    if (!is_one_of(target, targets)) {
        gl_model__error(GL_INVALID_ENUM);
    } else if (texture == NULL || texture->memory != 0) {
        gl_model__error(GL_INVALID_OPERATION);
    } else if ((storage->levels < 1 && storage->samples < 1) || storage->width < 1 ||
               (cube && storage->width != storage->height) ||
               (target == GL_TEXTURE_CUBE_MAP_ARRAY && storage->depth % 6 != 0) ||
               (target == GL_TEXTURE_RECTANGLE && storage->levels != 1)) {
        gl_model__error(GL_INVALID_VALUE);
    } else if (check_storage(storage->memory, storage->offset, texels)) {
        const GLenum tiling = texture->tiling;

        *texture = *storage;
        texture->name = name;
        texture->target = target;
        texture->tiling = tiling;
    }
}

static void GL_MODEL_CALL tex_storage_mem_1d(GLenum target, GLsizei levels, GLenum format,
                                             GLsizei width, GLuint memory, GLuint64 offset)
{
    static const GLenum targets[] = {GL_TEXTURE_1D, 0};
    const struct gl_model_texture storage = {
        .format = format, .levels = levels, .width = width, .memory = memory, .offset = offset};

    if (gl_model__enter("TexStorageMem1DEXT")) {
        store(target, targets, &storage);
    }
}

static void GL_MODEL_CALL tex_storage_mem_2d(GLenum target, GLsizei levels, GLenum format,
                                             GLsizei width, GLsizei height, GLuint memory,
                                             GLuint64 offset)
{
    static const GLenum targets[] = {GL_TEXTURE_2D, GL_TEXTURE_CUBE_MAP, GL_TEXTURE_RECTANGLE,
                                     GL_TEXTURE_1D_ARRAY, 0};
    const struct gl_model_texture storage = {.format = format,
                                             .levels = levels,
                                             .width = width,
                                             .height = height,
                                             .memory = memory,
                                             .offset = offset};

    if (gl_model__enter("TexStorageMem2DEXT")) {
        store(target, targets, &storage);
    }
}

static void GL_MODEL_CALL tex_storage_mem_2d_multisample(GLenum target, GLsizei samples,
                                                         GLenum format, GLsizei width,
                                                         GLsizei height, GLboolean fixed,
                                                         GLuint memory, GLuint64 offset)
{
    static const GLenum targets[] = {GL_TEXTURE_2D_MULTISAMPLE, 0};
    const struct gl_model_texture storage = {.format = format,
                                             .samples = samples,
                                             .width = width,
                                             .height = height,
                                             .memory = memory,
                                             .offset = offset};

    if (gl_model__enter("TexStorageMem2DMultisampleEXT")) {
        store(target, targets, &storage);
    }
    if (!fixed) {
        gl_model__breach("sample locations that aren't fixed, where Vulkan's are");
    }
}

static void GL_MODEL_CALL tex_storage_mem_3d(GLenum target, GLsizei levels, GLenum format,
                                             GLsizei width, GLsizei height, GLsizei depth,
                                             GLuint memory, GLuint64 offset)
{
    static const GLenum targets[] = {GL_TEXTURE_3D, GL_TEXTURE_2D_ARRAY, GL_TEXTURE_CUBE_MAP_ARRAY,
                                     0};
    const struct gl_model_texture storage = {.format = format,
                                             .levels = levels,
                                             .width = width,
                                             .height = height,
                                             .depth = depth,
                                             .memory = memory,
                                             .offset = offset};

    if (gl_model__enter("TexStorageMem3DEXT")) {
        store(target, targets, &storage);
    }
}

static void GL_MODEL_CALL tex_storage_mem_3d_multisample(GLenum target, GLsizei samples,
                                                         GLenum format, GLsizei width,
                                                         GLsizei height, GLsizei depth,
                                                         GLboolean fixed, GLuint memory,
                                                         GLuint64 offset)
{
    static const GLenum targets[] = {GL_TEXTURE_2D_MULTISAMPLE_ARRAY, 0};
    const struct gl_model_texture storage = {.format = format,
                                             .samples = samples,
                                             .width = width,
                                             .height = height,
                                             .depth = depth,
                                             .memory = memory,
                                             .offset = offset};

    if (gl_model__enter("TexStorageMem3DMultisampleEXT")) {
        store(target, targets, &storage);
    }
    if (!fixed) {
        gl_model__breach("sample locations that aren't fixed, where Vulkan's are");
    }
}

VxmGlFunction gl_model__object_function(const char *name)
{
    static const struct {
        const char *name;
        VxmGlFunction function;
    } functions[] = {
        {"glCreateMemoryObjectsEXT", (VxmGlFunction)create_memory_objects},
        {"glDeleteMemoryObjectsEXT", (VxmGlFunction)delete_memory_objects},
        {"glMemoryObjectParameterivEXT", (VxmGlFunction)memory_object_parameteriv},
        {"glImportMemoryFdEXT", (VxmGlFunction)import_memory_fd},
        {"glImportMemoryWin32HandleEXT", (VxmGlFunction)import_memory_win32_handle},
        {"glImportMemoryWin32NameEXT", (VxmGlFunction)import_memory_win32_name},
        {"glGenBuffers", (VxmGlFunction)gen_buffers},
        {"glDeleteBuffers", (VxmGlFunction)delete_buffers},
        {"glBindBuffer", (VxmGlFunction)bind_buffer},
        {"glBufferStorageMemEXT", (VxmGlFunction)buffer_storage_mem},
        {"glGenTextures", (VxmGlFunction)gen_textures},
        {"glDeleteTextures", (VxmGlFunction)delete_textures},
        {"glBindTexture", (VxmGlFunction)bind_texture},
        {"glTexParameteri", (VxmGlFunction)tex_parameteri},
        {"glTexStorageMem1DEXT", (VxmGlFunction)tex_storage_mem_1d},
        {"glTexStorageMem2DEXT", (VxmGlFunction)tex_storage_mem_2d},
        {"glTexStorageMem2DMultisampleEXT", (VxmGlFunction)tex_storage_mem_2d_multisample},
        {"glTexStorageMem3DEXT", (VxmGlFunction)tex_storage_mem_3d},
        {"glTexStorageMem3DMultisampleEXT", (VxmGlFunction)tex_storage_mem_3d_multisample},
    };

    for (unsigned i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (strcmp(functions[i].name, name) == 0) {
            return functions[i].function;
        }
    }
    return NULL;
}
