#include "pages.h"

#include <stdint.h>
#include <sys/mman.h>

void pages_fetch(void *begin, size_t n) {
    enum { PAGE = 4096 };
    uintptr_t end = (uintptr_t)begin + n, first = ((uintptr_t)begin + PAGE - 1) / PAGE * PAGE;
    if (first < end)
        madvise((void *)first, end - first, MADV_POPULATE_WRITE);
}

void pages_fetch_huge(void *begin, size_t n) {
    madvise(begin, n, MADV_HUGEPAGE);
}
