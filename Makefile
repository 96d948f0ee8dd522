# VPL. `make` builds vplc and varmor-run; `make demo` and `make check` also install what is missing (Debian).
VERSION = 0.1.0
RELEASED = 2026-11-24
PREFIX ?= /usr/local
CC ?= cc
BUILD ?= build

# One word a file; V=1 shows the commands.
SAY = $(if $(V),,@echo '  $@';)

WARNINGS = -Wall -Wextra -Wshadow -Wconversion
CFLAGS ?= -O2 -g
CFLAGS_ALL = -std=c17 -D_GNU_SOURCE $(WARNINGS) -DVPL_VERSION='"$(VERSION)"' $(CFLAGS) -MMD -MP
ifdef SAN
BUILD := $(BUILD)/san
CFLAGS_ALL += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS += -fsanitize=address,undefined
endif

VPLC_LIBS = -ljansson -lyaml -lmd
RUN_LIBS = -lapparmor -lmd
ifndef SAN
STATIC = -static # half the time to start; nothing of libc's that needs plugins is used
endif

# Who may see whom: each stage compiles with the headers of its own folder and of the earlier ones only.
COMMON = -Icommon -Icommon/facts
BASE = $(COMMON) -Icompiler/base
FRONT = $(BASE) -Icompiler/front
CHECK = $(FRONT) -Icompiler/check
IR = $(BASE) -Icompiler/ir
BACK = $(IR) -Icompiler/back
FMT = $(FRONT) -Icompiler/fmt
ALL = $(CHECK) -Icompiler/ir -Icompiler/back -Icompiler/back/apparmor -Icompiler/back/seccomp -Icompiler/fmt -Icompiler -Icompiler/verbs

includes = $(strip $(if $(filter common/%,$(1)),$(COMMON),\
	$(if $(filter compiler/base/%,$(1)),$(BASE),\
	$(if $(filter compiler/front/%,$(1)),$(FRONT),\
	$(if $(filter compiler/fmt/%,$(1)),$(FMT),\
	$(if $(filter compiler/check/lower%,$(1)),$(CHECK) -Icompiler/ir,\
	$(if $(filter compiler/check/%,$(1)),$(CHECK),\
	$(if $(filter compiler/ir/%,$(1)),$(IR),\
	$(if $(filter compiler/back/apparmor/%,$(1)),$(BACK) -Icompiler/back/apparmor,\
	$(if $(filter compiler/back/seccomp/%,$(1)),$(BACK) -Icompiler/back/seccomp,\
	$(if $(filter compiler/back/backends.c,$(1)),$(BACK) -Icompiler/back/apparmor -Icompiler/back/seccomp,\
	$(if $(filter compiler/back/%,$(1)),$(BACK),\
	$(if $(filter runtime/%,$(1)),$(COMMON) -Iruntime,$(ALL))))))))))))))

