#pragma once

enum { MISUSE = 255, LINE_SECONDS = 10 };

// A probe gets the words after its name, ended by NULL, and returns 0 or an errno.
struct probe {
    const char *name;
    int words; // that must follow at least
    int (*run)(char **a, int how);
    int how; // tells apart the probes that share a function
};

// One table for each file here, ended by a row without a name.
extern const struct probe files[], mounts[], sockets[], processes[];

// Runs the probe that the words name.
int dispatch(char **a);

// 0, or errno where `result` is negative.
int outcome(long result);

// Says that the word makes no sense, and exits with MISUSE.
_Noreturn void misuse(const char *word);

long number(const char *word);

struct word {
    const char *name;
    long value;
};

// What a word stands for in a table ended by NULL; else it must be a number.
long named(const struct word *table, const char *word);
