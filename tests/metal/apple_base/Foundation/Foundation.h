/*
 * What src/metal uses of Foundation, declared as Apple documents it. A test header: on Apple's
 * systems, and with GNUstep, their own is used.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_FOUNDATION_H_
#define VXM_TESTS_FOUNDATION_H_ 1

#include <objc/objc.h>

typedef unsigned long NSUInteger;

#define NS_ENUM(type, name)                                                                        \
    enum name : type name;                                                                         \
    enum name : type
#define NS_OPTIONS(type, name) NS_ENUM(type, name)

@protocol NSObject
- (Class)class;
- (BOOL)isKindOfClass:(Class)aClass;
- (BOOL)conformsToProtocol:(Protocol *)aProtocol;
- (instancetype)retain;
- (oneway void)release;
@end

__attribute__((objc_root_class))
@interface NSObject<NSObject>
+ (instancetype)alloc;
+ (Class)class;
- (instancetype)init;
@end

@interface NSString : NSObject
@property(readonly) const char *UTF8String;
@end

#endif /* VXM_TESTS_FOUNDATION_H_ */