COMMON_SRC = $(wildcard common/*.c common/facts/*.c)
VPLC_SRC = $(filter-out compiler/main.c,$(wildcard compiler/*.c compiler/*/*.c compiler/*/*/*.c))
RUN_SRC = $(filter-out runtime/main.c runtime/sanitized.c,$(wildcard runtime/*.c))
GENERATED = $(BUILD)/grammar/vpl.tab.c $(BUILD)/grammar/vpl.lex.c $(BUILD)/stdlib_text.c $(BUILD)/doc_text.c
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
VPLC_OBJ = $(call objects,$(COMMON_SRC) $(VPLC_SRC)) $(patsubst %.c,%.o,$(GENERATED))
RUN_OBJ = $(call objects,$(COMMON_SRC) $(RUN_SRC))
UNIT = $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))

.PHONY: all check demo made docs editors golden install clean bench unit
all: $(BUILD)/vplc $(BUILD)/varmor-run

$(BUILD)/vplc: $(BUILD)/obj/compiler/main.o $(VPLC_OBJ)
	$(SAY)$(CC) $(LDFLAGS) $(STATIC) -o $@.new $^ $(VPLC_LIBS)
	@mv $@.new $@

$(BUILD)/varmor-run: $(BUILD)/obj/runtime/main.o $(RUN_OBJ) $(if $(SAN),$(BUILD)/obj/runtime/sanitized.o)
	$(SAY)$(CC) $(LDFLAGS) $(STATIC) -o $@.new $^ $(RUN_LIBS)
	@mv $@.new $@

$(BUILD)/obj/%.o: %.c Makefile | $(BUILD)/grammar/vpl.tab.c
	@mkdir -p $(@D)
	$(SAY)$(CC) $(CFLAGS_ALL) $(call includes,$<) -c -o $@ $<

$(BUILD)/grammar/vpl.tab.c: grammar/vpl.y
	@mkdir -p $(@D)
	$(SAY)bison -Wall -Werror -d -o $@ $<
$(BUILD)/grammar/vpl.lex.c: grammar/vpl.l $(BUILD)/grammar/vpl.tab.c
	$(SAY)flex -o $@ $<
# Generated code is exempt from the warnings.
$(BUILD)/grammar/%.o: $(BUILD)/grammar/%.c
	$(SAY)$(CC) -std=c17 -D_GNU_SOURCE $(CFLAGS) $(filter -fsanitize% -fno-%,$(CFLAGS_ALL)) -MMD -MP $(FRONT) -I$(BUILD)/grammar -c -o $@ $<
$(BUILD)/stdlib_text.c: $(wildcard stdlib/*.vpl)
$(BUILD)/doc_text.c: docs/statements.md $(wildcard docs/errors/*.md)
$(BUILD)/%_text.c: tools/embed
	$(SAY)tools/embed $* $(sort $(filter %.vpl %.md,$^)) >$@.new
	@mv $@.new $@
$(BUILD)/%_text.o: $(BUILD)/%_text.c
	$(SAY)$(CC) $(CFLAGS_ALL) $(FRONT) -Icompiler/verbs -c -o $@ $<

unit: $(UNIT)
$(BUILD)/unit/%: tests/unit/%.c $(VPLC_OBJ) $(RUN_OBJ)
	@mkdir -p $(@D)
	$(SAY)$(CC) $(CFLAGS_ALL) $(ALL) -Iruntime -Itests/unit -Itests/live $(LDFLAGS) -o $@ $< $(sort $(VPLC_OBJ) $(RUN_OBJ)) $(VPLC_LIBS) $(RUN_LIBS) -lseccomp

BENCH = $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
$(BUILD)/bench/%: tests/bench/%.c $(VPLC_OBJ)
	@mkdir -p $(@D)
	$(SAY)$(CC) $(CFLAGS_ALL) $(ALL) -Itests/unit $(LDFLAGS) -o $@ $< $(VPLC_OBJ) $(VPLC_LIBS) -lseccomp

check: ; tools/setup build test && $(MAKE) all unit && BUILD=$(BUILD) tests/run
demo: ; tools/setup build demo && $(MAKE) all && tools/demo
golden: all docs editors ; tests/golden/update
# Whether docs/rules.md is current is a test; man pages and completion are made when they are installed.
made: all ; BUILD=$(BUILD) tools/docs $(BUILD)/made
docs: made ; cp $(BUILD)/made/rules.md docs/rules.md
editors: ; tools/editors
bench: ; tools/setup build test && $(MAKE) all $(BENCH) && BUILD=$(BUILD) tests/bench/run

SHARE = $(DESTDIR)$(PREFIX)/share
install: made
	install -d $(DESTDIR)$(PREFIX)/bin $(addprefix $(SHARE)/man/man,1 5 7) $(addprefix $(SHARE)/,bash-completion/completions zsh/site-functions fish/vendor_completions.d)
	install -m 755 $(BUILD)/vplc $(BUILD)/varmor-run $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(BUILD)/made/*.1 $(SHARE)/man/man1
	install -m 644 $(BUILD)/made/*.5 $(SHARE)/man/man5
	install -m 644 $(BUILD)/made/*.7 $(SHARE)/man/man7
	for command in vplc varmor-run; do \
		install -m 644 $(BUILD)/made/vplc.bash $(SHARE)/bash-completion/completions/$$command && \
		install -m 644 $(BUILD)/made/vplc.fish $(SHARE)/fish/vendor_completions.d/$$command.fish || exit; \
	done
	install -m 644 $(BUILD)/made/_vplc $(SHARE)/zsh/site-functions

clean: ; rm -rf $(BUILD)/obj $(BUILD)/grammar $(BUILD)/unit $(BUILD)/bench $(BUILD)/tests $(BUILD)/made $(BUILD)/npm $(BUILD)/san $(BUILD)/vplc $(BUILD)/varmor-run $(BUILD)/*_text.*

-include $(shell find $(BUILD) -type f -name '*.d' 2>/dev/null)
