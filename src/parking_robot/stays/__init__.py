# SPDX-License-Identifier: Apache-2.0
"""Who is in the garage: stays as append-only records, matching of entries and exits, permits and lists."""
