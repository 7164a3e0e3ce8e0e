/*
 * The report for programs: docs/vxm-info.schema.json says what each key means.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_REPORT_JSON_H_
#define VXM_INFO_REPORT_JSON_H_ 1

#include "peer.h"
#include "report.h"

/* The whole document. error: why there are no devices, or NULL; peer: NULL without one. */
void print_json(const struct report *report, const char *error, const struct peer *peer);

#endif /* VXM_INFO_REPORT_JSON_H_ */
