// SPDX-License-Identifier: GPL-2.0-only
/** include/uapi/asm-generic/errno-base.h. Functions that return an error in C return its negative here too. */
export const ENOMEM = 12;
export const EINVAL = 22;
