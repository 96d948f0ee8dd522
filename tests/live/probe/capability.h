#pragma once

// Does something that the kernel does only for the holder of a capability and that leaves no trace.
// Returns 0, or EPERM or EACCES if the kernel refused (other errors mean that it went past the question);
// -1 if there is nothing for this name (without CAP_, in lower case).
int capability_use(const char *name);
