/* Memory by the page. */
#ifndef VPL_PAGES_H
#define VPL_PAGES_H

#include <stddef.h>

/* Has the kernel find the pages of fresh memory in one call instead of by a fault each, which takes longer
 * than to write them. Nothing happens before Linux 5.14. */
void pages_fetch(void *begin, size_t n);

/* The same as one huge page, where the kernel has them: `begin` and `n` are multiples of 2 MiB. */
void pages_fetch_huge(void *begin, size_t n);

#endif
