// SPDX-License-Identifier: GPL-2.0-only
/** Something a user gave cannot be used: the message is a sentence that says what was found and what was expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
